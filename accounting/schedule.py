"""Which days are due to be closed at an instant? The agency's calendar of daily papers and statements.

    daily papers    Tuesday to Saturday, after midnight Eastern: every day that has ended before the run
    statements      on the statement day, the 25th, after midnight
    month papers    on the 1st, after midnight, for the month before

Saturday and Sunday are closed by Tuesday's run, with Monday.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from accounting.calendar import billing_law
from accounting.days import ONE_DAY, month_end, next_month
from accounting.law import row_on
from schemas.days import eastern_day

AFTER_MIDNIGHT = timedelta(minutes=30)
"""How long after midnight a run begins: by then what was posted late in the evening is committed, even
where the clocks of several machines differ a little. No clock is changed for summer within that time."""

RUN_WEEKDAYS = frozenset({1, 2, 3, 4, 5})
"""Tuesday to Saturday, as `date.weekday` counts."""


def run_day(now: datetime) -> date:
    """Return the Eastern day of the latest daily run that has begun at a UTC instant."""
    day = _day_begun(now)
    while day.weekday() not in RUN_WEEKDAYS:
        day -= ONE_DAY
    return day


def ended_days(first: date, now: datetime) -> Iterator[date]:
    """Yield the Eastern days, from `first` on, whose daily papers are due at a UTC instant."""
    day, run = first, run_day(now)
    while day < run:
        yield day
        day += ONE_DAY


def ended_months(first: date, now: datetime) -> Iterator[date]:
    """Yield the last days of the months, from that of `first` on, that have ended at a UTC instant."""
    day, today = month_end(first), _day_begun(now)
    while day < today:
        yield day
        day = month_end(day + ONE_DAY)


def statement_days(first: date, now: datetime) -> Iterator[date]:
    """Yield the statement days, from `first` on, that have come at a UTC instant."""
    day, today = statement_day(first), _day_begun(now)
    while day <= today:
        if day >= first:
            yield day
        day = statement_day(next_month(day))


def statement_day(month: date) -> date:
    """Return the day of a month on which statements are issued."""
    return month.replace(day=row_on(billing_law()["statement_day"], month)["value"])


def _day_begun(now: datetime) -> date:
    return eastern_day(now - AFTER_MIDNIGHT)
