"""Security for release prior to payment: by hand at every boundary, and what holds of any amounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.security import (
    Cover,
    Month,
    covers,
    crossings,
    requirement,
    review,
    review_days,
    rpp_standing,
    standing,
    utilisation,
    window_before,
)
from schemas.security import THRESHOLDS, Instrument, Share

DAY = date(2026, 10, 20)
ACCOUNT = "123456782RM0001"
CENTS = st.integers(-(10**9), 10**12)


def months(*cents):
    return tuple(Month(cents=each) for each in cents)


@pytest.mark.parametrize(
    ("monthly", "form", "required", "bound"),
    [
        ((), "agreement", 0, "nothing receivable"),
        ((0, 0), "deposit", 0, "nothing receivable"),
        ((-500,), "agreement", 0, "nothing receivable"),
        ((1,), "agreement", 500_000, "minimum"),
        ((499_999,), "deposit", 500_000, "minimum"),
        ((500_000,), "deposit", 500_000, "percent"),
        ((500_001,), "deposit", 500_001, "percent"),
        ((999_999,), "agreement", 500_000, "percent"),  # 4,999.995 rounds up to the minimum itself
        ((999_998,), "agreement", 500_000, "minimum"),
        ((1_000_000,), "agreement", 500_000, "percent"),
        ((1_000_001,), "agreement", 500_001, "percent"),  # half a cent, up
        ((120_000, 2_400_050, 340_050), "agreement", 1_200_025, "percent"),
        ((120_000, 2_400_050, 340_050), "deposit", 2_400_050, "percent"),
        ((1_000_000_000,), "deposit", 1_000_000_000, "percent"),
        ((1_000_000_001,), "deposit", 1_000_000_000, "cap"),
        ((2_000_000_000,), "agreement", 1_000_000_000, "percent"),
        ((2_000_000_002,), "agreement", 1_000_000_000, "cap"),
    ],
)
def test_what_is_required(monthly, form, required, bound):
    found = requirement(months(*monthly), form, DAY)
    assert (found.required_cents, found.bound) == (required, bound)
    assert found.working[-1].cents == required


def test_the_working_names_months_percentage_and_sources():
    billed = (
        Month(first_day=date(2026, 8, 18), last_day=date(2026, 9, 17), cents=1_400_000),
        Month(first_day=date(2026, 9, 18), last_day=date(2026, 10, 17), cents=1_200_000),
    )
    highest, part, required = requirement(billed, "agreement", DAY).working
    assert highest.inputs == {
        "2026-08-18 to 2026-09-17": "14000.00",
        "2026-09-18 to 2026-10-17": "12000.00",
    }
    assert (part.formula, part.rate, part.cents) == ("14000.00 x 50 %", "50 %", 700_000)
    assert (required.figure, required.cents) == ("required", 700_000)
    assert all(step.source for step in (highest, part, required))


@given(monthly=st.lists(CENTS, max_size=12), more=st.integers(0, 10**9))
def test_an_agreement_is_never_more_than_a_deposit_and_both_grow_with_the_receivable(monthly, more):
    found = {form: requirement(months(*monthly), form, DAY) for form in ("deposit", "agreement")}
    assert found["agreement"].required_cents <= found["deposit"].required_cents
    for each in found.values():
        assert each.required_cents == 0 or 500_000 <= each.required_cents <= 1_000_000_000
    raised = requirement(months(*(each + more for each in monthly)), "agreement", DAY)
    assert raised.required_cents >= found["agreement"].required_cents


def test_the_window_of_a_review_is_20_october_to_19_october():
    days = review_days(2026)
    assert (days.window_first, days.window_last) == (date(2025, 10, 20), date(2026, 10, 19))
    assert (days.reviewed, days.meet_by) == (date(2026, 10, 20), date(2027, 1, 15))


def test_a_window_that_begins_on_a_29_february_begins_on_the_28_in_other_years():
    assert window_before(date(2028, 2, 29)) == (date(2027, 2, 28), date(2028, 2, 28))


@pytest.mark.parametrize(
    ("on", "held", "later", "status", "suspended_from"),
    [
        (date(2026, 10, 19), 500_000, 500_000, "not yet", None),
        (date(2026, 10, 20), 600_000, 600_000, "unchanged", None),
        (date(2026, 10, 20), 599_999, 599_999, "to be met", date(2027, 1, 16)),
        (date(2027, 1, 15), 500_000, 500_000, "to be met", date(2027, 1, 16)),
        (date(2027, 1, 15), 500_000, 600_000, "met", None),
        (date(2027, 1, 16), 500_000, 599_999, "suspended", date(2027, 1, 16)),
        (date(2027, 3, 1), 500_000, 600_000, "met", None),
    ],
)
def test_a_review_day_by_day(on, held, later, status, suspended_from):
    required = requirement(months(1_200_000), "agreement", DAY)
    found = review(required, year=2026, held_cents=held, later_cents=later, on=on)
    assert (found.status, found.suspended_from) == (status, suspended_from)
    assert found.is_notified == (status in {"to be met", "met", "suspended"})
    assert found.increase_cents == max(600_000 - held, 0)


def used(receivable, *security, free=0):
    covered = [
        Cover(instrument=str(number), form="agreement", cents=cents) for number, cents in enumerate(security)
    ]
    return utilisation(ACCOUNT, receivable_cents=receivable, credits_cents=free, covered=covered)


@pytest.mark.parametrize(
    ("receivable", "free", "security", "percent", "reached"),
    [
        (0, 0, 500_000, "0.00", ()),
        (374_999, 0, 500_000, "74.99", ()),
        (375_000, 0, 500_000, "75.00", (75,)),
        (449_999, 0, 500_000, "89.99", (75,)),
        (450_000, 0, 500_000, "90.00", (75, 90)),
        (499_999, 0, 500_000, "99.99", (75, 90)),
        (500_000, 0, 500_000, "100.00", (75, 90, 100)),
        (1_250_000, 0, 500_000, "250.00", (75, 90, 100)),
        (500_000, 200_000, 500_000, "60.00", ()),
        (100_000, 200_000, 500_000, "0.00", ()),
        (-5, 0, 500_000, "0.00", ()),
    ],
)
def test_how_far_security_is_used(receivable, free, security, percent, reached):
    found = used(receivable, security, free=free)
    assert (found.percent, found.reached) == (Decimal(percent), reached)
    assert found.excess_cents == max(receivable - free - security, 0)


def test_without_security_any_debt_reaches_every_threshold_and_none_reaches_none():
    assert (used(1).percent, used(1).reached) == (None, THRESHOLDS)
    assert used(0).reached == ()


@given(receivable=CENTS, security=st.integers(1, 10**10))
def test_a_threshold_is_reached_exactly_when_the_percent_that_is_shown_says_so(receivable, security):
    found = used(receivable, security)
    assert found.reached == tuple(each for each in THRESHOLDS if found.percent >= each)


@given(states=st.lists(st.sets(st.sampled_from(THRESHOLDS)), min_size=1))
def test_crossings_carry_any_state_into_the_next_and_alternate(states):
    above, seen = set(), {each: [] for each in THRESHOLDS}
    for reached in states:
        for crossed in crossings(above, reached, THRESHOLDS):
            seen[crossed.threshold].append(crossed.direction)
            (above.add if crossed.direction == "above" else above.discard)(crossed.threshold)
        assert above == reached
    for directions in seen.values():
        assert directions == (["above", "below"] * len(directions))[: len(directions)]


def agreement(**news):
    plain = {"id": "A", "form": "agreement", "holder": ACCOUNT, "amount_cents": 600_000}
    days = {"valid_from": date(2026, 1, 1), "since": date(2026, 1, 1)}
    return Instrument.model_validate(plain | days | news)


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        (date(2025, 12, 31), ()),
        (date(2026, 1, 1), (600_000,)),
        (date(2026, 2, 28), (600_000,)),
        (date(2026, 3, 1), (900_000,)),
        (date(2026, 6, 30), (900_000,)),
        (date(2026, 7, 1), ()),
    ],
)
def test_what_is_in_force_follows_the_version_of_the_day(day, cents):
    changed = {"version": 2, "since": date(2026, 3, 1), "amount_cents": 900_000}
    versions = (agreement(), agreement(**changed, valid_until=date(2026, 6, 30)))
    assert tuple(each.cents for each in covers([versions], ACCOUNT, day)) == cents
    assert (standing(versions, day) is None) == (day < date(2026, 1, 1))


@given(parts=st.lists(st.integers(1, 10**8), min_size=1, max_size=5))
def test_the_shares_of_an_agreement_cover_its_accounts_and_nobody_else(parts):
    shares = tuple(
        Share(account=f"123456782RM{number:04}", cents=cents) for number, cents in enumerate(parts, 1)
    )
    shared = agreement(holder="123456782", amount_cents=sum(parts), shares=shares)
    held = {share.account: covers([(shared,)], share.account, DAY) for share in shares}
    assert [cover.cents for (cover,) in held.values()] == parts
    assert covers([(shared,)], "123456782RM0009", DAY) == ()


@pytest.mark.parametrize(
    ("held", "required", "instant", "expected"),
    [
        (0, 0, datetime(2026, 1, 1, tzinfo=UTC), "not needed"),
        (500_000, 500_000, datetime(2026, 1, 1, tzinfo=UTC), "secured"),
        (499_999, 500_000, datetime(2025, 5, 20, 6, 59, 59, tzinfo=UTC), "transition"),
        (499_999, 500_000, datetime(2025, 5, 20, 7, 0, tzinfo=UTC), "unsecured"),
        (0, 500_000, datetime(2026, 1, 1, tzinfo=UTC), "unsecured"),
    ],
)
def test_the_transition_ended_on_20_may_2025_at_three_in_the_morning(held, required, instant, expected):
    assert rpp_standing(security_cents=held, required_cents=required, instant=instant) == expected
