"""Which debts and credits did somebody describe? Rows of CSV, with every fault of every row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from accounting.clearing import CONSULTANT, Debt, FreeCredit
from accounting.strategies import credit_type, debt_type, type_names
from cadline.errors import Refused
from schemas import amounts
from schemas.acts import CREDIT_KINDS
from schemas.assessment import BILLED
from schemas.money import Cents

DEBT_COLUMNS = ("reference", "charge", "due", "amount", "type", "broker", "statement", "accounted")
CREDIT_COLUMNS = ("key", "kind", "amount", "day", "broker")

Cells = Mapping[str, str]


class Faults(list[str]):
    """What is wrong with rows, each fault with its place."""

    def of(self, place: str, cells: Cells) -> "Reader":
        """Return what reads the cells of a row and keeps its faults here."""
        return Reader(self, place, cells)


class Reader:
    """Reads the cells of one row; what it cannot read is a fault, and stands in as an empty value."""

    def __init__(self, faults: Faults, place: str, cells: Cells) -> None:
        self.faults, self.place, self.cells = faults, place, cells

    def text(self, name: str) -> str:
        """Read a text that must be there."""
        found = self.maybe(name)
        if not found:
            self._fault(f"{name} is missing")
        return found

    def maybe(self, name: str) -> str:
        """Read a text that may be left out."""
        return (self.cells.get(name) or "").strip()

    def one_of(self, name: str, known: Sequence[str], default: str = "") -> Any:
        """Read one of some words."""
        found = self.maybe(name) or default
        if found not in known:
            self._fault(f"{name} is {found or 'missing'}; expected one of {', '.join(known)}")
        return found

    def day(self, name: str, default: date | None = None) -> date | None:
        """Read a day, YYYY-MM-DD."""
        found = self.maybe(name)
        try:
            return date.fromisoformat(found) if found else default
        except ValueError:
            self._fault(f"{name} is {found}; expected a day such as 2026-03-31")
            return default

    def due(self) -> date:
        """Read the due day, which must be there."""
        self.text("due")
        return self.day("due") or date.min

    def cents(self) -> Cents:
        """Read a positive amount in dollars."""
        try:
            return cents_of(self.text("amount"))
        except ValueError as error:
            self._fault(f"amount is {error}")
            return 0

    def _fault(self, said: str) -> None:
        self.faults.append(f"{self.place}: {said}")


def cents_of(text: str) -> Cents:
    """Read an amount in dollars, above zero, with at most two decimals. Raises ValueError, in words."""
    cents = amounts.cents_of(text)
    if cents is None or cents <= 0:
        raise ValueError(
            f"{text}; expected dollars above zero, with a point and at most two decimals, such as 1234.56"
        )
    return cents


def read_case(
    debts: Iterable[tuple[str, Cells]], free: Iterable[tuple[str, Cells]], day: date
) -> tuple[list[Debt], list[FreeCredit]]:
    """Return debts and credits from rows with their places. Raises Refused with all faults at once."""
    faults = Faults()
    read_debts = [_debt(faults.of(place, cells)) for place, cells in debts]
    read_credits = [_credit(faults.of(place, cells), day) for place, cells in free]
    if faults:
        raise Refused("\n".join(faults))
    return read_debts, read_credits


def _debt(row: Reader) -> Debt:
    reference, charge = row.text("reference"), row.one_of("charge", BILLED)
    guessed = debt_type(reference, charge)
    return Debt(
        reference=reference,
        charge=charge,
        due=row.due(),
        cents=row.cents(),
        type=row.one_of("type", type_names("debt_type"), guessed),
        broker=row.maybe("broker"),
        statement=row.day("statement"),
        accounted=row.day("accounted"),
    )


def _credit(row: Reader, day: date) -> FreeCredit:
    key, kind = row.text("key"), row.one_of("kind", CREDIT_KINDS, "payment")
    broker = row.maybe("broker")
    return FreeCredit(
        key=key,
        kind=kind,
        cents=row.cents(),
        day=row.day("day", day) or day,
        type=credit_type(key, kind) if kind in CREDIT_KINDS else "",
        broker=CONSULTANT if broker.lower() == CONSULTANT else broker,
    )


def rows_of(texts: Iterable[str], columns: Sequence[str], option: str) -> Iterator[tuple[str, Cells]]:
    """Yield rows from options whose values are cells in the order of the columns, divided by commas."""
    for text in texts:
        cells = next(csv.reader([text]))
        yield f"{option} {text}", dict(zip(columns, cells, strict=False))


def rows_in(path: Path | None, columns: Sequence[str]) -> Iterator[tuple[str, Cells]]:
    """Yield the rows of a CSV with a header. Raises Refused for other bytes, or columns not known."""
    if path is None:
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{path}: expected CSV in UTF-8; byte {error.start} is none") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    unknown = [name for name in reader.fieldnames or [] if name not in columns]
    if unknown:
        raise Refused(f"{path}: unknown columns {', '.join(unknown)}; there are {', '.join(columns)}")
    for row in reader:
        yield f"{path} line {reader.line_num}", {name: cell or "" for name, cell in row.items()}
