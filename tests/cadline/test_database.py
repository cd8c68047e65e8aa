"""Migrations: from nothing to the newest form gives exactly what the models say, on both engines."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

import ingest.tables
from accounting.tables import metadata
from cadline.database import engine_of, reading, upgrade, writing
from cadline.errors import SettingsError, Unavailable

GUARDS_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
GUARDS_OF_POSTGRESQL = """
SELECT tgname, pg_get_triggerdef(oid) || (SELECT prosrc FROM pg_proc WHERE pg_proc.oid = tgfoid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'
ORDER BY 1
"""


FUNCTIONS_OF_POSTGRESQL = (
    "book_refuses_change",
    "book_refuses_joining",
    "book_refuses_unbalanced",
    "register_refuses_change",
)


def guards(connection: Connection) -> list[tuple[str, str]]:
    query = GUARDS_OF_SQLITE if connection.dialect.name == "sqlite" else GUARDS_OF_POSTGRESQL
    return [(name, " ".join(body.split())) for name, body in connection.execute(text(query))]


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = engine_of(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


def test_from_nothing_to_the_models(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        migrated = guards(connection)
        for table in [*reversed(metadata.sorted_tables)]:
            table.drop(connection)
        if connection.dialect.name == "postgresql":
            for name in FUNCTIONS_OF_POSTGRESQL:
                connection.execute(text(f"DROP FUNCTION {name}()"))
        metadata.create_all(connection)
        assert migrated == guards(connection)
        assert len(migrated) in {19, 12}


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_several_processes_may_upgrade_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(upgrade, [engine] * 4))
    assert "journal_entry" in inspect(engine).get_table_names()


def test_a_reader_never_makes_a_writer_wait(sqlite_url: str) -> None:
    engine = engine_of(sqlite_url)
    upgrade(engine)
    with reading(engine) as reader, engine.begin() as writer:
        reader.execute(text("SELECT count(*) FROM chain"))
        writer.execute(text("INSERT INTO chain VALUES ('p', 0, '', '{}')"))
    engine.dispose()


def test_a_reader_sees_one_state_and_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    counting = text("SELECT count(*) FROM chain")
    with reading(engine) as reader:
        assert reader.scalar(counting) == 0
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO chain VALUES ('p', 0, '', '{}')"))
        assert reader.scalar(counting) == 0


def test_a_database_that_is_away_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="database"):
        upgrade(engine_of("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"))


def test_a_database_without_one_of_our_tables_is_a_wrong_set_up_and_not_waited_for(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE close_run"))
    for opened in (reading, writing):
        with (
            pytest.raises(SettingsError, match="close_run"),
            opened(engine) as connection,
        ):
            connection.execute(select(ingest.tables.close_run))


def test_tables_of_somebody_else_are_a_wrong_set_up(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE journal_entry (id INTEGER)"))
    with pytest.raises(SettingsError, match="already exists"):
        upgrade(engine)


def test_a_file_that_is_no_database_is_a_wrong_set_up(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are no pages of SQLite, but a text that is long enough to be looked at\n" * 20)
    with pytest.raises(SettingsError, match="not a database"):
        upgrade(engine_of(f"sqlite:///{file}"))


def test_a_key_that_is_taken_is_the_callers_to_judge(engine: Engine) -> None:
    upgrade(engine)
    row = {"kind": "already exists", "day": date(2026, 3, 16)}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(ingest.tables.closed_day.insert(), [row, row])
