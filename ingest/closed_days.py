"""Which days are closed, and which are due? Kept in a table, so that a run that was cut short goes on.

A day is closed in the transaction that writes the last of its papers (`ingest.close_runs`).
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, func, select

from accounting.days import ONE_DAY
from accounting.schedule import ended_days, ended_months, statement_days
from accounting.tables import journal_entry
from ingest import tables
from outbound.upsert import insert_into
from schemas.days import eastern_day

ClosingKind = Literal["accounts", "daily-notice", "broker-summary", "monthly-summary", "statement"]
"""What is done at the close of a day: the run over the accounts (`ingest.daily_run`), and the papers.

The day of a monthly summary is the last of its month.
"""


class Due(NamedTuple):
    """A close: what is done, and for which Eastern day."""

    day: date
    kind: ClosingKind


def close(connection: Connection, due: Due, now: datetime) -> None:
    """Note that a day is closed; nothing is noted of a day to which something can still be posted."""
    if is_complete(due, now):
        insert = insert_into(connection, tables.closed_day).values(due._asdict())
        connection.execute(insert.on_conflict_do_nothing(index_elements=["kind", "day"]))


def is_complete(due: Due, now: datetime) -> bool:
    """Return whether nothing more can come on the papers of a close at a UTC instant.

    A statement day is complete from its beginning: what is posted on it is for the next statement.
    """
    return eastern_day(now) >= (due.day if due.kind == "statement" else due.day + ONE_DAY)


def closed(connection: Connection, kind: ClosingKind) -> list[date]:
    """Return the days that are closed, oldest first."""
    table = tables.closed_day.c
    return list(connection.scalars(select(table.day).where(table.kind == kind).order_by(table.day)))


def due_closes(connection: Connection, now: datetime, *, accounts: bool = False) -> list[Due]:
    """Return what is due at a UTC instant and not closed, in the order in which it should have been done.

    accounts: the runs over the accounts too, not only the papers. The first day is that of the first posting
    or decision; from there on no day is left out.
    """
    daily = _first_activity(connection)
    statements = connection.scalar(select(func.min(journal_entry.c.statement_date)))
    found: list[Due] = []
    if daily and accounts:
        found += _open(connection, "accounts", ended_days(daily, now))
    if daily:
        found += _open(connection, "daily-notice", ended_days(daily, now))
        found += _open(connection, "broker-summary", ended_days(daily, now))
        found += _open(connection, "monthly-summary", ended_months(daily, now))
    if statements:
        found += _open(connection, "statement", statement_days(statements, now))
    return sorted(found, key=_turn)


def _open(connection: Connection, kind: ClosingKind, days: Iterable[date]) -> list[Due]:
    done = set(closed(connection, kind))
    return [Due(day, kind) for day in days if day not in done]


_TURNS: dict[ClosingKind, int] = {
    "accounts": 0,
    "daily-notice": 1,
    "broker-summary": 2,
    "monthly-summary": 3,
    "statement": 4,
}


def _turn(due: Due) -> tuple[date, int]:
    """Return the day from which a close could be done, and its turn on that day."""
    return due.day if due.kind == "statement" else due.day + ONE_DAY, _TURNS[due.kind]


def _first_activity(connection: Connection) -> date | None:
    posted = connection.scalar(select(func.min(journal_entry.c.posted_day)))
    decided = connection.scalar(select(func.min(tables.decision.c.decided_day)))
    return min((day for day in (posted, decided) if day), default=None)
