"""Security in the database: given, changed, shared, ended, released, used; once, audited, in the book."""

import contextlib
import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from security_books import (
    ACCOUNT,
    BUSINESS,
    EXPORTER,
    MARCH,
    OTHER,
    agreement,
    ann,
    at,
    deposit,
    file_declaration,
    pay,
    register,
)
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from accounting import ledger
from accounting.demand import demand
from accounting.security import covers, requirement
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of, reading, upgrade, writing
from ingest import audit, security
from ingest.security import Moved, SecurityRefused, Terms
from ingest.security_book import debts_of, exposures, months_before
from ingest.security_watch import events, note_crossings
from ingest.tables import security_event, security_version
from schemas.security import Share

SHARED = agreement(
    "SB-2",
    holder=BUSINESS,
    shares=(Share(account=ACCOUNT, cents=200_000), Share(account=OTHER, cents=300_000)),
)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    with writing(engine) as connection:
        register(connection)
    yield engine
    engine.dispose()


def do(engine, act, *arguments, **named):
    with writing(engine) as connection:
        return act(connection, *arguments, **named)


def ask(engine, question, *arguments):
    with reading(engine) as connection:
        return question(connection, *arguments)


def holds(engine):
    """Whether book and audit hold; and the trial balance without what is zero."""
    with reading(engine) as connection:
        assert verify(connection) == []
        assert audit.verify(connection) == []
        return {account: cents for account, cents in ledger.trial_balance(connection).items() if cents}


def refused(engine, act, *arguments, **named):
    with pytest.raises(SecurityRefused) as raised:
        do(engine, act, *arguments, **named)
    return str(raised.value).splitlines()


def test_giving_twice_gives_once_and_other_content_is_refused(engine):
    assert do(engine, security.give, [agreement(), deposit()], ann()) == 2
    assert do(engine, security.give, [agreement(), deposit()], ann()) == 0
    changed = agreement(amount_cents=700_000)
    assert refused(engine, security.give, [changed], ann()) == [
        "SB-1: stands already with other content; change it instead"
    ]
    assert holds(engine) == {"cash.received": 500_000, "security.deposit": -500_000}
    (note,) = ask(engine, lambda c: list(audit.notes(c, "DEP-1")))
    assert (note.act, note.by, note.why) == ("security given", "Ann", "a letter")
    assert json.loads(note.content)["after"]["amount_cents"] == 500_000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (agreement("x y"), "an identifier has"),
        (agreement(provider=""), "names its provider"),
        (agreement(amount_cents=0), "expected more than zero"),
        (agreement(valid_until=date(2025, 12, 31)), "before it begins"),
        (agreement(holder="123456789RM0001"), "whose check digit holds"),
        (agreement(holder="123456782RM0009"), "no account of the registry"),
        (agreement(holder=EXPORTER), "only an importer gives security"),
        (agreement(holder=BUSINESS), "says its shares"),
        (agreement(shares=(Share(account=ACCOUNT, cents=1),)), "only an agreement of a business number"),
        (deposit(holder=BUSINESS), "a deposit is given for one RM account"),
        (deposit(valid_until=date(2027, 1, 1)), "until it is released"),
        (deposit(method="card"), "by card, 4999.99 are left of 4999.99"),
    ],
)
def test_what_cannot_secure_is_refused_and_leaves_nothing(engine, wrong, said):
    assert any(said in fault for fault in refused(engine, security.give, [agreement("GOOD"), wrong], ann()))
    assert ask(engine, lambda c: list(security.every(c))) == []
    assert holds(engine) == {}


def test_every_fault_is_told_at_once(engine):
    two = agreement("SB-9", holder=BUSINESS, provider="", amount_cents=10)
    shares = (Share(account=ACCOUNT, cents=11), Share(account=ACCOUNT, cents=0))
    faults = refused(engine, security.give, [two.model_copy(update={"shares": shares})], ann())
    said = " ".join(faults)
    for words in ("provider", "two shares", "0.00", "0.11 together, more than its 0.10"):
        assert words in said


