"""How are moved due dates read from an operator's file? As CSV, with everything wrong said at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from cadline.errors import Refused
from schemas.billing import DueMove
from schemas.csv_text import day_of, read_records
from schemas.registry import STREAMS
from schemas.table_errors import TableError, TableFault

HEADER = ("stream", "due", "moved_to", "since", "source", "reason")
DAYS = ("due", "moved_to", "since")


def read_moves(file: Path) -> list[DueMove]:
    """Return the moves of a file. Raises Refused with every fault."""
    try:
        return list(_read(file))
    except (TableError, UnicodeDecodeError) as error:
        raise Refused(f"the moves cannot be read; nothing is taken in:\n{error}") from None


def _read(file: Path) -> Iterator[DueMove]:
    faults: list[TableFault] = []
    for line, cells in read_records(file.read_text(encoding="utf-8-sig"), file.name, HEADER):
        found = list(_faults(file.name, line, cells))
        faults += found
        if not found:
            yield DueMove.model_validate({name: cells[name] for name in HEADER})
    if faults:
        raise TableError(faults)


def _faults(file: str, line: int, cells: Mapping[str, str]) -> Iterator[TableFault]:
    if cells["stream"] not in STREAMS:
        yield TableFault(file, line, "stream", cells["stream"], f"one of {', '.join(STREAMS)}")
    for name in DAYS:
        found: date | None = day_of(cells[name])
        if found is None:
            yield TableFault(file, line, name, cells[name], "a date, YYYY-MM-DD")
    if not cells["source"].strip():
        yield TableFault(file, line, "source", "", "the bulletin that moved the date")
