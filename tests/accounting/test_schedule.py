"""Which days are due? On ordinary nights, on weekends, and on the nights when clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.schedule import ended_days, run_day, statement_days
from schemas.days import EASTERN, day_opens


def eastern(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=EASTERN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (eastern(2026, 3, 17, 0, 29, 59), date(2026, 3, 14)),  # Tuesday, not yet: still Saturday's run
        (eastern(2026, 3, 17, 0, 30), date(2026, 3, 17)),
        (eastern(2026, 3, 21, 0, 30), date(2026, 3, 21)),  # Saturday closes Friday
        (eastern(2026, 3, 22, 12), date(2026, 3, 21)),  # Sunday
        (eastern(2026, 3, 23, 23, 59), date(2026, 3, 21)),  # Monday
        (eastern(2026, 3, 8, 3, 30), date(2026, 3, 7)),  # Sunday on which summer time begins
        (eastern(2026, 3, 10, 0, 30), date(2026, 3, 10)),
        (eastern(2026, 11, 1, 1, 30), date(2026, 10, 31)),  # Sunday on which it ends
        (eastern(2026, 11, 3, 0, 29), date(2026, 10, 31)),
        (eastern(2026, 11, 3, 0, 30), date(2026, 11, 3)),
    ],
)
def test_runs_are_from_tuesday_to_saturday_half_an_hour_after_midnight(now, expected):
    assert run_day(now) == expected


def test_tuesday_closes_the_weekend_and_monday():
    due = list(ended_days(date(2026, 3, 20), eastern(2026, 3, 24, 0, 30)))
    assert due == [date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 22), date(2026, 3, 23)]


def test_nothing_is_due_before_it_has_ended():
    assert list(ended_days(date(2026, 3, 16), eastern(2026, 3, 16, 23, 59))) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (eastern(2026, 3, 25, 0, 29), []),
        (eastern(2026, 3, 25, 0, 30), [date(2026, 3, 25)]),
        (eastern(2026, 5, 1), [date(2026, 3, 25), date(2026, 4, 25)]),
    ],
)
def test_statements_are_due_on_the_25th(now, expected):
    assert list(statement_days(date(2026, 3, 25), now)) == expected


def test_the_year_ends_and_statements_go_on():
    found = list(statement_days(date(2026, 11, 26), eastern(2027, 1, 25, 1)))
    assert found == [date(2026, 12, 25), date(2027, 1, 25)]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)))  # noqa: DTZ001 - Hypothesis bounds are naive
def test_every_day_is_due_within_three_days_of_its_end_and_never_before_it(now):
    first = now.date() - timedelta(days=10)
    due = list(ended_days(first, now))
    assert due == [first + timedelta(days=place) for place in range(len(due))]
    assert day_opens(due[-1] + timedelta(days=1)) <= now
    next_day = due[-1] + timedelta(days=1)
    assert now < day_opens(next_day) + timedelta(days=4)
