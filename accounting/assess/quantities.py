"""How much is there of the goods, in the units that a rate is written in?"""

from collections.abc import Iterable
from decimal import Decimal

from accounting.assess.working import Working
from schemas.tariff import convert

Quantities = dict[str, Decimal]


def quantities_in(working: Working, units: Iterable[str], rate: str) -> Quantities | None:
    """Return the line's quantity in each unit; None after a finding that says what is missing.

    rate: the rate that asks, for the finding.
    """
    line = working.case.line
    return _converted(working, units, rate, ("quantity", line.quantity), ("unit", line.unit))


def excise_quantities_in(working: Working, units: Iterable[str], rate: str) -> Quantities | None:
    """Return the line's excise quantity in each unit, or its quantity where it has no excise quantity."""
    line = working.case.line
    if line.excise_quantity is None:
        return quantities_in(working, units, rate)
    quantity, unit = ("excise_quantity", line.excise_quantity), ("excise_unit", line.excise_unit)
    return _converted(working, units, rate, quantity, unit)


def _converted(
    working: Working,
    units: Iterable[str],
    rate: str,
    quantity: tuple[str, Decimal | None],
    unit: tuple[str, str],
) -> Quantities | None:
    """Convert a quantity. quantity, unit: the field's name and what it holds."""
    wanted = tuple(units)
    if not wanted:
        return {}
    if quantity[1] is None or not unit[1]:
        missing = quantity[0] if quantity[1] is None else unit[0]
        working.find("ASM-040", field=missing, expected=", ".join(wanted), rate=rate, missing=missing)
        return None
    if not working.is_sane(quantity[0], quantity[1]):
        return None
    converted = {each: convert(quantity[1], unit[1], each) for each in wanted}
    known = {each: amount for each, amount in converted.items() if amount is not None}
    if len(known) < len(wanted):
        expected = ", ".join(each for each in wanted if each not in known)
        working.find("ASM-041", field=unit[0], found=unit[1], expected=expected, rate=rate)
        return None
    return known
