"""Do the lines hold: their numbers, their invoices, where the goods come from, what they are worth?"""

from collections.abc import Iterator

from schemas.identifiers import TRANSACTION_NUMBER
from validators.case import VALUE_DIGITS, Case, Hit

INVOICES_NAMED_MAX = 10


def no_line(case: Case) -> Iterator[Hit]:
    """LIN-001: there is a line."""
    if not case.cad.lines:
        yield Hit("lines")


def number_twice(case: Case) -> Iterator[Hit]:
    """LIN-002: no two lines have the same number; versions are compared by it."""
    seen: set[int] = set()
    for item in case.commodities:
        if item.line.number in seen:
            yield item.hit("number", str(item.line.number))
        seen.add(item.line.number)


def number_out_of_order(case: Case) -> Iterator[Hit]:
    """LIN-003: lines are numbered 1, 2, 3 ...; the first place where they are not is named."""
    numbers = [line.number for line in case.cad.lines]
    if len(set(numbers)) < len(numbers):
        return
    for item in case.commodities:
        if item.line.number != item.index + 1:
            yield item.hit("number", str(item.line.number), str(item.index + 1))
            return


def invoice_unknown(case: Case) -> Iterator[Hit]:
    """LIN-004: the invoice that a line names is one of the declaration."""
    known = ", ".join(invoice.number for invoice in case.cad.invoices[:INVOICES_NAMED_MAX])
    for item in case.commodities:
        if item.invoice is None:
            yield item.hit("invoice", item.line.invoice, known or None, known=known or "-")


def origin_missing(case: Case) -> Iterator[Hit]:
    """LIN-005: the origin of the goods is named."""
    for item in case.commodities:
        if not item.line.origin:
            yield item.hit("origin", "", "a2, a3")


def origin_unknown(case: Case) -> Iterator[Hit]:
    """LIN-006: the origin is a country or a US state."""
    for item in case.commodities:
        if case.lacks("countries", item.line.origin):
            yield item.hit("origin", item.line.origin, "a2, a3")


def state_missing(case: Case) -> Iterator[Hit]:
    """LIN-007: for goods of the United States the state is named."""
    for item in case.commodities:
        if item.line.origin == "US":
            yield item.hit("origin", "US", "UNY")


def export_unknown(case: Case) -> Iterator[Hit]:
    """LIN-008: the place of export is a country or US state (a US foreign trade zone may stand there too)."""
    for item in case.commodities:
        if case.lacks("countries", item.line.export):
            yield item.hit("export", item.line.export, "a2, a3")


def value_missing(case: Case) -> Iterator[Hit]:
    """LIN-009: every line has a value."""
    for item in case.commodities:
        if item.line.value is None:
            yield item.hit("value", "")


def value_too_large(case: Case) -> Iterator[Hit]:
    """LIN-010: a value has at most 13 digits before the point."""
    for item in case.commodities:
        if item.line.value and item.line.value.adjusted() >= VALUE_DIGITS:
            yield item.hit("value", str(item.line.value), f"n..{VALUE_DIGITS}")


def value_negative(case: Case) -> Iterator[Hit]:
    """LIN-011: no goods are worth less than nothing."""
    for item in case.commodities:
        if item.line.value is not None and item.line.value < 0:
            yield item.hit("value", str(item.line.value))


def value_zero(case: Case) -> Iterator[Hit]:
    """LIN-012: goods without a price have a value all the same; zero is how a later version voids a line."""
    for item in case.commodities:
        if case.cad.function == "original" and item.line.value == 0:
            yield item.hit("value", str(item.line.value))


def description_missing(case: Case) -> Iterator[Hit]:
    """LIN-013: the broker describes the goods in words."""
    for item in case.commodities:
        if not item.line.description.strip():
            yield item.hit("description", "")


def previous_number_malformed(case: Case) -> Iterator[Hit]:
    """LIN-014: the transaction number of an earlier declaration has 14 digits."""
    for item in case.commodities:
        number = item.line.previous_transaction_number
        if number and not TRANSACTION_NUMBER.fullmatch(number):
            yield item.hit("previous_transaction_number", number, "n14")


def previous_entry_missing(case: Case) -> Iterator[Hit]:
    """LIN-015: goods that leave a warehouse name the declaration and line by which they entered it."""
    if case.goods != "ex-warehouse":
        return
    for item in case.commodities:
        if not item.line.previous_transaction_number:
            yield item.hit("previous_transaction_number", "", "n14", type=case.cad.type)
        elif item.line.previous_line is None:
            yield item.hit("previous_line", "", type=case.cad.type)
