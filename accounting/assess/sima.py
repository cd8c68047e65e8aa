"""What anti-dumping and countervailing duty is due? By the measure, the exporter and the model declared.

The SIMA code is our answer, never the filer's. The filer may declare an amount: it stands where it is
higher than what the tables give (or where they give nothing), and never lowers it (CBSA, guide for
self-assessing SIMA duties).
"""

from decimal import Decimal
from typing import Literal

from accounting.assess.quantities import quantities_in
from accounting.assess.working import Basis, Working
from schemas.cad import Sima
from schemas.money import to_dollars
from schemas.rates.sima import SimaDuty

SimaCode = Literal["10", "20", "31", "40", "51"]

NOT_SUBJECT: SimaCode = "10"
UNDERTAKING: SimaCode = "20"
PROVISIONAL_CASH: SimaCode = "31"
NOTHING_PAYABLE: SimaCode = "40"
FINDING_CASH: SimaCode = "51"


def sima(working: Working) -> None:
    """Record SIMA duty and the SIMA code of a line."""
    declared = working.case.line.sima
    if declared is None:
        _ask(working)
    elif declared.subject == "subject":
        _subject(working, declared)
    else:
        undertaking = declared.subject == "undertaking"
        working.sima_code = UNDERTAKING if undertaking else NOT_SUBJECT
        working.nothing_due("sima", f"sima.{declared.subject}", f"declared as {declared.subject}")


def _ask(working: Working) -> None:
    """Warn where a measure names the classification and the origin, and the line says nothing."""
    case = working.case
    touching = case.tables.rates.sima.touching(case.line.classification, case.country)
    if touching:
        measures = ", ".join(f"{measure.id} ({measure.goods})" for measure in touching)
        working.find("ASM-043", field="sima", measures=measures, as_of=touching[0].as_of)


def _subject(working: Working, declared: Sima) -> None:
    day = working.case.day
    if day is None:
        working.leave("sima")
        return
    duties = working.case.tables.rates.sima.duties(
        declared.measure, working.case.country, declared.exporter, declared.model, day
    )
    worked_out = [_work_out(working, declared, duty) for duty in duties]
    if not all(worked_out):
        working.cents.pop("sima", None)
        working.leave("sima")
        return
    _raise_to_declared(working, declared, known=bool(duties))
    working.sima_code = _code(working, duties)


def _work_out(working: Working, declared: Sima, duty: SimaDuty) -> bool:
    """Record one duty; return False after a finding when it cannot be worked out."""
    price = _export_price(working, declared)
    units = (duty.unit,) if duty.normal_value is not None else duty.rate.units if duty.rate else ()
    quantities = quantities_in(working, units, duty.text)
    if price is None or quantities is None:
        return False
    if duty.rate:
        exact, formula = duty.rate.of(price, quantities), duty.rate.formula(price, quantities)
    else:
        normal = quantities[duty.unit] * (duty.normal_value or 0)
        exact = max(normal - price, Decimal(0))
        formula = f"max({quantities[duty.unit]:f} * {duty.normal_value:f} - {price:f}, 0)"
    inputs = {"measure": duty.measure, "export_price": f"{price:f}", "exporter": declared.exporter}
    basis = Basis(
        f"sima.{duty.kind.lower()}",
        duty.text,
        duty.source,
        working.case.tables.rates.version,
        duty.period.since,
    )
    working.record("sima", exact, formula, inputs, basis)
    return True


def _export_price(working: Working, declared: Sima) -> Decimal | None:
    """Return the SIMA invoice price of the line in Canadian dollars; None after a finding."""
    currency, invoice = declared.currency, working.case.invoice
    if declared.invoice_price is None or not currency:
        working.find("ASM-044", field="sima.invoice_price")
        return None
    if not working.is_sane("sima.invoice_price", declared.invoice_price):
        return None
    if currency == "CAD":
        return declared.invoice_price
    shipped = invoice.direct_shipment if invoice else None
    rate = working.case.tables.rates.exchange.rate(currency, shipped) if shipped else None
    if rate is None:
        working.find("ASM-005", field="sima.currency", found=currency, day=f"{shipped or '-'}", known="-")
        return None
    return declared.invoice_price * rate.cad_per_unit


def _raise_to_declared(working: Working, declared: Sima, *, known: bool) -> None:
    """Let a higher declared amount stand; without any amount there is nothing to assess."""
    computed, amount = working.cents.get("sima", 0), declared.duty_cents
    if not known:
        code = "ASM-046" if amount is not None else "ASM-045"
        working.find(code, field="sima", found=declared.measure, exporter=declared.exporter)
    if amount is None and not known:
        working.leave("sima")
    elif amount is not None and (amount > computed or not known):
        more = to_dollars(amount - computed)
        inputs = {"declared": f"{to_dollars(amount)}", "computed": f"{to_dollars(computed)}"}
        formula = f"{to_dollars(amount)} - {to_dollars(computed)}"
        working.record("sima", more, formula, inputs, Basis("sima.declared", source="SIMA self-assessment"))
    elif amount is not None and amount < computed:
        working.find(
            "ASM-047", field="sima", found=f"{to_dollars(amount)}", expected=f"{to_dollars(computed)}"
        )


def _code(working: Working, duties: tuple[SimaDuty, ...]) -> str:
    if "sima" not in working.cents:
        return ""
    if not working.cents["sima"]:
        return NOTHING_PAYABLE
    provisional = any(duty.stage == "provisional" for duty in duties)
    return PROVISIONAL_CASH if provisional else FINDING_CASH
