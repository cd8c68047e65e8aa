"""Which credit pays which debt: by the order of each era, with reasons, whatever order they are given in."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.clearing import (
    CONSULTANT,
    Debt,
    FreeCredit,
    clears,
    foresee,
    kind_of_lift,
    latest_statement,
    lifts,
    match,
    may_pay,
    remaining_credits,
    remaining_debts,
)
from accounting.clearing_outcome import outcome
from accounting.strategies import (
    StrategyUnknown,
    clearing_law,
    credit_type,
    debt_type,
    strategies,
    strategy_on,
    type_names,
)
from schemas.acts import CREDIT_KINDS
from schemas.assessment import BILLED

# A slow machine is no defect.
quick = settings(max_examples=100, deadline=None)

DAY = date(2026, 4, 1)
MARCH, APRIL = date(2026, 3, 31), date(2026, 5, 1)
BROKER, OTHER = "876543214RM0001", "111111118RM0001"


def owes(reference, cents, due=MARCH, charge="gst", **facts):
    return Debt(reference, charge, due, cents, facts.pop("type", debt_type(reference, charge)), **facts)


def free(key, cents, kind="payment", day=MARCH, broker=""):
    return FreeCredit(key, kind, cents, day, credit_type(key, kind), broker)


def paid(debts, credits_, day=DAY, name=None):
    found = match(debts, credits_, day, strategy_on(day, name))
    return [(each.credit.key, each.debt.reference, each.debt.charge, each.cents) for each in found]


# ---- the law --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2016, 1, 1), "2016"),
        (date(2018, 9, 30), "2016"),
        (date(2018, 10, 1), "2018"),
        (date(2024, 10, 20), "2018"),
        (date(2024, 10, 21), "2024"),
        (date(2026, 3, 31), "2024"),
    ],
)
def test_an_order_binds_by_the_day(day, name):
    assert strategy_on(day).name == name


def test_a_day_before_the_first_order_and_an_unknown_name_are_told():
    with pytest.raises(StrategyUnknown, match="begin on 2016-01-01; 2015-12-31 is before that"):
        strategy_on(date(2015, 12, 31))
    with pytest.raises(StrategyUnknown, match="there are 2016, 2018, 2024, penalties-first"):
        strategy_on(DAY, "fifo")


@pytest.mark.parametrize("table", ["strategy", "debt_type", "credit_type"])
def test_every_row_has_words_source_and_evidence(table):
    for row in clearing_law()[table]:
        assert row["en"]
        assert row["fr"]
        assert row["source"]
        assert row["evidence"] in {"law", "cbsa", "trade", "inferred"}


def test_every_day_has_one_order_and_every_type_a_place_in_it():
    by_day = sorted(
        (each for each in strategies().values() if each.chosen == "by-day"), key=lambda e: e.since
    )
    for before, after in pairwise(by_day):
        assert before.until == after.since - timedelta(days=1)
    for each in strategies().values():
        for steps, table in ((each.types, "debt_type"), (each.credits, "credit_type")):
            named = [name for step in steps for name in step]
            assert not named or sorted(named) == sorted(type_names(table))


@pytest.mark.parametrize(
    ("reference", "charge", "adjusted", "name"),
    [
        ("12345000000017", "gst", False, "B3"),
        ("12345000000017", "gst", True, "B2"),
        ("12345000000017", "interest", True, "interest"),
        ("penalty/C288/12345000000017", "penalty", False, "LAP"),
        ("penalty/C336/123456782RM0001/2026-03-25", "penalty", False, "NPA"),
        ("penalty/C336/123456782RM0001/2026-03-25", "interest", False, "interest"),
        ("opening/123456782RM0001/K23-881", "customs_duty", False, "K23"),
        ("opening/123456782RM0001/NSF-1", "gst", False, "NSF"),
        ("opening/123456782RM0001/77", "gst", False, "B3"),
    ],
)
def test_a_debt_has_its_type_by_reference_and_charge(reference, charge, adjusted, name):
    assert debt_type(reference, charge, adjusted=adjusted) == name


@pytest.mark.parametrize(
    ("key", "kind", "name"),
    [
        ("payment/electronic/123456782RM0001/1", "payment", "PMT"),
        ("credit/12345000000017/1", "cancellation", "B3 cancellation"),
        ("credit/12345000000017/1", "refund", "B2 refund"),
        ("credit/penalty/C288/12345000000017/1", "penalty", "LAP cancellation"),
        ("credit/penalty/C336/123456782RM0001/2026-03-25/1", "penalty", "NPA cancellation"),
        ("credit/drawback/123456782RM0001/K32-1", "drawback", "K32"),
    ],
)
def test_a_credit_has_its_type_by_kind_and_key(key, kind, name):
    assert credit_type(key, kind) == name


# ---- 2024: what is due, the oldest first ----------------------------------------------------------


def test_what_is_not_due_waits_and_so_does_the_credit():
    assert paid([owes("A", 100, APRIL)], [free("P", 100)], MARCH) == []
    assert paid([owes("A", 100, APRIL)], [free("P", 100)], APRIL) == [("P", "A", "gst", 100)]


def test_the_oldest_due_day_comes_first_then_penalties_interest_and_the_rest():
    debts = [
        owes("B", 100, DAY),
        owes("A", 10, DAY, "interest"),
        owes("penalty/C336/x", 20, DAY, "penalty"),
        owes("Z", 5, MARCH),
    ]
    assert paid(debts, [free("P", 100)]) == [
        ("P", "Z", "gst", 5),
        ("P", "penalty/C336/x", "penalty", 20),
        ("P", "A", "interest", 10),
        ("P", "B", "gst", 65),
    ]


def test_the_oldest_credit_comes_first_and_one_of_tomorrow_does_not_count():
    credits_ = [free("A", 50, day=DAY), free("B", 50), free("C", 50, day=APRIL)]
    assert paid([owes("X", 120)], credits_) == [("B", "X", "gst", 50), ("A", "X", "gst", 50)]


def test_of_credits_of_one_day_the_key_decides_not_the_order_in_which_they_are_given():
    debts, credits_ = [owes("X", 60)], [free("B", 50), free("A", 50)]
    assert paid(debts, credits_) == [("A", "X", "gst", 50), ("B", "X", "gst", 10)]


def test_penalties_and_interest_first_whatever_their_age_when_that_is_chosen():
    debts = [
        owes("old", 100, MARCH),
        owes("new", 30, DAY, "interest"),
        owes("penalty/C336/x", 20, DAY, "penalty"),
    ]
    assert paid(debts, [free("P", 60)], name="penalties-first") == [
        ("P", "penalty/C336/x", "penalty", 20),
        ("P", "new", "interest", 30),
        ("P", "old", "gst", 10),
    ]
    assert paid(debts, [free("P", 60)])[0] == ("P", "old", "gst", 60)


# ---- 2018: by type, the newest first, of the latest statement -------------------------------------


def test_credits_by_type_run_through_debts_by_type_the_newest_first():
    day, due = date(2019, 4, 1), date(2019, 3, 31)
    debts = [
        owes("older", 100, due, accounted=date(2019, 3, 1)),
        owes("newer", 100, due, accounted=date(2019, 3, 9)),
        owes("older", 7, due, "interest"),
        owes("b2", 40, due, type="B2", accounted=date(2019, 3, 12)),
    ]
    credits_ = [
        free("credit/x/1", 100, "refund", day=date(2019, 3, 1)),
        free("credit/y/1", 30, "cancellation", day=date(2019, 3, 10)),
        free("P", 80, day=date(2019, 3, 20)),
    ]
    assert paid(debts, credits_, day) == [
        ("P", "newer", "gst", 80),
        ("credit/y/1", "newer", "gst", 20),
        ("credit/y/1", "older", "gst", 10),
        ("credit/x/1", "older", "gst", 90),
        ("credit/x/1", "b2", "gst", 10),
    ]


def test_only_the_latest_statement_is_cleared_and_the_rest_is_carried():
    day = date(2019, 4, 1)
    debts = [owes("A", 100, date(2019, 2, 28)), owes("B", 30, date(2019, 3, 29))]
    found = outcome(debts, [free("P", 80, day=day)], day, ahead=False)
    assert [(each.reference, each.cents) for each in found.paid] == [("B", 30)]
    assert found.free[0].cents == 50
    assert found.open[0].why == "is not on the latest statement but on that of 2019-02-25"


@pytest.mark.parametrize(
    ("day", "issued"),
    [
        (date(2019, 3, 24), date(2019, 2, 25)),
        (date(2019, 3, 25), date(2019, 3, 25)),
        (date(2019, 1, 2), date(2018, 12, 25)),
    ],
)
def test_the_latest_statement_is_that_of_the_25th(day, issued):
    assert latest_statement(day) == issued


# ---- 2016: tied to a broker -----------------------------------------------------------------------


def test_a_credit_tied_to_a_broker_pays_that_brokers_debts_only():
    day, due = date(2017, 3, 1), date(2017, 2, 20)
    debts = [owes("A", 10, due, broker=BROKER), owes("B", 10, due, broker=OTHER), owes("C", 10, due)]
    assert paid(debts, [free("P", 50, day=due, broker=BROKER[:9])], day) == [("P", "A", "gst", 10)]
    assert paid(debts, [free("P", 50, day=due, broker=CONSULTANT)], day) == [("P", "C", "gst", 10)]
    assert len(paid(debts, [free("P", 50, day=due)], day)) == 3


def test_in_collection_any_credit_pays_any_debt():
    day, due = date(2017, 3, 31), date(2017, 2, 20)
    debts = [owes("A", 10, due, broker=OTHER)]
    tied = [free("P", 50, day=due, broker=BROKER[:9])]
    assert paid(debts, tied, day) == [("P", "A", "gst", 10)]
    assert paid(debts, tied, due + timedelta(days=30)) == []


# ---- ahead, and reasons ---------------------------------------------------------------------------


def test_a_preview_goes_on_to_the_due_days():
    debts = [owes("A", 100, APRIL), owes("B", 50, MARCH)]
    found = [
        (when, each.debt.reference, each.cents) for when, each in foresee(debts, [free("P", 120)], MARCH)
    ]
    assert found == [(MARCH, "B", 50), (APRIL, "A", 70)]


def test_every_choice_has_its_reason_in_both_languages():
    debts = [owes("A", 100, MARCH), owes("B", 50, APRIL)]
    english = outcome(debts, [free("P", 130)], DAY, ahead=False)
    french = outcome(debts, [free("P", 130)], DAY, ahead=False, language="fr")
    assert english.paid[0].why == (
        "is overdue, it was due on 2026-03-31; the oldest due day comes first; by type, B3 is step 3 of 3"
    )
    assert english.open[0].why == "is not due before 2026-05-01"
    assert english.free[0].why == "waits: the next debt is due on 2026-05-01"
    assert french.open[0].why == "n'est pas échue avant le 2026-05-01"
    assert [each.model_copy(update={"why": ""}) for each in english.paid] == [
        each.model_copy(update={"why": ""}) for each in french.paid
    ]


# ---- lifting --------------------------------------------------------------------------------------


def test_what_was_paid_too_much_pays_what_is_open_of_its_reference_and_the_rest_is_lifted():
    [lift] = lifts(
        [
            ("A", "customs_duty", MARCH, -100),
            ("A", "gst", MARCH, 20),
            ("A", "gst", APRIL, 30),
            ("B", "gst", MARCH, 9),
        ]
    )
    assert lift.owed == (("customs_duty", 100, MARCH), ("gst", -20, MARCH), ("gst", -30, APRIL))
    assert (lift.reference, lift.cents) == ("A", 50)


def test_what_is_netted_whole_gives_no_credit():
    [lift] = lifts([("A", "gst", MARCH, -100), ("A", "gst", APRIL, 150)])
    assert lift.owed == (("gst", 100, MARCH), ("gst", -100, APRIL))
    assert lift.cents == 0


def test_the_credit_is_of_the_kind_that_its_debt_gives():
    assert kind_of_lift("A", {"A"}) == "cancellation"
    assert kind_of_lift("A", set()) == "refund"
    assert kind_of_lift("penalty/C288/A", set()) == "penalty"
    assert kind_of_lift("opening/x/1", set()) == "opening"


# ---- whatever the debts and credits are -----------------------------------------------------------

days = st.sampled_from([date(2025, 3, 31), date(2025, 4, 1)]) | st.dates(date(2025, 1, 1), date(2025, 12, 31))
"""Two of them come up often: what falls on one day is told apart by other things."""

debts_of_any_kind = st.lists(
    st.builds(
        owes,
        st.sampled_from(["A", "B", "penalty/C288/A", "penalty/C336/x", "opening/x/K23"]),
        st.integers(1, 10**6),
        days,
        st.sampled_from(BILLED),
        broker=st.sampled_from(["", BROKER, OTHER]),
        accounted=st.none() | days,
    ),
    max_size=12,
    unique_by=lambda debt: debt.place,
)
credits_of_any_kind = st.lists(
    st.builds(
        free,
        st.text("pqr", min_size=1, max_size=4),
        st.integers(1, 10**6),
        st.sampled_from(CREDIT_KINDS),
        days,
        st.sampled_from(["", BROKER[:9], CONSULTANT]),
    ),
    max_size=6,
    unique_by=lambda credit: credit.key,
)
names = st.sampled_from([*strategies()])


@quick
@given(debts_of_any_kind, credits_of_any_kind, days, names)
def test_nothing_is_paid_beyond_what_is_open_or_free(debts, credits_, day, name):
    found = list(match(debts, credits_, day, strategies()[name]))
    used, met = Counter(), Counter()
    for each in found:
        assert each.cents > 0
        used[each.credit.key] += each.cents
        met[each.debt.place] += each.cents
        assert each.left_cents == each.debt.cents - met[each.debt.place]
    assert all(used[each.key] <= each.cents for each in credits_)
    assert all(met[each.place] <= each.cents for each in debts)


@quick
@given(debts_of_any_kind, credits_of_any_kind, days, names)
def test_no_debt_that_may_be_paid_is_left_beside_a_credit_that_may_pay_it(debts, credits_, day, name):
    strategy = strategies()[name]
    found = list(match(debts, credits_, day, strategy))
    left = [each for each in remaining_debts(debts, found) if clears(each, day, strategy)]
    for credit in remaining_credits(credits_, found):
        if credit.day <= day:
            assert [each for each in left if strategy.ties == "none" or may_pay(credit, each)] == []


@quick
@given(debts_of_any_kind, credits_of_any_kind, days, names, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_given_does_not_matter(debts, credits_, day, name, order):
    mixed = order.sample(debts, len(debts)), order.sample(credits_, len(credits_))
    strategy = strategies()[name]
    assert list(match(*mixed, day, strategy)) == list(match(debts, credits_, day, strategy))


@quick
@given(debts_of_any_kind, credits_of_any_kind, days, names)
def test_a_second_clearing_of_the_day_finds_nothing_to_do(debts, credits_, day, name):
    strategy = strategies()[name]
    found = list(match(debts, credits_, day, strategy))
    again = match(remaining_debts(debts, found), remaining_credits(credits_, found), day, strategy)
    # In collection, ties do not bind; when the old debt is paid, they bind again.
    assert list(again) == []


parts = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(BILLED),
        st.sampled_from([MARCH, APRIL]),
        st.integers(-500, 500).filter(bool),
    ),
    max_size=10,
    unique_by=lambda part: part[:3],
)


@quick
@given(parts)
def test_a_lift_leaves_nothing_negative_and_conserves_every_cent(open_):
    left = Counter({part[:3]: part[3] for part in open_})
    lifted = 0
    for lift in lifts(open_):
        lifted += lift.cents
        for charge, cents, due in lift.owed:
            left[lift.reference, charge, due] += cents
    assert all(cents >= 0 for cents in left.values())
    assert sum(left.values()) - lifted == sum(part[3] for part in open_)
    # Nothing is lifted from a reference of which something else stays open.
    for lift in lifts(open_):
        assert not lift.cents or not any(left[place] for place in left if place[0] == lift.reference)
