"""What was open before a statement: from what is open now, less what came since."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest
from books import IMPORTER, OTHER_IMPORTER, TRANSACTION, accepted, assessment, declaration
from sqlalchemy import Engine

from accounting import ledger
from accounting.acts import act_entry
from accounting.billed import billed_to
from accounting.journal import statement_date
from accounting.opening import opening_items
from schemas.acts import BroughtForward, Cleared, PaymentReceived, PenaltyRaised
from schemas.book import Allocation, Credit, Entry

DUE = date(2026, 3, 31)
MARCH, APRIL, MAY = (date(2026, month, 25) for month in (3, 4, 5))
PAYMENT = f"payment/electronic/{IMPORTER}/A1"
(FIRST,) = accepted(declaration(), assessment(10_000, 500))


def paid(cents: int, at: datetime) -> Entry:
    day = at.date()
    return act_entry(
        PaymentReceived(reference="A1", payer="Maple", method="electronic", received_at=at, value_day=day),
        key=PAYMENT,
        party=IMPORTER,
        stream="commercial",
        event_day=day,
        posted_at=at,
        contra="cash.received",
        credit=Credit(key=PAYMENT, kind="payment", cents=cents, day=day),
    )


def cleared(cents: int, at: datetime) -> Entry:
    part = Allocation(
        credit=PAYMENT, kind="payment", reference=TRANSACTION, charge="customs_duty", due=DUE, cents=cents
    )
    return act_entry(
        Cleared(strategy="requested"),
        key=f"clearing/{IMPORTER}/{at.date()}/1",
        party=IMPORTER,
        stream="commercial",
        event_day=at.date(),
        posted_at=at,
        allocations=[part],
    )


def in_april(day: int) -> datetime:
    return datetime(2026, 4, day, 15, tzinfo=UTC)


def opening(engine: Engine, on: date, entries: Iterable[Entry]) -> list[tuple[str, str | None, int]]:
    with engine.begin() as connection:
        ledger.post(connection, list(entries))
        found = opening_items(connection, on, [IMPORTER, OTHER_IMPORTER])
    assert set(found) <= {IMPORTER}
    return [(item.reference, item.credit, item.cents) for item in found.get(IMPORTER, ())]


def test_before_its_own_statement_nothing_is_open(engine: Engine) -> None:
    assert opening(engine, MARCH, [FIRST]) == []


def test_what_is_unpaid_is_open_on_every_later_statement(engine: Engine) -> None:
    assert opening(engine, APRIL, [FIRST]) == [(TRANSACTION, None, 10_500)]
    assert opening(engine, MAY, []) == [(TRANSACTION, None, 10_500)]


def test_what_is_paid_and_cleared_is_open_no_more(engine: Engine) -> None:
    entries = [FIRST, paid(4_000, in_april(2)), cleared(3_000, in_april(3))]
    assert opening(engine, APRIL, entries) == [(TRANSACTION, None, 10_500)]
    assert opening(engine, MAY, []) == [(TRANSACTION, None, 7_500), (PAYMENT, "payment", -1_000)]


def test_an_item_says_its_version_its_charges_and_its_first_statement(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [FIRST])
        (item,) = opening_items(connection, APRIL, [IMPORTER])[IMPORTER]
    assert (item.version, item.due, item.statement_date) == (1, DUE, MARCH)
    assert item.charges == {"customs_duty": 10_000, "gst": 500}


def test_a_debt_of_several_days_is_due_on_the_last_of_them(engine: Engine) -> None:
    brought = act_entry(
        BroughtForward(explanation="old ledger", arose=date(2026, 2, 3), interest_from=None),
        key=f"opening/{IMPORTER}/OLD-1",
        party=IMPORTER,
        stream="commercial",
        event_day=date(2026, 2, 3),
        posted_at=datetime(2026, 2, 3, 15, tzinfo=UTC),
        contra="suspense.opening",
        owed=[("gst", 300, DUE), ("customs_duty", 200, date(2026, 2, 27))],
        reference="OLD-1",
    )
    with engine.begin() as connection:
        ledger.post(connection, [brought])
        (item,) = opening_items(connection, APRIL, [IMPORTER])[IMPORTER]
    assert (item.reference, item.due, item.cents) == ("OLD-1", DUE, 500)


def test_of_several_acts_under_one_reference_the_first_says_since_when_it_is_owed(engine: Engine) -> None:
    debt = {"party": IMPORTER, "stream": "commercial", "contra": "revenue.penalty", "reference": "penalty/1"}
    raised, more = (
        act_entry(
            PenaltyRaised(code="C336", on="statement/x", day=at.date(), served=at.date(), source="test"),
            key=key,
            event_day=at.date(),
            posted_at=at,
            owed=[("penalty", 500, DUE)],
            **debt,
        )
        for key, at in (
            ("penalty/1", datetime(2026, 3, 2, 15, tzinfo=UTC)),
            ("penalty/1/more", in_april(2)),
        )
    )
    with engine.begin() as connection:
        ledger.post(connection, [raised, more])
        (item,) = opening_items(connection, MAY, [IMPORTER])[IMPORTER]
    assert (item.reference, item.cents, item.statement_date) == ("penalty/1", 1_000, MARCH)


@pytest.mark.parametrize("on", [MARCH, APRIL, MAY])
def test_opening_and_new_are_what_the_book_says(engine: Engine, on: date) -> None:
    with engine.begin() as connection:
        entries = [FIRST, paid(4_000, in_april(2)), cleared(3_000, in_april(3))]
        ledger.post(connection, entries)
        billed = billed_to(connection, on, [IMPORTER])[IMPORTER]
    told = sum(item.cents for item in billed.opening)
    told += sum(each.movement.cents for each in billed.movements)
    told += sum(each.activity.cents for each in billed.activities)
    booked = [entry for entry in entries if statement_date(entry.dates, entry.posted_at) <= on]
    assert told == sum(
        posting.cents
        for entry in booked
        for posting in entry.postings
        if posting.account.startswith(("receivable.", "credit."))
    )
