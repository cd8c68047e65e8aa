"""How is the ledger database opened, and brought to its newest form?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

import cadline.logs.tables
import ingest.tables
import outbound.tables
from accounting.tables import metadata
from cadline.errors import SettingsError, Unavailable

ROOMS = (cadline.logs.tables, ingest.tables, outbound.tables)
"""The modules that add tables to `metadata`; importing them is what makes it whole."""

MIGRATION_LOCK = 0xCAD
"""The number under which PostgreSQL lets one process migrate at a time."""

EXPECTED = "expected a database that this version of cadline made, or an empty one, and leave to write there"

WRONG_STATES = ("42P01", "42703", "42P07", "3F000", "42501")
"""What PostgreSQL says of a table, column, schema or right that is missing, and of a table too many."""

WRONG_IN_SQLITE = (
    "no such table",
    "no such column",
    "has no column named",
    "already exists",
    "attempt to write a readonly database",
    "file is not a database",
)

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA cache_size = -65536",  # 64 MB: what is looked up and added to, in many places, stays at hand
    "PRAGMA wal_autocheckpoint = 8192",  # 32 MB: a page that many batches change is copied home once
)


def engine_of(url: str) -> Engine:
    """Return the engine for `sqlite:///FILE` or `postgresql://...`; nothing is opened yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    driver = parsed.set(drivername="postgresql+psycopg")
    return create_engine(driver, pool_pre_ping=True, json_deserializer=orjson.loads)


@contextmanager
def answering() -> Iterator[None]:
    """Turn the driver's errors of a database that is away, or locked, into Unavailable.

    Raises SettingsError for a database that waiting does not change: it lacks what we ask for, or forbids it.
    """
    try:
        yield
    except DBAPIError as error:
        if _is_of_the_set_up(error):
            raise SettingsError(f"CADLINE_DATABASE: {_first_line(error)}; {EXPECTED}") from error
        if isinstance(error, OperationalError | InterfaceError):
            raise Unavailable(f"database: {error.orig}") from error
        raise


def _is_of_the_set_up(error: DBAPIError) -> bool:
    """Return whether the database does not hold what this version asks for, or does not let us."""
    state = getattr(error.orig, "sqlstate", "of SQLite")
    if state == "of SQLite":
        return any(said in str(error.orig) for said in WRONG_IN_SQLITE)
    return state in WRONG_STATES


def _first_line(error: DBAPIError) -> str:
    """Return the driver's first line: PostgreSQL's others repeat our statement."""
    return str(error.orig).partition("\n")[0]


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that commits at its end, or rolls back when anything is raised in it.

    Raises Unavailable when the database does not answer.
    """
    with answering(), engine.begin() as connection:
        yield connection


READING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"sqlite_begin": "DEFERRED"},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""How a connection only reads: it sees one state of the book, and never makes a writer wait."""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads. Raises Unavailable when the database does not answer."""
    with answering(), engine.connect().execution_options(**READING[engine.dialect.name]) as connection:
        yield connection


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest form, in one transaction; several processes may try at once.

    Raises Unavailable when the database does not answer.
    """
    from alembic import command  # noqa: PLC0415 - takes time to load, and the command line has other verbs
    from alembic.config import Config  # noqa: PLC0415 - as above

    with answering(), as_file(files("cadline") / "migrations") as scripts, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
        config = Config(attributes={"connection": connection, "target_metadata": metadata})
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        command.upgrade(config, "head")


def _sqlite_engine(url: str) -> Engine:
    """Return an engine whose transactions are SQLite's own, and begin as writers.

    A transaction that reads first and then wants to write could be refused half-way; one that begins as a
    writer waits at its start.
    """
    engine = create_engine(url, json_deserializer=orjson.loads)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
