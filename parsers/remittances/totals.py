"""Does a file come to what it says? Values that fit, amounts and counts as control sums say, doubles."""

from collections.abc import Iterable, Iterator

from parsers.remittances.quoted import cents_of
from parsers.xml.clip import clip
from schemas.findings import Finding, Where
from schemas.money import Cents, dollars
from schemas.remittance import REFERENCE_LENGTH_MAX, BankLine, payment_finding


def misfit(found: str, where: Where, field: str, expected: str) -> Finding:
    """Return that a value is missing, or is not what belongs there."""
    code = "PAY-003" if found else "PAY-002"
    return payment_finding(code, where=where, field=field, found=clip(found), expected=expected)


def amount_findings(text: str, where: Where, field: str) -> Iterator[Finding]:
    """Yield why a text is no amount of a payment, if it is none."""
    cents = cents_of(text)
    if not text:
        yield payment_finding("PAY-002", where=where, field=field, expected="an amount")
    elif cents is None:
        expected = "an amount in dollars and cents, such as 1500.00"
        yield payment_finding("PAY-003", where=where, field=field, found=text, expected=expected)
    elif cents <= 0:
        yield payment_finding("PAY-005", where=where, field=field, found=text)


def currency_findings(text: str, where: Where, field: str) -> Iterator[Finding]:
    """Yield that a currency is not the Canadian dollar."""
    if text != "CAD":
        found = text or "a currency that is not named"
        yield payment_finding("PAY-004", where=where, field=field, found=found, expected="CAD")


def reference_findings(text: str, where: Where, field: str) -> Iterator[Finding]:
    """Yield why a text cannot be the reference of a payment."""
    if not text:
        yield payment_finding("PAY-002", where=where, field=field, expected="a reference of the payment")
    elif len(text) > REFERENCE_LENGTH_MAX or not text.isprintable():
        expected = f"1 to {REFERENCE_LENGTH_MAX} characters that can be printed"
        yield payment_finding("PAY-003", where=where, field=field, found=text[:80], expected=expected)


def sum_findings(said: str, cents: Cents, where: Where, field: str) -> Iterator[Finding]:
    """Yield that a control sum is not what the lines come to. An empty one says nothing."""
    if said and cents_of(said) != cents:
        expected = dollars(cents)
        yield payment_finding("PAY-006", where=where, field=field, found=said, expected=expected)


def count_findings(said: str, count: int, where: Where, field: str) -> Iterator[Finding]:
    """Yield that a control count is not the number there is. An empty one says nothing."""
    if said and (said.lstrip("0") or "0") != str(count):
        yield payment_finding("PAY-006", where=where, field=field, found=said, expected=str(count))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the file."""
    return tuple(sorted(findings, key=lambda finding: (finding.where.line or 0, finding.where.byte or 0)))


def double_findings(lines: Iterable[BankLine]) -> Iterator[Finding]:
    """Yield each payment whose reference an earlier one of its method has."""
    first: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.method, line.reference
        if line.sort == "payment" and first.setdefault(key, line.number) != line.number:
            yield payment_finding("PAY-008", where=line.where, found=line.reference, expected=str(first[key]))
