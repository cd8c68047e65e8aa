"""Which Eastern day is it? Days are Eastern days (America/Toronto); instants are UTC.

>>> eastern_day(datetime(2026, 3, 18, 3, 30, tzinfo=UTC))
datetime.date(2026, 3, 17)
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/Toronto")


def eastern_day(instant: datetime) -> date:
    """Return the Eastern calendar day of an aware instant."""
    return instant.astimezone(EASTERN).date()


def day_opens(day: date) -> datetime:
    """Return the UTC instant at which an Eastern day begins; on a DST night days last 23 or 25 hours."""
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)
