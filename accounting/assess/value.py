"""What is the value for duty? The value for currency conversion at the rate of the day of direct shipment."""

from decimal import Decimal

from accounting.assess.working import Basis, Working
from schemas.cad import Invoice

CANADIAN = "CAD"


def value_for_duty(working: Working) -> None:
    """Record the value for duty in Canadian dollars, to the cent."""
    value, invoice = _value(working), _invoice(working)
    if value is not None and invoice is not None:
        if invoice.currency == CANADIAN:
            inputs = {"value": f"{value:f}", "currency": CANADIAN}
            working.record("value_for_duty", value, f"{value:f}", inputs, Basis("value.canadian"))
        else:
            _convert(working, value, invoice)
    if "value_for_duty" not in working.cents:
        working.leave("value_for_duty")


def _value(working: Working) -> Decimal | None:
    """Return the value for currency conversion; None after a finding."""
    value = working.case.line.value
    if value is None:
        working.find("ASM-001", field="value")
        return None
    return value if working.is_sane("value", value) else None


def _invoice(working: Working) -> Invoice | None:
    """Return the line's invoice, which has a currency; None after a finding."""
    invoice = working.case.invoice
    if invoice is None:
        working.find("ASM-002", field="invoice", found=working.case.line.invoice)
        return None
    if not invoice.currency:
        working.find("ASM-003", field=f"/{_invoice_path(working)}.currency")
        return None
    return invoice


def _convert(working: Working, value: Decimal, invoice: Invoice) -> None:
    place, currency, day = f"/{_invoice_path(working)}", invoice.currency, invoice.direct_shipment
    if day is None:
        working.find("ASM-004", field=f"{place}.direct_shipment", currency=currency)
        return
    exchange = working.case.tables.rates.exchange
    rate = exchange.rate(currency, day)
    if rate is None:
        span = exchange.span(currency)
        known = f"{span[0]}/{span[1]}" if span else "-"
        working.find("ASM-005", field=f"{place}.currency", found=currency, day=f"{day}", known=known)
        return
    working.record(
        "value_for_duty",
        value * rate.cad_per_unit,
        f"{value:f} * {rate.cad_per_unit:f}",
        {"value": f"{value:f}", "currency": currency, "direct_shipment": f"{day}"},
        Basis(
            "value.exchange",
            rate=f"{rate.cad_per_unit:f}",
            source=rate.source,
            table=working.case.tables.rates.version,
            since=rate.published,
        ),
    )


def _invoice_path(working: Working) -> str:
    numbers = [invoice.number for invoice in working.case.cad.invoices]
    return f"invoices[{numbers.index(working.case.line.invoice)}]"
