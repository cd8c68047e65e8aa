"""What may be demanded of a provider: SOR/2024-42 s.7 to 9, day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.demand import SecuredDebt, demand, earliest_termination, respond_by
from schemas.security import Instrument

ACCOUNT = "123456782RM0001"
AGREEMENT = Instrument(
    id="A",
    form="agreement",
    holder=ACCOUNT,
    provider="Example Surety",
    amount_cents=500_000,
    valid_from=date(2025, 1, 1),
    valid_until=date(2025, 12, 31),
    since=date(2025, 1, 1),
)


def debt(accrued, cents=100_000, due=date(2026, 1, 30)):
    return SecuredDebt(reference="12345000000017", charge="gst", accrued=accrued, due=due, cents=cents)


@pytest.mark.parametrize(
    ("accrued", "verdict"),
    [
        (date(2024, 12, 31), "accrued before validity"),
        (date(2025, 1, 1), "counted"),
        (date(2025, 12, 31), "counted"),
        (date(2026, 1, 1), "accrued after validity"),
    ],
)
def test_only_what_accrued_while_it_was_valid_is_demanded(accrued, verdict):
    found = demand(AGREEMENT, ACCOUNT, [debt(accrued)], date(2026, 2, 15))
    assert [each.verdict for each in found.debts] == [verdict]
    assert found.cents == (100_000 if verdict == "counted" else 0)
    assert found.refusal == ("" if verdict == "counted" else "nothing owed")


@pytest.mark.parametrize(
    ("on", "cents", "refusal"),
    [
        (date(2024, 12, 31), 0, "not valid yet"),
        (date(2026, 1, 30), 0, "nothing owed"),  # the last day in time: not late yet
        (date(2026, 1, 31), 100_000, ""),
        (date(2026, 12, 31), 100_000, ""),
        (date(2027, 1, 1), 0, "too late"),
    ],
)
def test_a_demand_is_made_when_the_debt_is_late_and_within_a_year_of_the_end(on, cents, refusal):
    found = demand(AGREEMENT, ACCOUNT, [debt(date(2025, 12, 1))], on)
    assert (found.cents, found.refusal, found.demand_by) == (cents, refusal, date(2026, 12, 31))
    assert found.respond_by == (on + timedelta(days=60) if cents else None)


@given(amount=st.integers(0, 10**9), owed=st.lists(st.integers(-(10**6), 10**9), max_size=5))
def test_it_is_the_lesser_of_debt_and_amount(amount, owed):
    instrument = AGREEMENT.model_copy(update={"amount_cents": amount})
    debts = [debt(date(2025, 12, 1), cents) for cents in owed]
    found = demand(instrument, ACCOUNT, debts, date(2026, 2, 15))
    assert found.cents == min(amount, max(sum(owed), 0))
    assert bool(found.refusal) == (found.cents == 0)


def test_an_agreement_without_end_and_a_deposit_have_no_last_day():
    endless = AGREEMENT.model_copy(update={"valid_until": None})
    deposit = AGREEMENT.model_copy(update={"valid_until": None, "form": "deposit"})
    for instrument in (endless, deposit):
        found = demand(instrument, ACCOUNT, [debt(date(2025, 12, 1))], date(2040, 1, 1))
        assert (found.cents, found.demand_by) == (100_000, None)
    assert demand(deposit, ACCOUNT, [debt(date(2025, 12, 1))], date(2026, 2, 1)).respond_by is None


def test_notice_thirty_days_answer_sixty_days():
    assert earliest_termination(date(2026, 4, 1)) == date(2026, 5, 1)
    assert respond_by(date(2026, 2, 15)) == date(2026, 4, 16)


def test_a_year_after_a_29_february_ends_on_the_28():
    instrument = AGREEMENT.model_copy(update={"valid_until": date(2028, 2, 29)})
    assert demand(instrument, ACCOUNT, [], date(2028, 3, 1)).demand_by == date(2029, 2, 28)
