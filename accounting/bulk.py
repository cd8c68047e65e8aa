"""How do many rows go into a table at once, as fast as the engine can take them?

New rows go to PostgreSQL by COPY: a batch is one statement, so the book's guards look once. Rows that may
meet others of their key go there as arrays (`INSERT ... SELECT * FROM unnest(...) ON CONFLICT ...`). SQLite
takes rows one by one in the driver's own loop. SQLAlchemy writes the statements and never touches a row.

A row is a tuple of all columns, in the order of the table. No rows at all are nothing to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Table,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
Arriving = postgresql.Insert | sqlite.Insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert new rows. Raises SQLAlchemy's IntegrityError where a key is taken or a guard refuses."""
    if rows and connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        _send(connection, table, _as_new, rows)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, in the order given, except where the table holds their key."""
    _send(connection, table, _unless_known, rows)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; a row with the same primary key takes the new values."""
    _send(connection, table, _replacing, rows)


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; to a row with the same primary key, the new values are added."""
    _send(connection, table, _adding, rows)


def among(connection: Connection, wanted: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many values.

    PostgreSQL takes them as one array: a list of a hundred places would be parsed anew for every length.
    """
    if connection.dialect.name == "postgresql":
        return wanted == any_(cast(values, postgresql.ARRAY(wanted.type)))
    return wanted.in_(values)


# ---- what happens to a row whose key is taken -----------------------------------------------------

Meeting = Callable[[Arriving, Table], Arriving]


def _as_new(arriving: Arriving, _table: Table) -> Arriving:
    return arriving


def _unless_known(arriving: Arriving, _table: Table) -> Arriving:
    return arriving.on_conflict_do_nothing()


def _replacing(arriving: Arriving, table: Table) -> Arriving:
    news = {found.name: arriving.excluded[found.name] for found in _values(table)}
    return arriving.on_conflict_do_update(index_elements=list(table.primary_key), set_=news)


def _adding(arriving: Arriving, table: Table) -> Arriving:
    sums = {found.name: found + arriving.excluded[found.name] for found in _values(table)}
    return arriving.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


def _values(table: Table) -> list[Column[Any]]:
    return [found for found in table.columns if not found.primary_key]


# ---- how rows travel ------------------------------------------------------------------------------


def _send(connection: Connection, table: Table, meeting: Meeting, rows: Sequence[Row]) -> None:
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        names = (found.name for found in table.columns)
        arrays = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        connection.execute(_unnest_into(table, meeting), arrays)
    else:
        connection.exec_driver_sql(_sqlite_text(table, meeting), list(_prepared(table, rows)))


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Send rows by COPY, through the driver's own cursor."""
    names = ", ".join(found.name for found in table.columns)
    statement = f"COPY {table.name} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    with (
        _wrapping(connection.dialect, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def _wrapping(dialect: Dialect, statement: str) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy's, as if SQLAlchemy had sent the statement."""
    driver = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=dialect) from error


@cache
def _unnest_into(table: Table, meeting: Meeting) -> Arriving:
    """Return PostgreSQL's statement for rows whose columns come as arrays of equal length."""
    names = [found.name for found in table.columns]
    arrays = [cast(bindparam(found.name), postgresql.ARRAY(found.type)) for found in table.columns]
    rows = func.unnest(*arrays).table_valued(*(column(name) for name in names)).render_derived("fresh")
    arriving = postgresql.insert(table).from_select(names, select(*(rows.c[name] for name in names)))
    return meeting(arriving, table)


@cache
def _sqlite_text(table: Table, meeting: Meeting) -> str:
    """Return SQLite's statement for one row, with a question mark a column."""
    return str(meeting(sqlite.insert(table), table).compile(dialect=sqlite.dialect()))


@cache
def _preparations(table: Table) -> Mapping[int, Callable[[Any], Any]]:
    """Return how the values of some columns, by place, are put for SQLite: it knows no days, no instants."""
    dialect = sqlite.dialect()
    prepare: dict[int, Callable[[Any], Any]] = {}
    for place, found in enumerate(table.columns):
        how = found.type.dialect_impl(dialect).bind_processor(dialect)
        if how is not None:
            prepare[place] = date.isoformat if isinstance(found.type, Date) else how
    return prepare


def _prepared(table: Table, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield rows in the form that SQLite's driver takes."""
    preparations = _preparations(table).items()
    for row in rows:
        values = list(row)
        for place, how in preparations:
            values[place] = how(values[place])
        yield tuple(values)
