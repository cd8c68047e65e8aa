from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.interest import (
    Payment,
    RateUnknown,
    accrue,
    monthly_percent,
    penalty_interest,
    prescribed_percent,
    refund_interest,
    specified_percent,
)
from schemas.money import to_cents
from schemas.rates.dated import Period
from schemas.rates.interest import InterestRate, read_interest


def rate(quarter: str, since: date, until: date, prescribed: str) -> InterestRate:
    percent = Decimal(prescribed)
    return InterestRate(quarter, percent, percent + 6, Period(since, until), "test", "test")


@dataclass(frozen=True)
class Table:
    quarters: tuple[InterestRate, ...] = field(
        default=(
            rate("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "3.0"),
            rate("2026Q2", date(2026, 4, 1), date(2026, 6, 30), "2.6"),
            rate("2026Q3", date(2026, 7, 1), date(2028, 12, 31), "4.0"),
        )
    )

    def on(self, day: date) -> InterestRate | None:
        return next((found for found in self.quarters if found.period.holds_on(day)), None)


RATES = Table()


# Treasury-bill mean, prescribed a year, prescribed a month; to the nearest tenth, halves up.
@pytest.mark.parametrize(
    ("mean", "yearly", "monthly"),
    [
        ("2.54", "2.5", "0.2"),
        ("2.55", "2.6", "0.2"),
        ("4.25", "4.3", "0.4"),
        ("5.4", "5.4", "0.5"),
        ("0.04", "0.0", "0.0"),
    ],
)
def test_the_prescribed_rate(mean: str, yearly: str, monthly: str) -> None:
    assert prescribed_percent(Decimal(mean)) == Decimal(yearly)
    assert monthly_percent(Decimal(mean)) == Decimal(monthly)
    assert specified_percent(Decimal(yearly)) == Decimal(yearly) + 6


def test_one_day_late_is_one_day() -> None:
    # Due 31 March, paid 1 April: 10,000.00 at 8.6 % for a day: 10,000 x 0.086 / 365 = 2.356...
    found = accrue(1_000_000, first_day=date(2026, 4, 1), last_day=date(2026, 4, 1), rates=RATES)
    assert (found.cents, found.days, found.kind) == (236, 1, "interim")


def test_interest_compounds_daily() -> None:
    # 10,000.00 at 8.6 % for 30 days: 10,000 x ((1 + 0.086/365)^30 - 1) = 70.926...; simple would be 70.68.
    found = accrue(1_000_000, first_day=date(2026, 4, 1), last_day=date(2026, 4, 30), rates=RATES)
    assert found.cents == 7093


def test_each_quarter_has_its_rate_and_the_interest_bears_interest() -> None:
    found = accrue(1_000_000, first_day=date(2026, 3, 22), last_day=date(2026, 4, 10), rates=RATES)
    assert [(span.days, span.percent) for span in found.spans] == [(10, Decimal("9.0")), (10, Decimal("8.6"))]
    first, second = found.spans
    assert abs(second.balance - first.balance - first.interest) < Decimal("1e-20")
    # 10,000 x (1 + 0.09/365)^10 x (1 + 0.086/365)^10 - 10,000
    exact = 10_000 * (1 + Decimal("0.09") / 365) ** 10 * (1 + Decimal("0.086") / 365) ** 10 - 10_000
    assert found.cents == to_cents(exact) == 4833


def test_a_leap_year_has_366_days() -> None:
    found = accrue(36_600_000, first_day=date(2028, 2, 29), last_day=date(2028, 2, 29), rates=RATES)
    assert found.cents == 10_000  # 366,000.00 x 10 % / 366


def test_a_part_payment_counts_from_the_day_after() -> None:
    paid = Payment(day=date(2026, 4, 1), cents=500_000)
    found = accrue(
        1_000_000, first_day=date(2026, 4, 1), last_day=date(2026, 4, 2), rates=RATES, payments=(paid,)
    )
    assert [to_cents(span.balance) for span in found.spans] == [1_000_000, 500_236]
    assert found.cents == 353  # 2.356 + 1.179


def test_paid_in_full_is_final() -> None:
    paid = Payment(day=date(2026, 4, 1), cents=1_000_236)
    found = accrue(
        1_000_000, first_day=date(2026, 4, 1), last_day=date(2026, 4, 1), rates=RATES, payments=(paid,)
    )
    assert (found.cents, found.kind) == (236, "final")


def test_paid_in_time_bears_none() -> None:
    found = accrue(1_000_000, first_day=date(2026, 4, 1), last_day=date(2026, 3, 31), rates=RATES)
    assert (found.cents, found.days, found.spans) == (0, 0, ())


def test_a_refund_earns_the_prescribed_rate_from_the_91st_day() -> None:
    applied = date(2026, 1, 1)
    day_90, day_91 = applied + timedelta(days=90), applied + timedelta(days=91)
    assert refund_interest(1_000_000, applied=applied, granted=day_90, rates=RATES).cents == 0
    found = refund_interest(1_000_000, applied=applied, granted=day_91, rates=RATES)
    assert (found.cents, found.basis, found.days) == (71, "prescribed", 1)  # 10,000 x 0.026 / 365


def test_a_penalty_paid_within_30_days_bears_none() -> None:
    served = date(2026, 4, 1)
    in_time = penalty_interest(20_000, served=served, paid=served + timedelta(days=30), rates=RATES)
    assert (in_time.cents, in_time.days) == (0, 0)
    late = penalty_interest(2_000_000, served=served, paid=served + timedelta(days=31), rates=RATES)
    assert (late.days, late.cents, late.basis) == (31, 4421, "prescribed")


def test_an_unknown_rate_is_named_with_its_day() -> None:
    with pytest.raises(RateUnknown, match="2025-12-31"):
        accrue(1, first_day=date(2025, 12, 31), last_day=date(2026, 1, 1), rates=RATES)


def test_the_shipped_rates_can_be_used() -> None:
    day = date(2021, 10, 1)
    found = accrue(100_000_000, first_day=day, last_day=day, rates=read_interest())
    assert found.spans[0].percent == Decimal("6.1696")


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
payments_made = st.lists(st.tuples(days, st.integers(0, 10**9)), max_size=3)


@settings(deadline=None, max_examples=50)
@given(
    st.integers(0, 10**11),
    days,
    st.integers(0, 500),
    st.lists(st.tuples(days, st.integers(0, 10**9)), max_size=3),
)
def test_the_spans_say_what_a_day_by_day_reckoning_says(
    base: int, first: date, length: int, paid: list[tuple[date, int]]
) -> None:
    last = min(first + timedelta(days=length), date(2028, 12, 31))
    payments = tuple(Payment(day=day, cents=cents) for day, cents in paid)
    found = accrue(base, first_day=first, last_day=last, rates=RATES, payments=payments)

    balance, interest = Decimal(base), Decimal(0)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        percent = next(r for r in RATES.quarters if r.period.holds_on(day)).specified_percent
        borne = max(balance, Decimal(0)) * percent / 100 / (366 if day.year == 2028 else 365)
        interest += borne
        balance += borne - sum(payment.cents for payment in payments if payment.day == day)
    assert abs(found.cents - interest) <= Decimal("0.5000001")
    assert sum(span.days for span in found.spans) == (last - first).days + 1
