"""What is wrong with a file of tables? Every fault at once, each with its file, line and column."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class TableFault:
    """One thing that keeps a file from being a table. line: from 1, the header is line 1; 0 for the file."""

    file: str
    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it in one line: place, what was expected, what stood there."""
        place = self.file + (f" line {self.line}" if self.line else "")
        column = f", column {self.column}" if self.column else ""
        return f"{place}{column}: expected {self.expected}, found {self.found!r}"


class TableError(Exception):
    """A file that cannot be read as a table. `faults` are all that was found, in the order of the file."""

    def __init__(self, faults: Iterable[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def at(cls, *, file: str, found: str, expected: str, line: int = 0, column: str = "") -> Self:
        """Build the error for a single fault."""
        return cls([TableFault(file, line, column, found, expected)])
