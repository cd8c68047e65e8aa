"""How do many rows go into a table at once, as fast as the engine can take them?

To PostgreSQL new rows go by COPY, and rows that may meet others of their key as arrays, a column an array
(`INSERT ... SELECT * FROM unnest(...) ON CONFLICT ...`): a batch is one statement, so the book's guards look
once. SQLite takes rows one by one, in its driver's own loop. Columns are put into the engine's own form as
a whole: the drivers ask of each value anew what it is, which took as long as the database did.

A row is a tuple of all columns in the order of the table, or of the columns named. No rows are nothing to do.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Integer,
    LargeBinary,
    String,
    Table,
    any_,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from accounting.tables import Instant

Row = tuple[Any, ...]
Columns = tuple[Column[Any], ...]


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Row], columns: Columns | None = None
) -> None:
    """Insert new rows. Raises SQLAlchemy's IntegrityError where a key is taken or a guard refuses."""
    if rows and connection.dialect.name == "postgresql":
        _copy(connection, table, columns or tuple(table.columns), rows)
    else:
        _send(connection, table, columns, "", rows)


def insert_missing(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    columns: Columns | None = None,
    key: str | None = None,
) -> int:
    """Insert rows, in the order given, except where the table holds their key; return how many were new.

    key: the column that may be taken; without it, any that must be unique.
    """
    meeting = f'ON CONFLICT ("{key}") DO NOTHING' if key else "ON CONFLICT DO NOTHING"
    return _send(connection, table, columns, meeting, rows)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; a row with the same primary key takes the new values."""
    _send(connection, table, None, _updating(table, 'excluded."{0}"'), rows)


def add_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; to a row with the same primary key, the new values are added."""
    _send(connection, table, None, _updating(table, '{1}."{0}" + excluded."{0}"'), rows)


def among(connection: Connection, wanted: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many values.

    PostgreSQL takes them as one array, SQLite as one text of JSON: a list of a hundred places would be
    written and parsed anew for every length.
    """
    if connection.dialect.name == "postgresql":
        return wanted == any_(cast(values, postgresql.ARRAY(wanted.type)))
    told = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return wanted.in_(select(told.c.value))


# ---- the statements -------------------------------------------------------------------------------


@cache
def _updating(table: Table, new: str) -> str:
    """Return what happens to a row whose primary key is taken. new: how a value becomes, by its name."""
    values = (column.name for column in table.columns if not column.primary_key)
    news = ", ".join(f'"{name}" = {new.format(name, table.name)}' for name in values)
    return f"ON CONFLICT ({_names(table.primary_key)}) DO UPDATE SET {news}"


@cache
def _sqlite_text(table: Table, columns: Columns, meeting: str) -> str:
    """Return SQLite's statement for one row, with a question mark a column."""
    places = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table.name} ({_names(columns)}) VALUES ({places}) {meeting}"  # noqa: S608 - our names


@cache
def _unnest_text(table: Table, columns: Columns, meeting: str) -> str:
    """Return PostgreSQL's statement for rows whose columns come as arrays of equal length."""
    arrays = ", ".join(f"{kind.place}::{kind.name}[]" for kind in map(_kind, columns))
    return f"INSERT INTO {table.name} ({_names(columns)}) SELECT * FROM unnest({arrays}) {meeting}"  # noqa: S608 - our names


@cache
def _copy_text(table: Table, columns: Columns) -> str:
    """Return PostgreSQL's statement for rows that only are added."""
    return f"COPY {table.name} ({_names(columns)}) FROM STDIN (FORMAT BINARY)"


