"""Which penalties does a day bring? C288, C292 and C330 for accounting late, C336 for paying late.

A declaration that came late is found on the day on which its first version was posted. A statement is looked
at when the day after its payment due date ends: by then what was paid in time has been matched, and what
counts as of a later day is late. Money that is there and free is not. A penalty has a key: it comes once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from accounting import ledger
from accounting.bulk import among
from accounting.calendar import billing_dates
from accounting.charging import Missed, penalty_entry
from accounting.days import ONE_DAY
from accounting.moves import Moves
from accounting.penalties import late_accounting, late_payment
from accounting.schedule import statement_day
from accounting.statements import payment_due
from accounting.tables import (
    allocation,
    allocation_of_entry,
    credit,
    debt,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
)
from ingest import due_moves
from ingest.debts import allocation_days, credit_days, of_references
from ingest.parties import pages
from schemas.book import Entry
from schemas.money import Cents
from schemas.registry import Stream

ENTRIES_AT_ONCE = 500
MONTHS_MOVED_MAX = 4
"""As many statements back, this month's included, a payment due date is looked for."""

DebtKey = tuple[str, str, str, date]
"""A party, a reference, a charge and a due day."""


def post_penalties(connection: Connection, day: date, now: datetime) -> tuple[str, ...]:
    """Raise the penalties that an Eastern day brings, in the caller's transaction; a repeat changes nothing.

    Returns the keys of the new entries, those under a relief included.
    """
    moves = due_moves.moves(connection)
    keys: list[str] = []
    for found in _late_declarations(connection, day, moves):
        keys += _raised(connection, found, day, now)
    for found in _unpaid_statements(connection, day, moves):
        keys += _raised(connection, found, day, now)
    return tuple(keys)


def _raised(connection: Connection, found: Sequence[Missed], day: date, now: datetime) -> list[str]:
    """Post the penalties that the book does not hold; return their keys."""
    held = ledger.held_keys(connection, [each.key for each in found])
    entries: list[Entry] = [penalty_entry(each, day, now) for each in found if each.key not in held]
    return [entry.key for entry in ledger.post(connection, entries)]


# ---- late accounting ------------------------------------------------------------------------------


def _late_declarations(connection: Connection, day: date, moves: Moves) -> Iterator[list[Missed]]:
    """Yield the declarations of which the first version was posted on a day and came late, some at a time."""
    entry, earlier = journal_entry.c, aliased(journal_entry)
    is_first = ~(
        select(earlier.c.id)
        .where(
            earlier.c.transaction_number == entry.transaction_number,
            earlier.c.kind == "declaration",
            earlier.c.version < entry.version,
        )
        .exists()
    )
    wanted = (
        select(
            entry.id,
            entry.party,
            entry.transaction_number,
            entry.stream,
            entry.release_date,
            entry.event_day,
            entry.value_for_duty_cents,
        )
        .where(entry.posted_day == day, entry.kind == "declaration", entry.event_day > entry.release_date)
        .where(is_first)
        .order_by(entry.id)
        .limit(ENTRIES_AT_ONCE)
    )
    after = 0
    while rows := connection.execute(wanted.where(entry.id > after)).all():
        found = [_late_declaration(*row[1:], moves) for row in rows]
        yield [each for each in found if each is not None]
        after = rows[-1].id


def _late_declaration(  # noqa: PLR0913, PLR0917 - the columns of an entry
    party: str, number: str, stream: Stream, released: date, accounted: date, value: Cents, moves: Moves
) -> Missed | None:
    dates = moves.applied(billing_dates(stream, released, accounted), stream, released, accounted)
    penalty = late_accounting(stream, dates, released, accounted, value)
    return None if penalty is None else Missed(party, stream, number, penalty)


# ---- late payment ---------------------------------------------------------------------------------


def _unpaid_statements(connection: Connection, day: date, moves: Moves) -> Iterator[list[Missed]]:
    """Yield the statements, not paid in full, whose last day to pay was the day before, some at a time."""
    for statement in _statements_due(day - ONE_DAY, moves):
        penalty = late_payment(day - ONE_DAY, None, day)
        if penalty is None:
            continue
        for parties in _parties(connection, day - ONE_DAY):
            open_ = unpaid_cents(connection, parties, statement, day - ONE_DAY, moves)
            yield [
                Missed(party, "commercial", f"statement/{statement}", penalty)
                for party, cents in sorted(open_.items())
                if cents > 0
            ]


