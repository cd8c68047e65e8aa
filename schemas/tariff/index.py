"""How is a tariff of twenty thousand lines kept, so that a worker needs little memory? In an indexed file.

The file is SQLite: written once by `build`, only read after. A worker keeps the lines that it met last
in memory and leaves the rest on the disk. The sample that we ship is small and is indexed in memory.
"""

import csv
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from schemas.csv_text import day_of
from schemas.table_errors import TableError
from schemas.tariff.line import TariffLine

KEY_COLUMNS = ("hs10", "from", "until", "edition", "uom")
LAST_COLUMNS = ("mfn_status", "pref_status", "description")
SEPARATOR = "\t"
FORMAT = "2"
"""Of the index. A file of another format is refused; it has to be imported again."""
NUMBERS_IN_MEMORY = 16_384
"""A full tariff has some 11,000 numbers; their lines share their rates, and take a few megabytes."""

SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE line (
    classification TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, edition TEXT NOT NULL,
    unit TEXT NOT NULL, rates TEXT NOT NULL, mfn_status TEXT NOT NULL, pref_status TEXT NOT NULL,
    description TEXT NOT NULL, PRIMARY KEY (classification, since)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(classification UNINDEXED, text, tokenize = 'porter unicode61');
"""
NEWEST_DESCRIPTIONS = """
SELECT classification, description, max(since) FROM line GROUP BY classification ORDER BY classification
"""
COLUMNS = "classification, since, until, edition, unit, rates, mfn_status, pref_status, description"

Row = tuple[str, ...]


class TariffIndex:
    """A tariff in an indexed file, opened for reading. Implements `Tariff`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open connection. Raises TableError when it holds no tariff of ours."""
        self._connection = connection
        about = _about(connection)
        if about.get("format") != FORMAT:
            expected = "an index of this release: import the tariff again"
            found = f"format {about.get('format', '1')}"
            raise TableError.at(file="tariff", expected=expected, found=found)
        self.version = about["version"]
        self.since = date.fromisoformat(about["since"])
        self.rows, self.classifications = int(about["rows"]), int(about["classifications"])
        self._treatments = about["treatments"].split(SEPARATOR)
        self._history = lru_cache(NUMBERS_IN_MEMORY)(self._read_history)
        self._rates = lru_cache(NUMBERS_IN_MEMORY)(self._split_rates)

    def line(self, classification: str, day: date) -> TariffLine | None:
        """Return the line in force on an Eastern day; None when there is none."""
        return next((line for line in self._history(classification) if line.holds_on(day)), None)

    def history(self, classification: str) -> tuple[TariffLine, ...]:
        """Return every line that a number has had, oldest first."""
        return self._history(classification)

    def numbers(self) -> Iterator[str]:
        """Yield every classification number, in order."""
        query = "SELECT DISTINCT classification FROM line ORDER BY 1"
        return (number for (number,) in self._connection.execute(query))

    def search(self, words: str, limit: int = 20) -> Iterator[TariffLine]:
        """Find the newest lines: by digits (with or without points), or by words, best match first."""
        digits = words.replace(".", "").replace(" ", "")
        numbers = self._by_prefix(digits, limit) if digits.isdigit() else self._by_words(words, limit)
        return (self._history(number)[-1] for number in numbers)

    def _read_history(self, classification: str) -> tuple[TariffLine, ...]:
        query = f"SELECT {COLUMNS} FROM line WHERE classification = ? ORDER BY since"  # noqa: S608 - constants
        return tuple(self._line(row) for row in self._connection.execute(query, (classification,)))

    def _line(self, row: Row) -> TariffLine:
        number, since, until, edition, unit, rates, mfn_status, pref_status, description = row
        return TariffLine(
            classification=number,
            since=date.fromisoformat(since),
            until=date.fromisoformat(until) if until else None,
            edition=edition,
            unit=unit,
            rates=self._rates(rates),
            mfn_status=mfn_status,
            pref_status=pref_status,
            description=description,
        )

    def _split_rates(self, text: str) -> Mapping[str, str]:
        """Return rates by treatment; lines with the same rates share them."""
        return MappingProxyType(dict(zip(self._treatments, text.split(SEPARATOR), strict=True)))

    def _by_prefix(self, digits: str, limit: int) -> list[str]:
        query = "SELECT DISTINCT classification FROM line WHERE classification GLOB ? ORDER BY 1 LIMIT ?"
        return [number for (number,) in self._connection.execute(query, (f"{digits}*", limit))]

    def _by_words(self, words: str, limit: int) -> list[str]:
        """Look for lines that have all the words or beginnings of words; else for the most of them."""
        tokens = re.findall(r"\w+", words)
        for joint in (" AND ", " OR "):
            match = joint.join(f'"{token}"*' for token in tokens)
            found = self._matching(match, limit) if match else []
            if found:
                return found
        return []

    def _matching(self, match: str, limit: int) -> list[str]:
        query = "SELECT classification FROM words WHERE words MATCH ? ORDER BY rank, classification LIMIT ?"
        return [number for (number,) in self._connection.execute(query, (match, limit))]


def _about(connection: sqlite3.Connection) -> Mapping[str, str]:
    try:
        return dict(connection.execute("SELECT key, value FROM about"))
    except sqlite3.DatabaseError as error:
        expected = "a tariff written by `cadline tariff import`"
        raise TableError.at(file="tariff", expected=expected, found=str(error)) from None


def open_index(path: Path) -> TariffIndex:
    """Open an indexed tariff for reading. Raises TableError when the file is none."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return TariffIndex(sqlite3.connect(uri, uri=True, check_same_thread=False))


def build(text: Iterable[str], file: str, digest: str, connection: sqlite3.Connection) -> None:
    """Write the index of a tariff in CSV into an empty database.

    file: its name, for messages and for the version. digest: of its bytes. The columns are those of
    `docs/assessment.md`. Raises TableError when the text is no tariff.
    """
    reader = csv.reader(text, strict=True)
    treatments = _treatments(next(reader, []), file)
    connection.executescript(SCHEMA)
    try:
        connection.executemany("INSERT INTO line VALUES (?,?,?,?,?,?,?,?,?)", _rows(reader, treatments, file))
    except (csv.Error, sqlite3.IntegrityError) as error:
        expected = "each classification number once from each day"
        raise TableError.at(file=file, line=reader.line_num, expected=expected, found=str(error)) from None
    described = [
        (number, _words(number, text)) for number, text, _ in connection.execute(NEWEST_DESCRIPTIONS)
    ]
    connection.executemany("INSERT INTO words VALUES (?, ?)", described)
    counts = "SELECT min(since), count(*), count(DISTINCT classification) FROM line"
    since, rows, classifications = connection.execute(counts).fetchone()
    if not rows:
        raise TableError.at(file=file, line=2, expected="a row for each classification", found="none")
    about = {
        "format": FORMAT,
        "version": f"tariff:{digest[:12]}",
        "since": since,
        "rows": str(rows),
        "classifications": str(classifications),
        "treatments": SEPARATOR.join(treatments),
    }
    connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())
    connection.commit()


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
