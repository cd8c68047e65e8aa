"""What is said when a suite cannot be read? Which file, which line, which key, what is wrong, what to do."""

from dataclasses import dataclass
from pathlib import Path

from cadline.errors import CadlineError


@dataclass(frozen=True)
class Trouble:
    """One thing wrong with a file. line: from 1, None where there is none. key: its path in the file."""

    file: Path
    line: int | None
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Say it on two lines."""
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return (
            f"{place}: {self.key}: {self.what}\n  {self.remedy}"
            if self.key
            else f"{place}: {self.what}\n  {self.remedy}"
        )


class SuiteError(CadlineError):
    """A suite cannot be read. troubles: everything found wrong with it."""

    def __init__(self, *troubles: Trouble):
        self.troubles = troubles
        super().__init__("\n".join(map(str, troubles)))
