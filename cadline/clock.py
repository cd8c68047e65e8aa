"""What time is it? This is the only file of the project that asks; everything else is told.

Three clocks: the system's; one that stands still; and one that reads its instant from a file, by which
several processes can be led through days together (certification, rehearsals, tests).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the instant."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """Return the computer's instant, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until somebody sets `instant`."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.instant


@dataclass(frozen=True)
class FileClock:
    """A clock whose instant stands in a file, as ISO 8601 with its zone."""

    path: Path

    def now(self) -> datetime:
        """Return the instant in the file. Raises ValueError when the file holds none."""
        return instant_of(self.path.read_text(encoding="utf-8").strip())


def instant_of(text: str) -> datetime:
    """Read an ISO 8601 instant with a zone. Raises ValueError without one: a bare time is nobody's."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no zone; write 2026-03-16T21:00:00Z, or with an offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies beyond the calendar, which has the years 1 to 9999") from None


def clock_of(setting: str) -> Clock:
    """Return the clock that a setting names: `system`, an instant, or `file:PATH`."""
    if setting == "system":
        return SystemClock()
    if setting.startswith("file:"):
        return FileClock(Path(setting.removeprefix("file:")))
    return FixedClock(instant_of(setting))
