"""How do many rows go into a table at once, as fast as the engine can take them?

New rows go to PostgreSQL by COPY and to SQLite by the driver's own loop: a batch is one statement, so the
book's guards look once, and SQLAlchemy does not handle each row by itself. Rows that may meet others of
their key go to PostgreSQL as arrays (`INSERT ... SELECT * FROM unnest(...) ON CONFLICT ...`).

A row is a tuple of all columns, in the order of the table. No rows at all are nothing to do.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
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
Prepare = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert new rows. Raises SQLAlchemy's IntegrityError where a key is taken or a guard refuses."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        places = ", ".join("?" for _ in table.columns)
        prepared = list(_prepared(table, connection.dialect, rows))
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({places})", prepared)  # noqa: S608 - our own names


def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, in the order given, except where the table holds their key."""
    if rows:
        statement, values = _arriving(connection, table, rows)
        connection.execute(statement.on_conflict_do_nothing(), values)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; a row with the same primary key takes the new values."""
    if rows:
        statement, values = _arriving(connection, table, rows)
        keys = list(table.primary_key)
        news = {found.name: statement.excluded[found.name] for found in table.columns if found not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=news), values)


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; to a row with the same primary key, the new values are added."""
    if rows:
        statement, values = _arriving(connection, table, rows)
        keys = list(table.primary_key)
        sums = {
            found.name: found + statement.excluded[found.name] for found in table.columns if found not in keys
        }
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), values)


def among(connection: Connection, wanted: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many values.

    PostgreSQL takes them as one array: a list of a hundred places would be parsed anew for every length.
    """
    if connection.dialect.name == "postgresql":
        return wanted == any_(cast(values, postgresql.ARRAY(wanted.type)))
    return wanted.in_(values)


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


def _prepared(table: Table, dialect: Dialect, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield rows in the form that the driver takes: SQLite knows no days and no instants."""
    prepare = [
        (place, found.type.dialect_impl(dialect).bind_processor(dialect))
        for place, found in enumerate(table.columns)
    ]
    needed = [(place, how) for place, how in prepare if how is not None]
    for row in rows:
        values = list(row)
        for place, how in needed:
            values[place] = how(values[place])
        yield tuple(values)


def _arriving(
    connection: Connection, table: Table, rows: Sequence[Row]
) -> tuple[Arriving, dict[str, Any] | Sequence[dict[str, Any]]]:
    """Return the insert of the engine at hand, and the rows in the form that it takes."""
    names = [found.name for found in table.columns]
    if connection.dialect.name == "postgresql":
        return _unnest_into(table), dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return sqlite.insert(table), [dict(zip(names, row, strict=True)) for row in rows]


@cache
def _unnest_into(table: Table) -> postgresql.Insert:
    """Return the statement that inserts rows whose columns come as arrays of equal length."""
    names = [found.name for found in table.columns]
    arrays = [cast(bindparam(found.name), postgresql.ARRAY(found.type)) for found in table.columns]
    rows = func.unnest(*arrays).table_valued(*(column(name) for name in names)).render_derived("fresh")
    return postgresql.insert(table).from_select(names, select(*(rows.c[name] for name in names)))
