"""What is charged at the close of a day? Penalties for lateness, and interest; each once, whenever it runs.

Both go through the parties in their order, a few at a time, and look only at those with something overdue,
or to which something happened since the run before. What is charged already is found by its key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from accounting import ledger
from accounting.bulk import among
from accounting.calendar import rules_on
from accounting.charging import interest_entry, refund_entry
from accounting.days import ONE_DAY
from accounting.interest import Rates, RateUnknown
from accounting.journal import read
from accounting.tables import (
    allocation,
    allocation_of_entry,
    debt,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
)
from ingest import due_moves, tables
from ingest.debts import Place, debts
from ingest.parties import pages
from outbound.upsert import insert_into
from schemas.acts import CreditGranted
from schemas.book import Entry
from schemas.days import eastern_day

RUN = "interest"
"""Under which kind the days of the runs are noted among the closed days."""

RUN_LOCK = 0xC0DE
"""The number under which PostgreSQL lets one run go on at a time."""

REFUNDS = ("refund", "cancellation", "drawback")
"""The credits that bear interest when they are granted late."""


@dataclass(frozen=True, slots=True)
class Charged:
    """What a run has written: the keys of the entries. unknown: why some interest could not be worked out."""

    keys: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def post_interest(
    connection: Connection, day: date, now: datetime, rates: Rates, *, interim: bool | None = None
) -> Charged:
    """Charge interest at the close of an Eastern day, in the caller's transaction; a repeat changes nothing.

    What was cleared since the run before gets its final interest, to the day as of which it was paid. What
    is overdue gets its interest to date when the billing period ends; interim says so for any other day.
    Refunds that came late get theirs. Debts whose rate is not known are left for a later run. Behind the run
    of a later day there is nothing to charge: what that one charged is not taken back.
    """
    _run_alone(connection)
    if _has_run_after(connection, day):
        return Charged(())
    is_interim = closes_period(day) if interim is None else interim
    since = _run_before(connection, day)
    keys: list[str] = []
    unknown: set[str] = set()
    for parties in pages(connection, [_touched(since), *([_overdue(day)] if is_interim else [])]):
        made = [
            *_on_debts(connection, parties, _Run(day, now, since, is_interim), rates, unknown),
            *_on_refunds(connection, parties, _Run(day, now, since, is_interim), rates, unknown),
        ]
        keys += [entry.key for entry in _post(connection, made)]
    _note_run(connection, day, now, complete=not unknown)
    return Charged(tuple(keys), tuple(sorted(unknown)))


def _run_alone(connection: Connection) -> None:
    """Wait until no other run is under way: what it charged counts. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": RUN_LOCK})


def charged_interest(connection: Connection, party: str) -> Iterator[Entry]:
    """Yield the entries of a party's interest, in the order in which they were posted."""
    contents = connection.scalars(
        select(journal_entry.c.content)
        .where(journal_entry.c.party == party, journal_entry.c.kind == "interest")
        .order_by(journal_entry.c.sequence)
    )
    yield from map(read, contents)


def closes_period(day: date) -> bool:
    """Return whether a billing period ends with an Eastern day: what is posted for it is on its statement."""
    return day.day == rules_on("commercial", day).period_last_day


@dataclass(frozen=True, slots=True)
class _Run:
    """A run: of which Eastern day, at which UTC instant, and from which day of posting on it looks."""

    day: date
    now: datetime
    since: date
    is_interim: bool


def _on_debts(
    connection: Connection, parties: Sequence[str], run: _Run, rates: Rates, unknown: set[str]
) -> Iterator[Entry]:
    """Yield the interest on the debts of some parties."""
    places = _places(connection, parties, run)
    ledger.lock(connection, [party for party, _ in places])  # what is looked at stays so until it is charged
    for found in debts(connection, places, run.day, due_moves.moves(connection)):
        try:
            entry = interest_entry(found, run.day, rates, run.now, interim=run.is_interim)
        except RateUnknown as error:
            unknown.add(str(error))
            continue
        if entry is not None:
            yield entry


