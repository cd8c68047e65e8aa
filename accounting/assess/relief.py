"""What is relieved? Charges that a special authority remits, and whole types of declaration.

A remission is shown as a step of its own below the charge, so that one sees what it is worth. The limits
of value of the courier order are those of one shipment: a line of a consolidated declaration (type F), or
else all lines of an invoice.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from accounting.assess.working import Basis, Working
from schemas.assessment import Charge
from schemas.money import to_dollars
from schemas.rates.relief import Remission

CONSOLIDATED = "F"
US_MX = frozenset({"US", "MX"})
DUTIES: tuple[Charge, ...] = ("customs_duty", "surtax", "excise_duty", "excise_tax")
TAXES: tuple[Charge, ...] = ("gst", "provincial")


def remit_duties(working: Working) -> None:
    """Remit the duties that the line's special authority relieves, or say why it does not."""
    code, day = working.case.line.special_authority, working.case.day
    if not code or day is None:
        return
    remission = working.case.tables.rates.reliefs.authority.get(code)
    row = working.case.tables.codes.table("special_authorities").row(code, day)
    if remission is None or row is None:
        working.find("ASM-065", field="special_authority", found=code, day=f"{day}")
    elif _fits(working, row):
        working.remission = remission
        _remit(working, DUTIES, remission)


def remit_taxes(working: Working) -> None:
    """Remit the taxes that the line's special authority relieves."""
    if working.remission:
        _remit(working, TAXES, working.remission)


def _remit(working: Working, charges: Iterable[Charge], remission: Remission) -> None:
    for charge in charges:
        cents = working.cents.get(charge, 0)
        if charge in remission.relieves and cents:
            amount, code = to_dollars(cents), working.case.line.special_authority
            basis = Basis(f"remission.{code}", source=remission.source)
            working.record(charge, -amount, f"0 - {amount}", {"remitted": f"{amount}"}, basis)


def _fits(working: Working, row: Mapping[str, str]) -> bool:
    """Return whether shipment value and origin are those that the order is for; if not, say so."""
    value_cents, lowest, highest = _shipment_cents(working), row["value_min_cents"], row["value_max_cents"]
    code, country = working.case.line.special_authority, _sent_from(working)
    if row["origin"] and (country in US_MX) != (row["origin"] == "us-mx"):
        working.find("ASM-067", field="special_authority", found=code, country=country)
        return False
    if lowest and not int(lowest) <= value_cents <= int(highest):
        value, limits = f"{to_dollars(value_cents)}", (to_dollars(int(lowest)), to_dollars(int(highest)))
        working.find(
            "ASM-066", field="special_authority", found=code, value=value, limits=f"{limits[0]} - {limits[1]}"
        )
        return False
    return True


def _shipment_cents(working: Working) -> int:
    if working.case.cad.type == CONSOLIDATED:
        return working.cents.get("value_for_duty", 0)
    return working.invoice_value_cents


def _sent_from(working: Working) -> str:
    """Return the country that the goods come from: of export where it is given, else of origin."""
    return working.case.export_country or working.case.country


def deferred(working: Working, day: date | None) -> bool:
    """Record that nothing is due on this type of declaration; return whether that is so."""
    deferral = working.case.tables.rates.reliefs.type.get(working.case.cad.type)
    if deferral is None or day is None:
        return False
    working.treatment = working.case.line.treatment
    working.nothing_due("customs_duty", "deferred", deferral.why, deferral.source)
    working.nothing_due("gst", "deferred", deferral.why, deferral.source)
    return True
