"""Do the fields under the Special Import Measures Act hold? They are mandatory where goods are subject."""

from collections.abc import Iterator

from schemas.cad import Sima
from validators.case import Case, Commodity, Hit

UNDER_A_MEASURE = ("subject", "undertaking")


def measure_missing(case: Case) -> Iterator[Hit]:
    """SIM-001: goods that are subject name the measure."""
    for item, sima in _subject(case):
        if not sima.measure:
            yield item.hit("sima.measure", "", subject=sima.subject)


def price_missing(case: Case) -> Iterator[Hit]:
    """SIM-002: goods that are subject have a SIMA invoice price."""
    for item, sima in _subject(case):
        if sima.invoice_price is None:
            yield item.hit("sima.invoice_price", "", subject=sima.subject)


def currency_missing(case: Case) -> Iterator[Hit]:
    """SIM-003: the SIMA invoice price has a currency."""
    for item, sima in _subject(case):
        if not sima.currency:
            yield item.hit("sima.currency", "", "a3", subject=sima.subject)


def currency_unknown(case: Case) -> Iterator[Hit]:
    """SIM-004: that currency exists."""
    for item in case.commodities:
        if item.line.sima and case.lacks("currencies", item.line.sima.currency):
            yield item.hit("sima.currency", item.line.sima.currency, "a3")


def price_not_positive(case: Case) -> Iterator[Hit]:
    """SIM-005: the SIMA invoice price is above zero."""
    for item, sima in _subject(case):
        if sima.invoice_price is not None and sima.invoice_price <= 0:
            yield item.hit("sima.invoice_price", str(sima.invoice_price))


def exporter_missing(case: Case) -> Iterator[Hit]:
    """SIM-006: the exporter's identifier leads to its normal values."""
    for item, sima in _subject(case):
        if not sima.exporter:
            yield item.hit("sima.exporter", "", measure=sima.measure)


def model_missing(case: Case) -> Iterator[Hit]:
    """SIM-007: the model's identifier leads to its normal value."""
    for item, sima in _subject(case):
        if not sima.model:
            yield item.hit("sima.model", "", measure=sima.measure)


def duty_negative(case: Case) -> Iterator[Hit]:
    """SIM-008: a filer may declare a higher amount, never a negative one."""
    for item in case.commodities:
        sima = item.line.sima
        if sima and sima.duty_cents is not None and sima.duty_cents < 0:
            yield item.hit("sima.duty_cents", str(sima.duty_cents))


def changed_after_payment_due(case: Case) -> Iterator[Hit]:
    """SIM-009: after the payment due date, SIMA fields change only by an officer's decision."""
    previous, due = case.context.previous, case.context.payment_due
    if previous is None or due is None or case.context.received_day <= due:
        return
    before = {line.number: line.sima for line in previous.lines}
    for item in case.commodities:
        if item.line.number in before and item.line.sima != before[item.line.number]:
            yield item.hit("sima", None, due=str(due))


def _subject(case: Case) -> Iterator[tuple[Commodity, Sima]]:
    for item in case.commodities:
        if item.line.sima and item.line.sima.subject in UNDER_A_MEASURE:
            yield item, item.line.sima
