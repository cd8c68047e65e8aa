from datetime import date, timedelta

from books import (
    BROKER,
    IMPORTER,
    OTHER_IMPORTER,
    POSTED,
    TRANSACTION,
    accepted,
    assessment,
    declaration,
    simple_entries,
)
from sqlalchemy import Connection, Engine

from accounting import ledger
from accounting.accounts import (
    NOW,
    Moment,
    Wanted,
    debt_of,
    free_credits_at,
    histories,
    history,
    open_parts,
    open_parts_at,
    paid_by,
    trace,
)
from accounting.acts import act_entry
from accounting.clearing import Heading, cleared, clearing_key
from accounting.positions import OwedItem, Position, position
from schemas.acts import InterestCharged, PaymentReceived
from schemas.book import Allocation, Credit, Entry

FIRST = accepted(declaration(), assessment(10_000, 500))
SECOND = accepted(declaration(2), assessment(0, 700), posted_at=POSTED + timedelta(days=1), replaced=FIRST[0])
DUE = date(2026, 3, 31)
PAID_ON = date(2026, 4, 2)
PAYMENT = f"payment/electronic/{IMPORTER}/77"
HEADING = Heading(IMPORTER, "commercial", PAID_ON, POSTED + timedelta(days=17))


def paid(cents: int) -> Entry:
    return act_entry(
        PaymentReceived(
            reference="77",
            payer=IMPORTER,
            method="electronic",
            received_at=HEADING.posted_at,
            value_day=PAID_ON,
        ),
        key=PAYMENT,
        party=IMPORTER,
        stream="commercial",
        event_day=PAID_ON,
        posted_at=HEADING.posted_at,
        contra="cash.received",
        credit=Credit(key=PAYMENT, kind="payment", cents=cents, day=PAID_ON),
    )


def allocated(cents: int) -> Allocation:
    return Allocation(
        credit=PAYMENT, kind="payment", reference=TRANSACTION, charge="gst", due=DUE, cents=cents
    )


def clearing(*allocations: Allocation) -> Entry:
    return cleared(HEADING, clearing_key(IMPORTER, PAID_ON) + "/1", "2024", allocations)


def stands(connection: Connection, moment: Moment = NOW, day: date = DUE) -> Position:
    debts = [debt_of(IMPORTER, part) for part in open_parts_at(connection, IMPORTER, moment)]
    return position(IMPORTER, day, debts, free_credits_at(connection, IMPORTER, moment))


def item(reference: str = TRANSACTION, days_overdue: int = 0, **charges: int) -> OwedItem:
    return OwedItem(
        reference=reference,
        transaction_number=reference,
        due=DUE,
        charges=charges,
        cents=sum(charges.values()),
        days_overdue=days_overdue,
    )


def test_a_correction_is_taken_into_its_declaration(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *SECOND, *simple_entries(["9"], OTHER_IMPORTER)])
        assert stands(connection).items == (item(gst=700),)
        assert stands(connection, Moment(POSTED)).items == (item(customs_duty=10_000, gst=500),)
        assert stands(connection, Moment(POSTED - timedelta(seconds=1))).items == ()


def test_what_is_paid_is_owed_no_more_and_what_is_not_used_is_free(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, paid(800), clearing(allocated(300))])
        now = stands(connection, day=date(2026, 4, 3))
        before = stands(connection, Moment(as_of_day=date(2026, 4, 1)), date(2026, 4, 1))
    assert now.charges == {"customs_duty": 10_000, "gst": 200}
    assert (now.owed_cents, now.overdue_cents, now.free_cents, now.total_cents) == (10_200, 10_200, 500, 9700)
    assert [(held.key, held.cents, held.day) for held in now.credits] == [(PAYMENT, 500, PAID_ON)]
    assert now.items[0].days_overdue == 3
    assert (before.owed_cents, before.free_cents) == (10_500, 0)


def test_the_past_is_added_up_to_what_the_sums_say_now(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, paid(800), clearing(allocated(300))])
        assert stands(connection, Moment(HEADING.posted_at)) == stands(connection)
        assert stands(connection, Moment(as_of_day=PAID_ON)) == stands(connection)
        earlier = Moment(HEADING.posted_at - timedelta(seconds=1), PAID_ON)
        assert stands(connection, earlier).free_cents == 0


