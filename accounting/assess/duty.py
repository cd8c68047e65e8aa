"""What customs duty is due? The rate of the classification under the treatment, or that of a tariff code."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounting.assess.quantities import quantities_in
from accounting.assess.treatment import Treatment, entitlement, treatment_of
from accounting.assess.working import Basis, Working
from schemas.tariff import NOT_SEEN, Rate, TariffLine, read_rate


@dataclass(frozen=True, slots=True)
class Found:
    """A rate that was found: under which treatment, its text, and what it rests on."""

    treatment: Treatment
    text: str
    basis: Basis


def customs_duty(working: Working) -> None:
    """Record the customs duty, the treatment applied and the rate as the tariff writes it."""
    found = _find_rate(working)
    if found is None:
        working.leave("customs_duty")
        return
    working.treatment, working.rate = found.treatment.code, found.text
    rate = read_rate(found.text)
    if rate is None:
        _refuse(working, found)
        working.leave("customs_duty")
    else:
        _apply(working, found, rate)


def _find_rate(working: Working) -> Found | None:
    """Find the rate; None after a finding that says why there is none."""
    case, day = working.case, working.case.day
    working.treatment = case.line.treatment.lstrip("0")
    if day is None:
        working.find("ASM-006", field="/release_date")
        return None
    line = _tariff_line(working, day)
    if not case.country:
        working.find("ASM-007", field="origin", found=case.line.origin)
        return None
    treatment = treatment_of(working, day)
    working.treatment, working.claimed = treatment.code, treatment.abbr
    if line is None:
        return None
    return _tariff_code_rate(working, treatment, day) or _tariff_rate(working, line, treatment, day)


def _tariff_line(working: Working, day: date) -> TariffLine | None:
    tariff, number = working.case.tables.tariff, working.case.line.classification
    line = tariff.line(number, day)
    if line is not None:
        return line
    if day < tariff.since:
        values = {"day": f"{day}", "since": f"{tariff.since}", "table": tariff.version}
        working.find("ASM-020", field="classification", found=number, **values)
        return None
    spans = "; ".join(f"{row.since}/{row.until or '..'}" for row in tariff.history(number))
    code = "ASM-022" if spans else "ASM-021"
    values = {"day": f"{day}", "spans": spans, "table": tariff.version}
    working.find(code, field="classification", found=number, **values)
    return None


def _tariff_rate(working: Working, line: TariffLine, treatment: Treatment, day: date) -> Found | None:
    """Return the rate of the line under a treatment, or under the entitlement where that gives nothing."""
    text = line.rates.get(treatment.abbr, NOT_SEEN)
    if not text:
        entitled = entitlement(working, day)
        working.find(
            "ASM-014", field="treatment", found=treatment.code, abbr=treatment.abbr, applied=entitled.code
        )
        treatment, text = entitled, line.rates.get(entitled.abbr, NOT_SEEN)
    source, table = f"Customs Tariff, edition {line.edition}", working.case.tables.tariff.version
    return Found(treatment, text, Basis("duty.tariff", text, source, table, line.since))


def _tariff_code_rate(working: Working, treatment: Treatment, day: date) -> Found | None:
    """Return the rate of the tariff code of chapter 99; None without one, or where it gives nothing."""
    code = working.case.line.tariff_code
    if not code:
        return None
    row = working.case.tables.rates.tariff_codes.of(code, day)
    if row is None:
        _doubt_tariff_code(working, code, day)
        return None
    text = row.rates.get(treatment.abbr, "") or row.rates["MFN"]
    if not text:
        working.find("ASM-031", field="tariff_code", found=code, treatment=treatment.code)
        return None
    source, table = f"{row.source}: tariff item {row.tariff_item}", working.case.tables.rates.version
    return Found(treatment, text, Basis("duty.tariff-code", text, source, table, row.period.since))


def _doubt_tariff_code(working: Working, code: str, day: date) -> None:
    """Find that a tariff code is not in our table, and so relieves of nothing.

    While the table is known in part that only warns: the line's own rate is an amount that can stand.
    """
    since = working.case.tables.rates.tariff_codes.since(code) or "-"
    complete = working.case.tables.codes.table("tariff_codes").complete
    tell = working.find if complete else working.doubt
    tell("ASM-030", field="tariff_code", found=code, day=f"{day}", since=f"{since}")


def _refuse(working: Working, found: Found) -> None:
    values = {"treatment": found.treatment.code, "table": found.basis.table}
    code = "ASM-023" if found.text == NOT_SEEN else "ASM-024"
    working.find(
        code, field="classification", found=found.text, number=working.case.line.classification, **values
    )


def _apply(working: Working, found: Found, rate: Rate) -> None:
    value = working.dollars("value_for_duty")
    quantities = quantities_in(working, rate.units, found.text)
    if quantities is None or (value is None and rate.needs_value):
        working.leave("customs_duty")
        return
    value = value or Decimal(0)
    inputs = {"value_for_duty": f"{value}", "treatment": f"{found.treatment.code} {found.treatment.abbr}"}
    inputs |= {f"quantity_{unit}": f"{quantity:f}" for unit, quantity in quantities.items()}
    working.record(
        "customs_duty",
        rate.of(value, quantities),
        rate.formula(value, quantities),
        inputs,
        found.basis,
    )
