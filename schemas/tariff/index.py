"""How is a tariff of twenty thousand lines kept, so that a worker needs little memory? In an indexed file.

The file is SQLite: written once (`schemas.tariff.build`), only read after. A worker keeps the lines that it
met last in memory and leaves the rest on the disk. The sample that we ship is small and is indexed in memory.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from schemas.table_errors import TableError
from schemas.tariff.line import TariffLine

SEPARATOR = "\t"
FORMAT = "2"
"""Of the index. A file of another format is refused; it has to be imported again."""
NUMBERS_IN_MEMORY = 16_384
"""A full tariff has some 11,000 numbers; their lines share their rates, and take a few megabytes."""

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
