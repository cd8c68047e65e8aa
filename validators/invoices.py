"""Do the invoices hold: number, vendor, currency, direct shipment, totals?"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from schemas.cad import Invoice
from validators.case import VALUE_DIGITS, Case, Commodity, Hit
from validators.spans import months_later

CANADIAN = "CAD"
HIGHWAY = "2"
OLD_SHIPMENT_MONTHS = 24


def no_invoice(case: Case) -> Iterator[Hit]:
    """INV-001: there is an invoice."""
    if not case.cad.invoices:
        yield Hit("invoices")


def number_missing(case: Case) -> Iterator[Hit]:
    """INV-002: every invoice has a number."""
    for index, invoice in enumerate(case.cad.invoices):
        if not invoice.number:
            yield _hit(index, invoice, "number", "")


def number_twice(case: Case) -> Iterator[Hit]:
    """INV-003: no two invoices have the same number, since lines name their invoice by it."""
    seen: set[str] = set()
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.number and invoice.number in seen:
            yield _hit(index, invoice, "number", invoice.number)
        seen.add(invoice.number)


def vendor_missing(case: Case) -> Iterator[Hit]:
    """INV-004: the vendor is named."""
    for index, invoice in enumerate(case.cad.invoices):
        if not (invoice.vendor.name or invoice.vendor.identifier):
            yield _hit(index, invoice, "vendor.name", "")


def currency_missing(case: Case) -> Iterator[Hit]:
    """INV-005: the currency is named; none is ever assumed."""
    for index, invoice in enumerate(case.cad.invoices):
        if not invoice.currency:
            yield _hit(index, invoice, "currency", "", "a3")


def currency_unknown(case: Case) -> Iterator[Hit]:
    """INV-006: the currency exists."""
    for index, invoice in enumerate(case.cad.invoices):
        if case.lacks("currencies", invoice.currency):
            yield _hit(index, invoice, "currency", invoice.currency, "a3")


def currency_is_no_money(case: Case) -> Iterator[Hit]:
    """INV-007: metals, funds and test codes are no currency to invoice in."""
    for index, invoice in enumerate(case.cad.invoices):
        row = case.table("currencies").row(invoice.currency, case.day)
        if row and not row["minor_digits"]:
            yield _hit(index, invoice, "currency", invoice.currency)


def shipment_missing(case: Case) -> Iterator[Hit]:
    """INV-008: the rate of exchange is that of the day of direct shipment."""
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.direct_shipment is None and invoice.currency not in {"", CANADIAN}:
            yield _hit(index, invoice, "direct_shipment", "", currency=invoice.currency)


def shipment_missing_without_exchange(case: Case) -> Iterator[Hit]:
    """INV-009: the day of direct shipment is asked for, also when nothing is exchanged."""
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.direct_shipment is None and invoice.currency == CANADIAN and case.goods == "release":
            yield _hit(index, invoice, "direct_shipment", "")


def shipment_after_release(case: Case) -> Iterator[Hit]:
    """INV-010: goods set out before they are released here."""
    released = case.cad.release_date
    for index, invoice in enumerate(case.cad.invoices):
        if released and invoice.direct_shipment and invoice.direct_shipment > released:
            yield _hit(
                index, invoice, "direct_shipment", str(invoice.direct_shipment), released=str(released)
            )


def shipment_in_the_future(case: Case) -> Iterator[Hit]:
    """INV-011: goods that are accounted for have set out."""
    today = case.context.received_day
    for index, invoice in enumerate(case.cad.invoices):
        if case.cad.release_date is None and invoice.direct_shipment and invoice.direct_shipment > today:
            yield _hit(index, invoice, "direct_shipment", str(invoice.direct_shipment), day=str(today))


def shipment_long_ago(case: Case) -> Iterator[Hit]:
    """INV-012: goods rarely travel for two years; a wrong year is more likely."""
    earliest = months_later(case.day, -OLD_SHIPMENT_MONTHS)
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.direct_shipment and invoice.direct_shipment < earliest and case.goods == "release":
            yield _hit(
                index, invoice, "direct_shipment", str(invoice.direct_shipment), released=str(case.day)
            )


def total_differs(case: Case) -> Iterator[Hit]:
    """INV-013: the invoice's total is the sum of its lines."""
    sums = _sums(case.commodities)
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.total is not None and invoice.number in sums and invoice.total != sums[invoice.number]:
            yield _hit(index, invoice, "total", str(invoice.total), str(sums[invoice.number]))


def without_lines(case: Case) -> Iterator[Hit]:
    """INV-014: an invoice without lines says nothing."""
    named = Counter(line.invoice for line in case.cad.lines)
    for index, invoice in enumerate(case.cad.invoices):
        if invoice.number and not named[invoice.number] and case.cad.lines:
            yield _hit(index, invoice, "number", invoice.number)


def us_port_of_exit_missing(case: Case) -> Iterator[Hit]:
    """INV-015: goods that come from the United States by road left it at a port."""
    if case.cad.mode_of_transport != HIGHWAY or case.goods != "release":
        return
    for index, invoice in enumerate(case.cad.invoices):
        if case.country_of(invoice.export) == "US" and not invoice.us_port_of_exit:
            yield _hit(index, invoice, "us_port_of_exit", "", "n4", export=invoice.export)


def _hit(
    index: int, invoice: Invoice, field: str, found: str, expected: str | None = None, **values: str
) -> Hit:
    """Point at a field of an invoice; its number, or else its place from 1, goes with it for the message."""
    words = {"invoice": invoice.number or str(index + 1), **values}
    return Hit(f"invoices[{index}].{field}", found, expected, words)


def _sums(commodities: tuple[Commodity, ...]) -> dict[str, Decimal]:
    """Add up the values of the lines by invoice; values too large to be money are left out (see LIN-010)."""
    sums: dict[str, Decimal] = {}
    for item in commodities:
        if item.line.value is not None and item.line.value.adjusted() < VALUE_DIGITS:
            sums[item.line.invoice] = sums.get(item.line.invoice, Decimal(0)) + item.line.value
    return sums