def _names(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


# ---- the forms of values --------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _day(value: date) -> str:
    """Write a day. A batch has few, each many times."""
    return value.isoformat()


@lru_cache(maxsize=256)
def _instant(value: datetime) -> str:
    """Write an instant in UTC, without its zone. Raises ValueError for one that has none."""
    if value.tzinfo is None:
        raise ValueError(f"instant {value} has no zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _same(value: Any) -> Any:
    return value


ESCAPED = re.compile(r'["\\]')
"""What cannot stand in quotes as it is."""


def _in_quotes(value: str) -> str:
    """Write a text as it stands in an array of PostgreSQL."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _instant_in_quotes(value: datetime) -> str:
    return f'"{_instant(value)}+00"'


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values: its name in PostgreSQL, how an array of it is written, and how SQLite takes one.

    in_array: the text of a value in an array; None for what travels as it is, in the driver's binary form.
    """

    name: str
    in_array: Callable[[Any], str] | None
    in_sqlite: Callable[[Any], Any] = _same

    @property
    def place(self) -> str:
        """The place of an array in a statement."""
        return "%b" if self.in_array is None else "%s"


KINDS: Mapping[type[TypeEngine[Any]], Kind] = {
    Instant: Kind("timestamptz", _instant_in_quotes, _instant),
    Date: Kind("date", _day, _day),
    Boolean: Kind("boolean", str),
    BigInteger: Kind("bigint", str),
    Integer: Kind("integer", str),
    String: Kind("text", _in_quotes),
    LargeBinary: Kind("bytea", None),
    JSON: Kind("json", _in_quotes),
}
"""By the type of column; JSON comes as its text. A type stands before those that it is a case of."""


@cache
def _kind(column: Column[Any]) -> Kind:
    return next(kind for type_, kind in KINDS.items() if isinstance(column.type, type_))


def _array(kind: Kind, values: Sequence[Any]) -> str | list[Any]:
    """Write a column as PostgreSQL reads it."""
    if kind.in_array is None:
        return list(values)
    if kind.in_array is _in_quotes and _is_plain(values):
        return '{"' + '","'.join(values) + '"}'
    return "{" + ",".join(_formed(kind.in_array, values, "NULL")) + "}"


def _is_plain(values: Sequence[str | None]) -> bool:
    """Whether every text can stand in quotes as it is: then none is looked at by itself."""
    return None not in values and not ESCAPED.search("".join(values))  # type: ignore[arg-type] # none is None


def _formed(form: Callable[[Any], Any], values: Sequence[Any], nothing: Any) -> Iterable[Any]:
    """Return values in a form that does not know None."""
    if None in values:
        return (nothing if value is None else form(value) for value in values)
    return map(form, values)


# ---- how rows travel ------------------------------------------------------------------------------


def _send(
    connection: Connection, table: Table, columns: Columns | None, meeting: str, rows: Sequence[Row]
) -> int:
    """Send rows, and return how many the table took."""
    if not rows:
        return 0
    told = columns or tuple(table.columns)
    if connection.dialect.name == "postgresql":
        by_column = zip(map(_kind, told), zip(*rows, strict=True), strict=True)
        arrays = tuple(_array(kind, values) for kind, values in by_column)
        return connection.exec_driver_sql(_unnest_text(table, told, meeting), arrays).rowcount
    text = _sqlite_text(table, told, meeting)
    return connection.exec_driver_sql(text, _for_sqlite(told, rows)).rowcount


def _for_sqlite(columns: Columns, rows: Sequence[Row]) -> list[Row]:
    """Return rows as SQLite takes them; most tables' as they are."""
    forms = [_kind(column).in_sqlite for column in columns]
    if all(form is _same for form in forms):
        return list(rows)
    by_column = zip(forms, zip(*rows, strict=True), strict=True)
    plain = (values if form is _same else _formed(form, values, None) for form, values in by_column)
    return list(zip(*plain, strict=True))


def _copy(connection: Connection, table: Table, columns: Columns, rows: Sequence[Row]) -> None:
    """Send rows by COPY, through the driver's own cursor."""
    statement = _copy_text(table, columns)
    driver: Any = connection.connection.driver_connection
    with (
        _wrapping(connection.dialect, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types([_kind(column).name for column in columns])
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
