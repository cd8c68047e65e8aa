"""How is a close of any size written? Portion by portion, each committed; a close that was cut short goes on.

    one transaction: lock the run ── a portion of accounts ── read, number, write, store ── note the last one
                                     ... with the last portion: note the day as closed, and forget the run

What is committed tells where to go on, so nothing is left out and nothing is written twice. The papers tell
the instant at which their close began: they are the same bytes whether it was cut short or not. Of two
processes that close the same day, one waits for the other at each portion and goes on behind it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from ingest import closed_days, registry, tables
from ingest.closed_days import Due
from ingest.closing import Close
from outbound.upsert import insert_into

CloseOfDay = Callable[[Connection, datetime], Close]
"""What makes the papers of a day in a transaction, as at a UTC instant.

It needs to know nobody: what the registry says of a portion is read with it.
"""


class Part(NamedTuple):
    """A portion that was written: the keys of its papers, and whether the close ends with it."""

    keys: Sequence[str]
    is_last: bool


class Run(NamedTuple):
    """A close that is under way: when it began (UTC), and the last account or broker that is done."""

    begun_at: datetime
    last: str


@dataclass(frozen=True, slots=True)
class CloseRuns:
    """Closes, each in many transactions. transaction: opens one that writes. now: tells the UTC instant."""

    transaction: Callable[[], AbstractContextManager[Connection]]
    close_of_day: CloseOfDay
    now: Callable[[], datetime]

    def parts(self, due: Due) -> Iterator[Part]:
        """Write a close to its end, yielding each part once it is committed."""
        is_last = False
        while not is_last:
            part = self.step(due)
            is_last = part.is_last
            yield part

    def step(self, due: Due) -> Part:
        """Write the next portion of a close in a transaction of its own; begin it, where nobody has."""
        with self.transaction() as connection:
            run = _taken(connection, due, self.now())
            close = self.close_of_day(connection, run.begun_at)
            portions = close.due(due)
            subjects = portions.behind(run.last)
            keys = replace(close, registry=registry.read_of(connection, subjects)).write(due, subjects)
            is_last = len(subjects) < portions.at_once
            if is_last:
                closed_days.close(connection, due, run.begun_at)
                connection.execute(delete(tables.close_run).where(_is_of(due)))
            else:
                moved = update(tables.close_run).where(_is_of(due))
                connection.execute(moved.values(last=subjects[-1]))
        return Part(keys, is_last)

    def length(self, due: Due) -> int:
        """Return how many parts a close has altogether."""
        with self.transaction() as connection:
            portions = self.close_of_day(connection, self.now()).due(due)
            return portions.count() // portions.at_once + 1


def _taken(connection: Connection, due: Due, now: datetime) -> Run:
    """Hold the run of a close until the transaction ends.

    One that began before its day was over begins again, once the day is: it did not see everything.
    """
    run = None
    while run is None:  # who waited for the last portion of another finds no run, and begins one
        insert = insert_into(connection, tables.close_run).values(
            {**due._asdict(), "begun_at": now, "last": ""}
        )
        connection.execute(insert.on_conflict_do_nothing(index_elements=["kind", "day"]))
        run = _held(connection, due)
    if closed_days.is_complete(due, now) and not closed_days.is_complete(due, run.begun_at):
        run = Run(now, "")
        connection.execute(update(tables.close_run).where(_is_of(due)).values(run._asdict()))
    return run


def _held(connection: Connection, due: Due) -> Run | None:
    table = tables.close_run.c
    row = connection.execute(
        select(table.begun_at, table.last).where(_is_of(due)).with_for_update()
    ).one_or_none()
    return Run(*row) if row else None


def _is_of(due: Due) -> ColumnElement[bool]:
    table = tables.close_run.c
    return and_(table.kind == due.kind, table.day == due.day)
