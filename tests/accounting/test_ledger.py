from datetime import UTC, datetime, timedelta

import pytest
from books import (
    IMPORTER,
    OTHER_IMPORTER,
    POSTED,
    TRANSACTION,
    accepted,
    assessment,
    declaration,
    simple_entries,
)
from sqlalchemy import Engine, Table, delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError

from accounting import ledger
from accounting.tables import journal_entry, open_item, posting
from schemas.book import Entry

FIRST = accepted(declaration(), assessment(10_000, 500, 200_000))
SECOND = accepted(
    declaration(2), assessment(8_000, 500, 160_000), posted_at=POSTED + timedelta(hours=2), replaced=FIRST[0]
)


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(journal_entry)) or 0


def test_an_entry_comes_back_exactly(engine: Engine) -> None:
    with engine.begin() as connection:
        assert ledger.post(connection, FIRST) == FIRST
    with engine.connect() as connection:
        assert tuple(ledger.entries(connection)) == FIRST
        assert ledger.latest_entry(connection, [TRANSACTION, "x"]) == {TRANSACTION: FIRST[0]}


def test_balances_and_trial_balance(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, simple_entries(["1", "2"]))
        ledger.post(connection, simple_entries(["3"], OTHER_IMPORTER))
    with engine.connect() as connection:
        assert ledger.balance(connection, IMPORTER) == {
            "receivable.customs_duty": 20_000,
            "receivable.gst": 1_000,
            "revenue.customs_duty": -20_000,
            "revenue.gst": -1_000,
        }
        assert ledger.trial_balance(connection) == {
            "receivable.customs_duty": 30_000,
            "receivable.gst": 1_500,
            "revenue.customs_duty": -30_000,
            "revenue.gst": -1_500,
        }
        assert ledger.receivable(ledger.balance(connection, IMPORTER)) == 21_000


def test_the_balance_of_an_instant(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *SECOND])
    with engine.connect() as connection:
        owed = [
            ledger.receivable(ledger.balance(connection, IMPORTER, POSTED + timedelta(hours=hours)))
            for hours in (-1, 0, 1, 2)
        ]
    assert owed == [0, 10_500, 10_500, 8_500]


def test_the_same_entry_again_changes_nothing_whenever_it_is_posted(engine: Engine) -> None:
    later = accepted(
        declaration(), assessment(10_000, 500, 200_000), posted_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    with engine.begin() as connection:
        ledger.post(connection, FIRST)
    with engine.begin() as connection:
        assert ledger.post(connection, [*FIRST, *later]) == ()
    with engine.connect() as connection:
        assert ledger.receivable(ledger.balance(connection, IMPORTER)) == 10_500
        assert tuple(ledger.entries(connection)) == FIRST


def test_the_same_key_with_other_content_is_refused_by_name(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, FIRST)
    with pytest.raises(ledger.EntryConflict, match=f"cad/{TRANSACTION}/1"), engine.begin() as connection:
        ledger.post(connection, [*simple_entries(["2"]), *accepted(declaration(), assessment(1))])
    assert count(engine) == 1


def test_twice_in_a_batch_is_once(engine: Engine) -> None:
    with engine.begin() as connection:
        assert ledger.post(connection, [*FIRST, *FIRST]) == FIRST
    assert count(engine) == 1


def test_a_declaration_that_owes_nothing_is_in_the_book(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, accepted(declaration(), assessment(value=500)))
    assert count(engine) == 1


def test_no_entries_are_no_work(engine: Engine) -> None:
    with engine.begin() as connection:
        assert ledger.post(connection, []) == ()


def test_entries_can_be_chosen(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *SECOND, *simple_entries(["3"], OTHER_IMPORTER)])

    def keys(**chosen: object) -> list[str]:
        with engine.connect() as connection:
            return [entry.key for entry in ledger.entries(connection, **chosen)]  # type: ignore[arg-type] # any

    assert keys(party=OTHER_IMPORTER) == ["cad/3/1"]
    assert keys(transaction_number=TRANSACTION) == [entry.key for entry in (*FIRST, *SECOND)]
    assert keys(first_day=POSTED.date() + timedelta(days=1)) == []
    assert len(keys(last_day=POSTED.date())) == 4


@pytest.mark.parametrize("table", [journal_entry, posting, open_item], ids=lambda table: table.name)
def test_the_database_refuses_to_change_or_delete(engine: Engine, table: Table) -> None:
    with engine.begin() as connection:
        ledger.post(connection, FIRST)
    for statement in (delete(table), update(table).values({table.c[0]: 7})):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)


def test_the_database_refuses_an_unbalanced_entry(engine: Engine) -> None:
    lame = FIRST[0].model_copy(update={"postings": FIRST[0].postings[:-1]})
    with pytest.raises(DatabaseError, match="do not sum to zero"), engine.begin() as connection:
        ledger.post(connection, [lame])
    assert count(engine) == 0


def test_the_database_refuses_a_posting_that_joins_later(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, FIRST)
    row = {"entry_id": 1, "line": 9, "account": "receivable.gst", "cents": 5}
    with pytest.raises(DatabaseError, match="sealed"), engine.begin() as connection:
        connection.execute(insert(posting), row)


def test_an_unbalanced_entry_cannot_even_be_made() -> None:
    with pytest.raises(ValueError, match="do not sum to zero"):
        Entry.model_validate({**FIRST[0].model_dump(), "postings": FIRST[0].postings[:-1]})


def test_the_chain_of_a_party_runs_on_over_batches(engine: Engine) -> None:
    for number in ("1", "2", "3"):
        with engine.begin() as connection:
            ledger.post(connection, simple_entries([number]))
    with engine.connect() as connection:
        rows = connection.execute(select(journal_entry).order_by(journal_entry.c.sequence)).all()
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert [row.previous_hash for row in rows] == [ledger.GENESIS, rows[0].hash, rows[1].hash]
