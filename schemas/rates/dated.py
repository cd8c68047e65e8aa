"""How is a table of rates read? As CSV text with a header, each row in force from a day until another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from schemas.csv_text import day_of, read_records
from schemas.table_errors import TableError


@dataclass(frozen=True, slots=True)
class Period:
    """A span of Eastern days, both included. until: None while it lasts."""

    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether a day lies in the span."""
        return self.since <= day and (self.until is None or day <= self.until)


def text_of(file: str, folder: Path | None) -> str:
    """Return the text of the operator's file of that name, or else of the shipped one."""
    replacement = folder / file if folder else None
    source = replacement if replacement and replacement.is_file() else resources.files("schemas.rates") / file
    try:
        return source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError.at(file=str(source), expected="text in UTF-8", found=str(error)) from None


def dated_records(
    text: str, file: str, header: Sequence[str], *, since: str = "since", until: str = "until"
) -> Iterator[tuple[int, Mapping[str, str], Period]]:
    """Yield (line, cells, period) of each record. since, until: the names of the columns of days."""
    for line, cells in read_records(text, file, (*header, since, until)):
        yield line, cells, Period(_day(cells, since, file, line), _day_or_open(cells, until, file, line))


def _day(cells: Mapping[str, str], column: str, file: str, line: int) -> date:
    day = day_of(cells[column])
    if day is None:
        expected = "a date, YYYY-MM-DD"
        raise TableError.at(file=file, line=line, column=column, expected=expected, found=cells[column])
    return day


def _day_or_open(cells: Mapping[str, str], column: str, file: str, line: int) -> date | None:
    return _day(cells, column, file, line) if cells[column] else None