def test_a_card_deposit_counts_with_what_was_given_by_card_before(engine):
    card = {"method": "card", "day": date(2026, 3, 16)}
    do(engine, security.give, [deposit("D-1", 300_000, **card)], ann())
    (fault,) = refused(engine, security.give, [deposit("D-2", 200_000, **card)], ann())
    assert "by card, 1999.99 are left of 4999.99" in fault
    do(engine, security.give, [deposit("D-2", 199_999, **card)], ann())
    next_cycle = {"method": "card", "day": date(2026, 3, 18)}
    do(engine, security.give, [deposit("D-3", 499_999, **next_cycle)], ann())
    assert holds(engine)["security.deposit"] == -999_998


def test_a_raised_deposit_takes_in_the_difference_once(engine):
    do(engine, security.give, [deposit()], ann())
    for _ in range(2):
        raised = do(engine, security.change, "DEP-1", Terms(MARCH, 800_000), ann())
    assert (raised.version, raised.moved_cents, raised.amount_cents) == (2, 300_000, 800_000)
    assert holds(engine) == {"cash.received": 800_000, "security.deposit": -800_000}
    assert "not lowered but released" in refused(engine, security.change, "DEP-1", Terms(MARCH, 1), ann())[0]


def test_a_change_holds_from_its_day_and_not_before_the_last_one(engine):
    do(engine, security.give, [agreement()], ann())
    do(engine, security.change, "SB-1", Terms(MARCH, 900_000, date(2026, 12, 31)), ann())
    held = ask(engine, security.of_business, [BUSINESS])
    assert [covers(held, ACCOUNT, day)[0].cents for day in (MARCH - timedelta(days=1), MARCH)] == [
        600_000,
        900_000,
    ]
    early = Terms(MARCH - timedelta(days=1), 1_000_000)
    assert "version 2 holds from 2026-03-16" in refused(engine, security.change, "SB-1", early, ann())[0]
    assert "would end on 2025-12-31" in " ".join(
        refused(engine, security.change, "SB-1", Terms(MARCH, None, date(2025, 12, 31)), ann())
    )


def test_a_shared_agreement_is_shared_anew(engine):
    do(engine, security.give, [SHARED], ann())
    new = (Share(account=ACCOUNT, cents=100_000), Share(account=OTHER, cents=500_000))
    for _ in range(2):
        assert do(engine, security.share, "SB-2", new, MARCH, ann()).version == 2
    held = ask(engine, security.of_business, [BUSINESS])
    assert covers(held, OTHER, MARCH)[0].cents == 500_000
    too_much = (Share(account=ACCOUNT, cents=600_001),)
    assert "more than its 6000.00" in refused(engine, security.share, "SB-2", too_much, MARCH, ann())[0]
    stranger = (Share(account="876543214RM0001", cents=1),)
    assert "is no account of program RM" in refused(engine, security.share, "SB-2", stranger, MARCH, ann())[0]


def test_thirty_days_of_notice_end_an_agreement_and_not_less(engine):
    do(engine, security.give, [agreement(), deposit()], ann())
    short = {"noticed": date(2026, 4, 1), "last_day": date(2026, 4, 30), "author": ann()}
    assert "ends it on 2026-05-01 or later" in refused(engine, security.terminate, "SB-1", **short)[0]
    for _ in range(2):
        ended = do(engine, security.terminate, "SB-1", **(short | {"last_day": None}))
    assert (ended.valid_until, ended.noticed, ended.version) == (date(2026, 5, 1), date(2026, 4, 1), 2)
    later = short | {"last_day": date(2026, 6, 1)}
    assert "it ends on 2026-05-01 already" in refused(engine, security.terminate, "SB-1", **later)[0]
    assert "not terminated but released" in refused(engine, security.terminate, "DEP-1", **later)[0]


