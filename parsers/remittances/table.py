"""What does a CSV of payments say came in? One row a payment or return, and a last row that sums them up.

    record,reference,account,amount,currency,payer,method,received_at,for,reason
    payment,REF-1,123456782RM0001,1500.00,CAD,Maple Ltd,electronic,2026-03-30T14:05:00-04:00,12345000000017,
    return,REF-0,,200.00,CAD,,cheque,2026-03-30,,not sufficient funds
    total,2,,1300.00,CAD,,,,,

for: references of debts, joined by blanks. A return names the reference of the payment that came back. total:
how many rows there are, and payments less returns; without it a file that was cut would look whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.remittances.quoted import accounts_in, cents_of, instant_of, reference_of
from parsers.remittances.totals import (
    amount_findings,
    count_findings,
    currency_findings,
    double_findings,
    in_order,
    misfit,
    reference_findings,
    sum_findings,
)
from parsers.xml.clip import clip
from schemas.acts import METHODS, PaymentMethod
from schemas.csv_text import Record, read_records
from schemas.findings import Finding, Where
from schemas.remittance import BankFile, BankLine, payment_finding
from schemas.table_errors import TableError, TableFault

COLUMNS = (
    "record",
    "reference",
    "account",
    "amount",
    "currency",
    "payer",
    "method",
    "received_at",
    "for",
    "reason",
)
RECORDS = ("payment", "return", "total")
KNOWN_METHODS: dict[str, PaymentMethod] = {method: method for method in METHODS}
INSTANT = "a day or an instant (ISO 8601), such as 2026-03-30 or 2026-03-30T14:05:00-04:00"


def looks_like_table(payload: bytes) -> bool:
    """Return whether a payload begins with a header that has our first two columns in it."""
    header = payload.partition(b"\n")[0].removeprefix(b"\xef\xbb\xbf").strip().split(b",")
    return {b"record", b"reference"} <= {name.strip(b'"') for name in header}


def read_table(payload: bytes) -> BankFile:
    """Read a CSV of payments. Never raises on what came; everything wrong is a finding."""
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = Where(byte=error.start)
        found = f"0x{payload[error.start]:02X}"
        finding = payment_finding("PAY-003", where=where, field="byte", found=found, expected="text in UTF-8")
        return BankFile(format="csv", findings=(finding,))
    return _Table().read(text)


@dataclass(slots=True)
class _Table:
    """What was read so far of one table. total: the last row, and its line."""

    lines: list[BankLine] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    total: tuple[int, Record] | None = None
    rows: int = 0
    faulty: bool = False

    def read(self, text: str) -> BankFile:
        """Read every row."""
        try:
            for line, record in read_records(text, "", COLUMNS):
                self._row(line, {name: cell.strip() for name, cell in record.items()})
        except TableError as error:
            self.faulty = True
            self.findings += (_table_finding(fault) for fault in error.faults)
        self.findings += self._total_findings()
        self.findings += double_findings(self.lines)
        return BankFile(format="csv", lines=tuple(self.lines), findings=in_order(self.findings))

    def _row(self, line: int, record: Record) -> None:
        if self.total is not None:
            expected = "no row behind the total"
            self._wrong(line, "record", record["record"], expected)
        elif record["record"] == "total":
            self.total = line, record
        elif record["record"] not in RECORDS:
            self._wrong(line, "record", record["record"], " or ".join(RECORDS))
        else:
            self._payment(line, record)

    def _wrong(self, line: int, column: str, found: str, expected: str) -> None:
        self.faulty = True
        self.findings.append(misfit(found, Where(line=line), column, expected))

    def _payment(self, line: int, record: Record) -> None:
        self.rows += 1
        faults = list(_row_findings(line, record))
        self.findings += faults
        self.faulty |= bool(faults)
        if not faults:
            self.lines.extend(_line(len(self.lines) + 1, line, record))

    def _total_findings(self) -> Iterator[Finding]:
        """Yield where the last row is not what the others come to; nothing while some cannot be read."""
        if self.total is None:
            if self.rows or not self.faulty:
                yield payment_finding("PAY-002", field="total", expected="a last row of record `total`")
            return
        line, record = self.total
        where = Where(line=line)
        if not self.faulty:
            yield from count_findings(record["reference"] or "none", self.rows, where, "reference")
            cents = sum(each.cents if each.sort == "payment" else -each.cents for each in self.lines)
            yield from sum_findings(record["amount"] or "nothing", cents, where, "amount")


def _row_findings(line: int, record: Record) -> Iterator[Finding]:
    where = Where(line=line)
    yield from reference_findings(record["reference"], where, "reference")
    yield from amount_findings(record["amount"], where, "amount")
    yield from currency_findings(record["currency"], where, "currency")
    for column, expected, good in (
        ("method", ", ".join(METHODS), record["method"] in METHODS),
        ("received_at", INSTANT, instant_of(record["received_at"]) is not None),
    ):
        if not good:
            yield misfit(record[column], where, column, expected)


def _line(number: int, line: int, record: Record) -> Iterator[BankLine]:
    """Yield a row's payment or return, once nothing is wrong with it."""
    received_at, cents = instant_of(record["received_at"]), cents_of(record["amount"])
    if received_at is None or cents is None:
        return
    is_return = record["record"] == "return"
    accounts = accounts_in([record["account"]])
    yield BankLine(
        sort="return" if is_return else "payment",
        number=number,
        where=Where(line=line),
        reference=record["reference"],
        account=accounts[0] if len(accounts) == 1 else "",
        quoted="" if len(accounts) == 1 else clip(record["account"]) or "no account",
        cents=cents,
        payer=record["payer"],
        method=KNOWN_METHODS[record["method"]],
        received_at=received_at,
        requested=tuple(dict.fromkeys(map(reference_of, record["for"].split()))),
        originals=(record["reference"],) if is_return else (),
        reason=(record["reason"] or "returned by the bank") if is_return else "",
    )


def _table_finding(fault: TableFault) -> Finding:
    where = Where(line=fault.line or None)
    field_ = fault.column or "row"
    return payment_finding(
        "PAY-003", where=where, field=field_, found=clip(fault.found), expected=fault.expected
    )
