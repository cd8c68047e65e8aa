"""What excise duty, excise tax and luxury tax is due? All by the one excise code of the line."""

from datetime import date
from decimal import Decimal

from accounting.assess.quantities import excise_quantities_in
from accounting.assess.working import Basis, Working
from schemas.rates.excise import ExciseRate
from schemas.tariff import Rate

LUXURY_TWICE = 2
"""Luxury tax: the lesser of a rate of the value, and of twice that rate of what exceeds the threshold."""


def excise(working: Working) -> None:
    """Record the charges of the line's excise code; a code that cannot be worked out is a finding."""
    code, day = working.case.line.excise_code, working.case.day
    if day is None:
        working.leave("excise_duty")
    elif not code:
        _ask(working)
    else:
        _by_code(working, code, day)


def _ask(working: Working) -> None:
    """Warn where goods are known to bear excise, and the line has no code for it."""
    goods = working.case.tables.rates.excise.bears_excise(working.case.line.classification)
    if goods:
        working.find("ASM-060", field="excise_code", goods=goods)


def _by_code(working: Working, code: str, day: date) -> None:
    rates = working.case.tables.rates.excise.of(code, day)
    for rate in rates:
        if rate.charge not in working.undetermined:
            _charge(working, rate)
    if rates:
        return
    table = working.case.tables.codes.table("excise_codes")
    row = table.row(code, day)
    if row is None:
        spans = ", ".join(f"{old['since']}/{old['until'] or '..'}" for old in table.history(code)) or "-"
        working.find("ASM-061", field="excise_code", found=code, day=f"{day}", spans=spans)
        working.leave("excise_duty")
    elif row["effect"] in ("none", "exemption"):
        working.nothing_due(
            "excise_tax", f"excise.{row['effect']}", f"{code}: {row['name_en']}", row["source"]
        )
    else:
        working.find("ASM-062", field="excise_code", found=code, day=f"{day}")
        working.leave("excise_duty")


def _charge(working: Working, rate: ExciseRate) -> None:
    value = _base(working, rate)
    quantities = excise_quantities_in(working, _units(rate), rate.text)
    if value is None or quantities is None:
        working.cents.pop(rate.charge, None)
        working.leave(rate.charge)
        return
    if rate.threshold is None:
        exact, formula = rate.rate.of(value, quantities), rate.rate.formula(value, quantities)
    else:
        exact, formula = _luxury(rate.rate, rate.threshold, value, quantities["NMB"])
    inputs = {"excise_code": rate.code, "base": rate.base, "value": f"{value:f}"}
    inputs |= {f"quantity_{unit}": f"{quantity:f}" for unit, quantity in quantities.items()}
    basis = Basis(
        f"excise.{rate.code}",
        rate.text,
        rate.source,
        working.case.tables.rates.version,
        rate.period.since,
    )
    working.record(rate.charge, exact, formula, inputs, basis)


def _units(rate: ExciseRate) -> tuple[str, ...]:
    return rate.rate.units if rate.threshold is None else ("NMB",)


def _base(working: Working, rate: ExciseRate) -> Decimal | None:
    """Return the value that a percentage is taken of; None while a part of it is undetermined."""
    value, duty = working.dollars("value_for_duty"), working.dollars("customs_duty")
    if not rate.rate.needs_value:
        return Decimal(0)
    if rate.base == "value-for-duty":
        return value
    return None if value is None or duty is None else value + duty


def _luxury(rate: Rate, threshold: Decimal, value: Decimal, count: Decimal) -> tuple[Decimal, str]:
    """Return the luxury tax on `count` articles of `value` together, and its formula."""
    percent, free = rate.base.percent, threshold * count
    of_value, of_excess = value * percent / 100, max(value - free, Decimal(0)) * percent * LUXURY_TWICE / 100
    excess = f"max({value:f} - {free:f}, 0) * {percent * LUXURY_TWICE:f}%"
    return min(of_value, of_excess), f"min({value:f} * {percent:f}%, {excess})"