def test_a_deposit_is_released_once_and_never_below_what_is_outstanding(engine):
    do(engine, security.give, [deposit()], ann())
    do(engine, file_declaration, "12345000000017", 400_000)
    money = Moved(200_000, "EFT-1", date(2026, 3, 20))
    (fault,) = refused(engine, security.release, "DEP-1", money, ann())
    assert fault == (
        f"DEP-1: 4000.00 are outstanding on {ACCOUNT}, and 3000.00 of security would be left: "
        "let it be paid first, or collect it from the deposit"
    )
    do(engine, pay, "77", 100_000, date(2026, 3, 19))
    for _ in range(2):
        assert do(engine, security.release, "DEP-1", money, ann()).amount_cents == 300_000
    other = Moved(100_000, "EFT-1", date(2026, 3, 20))
    assert (
        "under EFT-1, 2000.00 were released already"
        in refused(engine, security.release, "DEP-1", other, ann())[0]
    )
    assert holds(engine)["security.deposit"] == -300_000


def test_a_demand_that_is_paid_is_a_credit_and_lowers_the_security(engine):
    do(engine, security.give, [SHARED], ann())
    do(engine, file_declaration, "12345000000017", 250_000)
    late = date(2026, 4, 15)
    held = ask(engine, security.known, "SB-2")[-1]
    found = demand(held, ACCOUNT, ask(engine, debts_of, ACCOUNT, late), late)
    assert (found.owed_cents, found.cents) == (250_000, 200_000)
    assert found.debts[0].debt.accrued == MARCH
    money = Moved(200_000, "EFT-9", late)
    for _ in range(2):
        left = do(engine, security.collect, "SB-2", ACCOUNT, money, ann(late))
    assert (left.amount_cents, left.share_of(ACCOUNT), left.share_of(OTHER)) == (400_000, 0, 300_000)
    assert holds(engine) == {
        "cash.received": 200_000,
        "credit.payment": -200_000,
        "receivable.gst": 250_000,
        "revenue.gst": -250_000,
    }
    assert ask(engine, exposures, [ACCOUNT]) == {ACCOUNT: (250_000, 200_000)}
    more = Moved(1, "EFT-10", late)
    assert "0.00 of it covers" in refused(engine, security.collect, "SB-2", ACCOUNT, more, ann(late))[0]


def test_a_deposit_is_used_for_what_is_late_and_no_more(engine):
    do(engine, security.give, [deposit()], ann())
    do(engine, file_declaration, "12345000000017", 250_000)
    due, late = date(2026, 3, 31), date(2026, 4, 1)
    early = Moved(250_000, "A", due)
    assert "0.00 may be taken" in refused(engine, security.collect, "DEP-1", ACCOUNT, early, ann(due))[0]
    over = Moved(250_001, "A", late)
    assert "2500.00 may be taken" in refused(engine, security.collect, "DEP-1", ACCOUNT, over, ann(late))[0]
    do(engine, security.collect, "DEP-1", ACCOUNT, Moved(250_000, "A", late), ann(late))
    assert holds(engine) == {
        "cash.received": 500_000,
        "credit.payment": -250_000,
        "receivable.gst": 250_000,
        "revenue.gst": -250_000,
        "security.deposit": -250_000,
    }


def test_months_are_billing_periods_that_ended_in_the_window_and_the_one_that_runs(engine):
    for number, (released, cents) in enumerate(
        [
            (date(2024, 10, 17), 9_000_000),  # its period ended before the window
            (date(2024, 10, 18), 100_000),  # to 17 November 2024: the first of the window
            (date(2025, 10, 17), 200_000),  # to 17 October 2025: the last of the window
            (date(2025, 10, 18), 7_000_000),  # still runs on 20 October 2025
        ]
    ):
        do(engine, file_declaration, f"1234500000001{number}", cents, released)
    reviewed = date(2025, 10, 20)
    ended = ask(engine, lambda c: months_before(c, ACCOUNT, reviewed, running=False))
    assert [(month.last_day, month.cents) for month in ended] == [
        (date(2024, 11, 17), 100_000),
        (date(2025, 10, 17), 200_000),
    ]
    with_running = ask(engine, months_before, ACCOUNT, reviewed)
    assert requirement(with_running, "agreement", reviewed).required_cents == 3_500_000