def _on_refunds(
    connection: Connection, parties: Sequence[str], run: _Run, rates: Rates, unknown: set[str]
) -> Iterator[Entry]:
    """Yield the interest on the refunds that some parties were granted since the run before."""
    contents = connection.scalars(
        select(journal_entry.c.content)
        .where(
            among(connection, journal_entry.c.party, parties),
            journal_entry.c.kind == "credit",
            journal_entry.c.posted_day >= run.since,
        )
        .order_by(journal_entry.c.party, journal_entry.c.sequence)
    )
    for granted in [read(content) for content in contents]:
        applied = _applied(connection, granted)
        if applied is None or granted.credit is None or granted.credit.kind not in REFUNDS:
            continue
        try:
            entry = refund_entry(granted, applied, rates, run.now)
        except RateUnknown as error:
            unknown.add(str(error))
            continue
        if entry is not None:
            yield entry


def _applied(connection: Connection, granted: Entry) -> date | None:
    """Return the day of the application behind a credit: as it says, or that of the declaration's version."""
    act = granted.act
    if not isinstance(act, CreditGranted):
        return None
    return act.applied or connection.scalar(
        select(func.max(journal_entry.c.event_day)).where(
            journal_entry.c.transaction_number == act.origin,
            journal_entry.c.kind == "declaration",
            journal_entry.c.posted_at <= granted.posted_at,
        )
    )


def _places(connection: Connection, parties: Sequence[str], run: _Run) -> list[Place]:
    """Return which debts a run looks at: those that were touched, and in an interim run the overdue ones."""
    in_entry = among(connection, journal_entry.c.party, parties)
    sources = [_touched_items(run).where(in_entry), _touched_allocations(run).where(in_entry)]
    if run.is_interim:
        sources.append(_open(run).where(among(connection, debt.c.party, parties)))
    return sorted({(row.party, row.reference) for each in sources for row in connection.execute(each)})


def _open(run: _Run) -> Select[Any]:
    return select(debt.c.party, debt.c.reference).where(debt.c.due < run.day, debt.c.cents != 0).distinct()


def _touched_items(run: _Run) -> Select[Any]:
    """Debts that were changed since the run before, such as by a correction, and were due before it."""
    return (
        select(journal_entry.c.party, debt_reference.label("reference"))
        .join_from(open_item, journal_entry, item_of_entry)
        .where(journal_entry.c.posted_day >= run.since, open_item.c.due < run.day)
        .distinct()
    )


def _touched_allocations(run: _Run) -> Select[Any]:
    """Debts that were paid since the run before."""
    return (
        select(journal_entry.c.party, allocation.c.reference)
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(
            journal_entry.c.posted_day >= run.since,
            allocation.c.charge.is_not(None),
            allocation.c.due < run.day,
        )
        .distinct()
    )


def _overdue(day: date) -> Select[Any]:
    return select(debt.c.party).where(debt.c.due < day, debt.c.cents > 0)


def _touched(since: date) -> Select[Any]:
    return select(journal_entry.c.party).where(journal_entry.c.posted_day >= since)


def _post(connection: Connection, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Post the entries whose keys are not in the book: what a day has charged it does not charge again."""
    held = ledger.held_keys(connection, [entry.key for entry in entries])
    return ledger.post(connection, [entry for entry in entries if entry.key not in held])


def _run_before(connection: Connection, day: date) -> date:
    """Return the day of the last run before a day; the first of all days when there was none."""
    table = tables.closed_day.c
    found = connection.scalar(select(func.max(table.day)).where(table.kind == RUN, table.day < day))
    return found or date.min


def _has_run_after(connection: Connection, day: date) -> bool:
    """Return whether a later Eastern day's run is done."""
    table = tables.closed_day.c
    later = select(table.day).where(table.kind == RUN, table.day > day).limit(1)
    return connection.scalar(later) is not None


def _note_run(connection: Connection, day: date, now: datetime, *, complete: bool) -> None:
    """Note a run of a day that is over, unless it left something: then the next one looks there again."""
    if complete and eastern_day(now) >= day + ONE_DAY:
        insert = insert_into(connection, tables.closed_day).values(kind=RUN, day=day)
        connection.execute(insert.on_conflict_do_nothing(index_elements=["kind", "day"]))
