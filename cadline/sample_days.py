"""How do the sample days run? Their registry, their interchanges day by day, and the closing of each day.

The same steps drive the embedded run and the run on real servers; who works the stages is the caller's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from schemas.days import EASTERN

SAMPLE_DAYS = Path(__file__).parent.parent / "fixtures" / "demo"

DAY_OPENS = time(9, 0)
BETWEEN_INTERCHANGES = timedelta(minutes=10)
AFTER_MIDNIGHT = time(0, 30)
STATEMENT_MORNING = time(3, 0)


@dataclass(frozen=True, slots=True)
class SampleDay:
    """One business day: its Eastern date, and its interchanges in the order of their arrival."""

    day: date
    files: tuple[Path, ...]

    def arrivals(self) -> Iterator[tuple[datetime, Path]]:
        """Yield each interchange with its UTC instant of receipt: from 9:00 Eastern, every ten minutes."""
        opens = datetime.combine(self.day, DAY_OPENS, EASTERN).astimezone(UTC)
        for place, file in enumerate(self.files):
            yield opens + place * BETWEEN_INTERCHANGES, file

    @property
    def closing(self) -> datetime:
        """The UTC instant at which the day's papers are made: half past midnight Eastern."""
        return datetime.combine(self.day + timedelta(days=1), AFTER_MIDNIGHT, EASTERN).astimezone(UTC)


def sample_days(folder: Path = SAMPLE_DAYS) -> list[SampleDay]:
    """Return the days of a folder `days/YYYY-MM-DD/`, oldest first."""
    return [
        SampleDay(
            date.fromisoformat(day.name), tuple(sorted(path for path in day.iterdir() if path.is_file()))
        )
        for day in sorted((folder / "days").iterdir())
    ]


def statement_instant(day: date) -> datetime:
    """Return the UTC instant at which the statements of a statement day are made: 3:00 Eastern."""
    return datetime.combine(day, STATEMENT_MORNING, EASTERN).astimezone(UTC)
