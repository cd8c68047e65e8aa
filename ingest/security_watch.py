"""When was the security of an account used up to a threshold, and when no more? One row a crossing.

A day is looked at once it is over, as the book stood at its end; the same day gives the same crossings
however often it is looked at. A crossing is known by account, threshold and day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, islice

from sqlalchemy import Connection, func, select

from accounting.bulk import among, insert_missing
from accounting.security import Utilisation, covers, crossings, utilisation
from ingest.security import Versions, every
from ingest.security_book import exposures
from ingest.tables import security_event
from schemas.base import Value
from schemas.identifiers import bn9_of
from schemas.money import Cents
from schemas.security import THRESHOLDS

Secured = tuple[str, list[Versions]]
"""An account, and the instruments of its business number."""

ACCOUNTS_AT_ONCE = 500


class Event(Value):
    """A threshold that an account's utilisation crossed on an Eastern day, with the figures of that day."""

    account: str
    threshold: int
    day: date
    direction: str
    outstanding_cents: Cents
    security_cents: Cents
    noted_at: datetime


def note_crossings(
    connection: Connection, day: date, now: datetime, thresholds: Sequence[int] = THRESHOLDS
) -> int:
    """Note the thresholds that were crossed by the end of an Eastern day; return how many are new.

    Every account that an instrument names is looked at, in order, some hundred at a time.
    """
    count = 0
    for batch in batches(secured(every(connection))):
        found = used(connection, batch, day, thresholds, day)
        above = _above(connection, [each.account for each in found], day)
        rows = [
            (each.account, crossed.threshold, day, crossed.direction, *_figures(each), now)
            for each in found
            for crossed in crossings(above[each.account], each.reached, thresholds)
        ]
        count += insert_missing(connection, security_event, rows)
    return count


def events(
    connection: Connection, account: str | None = None, since: date | None = None, until: date | None = None
) -> Iterator[Event]:
    """Yield the crossings by day, account and threshold. since, until: Eastern days, both included."""
    found = security_event.c
    wanted = select(security_event).order_by(found.day, found.account, found.threshold)
    if account is not None:
        wanted = wanted.where(found.account == account)
    if since is not None:
        wanted = wanted.where(found.day >= since)
    if until is not None:
        wanted = wanted.where(found.day <= until)
    for row in connection.execute(wanted):
        yield Event(**row._mapping)


def secured(instruments: Iterable[Versions]) -> Iterator[Secured]:
    """Yield each account that instruments name, with those of its business number."""
    for _, group in groupby(instruments, key=lambda versions: bn9_of(versions[0].holder)):
        held = list(group)
        for account in sorted(
            {each for versions in held for version in versions for each in version.accounts}
        ):
            yield account, held


def batches(accounts: Iterable[Secured]) -> Iterator[list[Secured]]:
    """Yield some hundred accounts at a time, as many as the database is asked about at once."""
    left = iter(accounts)
    while batch := list(islice(left, ACCOUNTS_AT_ONCE)):
        yield batch


def used(
    connection: Connection,
    accounts: Sequence[Secured],
    held_on: date,
    thresholds: Sequence[int],
    day: date | None = None,
) -> list[Utilisation]:
    """Return how far the security of accounts is used now, or as the book stood at the end of an Eastern day.

    held_on: the Eastern day on which the security is in force.
    """
    owed = exposures(connection, [account for account, _ in accounts], day)
    return [
        utilisation(
            account,
            receivable_cents=owed.get(account, (0, 0))[0],
            credits_cents=owed.get(account, (0, 0))[1],
            covered=covers(held, account, held_on),
            thresholds=thresholds,
            day=day,
        )
        for account, held in accounts
    ]


def _figures(found: Utilisation) -> tuple[Cents, Cents]:
    return found.outstanding_cents, found.security_cents


def _above(connection: Connection, accounts: Sequence[str], day: date) -> dict[str, set[int]]:
    """Return the thresholds that were reached before a day, by account: by the last crossing of each."""
    found = security_event.c
    place = found.account, found.threshold
    last = (
        select(*place, func.max(found.day).label("day"))
        .where(among(connection, found.account, accounts), found.day < day)
        .group_by(*place)
        .subquery()
    )
    same = (
        (last.c.account == found.account) & (last.c.threshold == found.threshold) & (last.c.day == found.day)
    )
    above: dict[str, set[int]] = defaultdict(set)
    for row in connection.execute(select(*place, found.direction).join_from(security_event, last, same)):
        if row.direction == "above":
            above[row.account].add(row.threshold)
    return above