def _statements_due(day: date, moves: Moves) -> Iterator[date]:
    """Yield the statements that were payable by an Eastern day, as far as moves of dates were known then."""
    month = day.replace(day=1)
    for _ in range(MONTHS_MOVED_MAX):
        statement = statement_day(month)
        if moves.due("commercial", payment_due(statement), day) == day:
            yield statement
        month = (month - ONE_DAY).replace(day=1)


def _parties(connection: Connection, due: date) -> Iterator[list[str]]:
    """Yield the parties that may have owed something when a day was over: open still, or cleared since."""
    still = select(debt.c.party).where(debt.c.due <= due, debt.c.cents > 0)
    since = select(journal_entry.c.party).where(
        journal_entry.c.kind == "clearing", journal_entry.c.posted_day > due
    )
    return pages(connection, [still, since])


def unpaid_cents(
    connection: Connection, parties: Sequence[str], statement: date, due: date, moves: Moves
) -> dict[str, Cents]:
    """Return by party what stood open of a statement when its last day to pay was over; negative: too much.

    Everything on that statement or an earlier one counts that was due by then. A payment counts as of its
    own day; what is free of credits as of that day counts as paid.
    """
    open_ = _still_open(connection, parties, due)
    for key, cents in _paid_later(connection, parties, due):
        open_[key] += cents
    counted = _on_statement(connection, sorted({key[1] for key in open_}), statement)
    owed: dict[str, Cents] = defaultdict(int)
    for key, cents in open_.items():
        stream = counted.get(key)
        if stream is not None and moves.due(stream, key[3], due) <= due:
            owed[key[0]] += cents
    for party, cents in _free(connection, parties, due):
        owed[party] -= cents
    return dict(owed)


def _still_open(connection: Connection, parties: Sequence[str], due: date) -> dict[DebtKey, Cents]:
    rows = connection.execute(
        select(debt).where(among(connection, debt.c.party, parties), debt.c.due <= due, debt.c.cents != 0)
    )
    found: dict[DebtKey, Cents] = defaultdict(int)
    found.update({(row.party, row.reference, row.charge, row.due): row.cents for row in rows})
    return found


def _paid_later(connection: Connection, parties: Sequence[str], due: date) -> Iterator[tuple[DebtKey, Cents]]:
    """Yield what was paid of debts due until a day, as of a later one."""
    entry = journal_entry.c
    rows = connection.execute(
        select(
            entry.party,
            entry.event_day,
            allocation.c.reference,
            allocation.c.charge,
            allocation.c.due,
            allocation.c.credit,
            allocation.c.cents,
        )
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(
            among(connection, entry.party, parties),
            and_(entry.kind == "clearing", entry.posted_day > due, allocation.c.due <= due),
            allocation.c.charge.is_not(None),
        )
    )
    for row, counts in allocation_days(connection, rows):
        if counts > due:
            yield (row.party, row.reference, row.charge, row.due), row.cents


def _on_statement(
    connection: Connection, references: Sequence[str], statement: date
) -> dict[DebtKey, Stream]:
    """Return the debts of some references that are on a statement or on one before it, with their streams."""
    rows = connection.execute(
        select(
            journal_entry.c.party,
            debt_reference.label("reference"),
            open_item.c.charge,
            open_item.c.due,
            journal_entry.c.stream,
        )
        .join_from(open_item, journal_entry, item_of_entry)
        .where(of_references(connection, references), open_item.c.statement_date <= statement)
    )
    return {(row.party, row.reference, row.charge, row.due): row.stream for row in rows}


def _free(connection: Connection, parties: Sequence[str], due: date) -> Iterator[tuple[str, Cents]]:
    """Yield what is free of credits as of a day."""
    rows = connection.execute(select(credit).where(among(connection, credit.c.party, parties))).all()
    days = credit_days(connection, sorted({row.key for row in rows}))
    for row in rows:
        if days.get(row.key, due) <= due:
            yield row.party, row.cents
