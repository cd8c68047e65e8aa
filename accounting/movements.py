"""What was posted, as the papers tell it? One movement for each version of a declaration.

In the book a correction is two entries, the mirror of the earlier version and the new one, one behind the
other in the account's chain. On paper it is one movement: the change, the total before, the total after.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, true

from accounting.bulk import among
from accounting.tables import journal_entry, posting, posting_of_entry
from schemas.acts import CREDIT_KINDS
from schemas.assessment import BILLED, CHARGES
from schemas.book import DECLARED
from schemas.money import Cents
from schemas.papers import ChargeSums, CreditSums, Movement
from schemas.registry import Stream

RECEIVABLE = {f"receivable.{charge}": charge for charge in CHARGES}

Name = TypeVar("Name", bound=str)

STREAM_ROWS = 5000
"""How many rows are fetched at a time."""


@dataclass(frozen=True, slots=True)
class AccountMovement:
    """A movement, whose account it is in, and how it is billed."""

    account: str
    stream: Stream
    period_start: date
    period_end: date
    movement: Movement

    @property
    def natural_key(self) -> tuple[str, str, int]:
        """What papers are sorted by; never the order of posting."""
        return self.account, self.movement.transaction_number, self.movement.version


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry of the book, and what it adds to each charge."""

    row: Row[*tuple[Any, ...]]
    charges: ChargeSums

    @property
    def place(self) -> tuple[str, int, str]:
        """Account, place in its chain, and declaration."""
        return self.row.party, self.row.sequence, self.row.transaction_number


def posted_on(
    connection: Connection, day: date, accounts: Sequence[str] | None = None
) -> tuple[AccountMovement, ...]:
    """Return what declarations posted on an Eastern day, to all accounts or to some."""
    return _movements(connection, journal_entry.c.posted_day == day, _of(connection, accounts))


def on_statement(
    connection: Connection, statement_date: date, accounts: Sequence[str] | None = None
) -> tuple[AccountMovement, ...]:
    """Return what declarations put on the statements of a date, of all accounts or of some."""
    return _movements(connection, journal_entry.c.statement_date == statement_date, _of(connection, accounts))


def filed_by(
    connection: Connection, broker: str, first_day: date, last_day: date
) -> tuple[AccountMovement, ...]:
    """Return what a broker (BN9) filed that was posted on the Eastern days from first to last."""
    return _movements(
        connection,
        journal_entry.c.posted_day.between(first_day, last_day),
        func.substr(journal_entry.c.broker, 1, 9) == broker,
    )


def by_account(movements: Iterable[AccountMovement]) -> dict[str, tuple[AccountMovement, ...]]:
    """Return movements by account, accounts and movements sorted."""
    ordered = sorted(movements, key=attrgetter("natural_key"))
    return {account: tuple(found) for account, found in groupby(ordered, key=attrgetter("account"))}


def _of(connection: Connection, accounts: Sequence[str] | None) -> ColumnElement[bool]:
    """Return the condition that an entry belongs to one of some accounts; to any, for None."""
    return true() if accounts is None else among(connection, journal_entry.c.party, accounts)


def _movements(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[AccountMovement, ...]:
    """Return the movements of the entries that meet the conditions, by account and declaration."""
    mirrors: dict[tuple[str, int, str], Booked] = {}
    found = []
    for booked in _booked(connection, *conditions):
        if booked.row.kind == "reversal":
            mirrors[booked.place] = booked
            continue
        account, sequence, transaction_number = booked.place
        mirrored = mirrors.pop((account, sequence - 1, transaction_number), None)
        found.append(_movement(booked, mirrored))
    # A declaration that changed its importer leaves a mirror alone in the old account.
    found.extend(_movement(None, mirrored) for mirrored in mirrors.values())
    return tuple(sorted(found, key=attrgetter("natural_key")))


def _booked(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Booked]:
    """Yield the entries that meet the conditions, by account and place in its chain."""
    receivables = and_(
        posting_of_entry,
        posting.c.account.in_(list(RECEIVABLE)),
    )
    wanted = (
        select(
            *(column for column in journal_entry.c if column.name != "content"),
            posting.c.account,
            posting.c.cents,
        )
        .select_from(journal_entry.outerjoin(posting, receivables))
        .where(journal_entry.c.kind.in_(DECLARED), *conditions)
        .order_by(journal_entry.c.party, journal_entry.c.sequence, posting.c.line)
    )
    rows = connection.execute(wanted, execution_options={"yield_per": STREAM_ROWS})
    for _, lines in groupby(rows, key=attrgetter("id")):
        held = list(lines)
        yield Booked(held[0], {RECEIVABLE[line.account]: line.cents for line in held if line.account})


def _movement(booked: Booked | None, mirrored: Booked | None) -> AccountMovement:
    """Return the movement of an entry, of the mirror before it, or of both."""
    entries = [each for each in (mirrored, booked) if each is not None]
    row = entries[-1].row
    return AccountMovement(
        account=row.party,
        stream=row.stream,
        period_start=row.period_start,
        period_end=row.period_end,
        movement=Movement(
            transaction_number=row.transaction_number,
            version=row.version,
            broker=row.broker,
            release_date=row.release_date,
            accounting_date=row.event_day,
            posted_day=row.posted_day,
            due=row.payment_due,
            statement_date=row.statement_date,
            late=row.late,
            value_for_duty_cents=sum(each.row.value_for_duty_cents for each in entries),
            charges=add_charges(each.charges for each in entries),
            before_cents=None if mirrored is None else -sum(mirrored.charges.values()),
            after_cents=0 if booked is None else sum(booked.charges.values()),
        ),
    )


def add_charges(sums: Iterable[ChargeSums]) -> ChargeSums:
    """Return the sum of each charge, in the vocabulary's order, without charges that come to nothing."""
    return _added(BILLED, sums)


def add_credits(sums: Iterable[CreditSums]) -> CreditSums:
    """Return the sum of each kind of credit, in the vocabulary's order, without those of nothing."""
    return _added(CREDIT_KINDS, sums)


def _added(order: Sequence[Name], sums: Iterable[dict[Name, Cents]]) -> dict[Name, Cents]:
    totals = dict.fromkeys(order, 0)
    for each in sums:
        for name, cents in each.items():
            totals[name] += cents
    return {name: cents for name, cents in totals.items() if cents}
