"""How are days counted? Weekdays with holidays, business days without, months and their ends.

>>> weekday_after(date(2026, 7, 17), 10)
datetime.date(2026, 7, 31)
>>> business_day_after(date(2026, 6, 30), 1)
datetime.date(2026, 7, 2)
"""

from datetime import date, timedelta
from functools import cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the holidays of the federal government of Canada in a year, with the days they move to.

    As the library `holidays` has them: Boxing Day is among them and Easter Monday is not. The list of the
    Interpretation Act (recalled, not seen) has it the other way round; it moves five-day clocks around both.
    """
    return frozenset(holidays.country_holidays("CA", years=year, categories=("public", "government")))


def is_weekday(day: date) -> bool:
    """Return whether a day is one of Monday to Friday, holiday or not (SOR/86-1062 s.2)."""
    return day.weekday() < SATURDAY


def is_business_day(day: date) -> bool:
    """Return whether a day is neither a Saturday, a Sunday nor a federal holiday (SOR/86-1062 s.2)."""
    return is_weekday(day) and day not in federal_holidays(day.year)


def weekday_after(day: date, count: int) -> date:
    """Return the `count`-th weekday after a day; holidays count."""
    while count:
        day += ONE_DAY
        count -= is_weekday(day)
    return day


def business_day_after(day: date, count: int) -> date:
    """Return the `count`-th business day after a day.

    The day itself is day 0, so a clock that starts on a Saturday, a Sunday or a holiday has its day 1 on
    the first business day after (AMPS contravention C288).
    """
    while count:
        day += ONE_DAY
        count -= is_business_day(day)
    return day


def next_month(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return next_month(day) - ONE_DAY
