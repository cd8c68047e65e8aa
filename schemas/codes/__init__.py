"""Which codes may stand on a declaration, on which day? Tables kept as CSV files, dated row by row.

A row says since when and until when (both days included) its code holds, where that is written
(`source`) and how well it is known (`evidence`). What tables there are stands in `tables.toml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from schemas.codes.files import Row, TableSpec, merged_specs, read_specs, read_table, shipped_or_replaced

SPECS_FILE = "tables.toml"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table of codes. complete: whether a code that it lacks is certainly wrong."""

    name: str
    complete: bool
    _rows: Mapping[str, tuple[Row, ...]]

    def row(self, code: str, day: date) -> Mapping[str, str] | None:
        """Return the row of a code in force on an Eastern day; None when there is none."""
        for row in self._rows.get(code, ()):
            if row.holds_on(day):
                return row.cells
        return None

    def codes(self, day: date) -> tuple[str, ...]:
        """Return the codes in force on an Eastern day, in the order of the file."""
        return tuple(code for code, rows in self._rows.items() if any(row.holds_on(day) for row in rows))

    def history(self, code: str) -> tuple[Mapping[str, str], ...]:
        """Return every row of a code, oldest first; empty when it never was one."""
        return tuple(row.cells for row in self._rows.get(code, ()))

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Yield every row of every code, past and future ones too, as text by column."""
        return (row.cells for rows in self._rows.values() for row in rows)

    def coded_rows(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield (code, row) of every row, as `rows` does."""
        return ((code, row.cells) for code, rows in self._rows.items() for row in rows)


@dataclass(frozen=True, slots=True)
class Codes:
    """All code tables. version: a digest of the files that they were read from."""

    version: str
    _tables: Mapping[str, CodeTable]

    def table(self, name: str) -> CodeTable:
        """Return a table by name. Raises KeyError naming the tables that exist."""
        try:
            return self._tables[name]
        except KeyError:
            raise KeyError(f"no table {name!r}; there are: {', '.join(self.names())}") from None

    def names(self) -> tuple[str, ...]:
        """Return the names of all tables, in alphabetical order."""
        return tuple(sorted(self._tables))


def load_codes(folder: Path | None = None) -> Codes:
    """Load the shipped tables; a file of the same name in `folder` stands in the place of the shipped one.

    Raises TableError with every fault of the first unreadable file.
    """
    specs_text = shipped_or_replaced(SPECS_FILE, folder)
    shipped = read_specs(shipped_or_replaced(SPECS_FILE, None), SPECS_FILE)
    specs = merged_specs(shipped, read_specs(specs_text, SPECS_FILE))
    texts = {name: shipped_or_replaced(f"{name}.csv", folder) for name in specs}
    tables = {name: _table(specs[name], text) for name, text in texts.items()}
    return Codes(version=_version([specs_text, *texts.values()]), _tables=tables)


def _table(spec: TableSpec, text: str) -> CodeTable:
    return CodeTable(name=spec.name, complete=spec.complete, _rows=read_table(text, spec))


def _version(texts: list[str]) -> str:
    return "codes:" + sha256("\0".join(texts).encode()).hexdigest()[:12]