def test_crossings_are_noted_once_in_both_directions(engine):
    do(engine, security.give, [agreement(amount_cents=500_000)], ann())
    do(engine, file_declaration, "12345000000017", 460_000)
    do(engine, pay, "77", 400_000, date(2026, 3, 20))
    days = (MARCH, date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 20))
    counts = [do(engine, note_crossings, day, at(date(2026, 3, 21))) for day in days for _ in range(2)]
    assert counts == [0, 0, 2, 0, 0, 0, 2, 0]
    found = ask(engine, lambda c: [(e.day, e.threshold, e.direction, e.outstanding_cents) for e in events(c)])
    assert found == [
        (date(2026, 3, 17), 75, "above", 460_000),
        (date(2026, 3, 17), 90, "above", 460_000),
        (date(2026, 3, 20), 75, "below", 60_000),
        (date(2026, 3, 20), 90, "below", 60_000),
    ]
    assert ask(engine, lambda c: list(events(c, OTHER))) == []
    assert ask(engine, lambda c: len(list(events(c, ACCOUNT, date(2026, 3, 18))))) == 2


def test_security_that_ends_while_something_is_owed_crosses_every_threshold(engine):
    do(engine, security.give, [agreement(valid_until=date(2026, 4, 30))], ann())
    do(engine, file_declaration, "12345000000017", 10_000)
    assert do(engine, note_crossings, date(2026, 4, 30), at(date(2026, 5, 1))) == 0
    assert do(engine, note_crossings, date(2026, 5, 1), at(date(2026, 5, 2))) == 3


def test_what_was_outstanding_on_a_past_day_is_what_the_book_said_then(engine):
    do(engine, file_declaration, "12345000000017", 460_000)
    do(engine, pay, "77", 400_000, date(2026, 3, 20))
    days = [date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 20)]
    assert [ask(engine, exposures, [ACCOUNT, OTHER], day).get(ACCOUNT) for day in days] == [
        (0, 0),
        (460_000, 0),
        (460_000, 400_000),
    ]
    assert ask(engine, exposures, [ACCOUNT]) == {ACCOUNT: (460_000, 400_000)}


def overwritten(table):
    return update(table).values({table.primary_key.columns.values()[0]: "another"})


@pytest.mark.parametrize("table", [security_version, security_event])
@pytest.mark.parametrize("wreck", [delete, overwritten])
def test_the_database_refuses_to_change_what_was_noted(engine, table, wreck):
    do(engine, security.give, [agreement()], ann())
    do(engine, file_declaration, "12345000000017", 600_000)
    do(engine, note_crossings, date(2026, 3, 17), at(date(2026, 3, 18)))
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(wreck(table))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["raise", "release", "collect", "file", "pay"]),
        st.integers(1, 900_000),
        st.sampled_from(["A", "B", "C"]),
    ),
    max_size=12,
)


def take(connection, number, step):
    """Do one step, refused or not."""
    kind, cents, reference = step
    day = date(2026, 5, 1) + timedelta(days=number)
    acts = {
        "raise": lambda: security.change(connection, "DEP-1", Terms(day, cents), ann(day)),
        "release": lambda: security.release(connection, "DEP-1", Moved(cents, reference, day), ann(day)),
        "collect": lambda: security.collect(
            connection, "DEP-1", ACCOUNT, Moved(cents, reference, day), ann(day)
        ),
        "file": lambda: file_declaration(connection, f"123450000000{number:02}", cents),
        "pay": lambda: pay(connection, str(number), cents, day),
    }
    with contextlib.suppress(SecurityRefused):
        acts[kind]()


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_after_any_steps_the_book_holds_what_the_deposit_is_for(steps):
    engine = engine_of("sqlite://")
    with writing(engine) as connection:
        metadata.create_all(connection)
        register(connection)
        security.give(connection, [deposit()], ann())
        for number, step in enumerate(steps):
            take(connection, number, step)
            if step[0] in {"release", "collect", "raise"}:
                take(connection, number, step)
        held = security.known(connection, "DEP-1")
        balances = ledger.trial_balance(connection)
        assert verify(connection) == []
        assert audit.verify(connection) == []
    engine.dispose()
    assert -balances.get("security.deposit", 0) == held[-1].amount_cents >= 0
    released = -sum(each.moved_cents for each in held if each.step == "released")
    collected = sum(each.moved_cents for each in held if each.step == "collected")
    given_in = sum(each.moved_cents for each in held if each.is_taken_in)
    assert given_in == held[-1].amount_cents + released + collected
