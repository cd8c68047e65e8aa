r"""How is a CSV text read as records? A header row by name, each record with its line, faults named.

>>> list(read_records("code,name\n1,air\n", "modes.csv", ("code", "name")))
[(2, {'code': '1', 'name': 'air'})]
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date

from schemas.table_errors import TableError, TableFault

Record = dict[str, str]

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_records(text: str, file: str, header: Sequence[str]) -> Iterator[tuple[int, Record]]:
    """Yield (line, cells by column) of each record. line: from 1, the header is line 1.

    The columns may come in any order. Raises TableError when the header lacks one, when the text is no CSV,
    and, after the last good record, with a fault for each record of another number of cells than the header.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults = []
    try:
        columns = next(reader, [])
        _check_header(columns, file, header)
        for cells in reader:
            if len(cells) == len(columns):
                yield reader.line_num, dict(zip(columns, cells, strict=True))
            elif cells:
                faults.append(_miscounted(file, reader.line_num, len(cells), len(columns)))
    except csv.Error as error:
        expected = "comma-separated values, quoted with double quotes"
        faults.append(TableFault(file, reader.line_num, "", str(error), expected))
    if faults:
        raise TableError(faults)


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


def _miscounted(file: str, line: int, found: int, expected: int) -> TableFault:
    return TableFault(file, line, "", f"{found} cells", f"{expected} cells, as the header has")
