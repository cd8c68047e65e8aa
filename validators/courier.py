"""Do courier consolidations and remissions hold: low value, one mode, the order's limits by origin?"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from schemas.money import Cents, dollars, to_cents
from validators.case import VALUE_DIGITS, Case, Commodity, Hit

CONSOLIDATED = "F"
LOW_VALUE_CENTS: Cents = 3_300_00
"""Courier low value: SOR/86-1062, s. 7.1."""

HIGHWAY = "2"
CANADIAN = "CAD"
NORTH_AMERICA = ("US", "MX")
AUTHORITY_FORM = re.compile(r"\d{2,4}-\d{1,5}(-\d{1,4})?", re.ASCII)
COURIER_ORDER = "85-2955"


def value_not_low(case: Case) -> Iterator[Hit]:
    """CLV-001: a line of a courier consolidation is of low value."""
    for item in _consolidated(case):
        value = _value_cents(item)
        if value is not None and value > LOW_VALUE_CENTS:
            yield item.hit("value", dollars(value), dollars(LOW_VALUE_CENTS))


def mode_not_highway(case: Case) -> Iterator[Hit]:
    """CLV-002: a courier consolidation shows mode 2."""
    mode = case.cad.mode_of_transport
    if case.cad.type == CONSOLIDATED and mode not in {"", HIGHWAY}:
        yield Hit("mode_of_transport", mode, HIGHWAY)


def currency_not_canadian(case: Case) -> Iterator[Hit]:
    """CLV-003: a courier consolidation is valued in Canadian dollars."""
    if case.cad.type != CONSOLIDATED:
        return
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.currency not in {"", CANADIAN}:
            words = {"invoice": invoice.number or str(index + 1)}
            yield Hit(f"invoices[{index}].currency", invoice.currency, CANADIAN, words)


def port_of_unlading_given(case: Case) -> Iterator[Hit]:
    """CLV-004: a courier consolidation has no port of unlading."""
    if case.cad.type == CONSOLIDATED and case.cad.port_of_unlading:
        yield Hit("port_of_unlading", case.cad.port_of_unlading, "")


def authority_malformed(case: Case) -> Iterator[Hit]:
    """SPA-001: a special authority is written as year and number, with a suffix where it has one."""
    for item in case.commodities:
        authority = item.line.special_authority
        if authority and not AUTHORITY_FORM.fullmatch(authority):
            yield item.hit("special_authority", authority, "85-2955-1")


def remission_without_suffix(case: Case) -> Iterator[Hit]:
    """CIR-001: the courier remission is claimed with the suffix for its value and origin."""
    for item in case.commodities:
        if item.line.special_authority == COURIER_ORDER:
            yield _unfit(case, item, COURIER_ORDER)


def remission_outside_value(case: Case) -> Iterator[Hit]:
    """CIR-002: the value lies within the remission's limits."""
    for item, row in _remissions(case):
        value = _value_cents(item)
        if value is not None and not _within(value, row):
            yield _unfit(case, item, row["code"], value=dollars(value), limits=_limits(row))


def remission_outside_origin(case: Case) -> Iterator[Hit]:
    """CIR-003: the goods come from where the remission applies."""
    for item, row in _remissions(case):
        place = _came_from(item)
        if place and not _comes_from(case, place, row):
            yield _unfit(case, item, row["code"], place=place)


def remission_outside_courier(case: Case) -> Iterator[Hit]:
    """CIR-004: the remission is for goods that come by courier."""
    if case.cad.type == CONSOLIDATED:
        return
    for item, row in _remissions(case):
        yield item.hit("special_authority", row["code"], type=case.cad.type)


def _consolidated(case: Case) -> tuple[Commodity, ...]:
    return case.commodities if case.cad.type == CONSOLIDATED else ()


def _remissions(case: Case) -> Iterator[tuple[Commodity, Mapping[str, str]]]:
    table = case.table("special_authorities")
    for item in case.commodities:
        row = table.row(item.line.special_authority, case.day) if item.line.special_authority else None
        if row and row["kind"] == "courier-remission":
            yield item, row


def _value_cents(item: Commodity) -> Cents | None:
    """Return the value for duty as far as it shows: as declared, or the value itself in Canadian dollars."""
    if item.line.declared.value_for_duty_cents is not None:
        return item.line.declared.value_for_duty_cents
    value, invoice = item.line.value, item.invoice
    if value is None or invoice is None or invoice.currency != CANADIAN or value.adjusted() >= VALUE_DIGITS:
        return None
    return to_cents(Decimal(value))


def _within(value: Cents, row: Mapping[str, str]) -> bool:
    """Return whether a value lies within a remission's limits; a limit that is left out binds nobody."""
    least, most = row["value_min_cents"], row["value_max_cents"]
    return int(least or 0) <= value and (not most or value <= int(most))


def _limits(row: Mapping[str, str]) -> str:
    return "-".join(
        dollars(int(limit)) if limit else "" for limit in (row["value_min_cents"], row["value_max_cents"])
    )


def _came_from(item: Commodity) -> str:
    """Return where goods came from: the place of export of the line, or else their origin."""
    return item.line.export or item.line.origin


def _comes_from(case: Case, place: str, row: Mapping[str, str]) -> bool:
    return (case.country_of(place) in NORTH_AMERICA) == (row["origin"] == "us-mx")


def _unfit(case: Case, item: Commodity, code: str, **words: str) -> Hit:
    """Point at a remission that does not fit the goods, with those that do."""
    fitting = _fitting(case, item)
    hit = item.hit("special_authority", code, fitting or None, fitting=fitting or "-")
    return hit._replace(values={**hit.values, **words})


def _fitting(case: Case, item: Commodity) -> str:
    """Name the courier remissions that fit the goods, by code."""
    table, value, place = case.table("special_authorities"), _value_cents(item), _came_from(item)
    rows = [row for code in table.codes(case.day) if (row := table.row(code, case.day))]
    courier = [row for row in rows if row["kind"] == "courier-remission"]
    fitting = [row for row in courier if value is None or _within(value, row)]
    return ", ".join(row["code"] for row in fitting if not place or _comes_from(case, place, row))
