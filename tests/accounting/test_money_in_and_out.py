"""What is written into the book when money comes, comes back, is granted or is paid out."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from books import IMPORTER, POSTED

from accounting.payments import (
    SUSPENSE,
    Booking,
    FreeCredit,
    assigned,
    disbursed,
    dishonoured,
    granted,
    oldest_first,
    payment,
    received,
    received_act,
    unmatched,
)
from schemas.acts import CreditDisbursed, CreditGranted
from schemas.book import Entry

CAME = received(
    reference="77", payer="ACME", method="electronic", received_at=datetime(2026, 4, 2, 15, tzinfo=UTC)
)
CAME_ON = date(2026, 4, 2)
BOOKING = Booking(IMPORTER, "commercial", date(2026, 4, 9), POSTED)


def sums(*entries: Entry) -> dict[str, int]:
    """Return the balance of each account, without those that come to nothing."""
    found: Counter[str] = Counter()
    for entry in entries:
        for each in entry.postings:
            found[each.account] += each.cents
    return {account: cents for account, cents in found.items() if cents}


def test_money_for_an_account_is_a_free_credit_as_of_its_value_day():
    paid = payment(IMPORTER, "commercial", 900, CAME, POSTED)
    assert sums(paid) == {"cash.received": 900, "credit.payment": -900}
    assert paid.credit is not None
    assert (paid.event_day, paid.credit.day, paid.credit.key) == (CAME_ON, CAME_ON, paid.key)


def test_money_that_is_assigned_leaves_suspense_and_counts_as_of_the_day_on_which_it_came():
    waiting = unmatched(900, CAME, POSTED)
    assert (waiting.party, sums(waiting)) == (SUSPENSE, {"cash.received": 900, "suspense.unmatched": -900})
    leaving, paid = assigned(waiting, IMPORTER, "commercial", POSTED)
    assert sums(waiting, leaving) == {}
    assert paid == payment(IMPORTER, "commercial", 900, CAME, POSTED)


@pytest.mark.parametrize(
    "paid", [payment(IMPORTER, "commercial", 900, CAME, POSTED), unmatched(900, CAME, POSTED)]
)
def test_a_payment_that_comes_back_leaves_nothing_behind_where_it_was(paid):
    back = dishonoured(paid, "NSF", BOOKING)
    assert back.party == paid.party
    assert sums(paid, back) == {}
    assert sum(entry.credit.cents for entry in (paid, back) if entry.credit) == 0


def test_a_decision_gives_a_credit_and_costs_what_it_gives():
    drawback = granted("drawback", 500, CreditGranted(origin="K32/1"), BOOKING)
    assert sums(drawback) == {"expense.refund": 500, "credit.drawback": -500}


def test_what_is_paid_out_comes_from_each_credit_the_oldest_first():
    credits_ = [
        FreeCredit("new", "refund", 300, date(2026, 4, 3)),
        FreeCredit("b", "payment", 200, CAME_ON),
        FreeCredit("a", "payment", 100, CAME_ON),
    ]
    parts = oldest_first(credits_, 450)
    assert [(part.key, part.cents) for part in parts] == [("a", 100), ("b", 200), ("new", 150)]
    out = disbursed(parts, CreditDisbursed(reference="9"), BOOKING)
    assert sums(out) == {"credit.payment": 300, "credit.refund": 150, "cash.disbursed": -450}
    assert {each.reference for each in out.allocations} == {out.key}


def test_what_is_no_payment_has_no_act_of_one():
    with pytest.raises(TypeError, match="is no payment"):
        received_act(granted("refund", 1, CreditGranted(origin="x"), BOOKING))
