"""Are the reasons for a change known codes, not reserved, and in the right order for refund or debt?"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.cad import ChangeReason
from schemas.money import Cents
from validators.case import Case, Hit

FORM = re.compile(r"R\d([.-][A-Za-z0-9]+)+", re.ASCII)
NO_REFUND = "32.2"


class Stated(NamedTuple):
    """Reasons given in one place. field: of the whole declaration or of a line. cents: what it changes."""

    field: str
    reasons: tuple[ChangeReason, ...]
    cents: Cents | None


def malformed(case: Case) -> Iterator[Hit]:
    """REA-001: a reason code begins with R and a digit, then names section and subject."""
    for stated in _stated(case):
        for index, reason in enumerate(stated.reasons):
            if not FORM.fullmatch(reason.code):
                yield Hit(f"{stated.field}[{index}].code", reason.code, "R2-74-1-TT")


def unknown(case: Case) -> Iterator[Hit]:
    """REA-002: the reason code is in the table; points and hyphens are taken for the same."""
    doubtful = not case.table("reason_codes").complete
    known = known_reasons(case) if _stated(case) else {}
    for stated in _stated(case):
        for index, reason in enumerate(stated.reasons):
            if FORM.fullmatch(reason.code) and folded(reason.code) not in known:
                yield Hit(f"{stated.field}[{index}].code", reason.code, doubtful=doubtful)


def reserved(case: Case) -> Iterator[Hit]:
    """REA-003: some reason codes are the agency's own."""
    known = known_reasons(case) if _stated(case) else {}
    for stated in _stated(case):
        for index, reason in enumerate(stated.reasons):
            row = known.get(folded(reason.code))
            if row and row["reserved"]:
                yield Hit(f"{stated.field}[{index}].code", reason.code)


def refund_reason_not_first(case: Case) -> Iterator[Hit]:
    """REA-004: where the result is a refund, the reason that supports it comes first."""
    for stated in _stated(case):
        if stated.cents is not None and stated.cents < 0:
            yield from _out_of_order(case, stated, "refund")


def debt_reason_not_first(case: Case) -> Iterator[Hit]:
    """REA-005: where the result is an amount owing or nil, the reason that supports that comes first."""
    for stated in _stated(case):
        if stated.cents is not None and stated.cents >= 0:
            yield from _out_of_order(case, stated, "owing")


def refund_under_correction(case: Case) -> Iterator[Hit]:
    """REA-006: a correction under section 32.2 never gives a refund."""
    known = known_reasons(case) if _stated(case) else {}
    for stated in _stated(case):
        rows = [known.get(folded(reason.code)) for reason in stated.reasons]
        only_32_2 = all(row and row["authority"] == NO_REFUND for row in rows)
        if stated.cents is not None and stated.cents < 0 and only_32_2:
            yield Hit(stated.field, _codes(stated.reasons))


def debt_under_refund(case: Case) -> Iterator[Hit]:
    """REA-007: an amount owing is not stated under reasons for a refund alone."""
    known = known_reasons(case) if _stated(case) else {}
    for stated in _stated(case):
        effects = {known.get(folded(reason.code), {}).get("effect", "") for reason in stated.reasons}
        if stated.cents is not None and stated.cents > 0 and effects == {"refund"}:
            yield Hit(stated.field, _codes(stated.reasons), "R3-32.2.VFD")


def _stated(case: Case) -> list[Stated]:
    """Gather the reasons of a change by where they stand, each place with what it changes in all."""
    if case.cad.function != "change":
        return []
    cents = case.context.line_changes_cents
    whole = Stated("reasons", case.cad.reasons, sum(cents.values()) if cents is not None else None)
    lines = (
        Stated(
            f"lines[{item.index}].reasons",
            item.line.reasons,
            cents.get(item.line.number, 0) if cents is not None else None,
        )
        for item in case.commodities
    )
    return [stated for stated in (whole, *lines) if stated.reasons]


def _out_of_order(case: Case, stated: Stated, effect: str) -> Iterator[Hit]:
    """Yield a hit where a reason of the effect stands behind one of another effect, with the right order."""
    known = known_reasons(case)
    effects = [known.get(folded(reason.code), {}).get("effect", "") for reason in stated.reasons]
    if effect in effects and effects[0] not in {"", effect}:
        ordered = sorted(stated.reasons, key=lambda reason: effects[stated.reasons.index(reason)] != effect)
        yield Hit(stated.field, _codes(stated.reasons), _codes(ordered))


def known_reasons(case: Case) -> dict[str, Mapping[str, str]]:
    """Return the rows of the reason codes in force, by code with points and hyphens folded."""
    table, day = case.table("reason_codes"), case.context.received_day
    return {folded(code): row for code in table.codes(day) if (row := table.row(code, day))}


def folded(code: str) -> str:
    """Fold points and hyphens: the agency's own texts write both (trade: bulletins 5414 to 5417)."""
    return code.replace(".", "-")


def _codes(reasons: tuple[ChangeReason, ...] | list[ChangeReason]) -> str:
    return ", ".join(reason.code for reason in reasons)
