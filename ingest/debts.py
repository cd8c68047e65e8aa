"""What does the book say of some debts, as far as interest asks? Read for a few references at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from accounting.bulk import among
from accounting.charging import Debt, Principal, interest_key
from accounting.days import ONE_DAY
from accounting.interest import Payment
from accounting.journal import read
from accounting.moves import Moves
from accounting.tables import (
    allocation,
    allocation_of_entry,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
)
from ingest.tables import interest_allowance
from schemas.acts import BroughtForward
from schemas.book import DECLARED, Entry
from schemas.money import Cents
from schemas.registry import Stream

BookRow = Row[*tuple[Any, ...]]
Place = tuple[str, str]
"""A party and a reference."""

OWED_BY = (*DECLARED, "opening", "penalty", "waiver")
"""The kinds of entry that say what is owed; the items of any other are payments taken back."""


@dataclass
class Found:
    """What has been read of one debt. brought: its charges from before the book, with the day they arose."""

    stream: Stream = "commercial"
    principal: list[Principal] = field(default_factory=list)
    paid: list[Payment] = field(default_factory=list)
    paid_principal_cents: Cents = 0
    charged_cents: Cents = 0
    charged_on: date | None = None
    served: date | None = None
    brought: dict[str, date] = field(default_factory=dict)

    @property
    def old_interest(self) -> bool:
        """Whether interest from before the book is among what is owed."""
        return "interest" in self.brought


def debts(connection: Connection, places: Sequence[Place], day: date, moves: Moves) -> Iterator[Debt]:
    """Yield the debts of some parties and references, in that order, as a run of an Eastern day sees them.

    Interest that a run of this very day has charged is left out: so a repeated run finds the same again.
    """
    wanted = set(places)
    references = sorted({reference for _, reference in places})
    found: dict[Place, Found] = defaultdict(Found)
    starts = _starts(connection, references)
    for row in _items(connection, references):
        if (row.party, row.reference) in wanted:
            _take_item(found[row.party, row.reference], row, day, starts, moves)
    for place, payment, is_principal in _allocations(connection, references):
        if place in wanted:
            each = found[place]
            each.paid.append(payment)
            each.paid_principal_cents += payment.cents if is_principal or each.old_interest else 0
    allowed = _allowances(connection, references)
    for place in sorted(found):
        yield _debt(place, found[place], allowed.get(place))


def allocation_days(connection: Connection, rows: Iterable[BookRow]) -> Iterator[tuple[BookRow, date]]:
    """Yield allocations with the day as of which they count: of their credit, at the latest their own."""
    held = [*rows]
    days = credit_days(connection, sorted({row.credit for row in held}))
    for row in held:
        yield row, min(row.event_day, days.get(row.credit, row.event_day))


def credit_days(connection: Connection, keys: Sequence[str]) -> Mapping[str, date]:
    """Return the day as of which credits count, by their keys."""
    wanted = select(journal_entry.c.key, journal_entry.c.event_day)
    rows = connection.execute(wanted.where(among(connection, journal_entry.c.key, keys)))
    return {row.key: row.event_day for row in rows}


def of_references(connection: Connection, references: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an entry's items belong to one of some references."""
    return or_(
        among(connection, journal_entry.c.reference, references),
        and_(
            among(connection, journal_entry.c.transaction_number, references),
            journal_entry.c.kind.in_(DECLARED),
        ),
    )


def _items(connection: Connection, references: Sequence[str]) -> Iterable[BookRow]:
    entry = journal_entry.c
    return connection.execute(
        select(
            entry.party,
            debt_reference.label("reference"),
            entry.kind,
            entry.key,
            entry.stream,
            entry.event_day,
            open_item.c.charge,
            open_item.c.due,
            open_item.c.cents,
        )
        .join_from(open_item, journal_entry, item_of_entry)
        .where(of_references(connection, references))
        .order_by(entry.party, entry.sequence, open_item.c.line)
    )


