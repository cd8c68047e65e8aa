r"""How is a CSV text read as records? A header row by name, each record with its line, faults named.

>>> list(read_records("code,name\n1,air\n", "modes.csv", ("code", "name")))
[(2, {'code': '1', 'name': 'air'})]
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date

from schemas.table_errors import TableError

Record = dict[str, str]

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_records(text: str, file: str, header: Sequence[str]) -> Iterator[tuple[int, Record]]:
    """Yield (line, cells by column) of each record. line: from 1, the header is line 1.

    The columns may come in any order. Raises TableError when the header lacks one, when a record has
    another number of cells than the header, or when the text is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(reader, [])
        _check_header(columns, file, header)
        for cells in reader:
            if cells:
                yield reader.line_num, _record(columns, cells, file, reader.line_num)
    except csv.Error as error:
        expected = "comma-separated values, quoted with double quotes"
        raise TableError.at(file=file, line=reader.line_num, expected=expected, found=str(error)) from None


def day_of(text: str) -> date | None:
    """Read a day written YYYY-MM-DD; None when it is not one."""
    try:
        return date.fromisoformat(text) if ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _check_header(found: Sequence[str], file: str, header: Sequence[str]) -> None:
    if set(header) - set(found) or len(set(found)) < len(found):
        expected = f"a header with each of {', '.join(header)} once"
        raise TableError.at(file=file, line=1, expected=expected, found=",".join(found))


def _record(columns: Sequence[str], cells: Sequence[str], file: str, line: int) -> Record:
    if len(cells) != len(columns):
        expected = f"{len(columns)} cells, as the header has"
        raise TableError.at(file=file, line=line, expected=expected, found=f"{len(cells)} cells")
    return dict(zip(columns, cells, strict=True))
