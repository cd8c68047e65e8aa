"""Two transactions that want the same at once: the second waits, and then sees what the first did."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from beside import SECONDS_MAX, side_by_side, until_it_waits
from charging_books import RATES, at, declared
from sqlalchemy import Connection, Engine, select

from accounting import ledger
from accounting.payments import SUSPENSE, payment_key, received, unmatched
from accounting.verify import verify
from cadline.database import engine_of, reading, upgrade, writing
from cadline.logs import embedded
from cadline.logs.tables import log_record
from ingest import audit, payments
from ingest.charging import post_interest
from ingest.opening import OpeningRefused, read_items, take_in
from ingest.records import Outgoing
from ingest.registry import write
from ingest.rulings import waive
from schemas.registry import Importer, Registry

ACCOUNT, OTHER = "999002017RM0001", "999002025RM0001"
NOW = datetime(2026, 6, 20, 15, 0, tzinfo=UTC)
AUTHOR = audit.Author("Ann", "a test", NOW)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = engine_of(postgres_url)
    upgrade(engine)
    with writing(engine) as connection:
        importers = {account: Importer(account=account, name="Example") for account in (ACCOUNT, OTHER)}
        write(connection, Registry(partners={}, importers=importers, delegations=()))
    yield engine
    engine.dispose()


def proven(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        assert verify(connection) == []
        assert audit.verify(connection) == []
        return ledger.trial_balance(connection)


def test_a_payment_that_is_assigned_meanwhile_is_taken_back_from_its_account(engine):
    act = received(reference="B-1", payer="A Payer", method="electronic", received_at=NOW)
    with writing(engine) as connection:
        ledger.post(connection, [unmatched(10_000, act, NOW)])
    waiting = payment_key("electronic", SUSPENSE, "B-1")
    _, back = side_by_side(
        engine,
        lambda connection: payments.assign(connection, waiting, ACCOUNT, AUTHOR),
        lambda connection: payments.dishonour(connection, waiting, "NSF", AUTHOR),
    )
    assert back.entry.party == ACCOUNT
    assert not any(proven(engine).values())


def owing(engine: Engine, cents: int = 1_000_000) -> None:
    with writing(engine) as connection:
        ledger.post(connection, declared(cents, party=ACCOUNT))


def test_two_runs_of_interest_at_once_charge_it_once(engine):
    owing(engine)
    day = date(2026, 6, 17)
    first, second = side_by_side(
        engine,
        lambda connection: post_interest(connection, day, at(day + timedelta(days=1)), RATES, interim=True),
        lambda connection: post_interest(connection, day, at(day + timedelta(days=1)), RATES, interim=True),
    )
    assert len(first.keys) == 1
    assert second.keys == ()
    proven(engine)


def test_a_run_of_an_earlier_day_waits_for_that_of_a_later_one_and_then_charges_nothing(engine):
    owing(engine)
    day = date(2026, 6, 17)
    _, second = side_by_side(
        engine,
        lambda connection: post_interest(connection, day, at(day + timedelta(days=1)), RATES, interim=True),
        lambda connection: post_interest(
            connection, day - timedelta(days=30), at(day + timedelta(days=1)), RATES, interim=True
        ),
    )
    assert second.keys == ()


def test_interest_is_charged_on_what_stands_when_a_payment_under_way_has_ended(engine):
    owing(engine)
    day = date(2026, 6, 17)
    act = received(reference="1", payer="P", method="electronic", received_at=at(date(2026, 4, 10)))
    _, charged = side_by_side(
        engine,
        lambda connection: payments.record(connection, ACCOUNT, 1_000_000, act, AUTHOR),
        lambda connection: post_interest(connection, day, at(day + timedelta(days=1)), RATES, interim=True),
    )
    with reading(engine) as connection:
        [entry] = [each for each in ledger.entries(connection, party=ACCOUNT) if each.key in charged.keys]
    assert entry.act.base_cents == 1_000_000
    assert entry.act.through == date(2026, 4, 10)


def test_a_waiver_and_a_payment_of_one_account_never_deadlock(engine):
    owing(engine)
    day = date(2026, 6, 17)
    with writing(engine) as connection:
        [key] = post_interest(connection, day, at(day + timedelta(days=1)), RATES, interim=True).keys
    act = received(reference="1", payer="P", method="electronic", received_at=NOW)

    def posted_and_not_yet_noted(connection: Connection) -> None:
        ledger.lock(connection, [ACCOUNT])

    with ThreadPoolExecutor() as pool:
        with writing(engine) as connection:
            posted_and_not_yet_noted(connection)
            later = pool.submit(lambda: waived(engine, key))
            until_it_waits(engine)
            payments.record(connection, ACCOUNT, 5_000, act, AUTHOR)
        assert later.result(SECONDS_MAX).kind == "waiver"
    proven(engine)


def waived(engine: Engine, key: str) -> Any:
    with writing(engine) as connection:
        return waive(connection, key, "waived", AUTHOR)


OPENING = """\
account,reference,type,amount,due,arose,explanation
999002017RM0001,OLD-1,gst,120.50,2026-02-27,2026-02-03,{}
"""


def test_an_opening_that_another_import_brings_meanwhile_is_refused_in_words(engine):
    first, second = (read_items(OPENING.format(why), "old.csv") for why in ("one reason", "another"))
    with pytest.raises(OpeningRefused, match="one reason"):
        side_by_side(
            engine,
            lambda connection: take_in(connection, first, AUTHOR),
            lambda connection: take_in(connection, second, AUTHOR),
        )
    assert proven(engine)["receivable.gst"] == 12_050


def test_two_who_write_to_the_log_at_once_both_are_heard(engine):
    side_by_side(
        engine,
        lambda connection: embedded.publish(connection, [Outgoing("in", "a", b"1")]),
        lambda connection: embedded.publish(connection, [Outgoing("in", "b", b"2")]),
    )
    with reading(engine) as connection:
        found = connection.execute(select(log_record.c.record_offset, log_record.c.value)).all()
    assert sorted(map(tuple, found)) == [(0, b"1"), (1, b"2")]
