"""How does a tariff in CSV become an index? Row by row, refused with its place where a row is none."""

import csv
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from schemas.csv_text import day_of
from schemas.table_errors import TableError
from schemas.tariff.index import FORMAT, SEPARATOR, Row

KEY_COLUMNS = ("hs10", "from", "until", "edition", "uom")
LAST_COLUMNS = ("mfn_status", "pref_status", "description")

SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE line (
    classification TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, edition TEXT NOT NULL,
    unit TEXT NOT NULL, rates TEXT NOT NULL, mfn_status TEXT NOT NULL, pref_status TEXT NOT NULL,
    description TEXT NOT NULL, PRIMARY KEY (classification, since)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(classification UNINDEXED, text, tokenize = 'porter unicode61');
"""
NEW_LINE = "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
NEWEST_DESCRIPTIONS = """
SELECT classification, description, max(since) FROM line GROUP BY classification ORDER BY classification
"""


def build(text: Iterable[str], file: str, digest: str, connection: sqlite3.Connection) -> None:
    """Write the index of a tariff in CSV into an empty database.

    file: its name, for messages and for the version. digest: of its bytes. The columns are those of
    `docs/assessment.md`. Raises TableError when the text is no tariff.
    """
    reader = csv.reader(text, strict=True)
    treatments = _treatments(next(reader, []), file)
    connection.executescript(SCHEMA)
    try:
        connection.executemany(NEW_LINE, _rows(reader, treatments, file))
    except (csv.Error, sqlite3.IntegrityError) as error:
        expected = "each classification number once from each day"
        raise TableError.at(file=file, line=reader.line_num, expected=expected, found=str(error)) from None
    newest = connection.execute(NEWEST_DESCRIPTIONS).fetchall()
    connection.executemany("INSERT INTO words VALUES (?, ?)", [(n, _words(n, text)) for n, text, _ in newest])
    about = _counts(connection, file) | {
        "format": FORMAT,
        "version": f"tariff:{digest[:12]}",
        "treatments": SEPARATOR.join(treatments),
    }
    connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())
    connection.commit()


def _counts(connection: sqlite3.Connection, file: str) -> dict[str, str]:
    """Return the first day of the lines, and how many they are. Raises TableError when there are none."""
    counts = "SELECT min(since), count(*), count(DISTINCT classification) FROM line"
    since, rows, classifications = connection.execute(counts).fetchone()
    if not rows:
        raise TableError.at(file=file, line=2, expected="a row for each classification", found="none")
    return {"since": since, "rows": str(rows), "classifications": str(classifications)}


def _treatments(header: Sequence[str], file: str) -> Sequence[str]:
    """Return the columns of rates: those between the key and the statuses."""
    first, last = len(KEY_COLUMNS), len(header) - len(LAST_COLUMNS)
    if tuple(header[:first]) != KEY_COLUMNS or tuple(header[last:]) != LAST_COLUMNS or "MFN" not in header:
        expected = f"a header {','.join(KEY_COLUMNS)},MFN,GT,(treatments),{','.join(LAST_COLUMNS)}"
        raise TableError.at(file=file, line=1, expected=expected, found=",".join(header))
    return header[first:last]


def _rows(reader: Iterable[list[str]], treatments: Sequence[str], file: str) -> Iterator[Row]:
    first, last = len(KEY_COLUMNS), len(KEY_COLUMNS) + len(treatments)
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        _check(cells, last + len(LAST_COLUMNS), file, number)
        hs10, since, until, edition, unit = cells[:first]
        yield hs10, since, until, edition, unit, SEPARATOR.join(cells[first:last]), *cells[last:]


def _words(number: str, description: str) -> str:
    """Return what a number is found by: its own text, and words for the chapter, heading and subheading.

    The text of a line often says only "Other": what stands above it is not in the file.
    """
    above = (_words_above().get(number[:length], "") for length in (6, 4, 2))
    return " ".join((description, *above))


@cache
def _words_above() -> Mapping[str, str]:
    text = resources.files("schemas.tariff").joinpath("words.csv").read_text(encoding="utf-8")
    return {row["prefix"]: row["words"] for row in csv.DictReader(text.splitlines())}


def _check(cells: Sequence[str], width: int, file: str, line: int) -> None:
    """Refuse a record that is none: cells, classification, days."""
    if len(cells) != width:
        raise TableError.at(file=file, line=line, expected=f"{width} cells", found=f"{len(cells)} cells")
    if not re.fullmatch(r"\d{10}", cells[0]):
        raise TableError.at(file=file, line=line, column="hs10", expected="10 digits", found=cells[0])
    if day_of(cells[1]) is None or (cells[2] and day_of(cells[2]) is None):
        found = f"{cells[1]} to {cells[2]}"
        raise TableError.at(file=file, line=line, column="from", expected="dates, YYYY-MM-DD", found=found)
