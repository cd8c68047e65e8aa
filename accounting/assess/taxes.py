"""What are GST and the province's tax? Percentages of the value for tax.

The value for tax is the value for duty and all duties and taxes but these two. Commercial goods bear GST
alone; casual goods bear the tax of the province of destination too, which CBSA collects by agreement.
"""

from datetime import date
from decimal import Decimal

from accounting.assess.working import Basis, Working
from schemas.money import to_dollars
from schemas.rates.sales_taxes import HARMONIZED, SalesTax

VALUE_FOR_TAX_PARTS = ("value_for_duty", "customs_duty", "sima", "surtax", "excise_duty", "excise_tax")


def value_for_tax(working: Working) -> None:
    """Record the sum of the value for duty and all charges but GST and the province's tax."""
    parts = {part: working.cents.get(part, 0) for part in VALUE_FOR_TAX_PARTS}
    if any(part in working.undetermined for part in parts):
        working.leave("value_for_tax")
        return
    written = {part: f"{to_dollars(cents)}" for part, cents in parts.items() if cents}
    total = to_dollars(sum(parts.values()))
    basis = Basis("tax.value-for-tax", source="Excise Tax Act s.215")
    working.record("value_for_tax", total, " + ".join(written.values()) or "0.00", written, basis)


def gst(working: Working) -> None:
    """Record GST, or why none is due."""
    day = working.case.day
    if day is None:
        working.leave("gst")
        return
    tax = working.case.tables.rates.sales_taxes.gst(day)
    if tax is None:
        _before_start(working, "gst", "CA", day)
    elif _is_exempt(working, day):
        code = working.case.line.gst_code
        working.nothing_due(
            "gst", "tax.gst-exempt", f"GST code {code} exempts", source=_exemption(working, day)
        )
    else:
        _charge(working, "gst", tax, tax.percent, "tax.gst")


def provincial(working: Working) -> None:
    """Record the provincial part of HST, or PST, on casual goods; nothing on commercial ones."""
    cad, day = working.case.cad, working.case.day
    if not cad.casual or day is None:
        return
    taxes = working.case.tables.rates.sales_taxes
    if not cad.province or taxes.since(cad.province) is None:
        working.find("ASM-071", field="/province", found=cad.province)
        working.leave("provincial")
        return
    tax, federal = taxes.of(cad.province, day), taxes.gst(day)
    if tax is None or federal is None:
        _before_start(working, "provincial", cad.province, day)
    elif tax.tax == HARMONIZED and _is_exempt(working, day):
        working.nothing_due("provincial", "tax.gst-exempt", f"GST code {working.case.line.gst_code} exempts")
    elif tax.tax == HARMONIZED:
        _charge(working, "provincial", tax, tax.percent - federal.percent, "tax.hst")
    elif tax.percent:
        _charge(working, "provincial", tax, tax.percent, "tax.pst")
    else:
        working.nothing_due("provincial", "tax.pst", f"{tax.region} has no sales tax", source=tax.source)


def _charge(working: Working, figure: str, tax: SalesTax, percent: Decimal, rule: str) -> None:
    value = working.dollars("value_for_tax")
    if value is None:
        working.leave(figure)
        return
    rates = working.case.tables.rates
    working.record(
        figure,
        value * percent / 100,
        f"{value} * {percent:f}%",
        {"value_for_tax": f"{value}", "region": tax.region, "tax": tax.tax},
        Basis(rule, f"{percent:f}%", tax.source, rates.version, tax.period.since),
    )


def _is_exempt(working: Working, day: date) -> bool:
    """Return whether the GST code of the line exempts; an unknown code is a finding and exempts nothing."""
    code = working.case.line.gst_code
    if not code or working.case.tables.codes.table("gst_codes").row(code, day):
        return bool(code)
    if "ASM-070" not in {finding.code for finding in working.findings}:
        working.find("ASM-070", field="gst_code", found=code, day=f"{day}")
    return False


def _exemption(working: Working, day: date) -> str:
    row = working.case.tables.codes.table("gst_codes").row(working.case.line.gst_code, day)
    return row["source"] if row else ""


def _before_start(working: Working, figure: str, region: str, day: date) -> None:
    since = working.case.tables.rates.sales_taxes.since(region)
    working.find("ASM-072", field="/release_date", found=f"{day}", region=region, since=f"{since}")
    working.leave(figure)
