"""Payments in the book: each once, none lost, all of it adding up; on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting import activities, ledger
from accounting.acts import act_entry
from accounting.payments import SUSPENSE, received
from accounting.verify import verify
from cadline.database import engine_of, reading, upgrade, writing
from ingest import audit, payments
from ingest.bank_files import import_file
from ingest.card_limit import card_room
from ingest.payment_records import Filter, free_credits, open_debts
from ingest.payment_records import payments as listed
from ingest.payments import PaymentRefused
from ingest.registry import write
from schemas.acts import BroughtForward, Cleared, CreditDisbursed, CreditGranted, SecurityMoved
from schemas.book import Allocation
from schemas.registry import Importer, Registry

ACCOUNT, OTHER, STRANGER = "999002017RM0001", "999002025RM0001", "999002033RM0001"
NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
AUTHOR = audit.Author("Ann", "a test", NOW)
DUE = date(2026, 3, 31)
DEBT = "90101260000001"
FIXTURES = Path(__file__).parents[2] / "fixtures" / "payments"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    with writing(engine) as connection:
        importers = {account: Importer(account=account, name="Example") for account in (ACCOUNT, OTHER)}
        write(connection, Registry(partners={}, importers=importers, delegations=()))
    yield engine
    engine.dispose()


def pay(  # noqa: PLR0913 - each has a default
    connection, cents, reference="1", account=ACCOUNT, *, method="electronic", at=NOW, requested=()
):
    act = received(
        reference=reference, payer="A Payer", method=method, received_at=at, requested=tuple(requested)
    )
    return payments.record(connection, account, cents, act, AUTHOR)


def owe(connection, cents, due=DUE, reference=DEBT, account=ACCOUNT):
    entry = act_entry(
        BroughtForward(explanation="a test", arose=due),
        key=f"opening/{account}/{reference}",
        party=account,
        stream="commercial",
        event_day=due,
        posted_at=NOW,
        contra="suspense.opening",
        owed=[("gst", cents, due)],
        reference=reference,
    )
    ledger.post(connection, [entry])


def clear(  # noqa: PLR0913 - each has a default
    connection, key, cents, *, number=1, kind="payment", reference=DEBT, due=DUE, account=ACCOUNT
):
    part = Allocation(credit=key, kind=kind, reference=reference, charge="gst", due=due, cents=cents)
    entry = act_entry(
        Cleared(strategy="2024"),
        key=f"clearing/{account}/2026-03-20/{number}",
        party=account,
        stream="commercial",
        event_day=due,
        posted_at=NOW,
        allocations=[part],
    )
    ledger.post(connection, [entry])


def refused(call, *arguments, **words):
    with pytest.raises(PaymentRefused) as raised:
        call(*arguments, **words)
    return [finding.code for finding in raised.value.findings if finding.severity == "error"]


def book(connection):
    assert verify(connection) == []
    return ledger.trial_balance(connection), len(list(ledger.entries(connection)))


def test_a_payment_waits_as_a_credit_and_keeps_what_the_payer_asked(engine):
    with writing(engine) as connection:
        done = pay(connection, 10_000, requested=[DEBT])
        assert done.is_new
    with reading(engine) as connection:
        (found,) = listed(connection, Filter())
        assert (found.cents, found.free_cents, found.state) == (10_000, 10_000, "free")
        assert found.requested == (DEBT,)
        assert ledger.balance(connection, ACCOUNT) == {"cash.received": 10_000, "credit.payment": -10_000}
        assert [note.act for note in audit.notes(connection, ACCOUNT)] == ["payment recorded"]


def test_the_same_payment_again_is_the_same_and_another_is_refused(engine):
    with writing(engine) as connection:
        pay(connection, 10_000)
        before = book(connection)
        assert not pay(connection, 10_000).is_new
        assert refused(pay, connection, 10_001) == ["PAY-025"]
        assert refused(pay, connection, 10_000, at=NOW - timedelta(days=1)) == ["PAY-025"]
        assert book(connection) == before
        assert pay(connection, 10_000, method="debit").is_new  # a reference is of one method


def test_everything_wrong_is_told_at_once(engine):
    with writing(engine) as connection:
        late = NOW + timedelta(seconds=1)
        assert refused(pay, connection, 1, account=STRANGER, at=late) == ["PAY-015", "PAY-007"]
        assert refused(pay, connection, 5_000_001, method="cheque", account=STRANGER) == [
            "PAY-015",
            "PAY-017",
        ]
        assert pay(connection, 5_000_001, reference="2").is_new
        assert pay(connection, 5_000_000, reference="2", method="cheque").is_new


def test_the_card_limit_counts_debts_and_deposits_of_a_cycle_until_they_come_back(engine):
    with writing(engine) as connection:
        pay(connection, 400_000, method="card")
        deposit = act_entry(
            SecurityMoved(instrument="D-1", method="card"),
            key="security/D-1/1",
            party=ACCOUNT,
            stream="commercial",
            event_day=date(2026, 3, 19),
            posted_at=NOW,
            contra="security.deposit",
            moved_cents=50_000,
        )
        ledger.post(connection, [deposit])
        assert card_room(connection, ACCOUNT, date(2026, 3, 18)).left_cents == 49_999
        assert card_room(connection, ACCOUNT, date(2026, 3, 17)).left_cents == 499_999
        assert card_room(connection, ACCOUNT, date(2026, 4, 18)).left_cents == 499_999
        assert card_room(connection, OTHER, date(2026, 3, 20)).left_cents == 499_999
        with pytest.raises(PaymentRefused) as raised:
            pay(connection, 50_000, reference="2", method="card")
        assert raised.value.findings[0].values["left"] == "499.99"
        assert pay(connection, 49_999, reference="2", method="card").is_new
        payments.dishonour(connection, f"payment/card/{ACCOUNT}/1", "charged back", AUTHOR)
        assert card_room(connection, ACCOUNT, date(2026, 3, 20)).left_cents == 400_000


def test_before_the_cycle_the_card_limit_was_one_of_each_payment(engine):
    with writing(engine) as connection:
        at = datetime(2025, 9, 27, 15, 0, tzinfo=UTC)
        assert pay(connection, 499_999, method="card", at=at).is_new
        assert pay(connection, 499_999, reference="2", method="card", at=at).is_new
        assert refused(pay, connection, 500_000, reference="3", method="card", at=at) == ["PAY-016"]
        # What was paid so uses up nothing of the cycle in which the new limit begins.
        assert card_room(connection, ACCOUNT, date(2025, 9, 29)).left_cents == 499_999


def test_a_dishonoured_payment_leaves_the_debts_open_as_if_never_paid(engine):
    with writing(engine) as connection:
        owe(connection, 7_000)
        key = pay(connection, 10_000).entry.key
        clear(connection, key, 7_000)
        assert open_debts(connection, ACCOUNT) == []
        done = payments.dishonour(connection, key, "not sufficient funds", AUTHOR)
        assert done.is_new
        assert open_debts(connection, ACCOUNT) == [(DEBT, DUE, 7_000)]
        assert free_credits(connection, ACCOUNT) == []
        before = book(connection)
        assert not payments.dishonour(connection, key, "not sufficient funds", AUTHOR).is_new
        assert refused(payments.dishonour, connection, key, "stopped", AUTHOR) == ["PAY-025"]
        assert refused(payments.dishonour, connection, "payment/x", "stopped", AUTHOR) == ["PAY-010"]
        assert book(connection) == before
        assert [each.state for each in listed(connection, Filter())] == ["dishonoured"]


def test_credits_are_paid_out_the_oldest_first_and_only_when_nothing_is_overdue(engine):
    with writing(engine) as connection:
        pay(connection, 10_000, reference="new")
        pay(connection, 3_000, reference="old", at=NOW - timedelta(days=9))
        owe(connection, 500, due=date(2026, 3, 19))
        act = CreditDisbursed(reference="CHQ-1")
        assert refused(payments.disburse, connection, ACCOUNT, 4_000, act, AUTHOR) == ["PAY-021"]
        clear(connection, f"payment/electronic/{ACCOUNT}/new", 500, due=date(2026, 3, 19))
        assert refused(payments.disburse, connection, ACCOUNT, 12_501, act, AUTHOR) == ["PAY-022"]
        done = payments.disburse(connection, ACCOUNT, 4_000, act, AUTHOR)
        parts = [(part.credit.rpartition("/")[2], part.cents) for part in done.entry.allocations]
        assert parts == [("old", 3_000), ("new", 1_000)]
        assert [finding.code for finding in done.findings] == ["PAY-023"]
        assert not payments.disburse(connection, ACCOUNT, 4_000, act, AUTHOR).is_new
        assert refused(payments.disburse, connection, ACCOUNT, 4_001, act, AUTHOR) == ["PAY-025"]
        rest = payments.disburse(connection, ACCOUNT, None, CreditDisbursed(reference="CHQ-2"), AUTHOR)
        assert -sum(each.cents for each in rest.entry.allocations) == -8_500
        assert ledger.balance(connection, ACCOUNT)["cash.disbursed"] == -12_500
        assert refused(payments.dishonour, connection, parts_key("old"), "NSF", AUTHOR) == ["PAY-012"]
        book(connection)


def parts_key(reference):
    return f"payment/electronic/{ACCOUNT}/{reference}"


def test_a_debt_that_is_due_today_is_not_overdue(engine):
    with writing(engine) as connection:
        pay(connection, 100_000)
        owe(connection, 500, due=date(2026, 3, 20))
        act = CreditDisbursed(reference="CHQ-1")
        done = payments.disburse(connection, ACCOUNT, None, act, AUTHOR)
        assert [finding.code for finding in done.findings] == ["PAY-024"]


def test_a_decision_grants_once(engine):
    with writing(engine) as connection:
        act = CreditGranted(origin="K32-7", reason="exported", applied=date(2026, 3, 1))
        asked = {"kind": "drawback", "cents": 64_000}
        assert payments.grant(connection, ACCOUNT, act, AUTHOR, **asked).is_new
        tomorrow = replace(AUTHOR, now=NOW + timedelta(days=1))
        assert not payments.grant(connection, ACCOUNT, act, tomorrow, **asked).is_new
        other = asked | {"cents": 1}
        assert refused(payments.grant, connection, ACCOUNT, act, AUTHOR, **other) == ["PAY-025"]
        assert refused(payments.grant, connection, STRANGER, act, AUTHOR, **asked) == ["PAY-015"]
        assert ledger.balance(connection, ACCOUNT) == {"credit.drawback": -64_000, "expense.refund": 64_000}
        book(connection)


@pytest.mark.parametrize("name", ["payments.csv", "camt054-08.xml", "remittance-820.x12"])
def test_a_file_is_booked_once_and_money_for_nobody_waits(engine, name):
    payload = (FIXTURES / name).read_bytes()
    with writing(engine) as connection:
        done = import_file(connection, payload, name, AUTHOR).imported
        assert done.status == "booked"
        before = book(connection)
        again = import_file(connection, payload, "another name", AUTHOR).imported
        assert again == done.model_copy(update={"status": "seen before"})
        same_payments = import_file(connection, payload + b"\n", name, AUTHOR)
        assert same_payments.imported.payments == 0
        assert same_payments.imported.repeated == done.payments
        assert book(connection) == before
        waiting = list(listed(connection, Filter(state="unmatched")))
        assert (len(waiting), sum(each.cents for each in waiting)) == (done.unmatched, done.unmatched_cents)
        assert before[0]["cash.received"] == done.payments_cents


def test_money_that_waits_is_assigned_once_and_counts_as_of_its_own_day(engine):
    with writing(engine) as connection:
        import_file(connection, (FIXTURES / "payments.csv").read_bytes(), "payments.csv", AUTHOR)
        key = f"payment/electronic/{SUSPENSE}/CSV-0003"
        later = replace(AUTHOR, now=NOW + timedelta(days=9))
        done = payments.assign(connection, key, OTHER, later)
        assert (done.entry.party, done.entry.event_day, done.entry.credit.cents) == (
            OTHER,
            date(2026, 3, 16),
            22_000,
        )
        before = book(connection)
        assert not payments.assign(connection, key, OTHER, later).is_new
        assert refused(payments.assign, connection, key, ACCOUNT, later) == ["PAY-025"]
        assert refused(payments.assign, connection, key + "0", OTHER, later) == ["PAY-027"]
        assert book(connection) == before
        assert ledger.balance(connection, SUSPENSE) == {"cash.received": 0, "suspense.unmatched": 0}
        returned = returning("CSV-0003", "220.00")
        assert import_file(connection, returned, "returns.csv", later).imported.returns_cents == 22_000
        assert free_credits(connection, OTHER) == [
            each for each in free_credits(connection, OTHER) if each.key != done.entry.key
        ]
        book(connection)


def test_money_in_suspense_is_on_nobodys_papers_until_it_is_assigned(engine):
    with writing(engine) as connection:
        import_file(connection, (FIXTURES / "payments.csv").read_bytes(), "payments.csv", AUTHOR)
        told = activities.posted_on(connection, date(2026, 3, 20))
        assert [each.activity.act.reference for each in told] == ["CSV-0001", "CSV-0002"]
        payments.assign(connection, f"payment/electronic/{SUSPENSE}/CSV-0003", OTHER, AUTHOR)
        told = activities.posted_on(connection, date(2026, 3, 20), [OTHER, SUSPENSE])
        assert [each.activity.act.reference for each in told] == ["CSV-0003", "CSV-0002"]


def test_an_account_that_nobody_knows_is_kept_with_the_money_and_its_return_finds_it(engine):
    file = returning("R-1", "5.00", STRANGER).replace(b"return,", b"payment,").replace(b"-5.00", b"5.00")
    with writing(engine) as connection:
        import_file(connection, file, "in.csv", AUTHOR)
        (waiting,) = listed(connection, Filter(state="unmatched"))
        assert waiting.quoted == STRANGER
        assert refused(pay, connection, 500, "R-1") == ["PAY-025"]  # it is here already: assign it
        import_file(connection, returning("R-1", "5.00", STRANGER), "back.csv", AUTHOR)
        assert [each.state for each in listed(connection, Filter(account=SUSPENSE))] == ["dishonoured"]
        assert refused(payments.assign, connection, waiting.key, OTHER, AUTHOR) == ["PAY-027"]
        book(connection)


def test_what_waits_in_suspense_is_not_booked_again_when_its_account_has_become_known(engine):
    file = returning("R-1", "5.00", STRANGER).replace(b"return,", b"payment,").replace(b"-5.00", b"5.00")
    with writing(engine) as connection:
        import_file(connection, file, "in.csv", AUTHOR)
        known = {STRANGER: Importer(account=STRANGER, name="Example")}
        write(connection, Registry(partners={}, importers=known, delegations=()))
        before = book(connection)
        again = import_file(connection, file.replace(b"NSF", b"told twice"), "again.csv", AUTHOR)
        assert (again.imported.payments, again.imported.repeated) == (0, 1)
        assert [finding.code for finding in again.findings] == ["PAY-028"]
        assert book(connection) == before


def returning(reference, amount, account=""):
    header = "record,reference,account,amount,currency,payer,method,received_at,for,reason\n"
    row = f"return,{reference},{account},{amount},CAD,,electronic,2026-03-19,,NSF\n"
    return f"{header}{row}total,1,,-{amount},CAD,,,,,\n".encode()


def test_a_return_takes_back_the_payment_that_it_names(engine):
    with writing(engine) as connection:
        for name in ("camt054-08.xml", "camt054-02-returns.xml"):
            assert (
                import_file(connection, (FIXTURES / name).read_bytes(), name, AUTHOR).imported.status
                == "booked"
            )
        (found,) = listed(connection, Filter(reference="TX-0001"))
        assert found.state == "dishonoured"
        book(connection)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (returning("NOBODY", "1.00"), "PAY-010"),
        (returning("CSV-0001", "1.00"), "PAY-011"),
        (returning("CSV-0001", "1500.00", OTHER), "PAY-010"),
        (
            (FIXTURES / "payments.csv")
            .read_bytes()
            .replace(b"1500.00", b"1500.01")
            .replace(b"1795.25", b"1795.26"),
            "PAY-009",
        ),
        (
            (FIXTURES / "payments.csv").read_bytes().replace(b"CSV-", b"TWO-").replace(b"2026-", b"2027-"),
            "PAY-007",
        ),
    ],
)
def test_a_file_at_odds_with_the_book_changes_nothing(engine, payload, code):
    with writing(engine) as connection:
        import_file(connection, (FIXTURES / "payments.csv").read_bytes(), "payments.csv", AUTHOR)
        before = book(connection)
        outcome = import_file(connection, payload, "other.csv", AUTHOR)
        assert outcome.imported.status == "refused"
        assert code in {finding.code for finding in outcome.findings if finding.severity == "error"}
        assert book(connection) == before


def test_limits_do_not_turn_money_away_that_the_bank_has_taken(engine):
    header = "record,reference,account,amount,currency,payer,method,received_at,for,reason\n"
    rows = (
        f"payment,1,{ACCOUNT},60000.00,CAD,,cheque,2026-03-19,,\n"
        f"payment,2,{ACCOUNT},5000.00,CAD,,card,2026-03-19,,\n"
    )
    with writing(engine) as connection:
        outcome = import_file(
            connection, f"{header}{rows}total,2,,65000.00,CAD,,,,,\n".encode(), "x.csv", AUTHOR
        )
        assert outcome.imported.payments_cents == 6_500_000
        assert [finding.code for finding in outcome.findings] == ["PAY-020", "PAY-020"]


def together(engine, *calls):
    """Do several acts at once, each in a transaction of its own; return what each came to."""

    def alone(call):
        try:
            with writing(engine) as connection:
                return call(connection)
        except PaymentRefused as refusal:
            return refusal.findings[0].code

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(alone, call) for call in calls]]


def test_two_card_payments_at_once_never_share_the_room_of_one(engine):
    results = together(
        engine,
        lambda connection: pay(connection, 300_000, "1", method="card").is_new,
        lambda connection: pay(connection, 300_000, "2", method="card").is_new,
    )
    assert sorted(map(str, results)) == ["PAY-016", "True"]


def test_two_who_say_or_bring_the_same_at_once_do_it_once(engine):
    payload = (FIXTURES / "camt054-08.xml").read_bytes()
    said = together(engine, *[lambda connection: pay(connection, 1, "1").is_new] * 3)
    brought = together(
        engine, *[lambda connection: import_file(connection, payload, "x.xml", AUTHOR).imported.status] * 3
    )
    assert sorted(said) == [False, False, True]
    assert sorted(brought) == ["booked", "seen before", "seen before"]
    with reading(engine) as connection:
        assert audit.verify(connection) == []
        book(connection)


def test_files_and_people_at_once_never_deadlock(engine):
    files = [
        (FIXTURES / name).read_bytes() for name in ("payments.csv", "remittance-820.x12", "camt054-08.xml")
    ]
    results = together(
        engine,
        *[
            lambda connection, f=file: import_file(connection, f, "x", AUTHOR).imported.status
            for file in files
        ],
        *[lambda connection, n=number: pay(connection, 1, n, OTHER).is_new for number in "123"],
    )
    assert results == ["booked"] * 3 + [True] * 3


# ---- properties -----------------------------------------------------------------------------------

AMOUNTS = st.integers(1, 400_000)
NUMBERS = st.integers(1, 4)
ACCOUNTS = st.sampled_from([ACCOUNT, OTHER])
ACTS = st.one_of(
    st.tuples(st.just("pay"), ACCOUNTS, AMOUNTS, NUMBERS),
    st.tuples(st.just("grant"), ACCOUNTS, AMOUNTS, NUMBERS),
    st.tuples(st.just("clear"), ACCOUNTS, AMOUNTS, NUMBERS),
    st.tuples(st.just("dishonour"), ACCOUNTS, AMOUNTS, NUMBERS),
    st.tuples(st.just("disburse"), ACCOUNTS, AMOUNTS, NUMBERS),
)


def do(connection, asked, place):
    """Do one act; return whether it changed the book. What cannot be done is refused, and that is fine."""
    act, account, cents, number = asked
    if act == "clear":
        free = next(iter(free_credits(connection, account)), None)
        open_ = next(iter(open_debts(connection, account)), None)
        if free is None or open_ is None:
            return None
        part = min(free.cents, open_[2], cents)
        where = {"reference": open_[0], "due": open_[1], "account": account}
        clear(connection, free.key, part, number=place, kind=free.kind, **where)
        return None
    granted = CreditGranted(origin=str(number))
    out = CreditDisbursed(reference=str(number))
    key = f"payment/electronic/{account}/{number}"
    calls = {
        "pay": lambda: pay(connection, cents, str(number), account),
        "grant": lambda: payments.grant(connection, account, granted, AUTHOR, kind="refund", cents=cents),
        "dishonour": lambda: payments.dishonour(connection, key, "NSF", AUTHOR),
        "disburse": lambda: payments.disburse(connection, account, cents, out, AUTHOR),
    }
    try:
        return calls[act]().is_new
    except PaymentRefused:
        return None


@pytest.fixture(scope="module")
def property_engine(tmp_path_factory):
    engine = engine_of(f"sqlite:///{tmp_path_factory.mktemp('payments') / 'book.sqlite'}")
    upgrade(engine)
    with writing(engine) as connection:
        importers = {account: Importer(account=account, name="Example") for account in (ACCOUNT, OTHER)}
        write(connection, Registry(partners={}, importers=importers, delegations=()))
    yield engine
    engine.dispose()


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=14))
def test_money_is_conserved_under_any_sequence_and_nothing_happens_twice(property_engine, acts):
    with property_engine.connect() as connection, connection.begin() as transaction:
        for account in (ACCOUNT, OTHER):
            owe(connection, 300_000, reference=f"{DEBT}{account[8]}", account=account)
        for place, act in enumerate(acts, start=1):
            if do(connection, act, place):
                assert do(connection, act, place) is False
                assert do(connection, act, place) is False
        assert verify(connection) == []
        balances = ledger.trial_balance(connection)
        records = list(listed(connection, Filter()))
        standing = sum(each.cents for each in records if each.state != "dishonoured")
        assert balances.get("cash.received", 0) == standing
        free = sum(each.cents for account in (ACCOUNT, OTHER) for each in free_credits(connection, account))
        owed = sum(each[2] for account in (ACCOUNT, OTHER) for each in open_debts(connection, account))
        paid = 600_000 - owed
        out = -balances.get("cash.disbursed", 0)
        assert standing + balances.get("expense.refund", 0) == free + paid + out
        transaction.rollback()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["pay", "grant"]), ACCOUNTS, AMOUNTS, NUMBERS),
        unique_by=lambda a: a[:2] + a[3:],
    ),
    st.randoms(use_true_random=False),
)
def test_independent_acts_give_the_same_balances_in_any_order(property_engine, acts, random):
    balances = []
    for ordered in (acts, random.sample(acts, len(acts))):
        with property_engine.connect() as connection, connection.begin() as transaction:
            for place, act in enumerate(ordered, start=1):
                assert do(connection, act, place)
            balances.append((ledger.balance(connection, ACCOUNT), ledger.balance(connection, OTHER)))
            transaction.rollback()
    assert balances[0] == balances[1]
