"""Every release day of 2024 to 2027 in every stream, against a calendar that is counted by another method.

The holidays stand here one by one, written by hand with the days they are moved to; days are counted off
lists of weekdays and business days, not by stepping from one day to the next.
"""

from bisect import bisect_right
from datetime import date, timedelta

import pytest

from accounting.calendar import CASES, INTEREST_RULES, Case, billing_dates, streams_of
from accounting.days import is_business_day
from schemas.registry import STREAMS, Stream

HOLIDAYS = [
    "2024-01-01",
    "2024-03-29",
    "2024-05-20",
    "2024-07-01",
    "2024-09-02",
    "2024-09-30",
    "2024-10-14",
    "2024-11-11",
    "2024-12-25",
    "2024-12-26",
    "2025-01-01",
    "2025-04-18",
    "2025-05-19",
    "2025-07-01",
    "2025-09-01",
    "2025-09-30",
    "2025-10-13",
    "2025-11-11",
    "2025-12-25",
    "2025-12-26",
    "2026-01-01",
    "2026-04-03",
    "2026-05-18",
    "2026-07-01",
    "2026-09-07",
    "2026-09-30",
    "2026-10-12",
    "2026-11-11",
    "2026-12-25",
    "2026-12-28",
    "2027-01-01",
    "2027-03-26",
    "2027-05-24",
    "2027-07-01",
    "2027-09-06",
    "2027-09-30",
    "2027-10-11",
    "2027-11-11",
    "2027-12-27",
    "2027-12-28",
    "2028-01-03",
    "2028-04-14",
    "2028-05-22",
    "2028-07-03",
    "2028-09-04",
    "2028-10-02",
    "2028-10-09",
    "2028-11-13",
    "2028-12-25",
    "2028-12-26",
]

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
DAYS = [FIRST + timedelta(days=number) for number in range(5 * 365 + 2)]
OFF = {date.fromisoformat(text) for text in HOLIDAYS}
WEEKDAYS = [day for day in DAYS if day.isoweekday() <= 5]
BUSINESS_DAYS = [day for day in WEEKDAYS if day not in OFF]
RELEASES = [day for day in DAYS if day <= LAST]


def after(days: list[date], day: date, count: int) -> date:
    """The count-th of a list's days after a day."""
    return days[bisect_right(days, day) + count - 1]


def the(day_of_month: int, year: int, month: int) -> date:
    """A day of a month, where month 13 is January of the next year and month 0 December of the one before."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, day_of_month)


def cycle(day: date) -> tuple[date, date]:
    """The 18th-to-17th period of a day."""
    shift = 1 if day.day > 17 else 0
    return the(18, day.year, day.month + shift - 1), the(17, day.year, day.month + shift)


def month(day: date) -> tuple[date, date]:
    return the(1, day.year, day.month), the(1, day.year, day.month + 1) - timedelta(days=1)


def due_of_month(day: date) -> date:
    """The tenth weekday after the 17th of the month after a day's."""
    return after(WEEKDAYS, the(17, day.year, day.month + 1), 10)


def due_of_cycle(day: date) -> date:
    return after(WEEKDAYS, cycle(day)[1], 10)


def expected(stream: Stream, case: Case, day: date) -> tuple[date, ...]:
    """Account by, period, statement, pay by, and the last day without interest by each rule."""
    the_24th, five_days = the(24, day.year, day.month + 1), after(BUSINESS_DAYS, day, 5)
    by_month, by_cycle = due_of_month(day), due_of_cycle(day)
    period, pay = {
        "commercial": (cycle(day), by_cycle),
        "non-rpp": (cycle(day), day),
        "csa1": (month(day), by_month),
        "csa2": (cycle(day), by_cycle),
        "clvs": (month(day), by_month),
        "ctc": (month(day), by_month),
    }[stream]
    account = {"commercial": five_days, "non-rpp": day, "csa1": pay, "csa2": pay}.get(stream, the_24th)
    statement = the(25, pay.year, pay.month - 1 if pay.day < 10 else pay.month)
    limit = account
    if case == "low-value":
        account = limit = the_24th
    if case == "deficient":
        period, pay = month(limit), due_of_month(limit)
        account, statement = pay, the(25, limit.year, limit.month + 1)
    if stream == "non-rpp":
        return account, *period, the(25, period[1].year, period[1].month), pay, pay, pay, pay
    return account, *period, statement, pay, pay, due_of_month(limit), due_of_cycle(limit)


ALL = [(stream, case) for case in CASES for stream in STREAMS if stream in streams_of(case)]


@pytest.mark.parametrize(("stream", "case"), ALL)
def test_every_release_day_of_four_years(stream: Stream, case: Case) -> None:
    for day in RELEASES:
        by_rule = [billing_dates(stream, day, interest_rule=rule, case=case) for rule in INTEREST_RULES]
        dates = by_rule[0]
        found = (
            dates.accounting_due,
            dates.period_start,
            dates.period_end,
            dates.statement_date,
            dates.payment_due,
            *(each.interest_from - timedelta(days=1) for each in by_rule),
        )
        assert found == expected(stream, case, day), day


def test_the_library_knows_the_holidays_of_the_government() -> None:
    assert [day for day in WEEKDAYS if not is_business_day(day)] == sorted(
        day for day in OFF if day in set(WEEKDAYS)
    )
