"""How does security come in a file? As CSV, one instrument a row; every fault is found at once.

    id,form,holder,amount,valid_from[,valid_until,provider,shares,method,authority]

amount: dollars. shares: of an agreement of a business number (BN9), `BN15=AMOUNT`, joined by blanks.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from schemas.acts import METHODS
from schemas.amounts import cents_of
from schemas.csv_text import Record, day_of, read_records
from schemas.security import AUTHORITY, FORMS, Instrument, Share
from schemas.table_errors import TableError, TableFault

REQUIRED = ("id", "form", "holder", "amount", "valid_from")
OPTIONAL = ("valid_until", "provider", "shares", "method", "authority")

Line = tuple[int, Instrument]
"""The line of a file, from 1 with the header, and what it says."""


def read_security(place: Path) -> list[Line]:
    """Read the instruments of a file. Raises TableError with every fault: line, column, what was expected."""
    faults: list[TableFault] = []
    records: list[tuple[int, Record]] = []
    try:
        records += read_records(place.read_text(encoding="utf-8-sig"), place.name, REQUIRED)
    except TableError as error:
        faults += error.faults
    except UnicodeDecodeError as error:
        faults.append(TableFault(place.name, 0, "", f"byte {error.start}", "text in UTF-8"))
    faults += _unknown_columns(place.name, records)
    faults += _doubles(place.name, records)
    for line, record in records:
        faults += (
            TableFault(place.name, line, column, found, expected)
            for column, found, expected in _unlike(record)
        )
    if faults:
        raise TableError(sorted(faults, key=lambda fault: fault.line))
    return [(line, _instrument(record)) for line, record in records]


def shares_of(text: str) -> tuple[Share, ...] | None:
    """Read shares, `BN15=AMOUNT` joined by blanks; None for a text that is none."""
    parts = [part.partition("=") for part in text.split()]
    amounts = [(account, cents_of(amount)) for account, _, amount in parts]
    if any(cents is None for _, cents in amounts):
        return None
    return tuple(Share(account=account, cents=cents) for account, cents in amounts if cents is not None)


def _unlike(record: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each cell that cannot be read: column, what was found, what was expected."""
    form, method = record["form"], record.get("method", "")
    if form not in FORMS:
        yield "form", form, f"one of {', '.join(FORMS)}"
    if cents_of(record["amount"]) is None:
        yield "amount", record["amount"], "dollars, with at most two decimals"
    if day_of(record["valid_from"]) is None:
        yield "valid_from", record["valid_from"], "a date, YYYY-MM-DD"
    until = record.get("valid_until", "")
    if until and day_of(until) is None:
        yield "valid_until", until, "a date, YYYY-MM-DD, or nothing"
    if shares_of(record.get("shares", "")) is None:
        yield "shares", record["shares"], "BN15=AMOUNT for each account, joined by blanks"
    if method and method not in METHODS:
        yield "method", method, f"one of {', '.join(METHODS)}"


def _instrument(record: Mapping[str, str]) -> Instrument:
    """Build the instrument of a record whose cells can be read."""
    cells: dict[str, object] = {name: record.get(name, "") for name in ("id", "form", "holder", "provider")}
    cells["amount_cents"] = cents_of(record["amount"])
    cells["valid_from"] = cells["since"] = day_of(record["valid_from"])
    cells["valid_until"] = day_of(record.get("valid_until", ""))
    cells["shares"] = shares_of(record.get("shares", ""))
    cells["authority"] = record.get("authority") or AUTHORITY
    given = record.get("method") or "electronic"
    if record["form"] == "deposit":
        cells |= {"method": given, "moved_cents": cells["amount_cents"]}
    return Instrument.model_validate(cells)


def _unknown_columns(file: str, records: list[tuple[int, Record]]) -> Iterator[TableFault]:
    """Yield the columns that say nothing: a misspelt `valid_until` must not make an agreement endless."""
    known = (*REQUIRED, *OPTIONAL)
    for column in records[0][1] if records else ():
        if column not in known:
            yield TableFault(file, 1, column, column, f"one of {', '.join(known)}")


def _doubles(file: str, records: list[tuple[int, Record]]) -> Iterator[TableFault]:
    """Yield each row whose identifier an earlier row has."""
    lines: dict[str, int] = {}
    for line, record in records:
        if lines.setdefault(record["id"], line) != line:
            yield TableFault(file, line, "id", record["id"], f"no repeat of line {lines[record['id']]}")
