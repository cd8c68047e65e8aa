"""Which day lies so many months away? Calendar arithmetic that stays within the calendar.

>>> months_later(date(2018, 11, 30), 87), months_later(date(2024, 2, 29), -48)
(datetime.date(2026, 2, 28), datetime.date(2020, 2, 29))
>>> months_later(date.max, 1) == date.max
True
"""

from calendar import monthrange
from datetime import date

MONTHS_A_YEAR = 12


def months_later(day: date, months: int) -> date:
    """Return the same day of the month `months` later (earlier when negative), or that month's last day.

    Beyond the years 1 and 9999 it returns the calendar's first or last day.
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
