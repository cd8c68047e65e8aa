"""The calendar, case by case: each expectation was counted on a wall calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.calendar import INTEREST_RULES, InterestRule, billing_dates, billing_law
from accounting.days import business_day_after, is_business_day, weekday_after
from schemas.billing import BillingDates
from schemas.registry import STREAMS, Stream

# stream, released, account by, period, statement, pay by; the comment says what makes the case.
CASES = """
commercial 2024-10-21 2024-10-28 2024-10-18 2024-11-17 2024-11-25 2024-11-29  first day of Release 2
commercial 2024-11-08 2024-11-18 2024-10-18 2024-11-17 2024-11-25 2024-11-29  Remembrance Day skipped
commercial 2024-11-17 2024-11-22 2024-10-18 2024-11-17 2024-11-25 2024-11-29  Sunday, last day of the period
commercial 2024-11-18 2024-11-25 2024-11-18 2024-12-17 2024-12-25 2024-12-31  25 and 26 Dec are weekdays
commercial 2024-12-18 2024-12-27 2024-12-18 2025-01-17 2025-01-25 2025-01-31  Christmas and Boxing Day skipped
commercial 2024-12-31 2025-01-08 2024-12-18 2025-01-17 2025-01-25 2025-01-31  New Year's Day skipped
commercial 2024-02-12 2024-02-19 2024-01-18 2024-02-17 2024-02-25 2024-03-01  Family Day is provincial
commercial 2025-04-17 2025-04-25 2025-03-18 2025-04-17 2025-04-25 2025-05-01  Good Friday skipped
commercial 2025-06-30 2025-07-08 2025-06-18 2025-07-17 2025-07-25 2025-07-31  Canada Day skipped
commercial 2025-07-18 2025-07-25 2025-07-18 2025-08-17 2025-08-25 2025-08-29  the 17th is a Sunday
commercial 2025-09-26 2025-10-06 2025-09-18 2025-10-17 2025-10-25 2025-10-31  30 September is a holiday
commercial 2025-10-10 2025-10-20 2025-09-18 2025-10-17 2025-10-25 2025-10-31  Thanksgiving skipped
commercial 2026-03-14 2026-03-20 2026-02-18 2026-03-17 2026-03-25 2026-03-31  Saturday: day 1 is Monday
commercial 2026-03-15 2026-03-20 2026-02-18 2026-03-17 2026-03-25 2026-03-31  Sunday: day 1 is Monday
commercial 2026-03-16 2026-03-23 2026-02-18 2026-03-17 2026-03-25 2026-03-31  Monday is day 0
commercial 2026-03-17 2026-03-24 2026-02-18 2026-03-17 2026-03-25 2026-03-31  the 17th ends a period
commercial 2026-03-18 2026-03-25 2026-03-18 2026-04-17 2026-04-25 2026-05-01  the 18th begins one
commercial 2026-05-18 2026-05-25 2026-05-18 2026-06-17 2026-06-25 2026-07-01  Victoria Day; due on Canada Day
commercial 2026-12-18 2026-12-29 2026-12-18 2027-01-17 2027-01-25 2027-01-29  Boxing Day, Sat, moves to Mon
commercial 2027-02-17 2027-02-24 2027-01-18 2027-02-17 2027-02-25 2027-03-03  short February
commercial 2027-12-17 2027-12-24 2027-11-18 2027-12-17 2027-12-25 2027-12-31  Friday the 17th
non-rpp    2026-03-16 2026-03-16 2026-02-18 2026-03-17 2026-03-25 2026-03-16  paid and accounted at release
non-rpp    2026-03-18 2026-03-18 2026-03-18 2026-04-17 2026-04-25 2026-03-18  statement of the next cycle
clvs       2024-11-01 2024-12-24 2024-11-01 2024-11-30 2024-12-25 2024-12-31  the 24th of the next month
clvs       2025-01-31 2025-02-24 2025-01-01 2025-01-31 2025-02-25 2025-03-03  17 Feb + 10 weekdays
clvs       2026-12-31 2027-01-24 2026-12-01 2026-12-31 2027-01-25 2027-01-29  the 24th stays, also on a Sunday
csa1       2026-02-28 2026-03-31 2026-02-01 2026-02-28 2026-03-25 2026-03-31  accounted with the payment
csa1       2026-03-17 2026-05-01 2026-03-01 2026-03-31 2026-04-25 2026-05-01  option 1: no 17th
csa2       2026-03-17 2026-03-31 2026-02-18 2026-03-17 2026-03-25 2026-03-31  option 2 follows the 17th
csa2       2026-03-18 2026-05-01 2026-03-18 2026-04-17 2026-04-25 2026-05-01  and the 18th
ctc        2026-02-10 2026-03-24 2026-02-01 2026-02-28 2026-03-25 2026-03-31  calendar month, the 24th
ctc        2024-02-29 2024-03-24 2024-02-01 2024-02-29 2024-03-25 2024-03-29  leap day; due on Good Friday
"""

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
streams = st.sampled_from(STREAMS)


def case(row: str) -> tuple[Stream, date, BillingDates]:
    stream, *texts = row.split(maxsplit=7)[:7]
    released, accounting, start, end, statement, payment = (date.fromisoformat(text) for text in texts)
    expected = BillingDates(
        accounting_due=accounting,
        period_start=start,
        period_end=end,
        statement_date=statement,
        payment_due=payment,
        interest_from=payment + timedelta(days=1),
    )
    return next(known for known in STREAMS if known == stream), released, expected


@pytest.mark.parametrize(
    ("stream", "released", "expected"), [case(row) for row in CASES.strip().splitlines()]
)
def test_case(stream: Stream, released: date, expected: BillingDates) -> None:
    assert billing_dates(stream, released) == expected


def test_the_three_readings_of_the_interest_start() -> None:
    released, accounted = date(2026, 3, 12), date(2026, 3, 16)  # both in the period that ends on 17 March
    starts = [
        billing_dates("commercial", released, accounted, interest_rule=rule).interest_from
        for rule in INTEREST_RULES
    ]
    assert starts == [date(2026, 4, 1), date(2026, 5, 2), date(2026, 4, 1)]


def test_goods_released_and_accounted_in_two_periods() -> None:
    released, accounted = date(2026, 3, 16), date(2026, 3, 20)  # the second trap: 17 March lies between
    by_rule = {
        rule: billing_dates("commercial", released, accounted, interest_rule=rule).interest_from
        for rule in INTEREST_RULES
    }
    assert by_rule == {
        "payment-due": date(2026, 4, 1),
        "accounting-month": date(2026, 5, 2),
        "accounting-period": date(2026, 5, 2),
    }


@pytest.mark.parametrize("rule", INTEREST_RULES)
def test_accounting_late_does_not_put_the_interest_off(rule: InterestRule) -> None:
    released, permitted = date(2026, 3, 16), date(2026, 3, 23)
    late = billing_dates("commercial", released, date(2026, 5, 20), interest_rule=rule)
    assert late == billing_dates("commercial", released, permitted, interest_rule=rule)


@given(streams, days)
def test_the_period_contains_the_release_and_the_periods_touch(stream: Stream, day: date) -> None:
    dates = billing_dates(stream, day)
    assert dates.period_start <= day <= dates.period_end
    following = billing_dates(stream, date.fromordinal(dates.period_end.toordinal() + 1))
    assert following.period_start.toordinal() == dates.period_end.toordinal() + 1


@given(streams.filter(lambda stream: stream != "non-rpp"), days)
def test_payment_falls_12_to_14_days_after_the_17th(stream: Stream, day: date) -> None:
    dates = billing_dates(stream, day)
    after = (dates.payment_due - dates.statement_date.replace(day=17)).days
    assert after in {12, 13, 14}
    assert dates.statement_date < dates.payment_due
    assert dates.payment_due.weekday() < 5


@given(days)
def test_the_accounting_clock_ends_on_a_business_day_after_five(day: date) -> None:
    due = billing_dates("commercial", day).accounting_due
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, due.toordinal() + 1)]
    assert is_business_day(due)
    assert sum(map(is_business_day, between)) == 5


def test_zero_days_after_is_the_day_itself() -> None:
    assert (
        weekday_after(date(2026, 3, 15), 0) == business_day_after(date(2026, 3, 15), 0) == date(2026, 3, 15)
    )


@pytest.mark.parametrize("name", sorted(billing_law()))
def test_every_number_of_the_law_has_a_source(name: str) -> None:
    for row in billing_law()[name]:
        assert row["source"]
        assert row["evidence"] in {"law", "cbsa", "trade", "inferred"}
        assert isinstance(row["since"], date)
        assert not any(isinstance(value, float) for value in row.values())


def test_no_number_starts_twice_on_a_day() -> None:
    for rows in billing_law().values():
        starts = [(row.get("name", ""), row["since"]) for row in rows]
        assert len(starts) == len(set(starts))
