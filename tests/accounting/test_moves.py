"""What a bulletin that moves a payment due date does to the dates that hang on it."""

from datetime import date

import pytest
from books import RELEASED

from accounting.calendar import InterestRule, billing_dates
from accounting.moves import Moves, move_faults
from schemas.billing import DueMove

DUE = date(2026, 3, 31)
MOVE = DueMove(
    stream="commercial",
    due=DUE,
    moved_to=date(2026, 4, 10),
    source="bulletin",
    reason="outage",
    since=date(2026, 3, 30),
)
LATER = MOVE.model_copy(update={"moved_to": date(2026, 4, 20), "since": date(2026, 4, 9)})
MOVES = Moves((LATER, MOVE))


@pytest.mark.parametrize(
    ("known_on", "due"),
    [(29, DUE), (30, MOVE.moved_to), (31, MOVE.moved_to)],
)
def test_a_move_counts_from_the_day_on_which_it_was_known(known_on, due):
    assert MOVES.due("commercial", DUE, date(2026, 3, known_on)) == due


def test_of_several_moves_the_latest_that_is_known_counts():
    assert MOVES.due("commercial", DUE, date(2026, 4, 8)) == MOVE.moved_to
    assert MOVES.due("commercial", DUE, date(2026, 4, 9)) == LATER.moved_to
    assert MOVES.due("csa1", DUE, date(2026, 4, 9)) == DUE


@pytest.mark.parametrize(
    ("rule", "interest_from"),
    [("payment-due", date(2026, 4, 11)), ("accounting-month", date(2026, 5, 2))],
)
def test_interest_waits_for_the_day_moved_to_and_never_begins_earlier_for_a_move(
    rule: InterestRule, interest_from: date
):
    dates = billing_dates("commercial", RELEASED, date(2026, 3, 20), interest_rule=rule)
    moved = MOVES.applied(dates, "commercial", RELEASED, date(2026, 3, 31))
    assert (moved.payment_due, moved.interest_from) == (MOVE.moved_to, interest_from)
    assert (moved.moved_from, moved.moved_by) == (DUE, "bulletin: outage")
    assert moved.accounting_due == dates.accounting_due


def test_a_move_that_does_not_defer_or_names_no_source_is_told():
    assert list(move_faults(MOVE)) == []
    assert len(list(move_faults(MOVE.model_copy(update={"moved_to": date(2026, 3, 1), "source": " "})))) == 2
