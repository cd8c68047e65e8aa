"""How do many rows go into a table with one statement?

PostgreSQL takes each column as an array (`INSERT ... SELECT * FROM unnest(...)`): one round trip and one
statement a batch, so the book's guards look once. SQLite has no round trips; it takes row by row.
Every row has all columns of its table; no rows at all are nothing to do.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, cast, column, func, select
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
Arriving = postgresql.Insert | sqlite.Insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows."""
    if rows:
        connection.execute(*_arriving(connection, table, rows))


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


def _arriving(
    connection: Connection, table: Table, rows: Sequence[Row]
) -> tuple[Arriving, dict[str, list[Any]] | Sequence[Row]]:
    """Return the insert of the engine at hand, and the rows in the form that it takes."""
    if connection.dialect.name == "postgresql":
        return _unnest_into(table), {name: [row[name] for row in rows] for name in rows[0]}
    return sqlite.insert(table), rows


@cache
def _unnest_into(table: Table) -> postgresql.Insert:
    """Return the statement that inserts rows whose columns come as arrays of equal length."""
    names = [found.name for found in table.columns]
    arrays = [cast(bindparam(found.name), postgresql.ARRAY(found.type)) for found in table.columns]
    rows = func.unnest(*arrays).table_valued(*(column(name) for name in names)).render_derived("fresh")
    return postgresql.insert(table).from_select(names, select(*(rows.c[name] for name in names)))
