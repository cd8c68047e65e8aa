"""The audit: every note hangs on the one before it; what was noted cannot be changed without being seen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cadline.database import engine_of, reading, upgrade, writing
from ingest import audit
from ingest.audit import Act, Author

ANN = Author("Ann", "a letter of the client", datetime(2026, 3, 16, 13, 0, 0, 250, tzinfo=UTC))
FIRST = Act("delegate", "999002017RM0001", {"broker": "999001019", "été": None})
SECOND = Act("revoke", "999002017RM0001", {"broker": "999001019"})
OTHER = Act("delegate", "999002025RM0001", {})


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    yield engine
    engine.dispose()


def note(engine, *acts):
    with writing(engine) as connection:
        audit.note(connection, ANN, acts)


def noted(engine, subject=None):
    with reading(engine) as connection:
        return list(audit.notes(connection, subject))


def problems(engine):
    with reading(engine) as connection:
        return audit.verify(connection)


def unguarded(engine):
    """Take the guards away, as somebody with all rights in the database could."""
    postgresql = ("ALTER TABLE audit DISABLE TRIGGER ALL",)
    sqlite = ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete")
    with engine.begin() as connection:
        for statement in postgresql if engine.dialect.name == "postgresql" else sqlite:
            connection.execute(text(statement))


def test_notes_are_numbered_over_all_transactions_and_say_what_they_were_told(engine):
    note(engine, FIRST, OTHER)
    note(engine, SECOND)
    note(engine)
    first, other, second = noted(engine)
    assert [first.number, other.number, second.number] == [1, 2, 3]
    assert (first.at, first.by, first.why) == (ANN.now, "Ann", "a letter of the client")
    assert (first.act, first.subject) == ("delegate", "999002017RM0001")
    assert first.content == '{"broker": "999001019", "été": null}'
    assert (first.previous_hash, other.previous_hash) == ("0" * 64, first.hash)
    assert noted(engine, "999002017RM0001") == [first, second]
    assert problems(engine) == []


def test_a_note_belongs_to_the_change_that_it_tells_of(engine):
    with engine.connect() as connection:
        audit.note(connection, ANN, [FIRST])
        connection.rollback()
    assert noted(engine) == []


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET why = 'another reason'", "DELETE FROM audit WHERE id = 1"]
)
def test_the_database_refuses_to_change_a_note(engine, change):
    note(engine, FIRST)
    with pytest.raises(IntegrityError, match="audit is append-only"), engine.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("UPDATE audit SET why = 'another reason' WHERE id = 2", ["note 2 does not say what was hashed"]),
        (
            "DELETE FROM audit WHERE id = 2",
            ["note 3 stands behind note 1", "note 3 does not name the hash of the note before it"],
        ),
    ],
)
def test_whoever_gets_round_the_guards_is_seen(engine, change, seen):
    note(engine, FIRST, OTHER, SECOND)
    unguarded(engine)
    with engine.begin() as connection:
        connection.execute(text(change))
    assert problems(engine) == seen


def test_writers_at_once_make_one_chain(engine):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: note(engine, FIRST, SECOND), range(8)))
    assert [found.number for found in noted(engine)] == list(range(1, 17))
    assert problems(engine) == []
