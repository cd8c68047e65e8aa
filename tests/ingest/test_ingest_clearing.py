"""Clearing in the book: what a payment paid can be taken back; a run does once what is due."""

from datetime import UTC, date, datetime

import pytest

from accounting import ledger
from accounting.accounts import paid_by
from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.clearing import clearing_key
from accounting.journal import accept
from accounting.verify import verify
from cadline.database import engine_of, reading, upgrade, writing
from ingest import clearing
from ingest.clearing_choices import is_known
from schemas.acts import Cleared, PaymentReceived
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Allocation, Credit
from schemas.cad import Declaration, Invoice, Line, Party

ACCOUNT = "123456782RM0001"
NUMBER = "12345000000017"
DUE = date(2026, 3, 31)
PAYMENT = f"payment/electronic/{ACCOUNT}/77"
FILED = datetime(2026, 3, 17, 15, 0, tzinfo=UTC)
PAID = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 10, 15, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    yield engine
    engine.dispose()


def filed(number=NUMBER, version=1, replaced=None, **cents):
    line = AssessedLine(
        line=1, treatment="MFN", rate="5%", **{f"{charge}_cents": each for charge, each in cents.items()}
    )
    cad = Declaration(
        transaction_number=number,
        version=version,
        function="original",
        type="AB",
        importer=Party(identifier=ACCOUNT),
        release_date=date(2026, 3, 16),
        invoices=(Invoice(number="1"),),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )
    return accept(
        cad,
        Assessment(lines=(line,), tables="test"),
        stream="commercial",
        dates=billing_dates("commercial", date(2026, 3, 16)),
        event_day=date(2026, 3, 17),
        posted_at=FILED,
        late=False,
        replaced=replaced,
    )


def paid(cents, key=PAYMENT, day=date(2026, 3, 30)):
    return act_entry(
        PaymentReceived(
            reference=key.rpartition("/")[2],
            payer=ACCOUNT,
            method="electronic",
            received_at=PAID,
            value_day=day,
        ),
        key=key,
        party=ACCOUNT,
        stream="commercial",
        event_day=day,
        posted_at=PAID,
        contra="cash.received",
        credit=Credit(key=key, kind="payment", cents=cents, day=day),
    )


def allocation(cents, charge="gst"):
    return Allocation(credit=PAYMENT, kind="payment", reference=NUMBER, charge=charge, due=DUE, cents=cents)


def cleared(*allocations):
    return act_entry(
        Cleared(strategy="2024"),
        key=clearing_key(ACCOUNT, DUE) + "/1",
        party=ACCOUNT,
        stream="commercial",
        event_day=DUE,
        posted_at=LATER,
        allocations=allocations,
    )


def undone(engine):
    with writing(engine) as connection:
        return clearing.undo(connection, ACCOUNT, PAYMENT, reason="no funds", day=DUE, now=LATER)


def test_what_a_payment_paid_is_owed_again_when_it_is_undone(engine):
    with writing(engine) as connection:
        ledger.post(connection, [*filed(gst=500, customs_duty=1000), paid(1200)])
        ledger.post(connection, [cleared(allocation(200), allocation(1000, "customs_duty"))])
    entry = undone(engine)
    assert entry.key == f"clearing/{ACCOUNT}/2026-03-31/2"
    assert entry.act == Cleared(strategy="undone", undone="no funds")
    assert entry.allocations == (allocation(-1000, "customs_duty"), allocation(-200))
    with reading(engine) as connection:
        assert ledger.balance(connection, ACCOUNT)["receivable.gst"] == 500
        assert ledger.balance(connection, ACCOUNT)["credit.payment"] == -1200
        assert paid_by(connection, ACCOUNT, PAYMENT) == ()
        assert verify(connection) == []


def test_an_account_that_was_only_looked_at_is_not_known(engine):
    with writing(engine) as connection:
        ledger.lock(connection, [ACCOUNT])
    with reading(engine) as connection:
        assert not is_known(connection, ACCOUNT)


def test_to_undo_twice_undoes_once(engine):
    with writing(engine) as connection:
        ledger.post(connection, [*filed(gst=500), paid(500), cleared(allocation(500))])
    assert undone(engine) is not None
    assert undone(engine) is None
    with reading(engine) as connection:
        assert verify(connection) == []


def test_a_payment_that_paid_nothing_has_nothing_to_undo(engine):
    with writing(engine) as connection:
        ledger.post(connection, [paid(500)])
    assert undone(engine) is None


def test_a_credit_is_used_at_once_where_something_is_overdue_and_waits_where_nothing_is(engine):
    with writing(engine) as connection:
        ledger.post(connection, [*filed(gst=500), paid(300)])
        assert clearing.clear_at_once(connection, [ACCOUNT], DUE, LATER) == ()
        [entry] = clearing.clear_at_once(connection, [ACCOUNT], date(2026, 4, 1), LATER)
        assert entry.allocations == (allocation(300),)
        assert verify(connection) == []


def test_what_was_paid_of_a_cancelled_declaration_is_lifted_once_and_pays_what_is_due(engine):
    [first] = filed(gst=500)
    other = filed(number="12345000000025", gst=200)
    with writing(engine) as connection:
        ledger.post(connection, [first, *other, paid(500), cleared(allocation(500))])
        ledger.post(connection, filed(version=2, replaced=first))
        lifted, used = clearing.clear_all(connection, DUE, LATER)
        assert clearing.clear_all(connection, DUE, LATER) == ()
        assert verify(connection) == []
    assert (lifted.key, lifted.credit.cents, lifted.credit.kind) == (f"credit/{NUMBER}/1", 500, "refund")
    assert [(each.credit, each.reference, each.cents) for each in used.allocations] == [
        (lifted.key, "12345000000025", 200)
    ]