def test_the_past_knows_the_credit_that_interest_on_a_refund_gave(engine: Engine) -> None:
    key = f"interest/{IMPORTER}/credit/refund/{IMPORTER}/1/{PAID_ON}"
    earned = act_entry(
        InterestCharged(
            on=f"credit/refund/{IMPORTER}/1",
            basis="prescribed",
            kind="final",
            through=PAID_ON,
            base_cents=10_000,
            to_date_cents=42,
            days=1,
            spans=(),
        ),
        key=key,
        party=IMPORTER,
        stream="commercial",
        event_day=PAID_ON,
        posted_at=HEADING.posted_at,
        contra="expense.interest",
        credit=Credit(key=key, kind="refund", cents=42, day=PAID_ON),
    )
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, earned])
        assert stands(connection).free_cents == 42
        assert stands(connection, Moment(HEADING.posted_at)) == stands(connection)


def test_items_are_sorted_by_due_date_and_together_they_are_the_balance(engine: Engine) -> None:
    late = accepted(declaration(number="1", released=date(2026, 4, 20)), assessment(gst=1))
    with engine.begin() as connection:
        ledger.post(connection, [*late, *simple_entries(["3", "2"])])
        items = stands(connection).items
        owed = ledger.receivable(ledger.balance(connection, IMPORTER))
    assert [each.reference for each in items] == ["2", "3", "1"]
    assert sum(each.cents for each in items) == owed


def test_what_cancels_out_is_left_out(engine: Engine) -> None:
    cancelled = accepted(declaration(2, function="cancellation"), assessment(), replaced=FIRST[0])
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *cancelled])
        assert stands(connection).items == ()


def test_what_is_not_due_is_left_out_when_asked_for_but_not_beside_something_negative(engine: Engine) -> None:
    later = accepted(declaration(number="1", released=date(2026, 4, 20)), assessment(gst=1))
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *later])
        parts = open_parts(connection, [IMPORTER], DUE)
        assert [part[0] for part in parts[IMPORTER]] == [TRANSACTION, TRANSACTION]
        # The declaration moves to a later cycle: what was owed by the end of March is negative when paid.
        ledger.post(connection, [paid(500), clearing(allocated(500))])
        moved = accepted(declaration(2, released=date(2026, 4, 20)), assessment(gst=500), replaced=FIRST[0])
        ledger.post(connection, moved)
        parts = open_parts(connection, [IMPORTER], DUE)
    assert [(part[2], part[3]) for part in parts[IMPORTER]] == [(DUE, -500), (date(2026, 5, 29), 500)]


def test_how_a_debt_came_into_the_book_is_told_by_its_latest_version(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *SECOND])
        found = histories(connection, [IMPORTER], [TRANSACTION])[IMPORTER, TRANSACTION, False]
    assert (found.broker, found.stream, found.statement) == (BROKER, "commercial", date(2026, 3, 25))
    assert (found.period_start, found.period_end) == (date(2026, 2, 18), date(2026, 3, 17))
    assert not found.adjusted


def test_history_has_the_balance_behind_every_line(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, paid(800), clearing(allocated(300))])
        lines = list(history(connection, IMPORTER, Wanted()))
        payments = list(history(connection, IMPORTER, Wanted(kinds=("payment",))))
        about = list(history(connection, IMPORTER, Wanted(transaction=TRANSACTION)))
        by_broker = list(history(connection, IMPORTER, Wanted(broker=BROKER[:9])))
        later = list(history(connection, IMPORTER, Wanted(counted=(PAID_ON, None))))
    assert [(line.kind, line.owed_cents, line.free_cents, line.balance_cents) for line in lines] == [
        ("declaration", 10_500, 0, 10_500),
        ("payment", 0, 800, 9700),
        ("clearing", -300, -300, 9700),
    ]
    assert payments == [lines[1]]
    assert about == [lines[0], lines[2]]
    assert by_broker == [lines[0]]
    assert later == lines[1:]


def test_a_payment_leads_to_its_debts_and_a_debt_to_its_payments(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, paid(800), clearing(allocated(300))])
        assert paid_by(connection, IMPORTER, PAYMENT) == (allocated(300),)
        found = list(trace(connection, PAYMENT))
        assert found == list(trace(connection, TRANSACTION))
    assert [(each.day, each.allocation) for each in found] == [(PAID_ON, allocated(300))]