def _starts(connection: Connection, references: Sequence[str]) -> Mapping[tuple[str, date], date]:
    """Return the first day of interest that entries name, by their debt's reference and due day."""
    contents = connection.scalars(
        select(journal_entry.c.content)
        .where(of_references(connection, references), journal_entry.c.kind.in_(("declaration", "opening")))
        .order_by(journal_entry.c.party, journal_entry.c.sequence)
    )
    found: dict[tuple[str, date], date] = {}
    for entry in map(read, contents):
        for item in entry.items:
            found[entry.debt_reference, item.due] = _start(entry, item.due)
    return found


def _start(entry: Entry, due: date) -> date:
    """Return the first day on which what an entry says is due on a day bears interest."""
    if isinstance(entry.act, BroughtForward):
        return entry.act.interest_from or due + ONE_DAY
    return entry.dates.interest_from


def _take_item(
    found: Found, row: BookRow, day: date, starts: Mapping[tuple[str, date], date], moves: Moves
) -> None:
    """Add what an open item says: interest in the book, an amount that is owed, or a payment taken back."""
    is_interest = row.charge == "interest" and row.kind != "opening"
    if row.kind == "interest":
        if row.key != interest_key(row.party, row.reference, day):
            found.charged_cents += row.cents
            found.charged_on = max(found.charged_on or row.event_day, row.event_day)
    elif is_interest or row.kind not in OWED_BY:
        found.paid.append(Payment(day=row.event_day, cents=-row.cents))
        found.paid_principal_cents -= 0 if is_interest else row.cents
    else:
        found.stream = row.stream
        found.served = row.event_day if row.kind == "penalty" else found.served
        if row.kind == "opening":
            found.brought[row.charge] = row.event_day
        found.principal.append(Principal(_first_day(found, row, day, starts, moves), row.cents))


def _first_day(
    found: Found, row: BookRow, day: date, starts: Mapping[tuple[str, date], date], moves: Moves
) -> date:
    """Return the first day on which an amount bears interest: a penalty, the day after service."""
    if found.served is not None:
        return found.served + ONE_DAY
    due: date = row.due
    start = starts.get((row.reference, due), due + ONE_DAY)
    return max(start, moves.due(row.stream, due, day) + ONE_DAY)


def _allocations(connection: Connection, references: Sequence[str]) -> Iterator[tuple[Place, Payment, bool]]:
    """Yield what was paid: on which debt, as of which day, and whether it was principal."""
    rows = connection.execute(
        select(
            journal_entry.c.party,
            journal_entry.c.event_day,
            allocation.c.reference,
            allocation.c.charge,
            allocation.c.credit,
            allocation.c.cents,
        )
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(among(connection, allocation.c.reference, references), allocation.c.charge.is_not(None))
        .order_by(journal_entry.c.party, journal_entry.c.sequence, allocation.c.line)
    )
    for row, counts in allocation_days(connection, rows):
        payment = Payment(day=counts, cents=row.cents)
        yield (row.party, row.reference), payment, row.charge != "interest"


def _allowances(connection: Connection, references: Sequence[str]) -> Mapping[Place, BookRow]:
    table = interest_allowance
    rows = connection.execute(select(table).where(among(connection, table.c.reference, references)))
    return {(row.party, row.reference): row for row in rows}


def _debt(place: Place, found: Found, allowance: BookRow | None) -> Debt:
    party, reference = place
    return Debt(
        party=party,
        reference=reference,
        stream=found.stream,
        principal=tuple(found.principal),
        paid=tuple(found.paid),
        paid_principal_cents=found.paid_principal_cents,
        charged_cents=found.charged_cents,
        charged_on=found.charged_on,
        served=found.served or _served_before(found.brought),
        allowed=allowance is not None and allowance.extended_to is None,
        extended_to=allowance.extended_to if allowance is not None else None,
    )


def _served_before(brought: Mapping[str, date]) -> date | None:
    """Return when a penalty from before the book arose; None where its reference owes something else too."""
    return brought["penalty"] if set(brought) == {"penalty"} else None
