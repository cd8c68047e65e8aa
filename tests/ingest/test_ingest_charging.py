"""What the daily run charges: interest and its difference, once, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from charging_books import (
    DUE,
    IMPORTER,
    NUMBER,
    OTHER_IMPORTER,
    RATES,
    Compounded,
    at,
    borne,
    clear,
    declared,
    pay,
)
from sqlalchemy import Connection, Engine

from accounting import ledger
from accounting.tables import debt, metadata
from accounting.verify import verify
from cadline.database import engine_of
from ingest.charging import post_interest
from schemas.acts import InterestCharged
from schemas.book import Entry
from schemas.rates.interest import InterestRates

APRIL_17 = date(2026, 4, 17)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    engine: Engine = engine_of(request.getfixturevalue(request.param))
    metadata.create_all(engine)
    with engine.connect() as found:
        yield found
    engine.dispose()


def interest_of(connection: Connection, party: str = IMPORTER) -> list[Entry]:
    return [entry for entry in ledger.entries(connection, party=party) if entry.kind == "interest"]


def act_of(entry: Entry) -> InterestCharged:
    assert isinstance(entry.act, InterestCharged)
    return entry.act


def owed_interest(connection: Connection, party: str = IMPORTER) -> int:
    return ledger.balance(connection, party).get("receivable.interest", 0)


def test_what_is_overdue_bears_interest_to_the_end_of_the_period(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    found = post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    assert found.keys == (f"interest/{IMPORTER}/{NUMBER}/2026-04-17",)
    (entry,) = interest_of(connection)
    act = act_of(entry)
    # 1 to 17 April: 17 days at 8.6 %.
    assert act.to_date_cents == borne(1_000_000, ["8.6"] * 17) == 4013
    assert (act.kind, act.days, act.base_cents, act.basis) == ("interim", 17, 1_000_000, "specified")
    assert owed_interest(connection) == 4013
    assert entry.items[0].statement_date == date(2026, 4, 25)
    assert verify(connection) == []


def test_a_second_interim_posts_only_the_difference(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    whole = borne(1_000_000, ["8.6"] * 47)
    assert [act_of(entry).to_date_cents for entry in interest_of(connection)] == [4013, whole]
    assert owed_interest(connection) == whole


def test_a_run_again_changes_nothing(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    for later in (18, 19, 30):
        post_interest(connection, APRIL_17, at(date(2026, 4, later)), RATES)
    assert len(interest_of(connection)) == 1


def test_behind_the_run_of_a_later_day_nothing_is_charged_or_taken_back(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    whole = owed_interest(connection)
    assert post_interest(connection, APRIL_17, at(date(2026, 5, 19)), RATES).keys == ()
    assert post_interest(connection, APRIL_17, at(date(2026, 5, 19)), RATES, interim=True).keys == ()
    assert owed_interest(connection) == whole


def test_runs_that_are_caught_up_charge_what_was_paid_meanwhile_once(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    monday = date(2026, 4, 13)
    clear(connection, pay(connection, 1_000_000, monday, "P1"), 1_000_000, monday)
    for day in (date(2026, 4, 11), date(2026, 4, 12), monday):
        post_interest(connection, day, at(date(2026, 4, 14)), RATES)
    (entry,) = interest_of(connection)
    assert entry.event_day == monday
    assert act_of(entry).to_date_cents == borne(1_000_000, ["8.6"] * 13)


def test_the_working_is_told_to_twelve_decimals(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    ((span,),) = [act_of(entry).spans for entry in interest_of(connection)]
    assert span.interest.as_tuple().exponent == span.balance.as_tuple().exponent == -12


def test_an_ordinary_day_leaves_what_is_open(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    assert post_interest(connection, date(2026, 4, 16), at(APRIL_17), RATES).keys == ()


def test_what_was_paid_late_gets_its_final_interest_to_the_day_of_payment(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    credit = pay(connection, 1_000_000, date(2026, 4, 7), "A")
    clear(connection, credit, 1_000_000, date(2026, 4, 9))
    post_interest(connection, date(2026, 4, 10), at(date(2026, 4, 11)), RATES)
    (entry,) = interest_of(connection)
    act = act_of(entry)
    assert (act.kind, act.through, act.days) == ("final", date(2026, 4, 7), 7)
    assert act.to_date_cents == borne(1_000_000, ["8.6"] * 7) == 1650
    assert verify(connection) == []


def test_what_was_paid_in_time_and_cleared_later_bears_none(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    credit = pay(connection, 1_000_000, DUE, "A")
    clear(connection, credit, 1_000_000, date(2026, 4, 9))
    for day in (date(2026, 4, 10), APRIL_17):
        assert post_interest(connection, day, at(day + timedelta(days=1)), InterestRates(())).keys == ()


def test_a_part_payment_lessens_the_balance_from_the_day_after(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    clear(connection, pay(connection, 400_000, date(2026, 4, 5), "A"), 400_000, date(2026, 4, 5))
    post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    by_hand = Compounded(1_000_000)
    for day in range(1, 18):
        by_hand.day("8.6")
        if day == 5:
            by_hand.paid(400_000)
    assert owed_interest(connection) == by_hand.cents


def test_a_payment_that_came_back_was_never_made(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    credit = pay(connection, 1_000_000, date(2026, 4, 1), "A")
    clear(connection, credit, 1_000_000, date(2026, 4, 1))
    post_interest(connection, date(2026, 4, 2), at(date(2026, 4, 3)), RATES)
    clear(connection, credit, -1_000_000, date(2026, 4, 10), name="back")
    post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    assert owed_interest(connection) == borne(1_000_000, ["8.6"] * 17)


def test_a_correction_downwards_takes_interest_back(connection: Connection) -> None:
    first = declared(1_000_000)
    ledger.post(connection, first)
    post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    ledger.post(connection, declared(250_000, version=2, accounted=date(2026, 4, 20), replaced=first[-1]))
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    assert owed_interest(connection) == borne(250_000, ["8.6"] * 47)
    assert act_of(interest_of(connection)[-1]).base_cents == 250_000
    assert verify(connection) == []


def test_unpaid_interest_bears_interest_when_the_principal_is_paid(connection: Connection) -> None:
    ledger.post(connection, declared(100_000_000))
    credit = pay(connection, 100_000_000, date(2026, 4, 30), "A")
    clear(connection, credit, 100_000_000, date(2026, 4, 30))
    post_interest(connection, date(2026, 5, 1), at(date(2026, 5, 2)), RATES)
    at_clearing = borne(100_000_000, ["8.6"] * 30)
    assert owed_interest(connection) == at_clearing
    post_interest(connection, date(2026, 6, 17), at(date(2026, 6, 18)), RATES)
    by_hand = Compounded(100_000_000)
    for _ in range(30):
        by_hand.day("8.6")
    by_hand.paid(100_000_000)
    for _ in range(48):
        by_hand.day("8.6")
    assert owed_interest(connection) == by_hand.cents > at_clearing


def test_an_unknown_rate_is_named_and_leaves_the_debt_for_a_later_run(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    found = post_interest(connection, APRIL_17, at(date(2026, 4, 18)), InterestRates(()))
    assert found.keys == ()
    assert "2026-04-01" in found.unknown[0]
    assert post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES).keys


def test_every_party_is_reached_in_its_order(connection: Connection) -> None:
    parties = [f"123456782RM{number:04}" for number in range(1, 450)]
    for place, party in enumerate(parties):
        ledger.post(connection, declared(1_000_000, number=f"{12345000000000 + place}", party=party))
    found = post_interest(connection, APRIL_17, at(date(2026, 4, 18)), RATES)
    assert [key.split("/")[1] for key in found.keys] == parties
    assert OTHER_IMPORTER in parties
    assert all(row.cents for row in connection.execute(debt.select()))
