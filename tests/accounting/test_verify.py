"""A sound book has no problems; each way to spoil a book behind its back is found and named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from books import POSTED, accepted, assessment, declaration, simple_entries
from sqlalchemy import Engine, create_engine, text

from accounting import ledger
from accounting.acts import act_entry
from accounting.guards import APPEND_ONLY
from accounting.tables import metadata
from accounting.verify import ENTRY_CHECKS, MESSAGES, verify
from schemas.acts import CreditGranted
from schemas.book import Credit, Entry

FIRST = accepted(declaration(), assessment(10_000, 500, 200_000))
SECOND = accepted(
    declaration(2), assessment(8_000, 0, 160_000), posted_at=POSTED + timedelta(days=9), replaced=FIRST[0]
)
THIRD = accepted(
    declaration(3, function="cancellation"), assessment(8_000), posted_at=POSTED, replaced=SECOND[1]
)
NOTHING_OWED = accepted(declaration(number="2"), assessment())
BOOK = (*FIRST, *SECOND, *THIRD, *NOTHING_OWED, *simple_entries(["3"], "111111118RM0001"))


def test_a_sound_book_has_no_problems(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, BOOK)
        assert verify(connection) == []


def test_an_empty_book_is_sound(engine: Engine) -> None:
    with engine.begin() as connection:
        assert verify(connection) == []


@pytest.fixture
def unguarded(sqlite_url: str) -> Iterator[Engine]:
    """A posted book on SQLite whose guards somebody has torn down."""
    engine = create_engine(sqlite_url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        ledger.post(connection, BOOK)
        for trigger in connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
    yield engine
    engine.dispose()


# What somebody does to the book's first entry, and which invariants then fail.
MISDEEDS = {
    "a posting grows": (
        "UPDATE posting SET cents = cents + 1 WHERE line = 0 AND entry_id = 1",
        {"rows", "balanced", "items", "balance", "versions"},
    ),
    "a posting moves to another account": (
        "UPDATE posting SET account = 'receivable.sima' WHERE line = 0 AND entry_id = 1",
        {"rows", "items", "balance", "versions"},
    ),
    "an open item shrinks": (
        "UPDATE open_item SET cents = 1 WHERE line = 0 AND entry_id = 1",
        {"rows", "items"},
    ),
    "an open item moves to another statement": (
        "UPDATE open_item SET statement_date = '2027-01-25' WHERE line = 0 AND entry_id = 1",
        {"rows", "statement"},
    ),
    "an entry moves to another statement": (
        "UPDATE journal_entry SET statement_date = '2027-01-25' WHERE id = 1",
        {"rows", "statement"},
    ),
    "a text is rewritten": (
        "UPDATE journal_entry SET content = (SELECT content FROM journal_entry WHERE id = 5) WHERE id = 1",
        {"rows", "hash"},
    ),
    "a text is no longer an entry": (
        "UPDATE journal_entry SET content = x'00' WHERE id = 1",
        {"content", "hash"},
    ),
    "an entry disappears": (
        "DELETE FROM journal_entry WHERE id = 1",
        {"sequence", "chain", "mirror"},
    ),
    "the last entry disappears": (
        "DELETE FROM journal_entry WHERE key = 'cad/3/1'",
        {"chain"},
    ),
    "a balance is retouched": (
        "UPDATE chain SET balances = json_set(balances, '$.\"receivable.gst\"', 5)",
        {"balance", "trial balance"},
    ),
    "a chain forgets its head": ("UPDATE chain SET sequence = 1", {"chain"}),
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_a_spoiled_book_is_found_out(unguarded: Engine, misdeed: str) -> None:
    statement, broken = MISDEEDS[misdeed]
    with unguarded.begin() as connection:
        connection.execute(text(statement))
        found = verify(connection)
    assert broken <= {problem.invariant for problem in found}
    assert all(str(problem).startswith(problem.invariant) for problem in found)


def test_every_question_to_an_entry_has_its_words() -> None:
    assert ENTRY_CHECKS.keys() == MESSAGES.keys()


def test_the_guards_cover_the_four_tables_of_the_journal() -> None:
    assert set(APPEND_ONLY) == {"journal_entry", "posting", "open_item", "allocation"}


def test_a_credit_is_proven_key_by_key_and_not_only_in_sum(unguarded: Engine) -> None:
    party = BOOK[0].party
    with unguarded.begin() as connection:
        ledger.post(connection, [granted(party, "a", 500), granted(party, "b", 700)])
        assert verify(connection) == []
        connection.execute(text("UPDATE credit SET cents = cents - 100 WHERE key = 'credit/a/1'"))
        connection.execute(text("UPDATE credit SET cents = cents + 100 WHERE key = 'credit/b/1'"))
        found = verify(connection)
    assert [(problem.invariant, problem.where) for problem in found] == [
        ("credit", f"{party} credit/a/1"),
        ("credit", f"{party} credit/b/1"),
    ]
    with unguarded.begin() as connection:
        connection.execute(text("DELETE FROM credit WHERE key = 'credit/a/1'"))
        connection.execute(text("INSERT INTO credit VALUES ('NOBODY', 'credit/c/1', 'refund', 1)"))
        where = {problem.where for problem in verify(connection)}
    assert where >= {f"{party} credit/a/1", "NOBODY credit/c/1"}


def test_a_row_whose_entry_never_came_is_found(unguarded: Engine) -> None:
    with unguarded.begin() as connection:
        connection.execute(text("INSERT INTO posting VALUES (999, 0, 'receivable.gst', 1)"))
        found = verify(connection)
    assert [str(problem) for problem in found] == ["stray: posting: 1 rows belong to no entry"]


def granted(party: str, origin: str, cents: int) -> Entry:
    """A refund that a decision gives."""
    key = f"credit/{origin}/1"
    return act_entry(
        CreditGranted(origin=origin),
        key=key,
        party=party,
        stream="commercial",
        event_day=POSTED.date(),
        posted_at=POSTED,
        contra="expense.refund",
        credit=Credit(key=key, kind="refund", cents=cents, day=POSTED.date()),
    )
