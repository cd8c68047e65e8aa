r"""How is a table of codes read from its file? With every fault named: file, line, column, what was expected.

>>> spec = TableSpec(name="modes", complete=False, columns=("name_en",))
>>> rows = read_table("code,name_en,since,until,source,evidence\n1,air,2020-01-01,,D17,cbsa\n", spec)
>>> rows["1"][0].cells["name_en"]
'air'
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from schemas.base import Value
from schemas.csv_text import day_of, read_records
from schemas.table_errors import TableError, TableFault

EVIDENCE = ("law", "cbsa", "standard", "trade", "inferred")
"""How well a row is known: an act or order, the agency, a standard (ISO, UN/ECE), the trade, our reading."""

WHOLE_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class TableSpec(Value):
    """What a table's file must look like.

    key: the columns that make up the code. numbers: the columns that hold whole numbers, or nothing.
    """

    name: str
    complete: bool
    columns: tuple[str, ...]
    key: tuple[str, ...] = ("code",)
    numbers: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of the table's file."""
        return f"{self.name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """The columns that the file must have, in any order."""
        return (*self.key, *self.columns, "since", "until", "source", "evidence")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its text by column, and the Eastern days on which it holds, both included."""

    line: int
    cells: Mapping[str, str]
    since: date
    until: date

    def holds_on(self, day: date) -> bool:
        """Return whether the row is in force on a day."""
        return self.since <= day <= self.until


def shipped_or_replaced(file: str, folder: Path | None) -> str:
    """Return the text of the operator's file, or else of the shipped one.

    Raises TableError when it is not UTF-8.
    """
    replacement = folder / file if folder else None
    source = replacement if replacement and replacement.is_file() else resources.files("schemas.codes") / file
    try:
        return source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at offset {error.start}"
        raise TableError.at(file=str(source), expected="text in UTF-8", found=found) from None


def read_specs(text: str, file: str) -> dict[str, TableSpec]:
    """Read `tables.toml`: which tables there are. Raises TableError."""
    try:
        tables = tomllib.loads(text)
        return {name: TableSpec(name=name, **table) for name, table in tables.items()}
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise TableError.at(file=file, expected="one TOML table per code table", found=str(error)) from None


def merged_specs(
    shipped: Mapping[str, TableSpec], operators: Mapping[str, TableSpec]
) -> dict[str, TableSpec]:
    """Lay an operator's specs over the shipped ones: a table keeps its key and columns, and may have more.

    So every table and column that the rules read is there, whatever the operator leaves out.
    """
    merged = {**operators, **shipped}
    for name in shipped.keys() & operators.keys():
        further = [each for each in operators[name].columns if each not in shipped[name].header]
        columns = (*shipped[name].columns, *further)
        merged[name] = shipped[name].model_copy(
            update={"complete": operators[name].complete, "columns": columns}
        )
    return merged


def read_table(text: str, spec: TableSpec) -> dict[str, tuple[Row, ...]]:
    """Read a table's CSV text: the rows by code, oldest first. Raises TableError with all faults."""
    rows, faults = [], []
    try:
        for line, cells in read_records(text, spec.file, spec.header):
            wrong = list(_row_faults(line, cells, spec))
            faults += wrong
            rows += [] if wrong else [_row(line, cells)]
    except TableError as error:
        faults += error.faults
    if faults:
        raise TableError(sorted(faults, key=lambda fault: fault.line))
    return _by_code(rows, spec)


def _row_faults(line: int, cells: Mapping[str, str], spec: TableSpec) -> Iterator[TableFault]:
    for column in (*spec.key, "source"):
        if not cells[column].strip():
            yield TableFault(spec.file, line, column, cells[column], "a text")
    for column in spec.numbers:
        if cells[column] and not WHOLE_NUMBER.fullmatch(cells[column]):
            yield TableFault(spec.file, line, column, cells[column], "a whole number, or nothing")
    if cells["evidence"] not in EVIDENCE:
        yield TableFault(spec.file, line, "evidence", cells["evidence"], f"one of {', '.join(EVIDENCE)}")
    yield from _period_faults(line, cells, spec)


def _period_faults(line: int, cells: Mapping[str, str], spec: TableSpec) -> Iterator[TableFault]:
    since, until = day_of(cells["since"]), day_of(cells["until"])
    if since is None:
        yield TableFault(spec.file, line, "since", cells["since"], "a date, YYYY-MM-DD")
    if until is None and cells["until"]:
        yield TableFault(spec.file, line, "until", cells["until"], "a date, YYYY-MM-DD, or nothing")
    if since and until and until < since:
        yield TableFault(spec.file, line, "until", cells["until"], f"a date not before {since}")


def _row(line: int, cells: Mapping[str, str]) -> Row:
    """Build a row from cells that have been checked; an empty `until` means until further notice."""
    since, until = day_of(cells["since"]), day_of(cells["until"])
    return Row(line, MappingProxyType(dict(cells)), since or date.min, until or date.max)


def _by_code(rows: list[Row], spec: TableSpec) -> dict[str, tuple[Row, ...]]:
    """Gather the rows of each code, oldest first. Raises TableError where two hold on the same day."""
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault("/".join(row.cells[column] for column in spec.key), []).append(row)
    ordered = {code: tuple(sorted(same, key=lambda row: row.since)) for code, same in by_code.items()}
    faults = [fault for code, same in ordered.items() for fault in _overlaps(code, same, spec)]
    if faults:
        raise TableError(faults)
    return ordered


def _overlaps(code: str, rows: tuple[Row, ...], spec: TableSpec) -> Iterator[TableFault]:
    for earlier, later in pairwise(rows):
        if later.since <= earlier.until:
            expected = f"a day after line {earlier.line} of code {code} ends ({earlier.until})"
            yield TableFault(spec.file, later.line, "since", later.cells["since"], expected)
