"""What does an account owe, and what has it free? Now, at a past instant, or as of an event day.

An instant asks what the book said then; a day asks what counts until then, by all that is known. The present
is read from the sums that posting keeps; the past is added up from the rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    union_all,
)

from accounting.bulk import among
from accounting.clearing import Debt, FreeCredit, Open
from accounting.journal import read
from accounting.ledger import STREAM_ROWS, credit_moves, latest_entry
from accounting.strategies import credit_type, debt_type
from accounting.tables import (
    allocation,
    allocation_of_entry,
    credit,
    debt,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
    posting,
    posting_of_entry,
)
from schemas.acts import PaymentReceived
from schemas.base import Value
from schemas.book import DECLARED, Allocation, Entry, EntryKind
from schemas.identifiers import TRANSACTION_NUMBER
from schemas.money import Cents
from schemas.registry import Stream

OWING = ("interest", "penalty", "opening", "dishonour")
"""Kinds of entries, beside declarations, that something is owed by."""

REFERENCES_MAX = 1000
"""How many references are asked for at once: SQLite takes so many values in one statement."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When an account is looked at. as_of: what the book said at that UTC instant, included; None for now.

    as_of_day: what counts until that Eastern day, included; None for all.
    """

    as_of: datetime | None = None
    as_of_day: date | None = None

    @property
    def is_now(self) -> bool:
        """Whether the sums that posting keeps are the answer."""
        return self.as_of is None and self.as_of_day is None

    def condition(self) -> ColumnElement[bool]:
        """Return the condition that an entry belongs to the moment."""
        posted = journal_entry.c.posted_at <= self.as_of if self.as_of else true()
        counts = journal_entry.c.event_day <= self.as_of_day if self.as_of_day else true()
        return and_(posted, counts)


NOW = Moment()


# ---- debts ----------------------------------------------------------------------------------------


def open_parts(
    connection: Connection, parties: Sequence[str], due_by: date | None = None
) -> dict[str, list[Open]]:
    """Return what is open of each account, negative amounts too, by reference, due day and charge.

    due_by: what falls due later is left out, except of references of which something is negative.
    """
    wanted = select(debt).where(among(connection, debt.c.party, parties), debt.c.cents != 0)
    if due_by is not None:
        other = debt.alias()
        over = select(other.c.party).where(
            other.c.party == debt.c.party, other.c.reference == debt.c.reference, other.c.cents < 0
        )
        wanted = wanted.where(or_(debt.c.due <= due_by, over.exists()))
    found: dict[str, list[Open]] = defaultdict(list)
    ordered = wanted.order_by(debt.c.party, debt.c.reference, debt.c.due, debt.c.charge)
    for row in connection.execute(ordered):
        found[row.party].append((row.reference, row.charge, row.due, int(row.cents)))
    return found


def open_parts_at(connection: Connection, party: str, moment: Moment = NOW) -> list[Open]:
    """Return what is open of one account at a moment, negative amounts too."""
    if moment.is_now:
        return open_parts(connection, [party]).get(party, [])
    both = _debt_moves(party, moment).subquery()
    reference, charge, due, cents = both.c
    total = func.sum(cents)
    rows = connection.execute(
        select(reference, charge, due, total)
        .group_by(reference, charge, due)
        .having(total != 0)
        .order_by(reference, due, charge)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


def _debt_moves(party: str, moment: Moment) -> Any:
    """Return what raised and lowered an account's debts: reference, charge, due day, cents."""
    raised = (
        select(debt_reference.label("reference"), open_item.c.charge, open_item.c.due, open_item.c.cents)
        .join_from(open_item, journal_entry, item_of_entry)
        .where(journal_entry.c.party == party, moment.condition())
    )
    paid = (
        select(allocation.c.reference, allocation.c.charge, allocation.c.due, -allocation.c.cents)
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(journal_entry.c.party == party, allocation.c.charge.is_not(None), moment.condition())
    )
    return union_all(raised, paid)


@dataclass(frozen=True, slots=True)
class History:
    """How a debt came into the book: by the latest entry that says so. accounted: its Eastern day."""

    broker: str
    stream: Stream
    period_start: date
    period_end: date
    statement: date
    accounted: date
    adjusted: bool


Debtor = tuple[str, str, bool]
"""A party, a reference, and whether it is the interest on it."""

NOTHING_KNOWN: Mapping[Debtor, History] = MappingProxyType({})


def histories(
    connection: Connection, parties: Sequence[str], references: Iterable[str]
) -> dict[Debtor, History]:
    """Return how debts of some accounts came into the book."""
    found: dict[Debtor, History] = {}
    wanted = sorted(set(references))
    for start in range(0, len(wanted), REFERENCES_MAX):
        some = wanted[start : start + REFERENCES_MAX]
        for row in connection.execute(_sources(connection, parties, some)):
            found[row.party, row.debt_reference, row.kind == "interest"] = _history(row)
    return found


def _sources(
    connection: Connection, parties: Sequence[str], references: Sequence[str]
) -> Select[tuple[Any, ...]]:
    """Return the entries that made debts of some references, in the order of their chains."""
    entry = journal_entry.c
    declared = and_(among(connection, entry.transaction_number, references), entry.kind == "declaration")
    others = and_(among(connection, entry.reference, references), entry.kind.in_(OWING))
    return (
        select(
            entry.party,
            debt_reference.label("debt_reference"),
            entry.kind,
            entry.version,
            entry.broker,
            entry.stream,
            entry.event_day,
            entry.period_start,
            entry.period_end,
            entry.payment_due,
            entry.statement_date,
        )
        .where(among(connection, entry.party, parties), or_(declared, others))
        .order_by(entry.party, entry.sequence)
    )


def _history(row: Row[Any]) -> History:
    return History(
        broker=row.broker,
        stream=row.stream,
        period_start=row.period_start,
        period_end=row.period_end,
        statement=row.statement_date,
        accounted=row.event_day,
        adjusted=row.kind == "declaration" and row.version > 1 and row.event_day > row.payment_due,
    )


def debt_of(party: str, part: Open, known: Mapping[Debtor, History] = NOTHING_KNOWN) -> Debt:
    """Return a debt with its type, and with what is known of how it came into the book."""
    reference, charge, due, cents = part
    history = known.get((party, reference, charge == "interest"))
    declared = known.get((party, reference, False))
    return Debt(
        reference=reference,
        charge=charge,
        due=due,
        cents=cents,
        type=debt_type(reference, charge, adjusted=bool(declared and declared.adjusted)),
        broker=declared.broker if declared else "",
        statement=history.statement if history else None,
        accounted=history.accounted if history else None,
    )


# ---- credits --------------------------------------------------------------------------------------


def free_credits(connection: Connection, parties: Sequence[str]) -> dict[str, list[FreeCredit]]:
    """Return the free credits of each account, oldest first. A credit counts from the day of its entry."""
    rows = connection.execute(
        select(credit, journal_entry.c.event_day)
        .outerjoin(journal_entry, journal_entry.c.key == credit.c.key)
        .where(among(connection, credit.c.party, parties), credit.c.cents > 0)
        .order_by(credit.c.party, journal_entry.c.event_day, credit.c.key, credit.c.kind)
    )
    found: dict[str, list[FreeCredit]] = defaultdict(list)
    for row in rows:
        day = row.event_day or date.min
        found[row.party].append(
            FreeCredit(row.key, row.kind, int(row.cents), day, credit_type(row.key, row.kind))
        )
    return found


def free_credits_at(connection: Connection, party: str, moment: Moment = NOW) -> list[FreeCredit]:
    """Return the free credits of one account at a moment, oldest first."""
    if moment.is_now:
        return free_credits(connection, [party]).get(party, [])
    sums: dict[tuple[str, Any], Cents] = defaultdict(int)
    days: dict[str, date] = {}
    for entry in _entries(connection, party, moment):
        for _party, key, kind, cents in credit_moves([entry]):
            sums[key, kind] += cents
            days.setdefault(key, entry.event_day)
    found = [
        FreeCredit(key, kind, cents, days[key], credit_type(key, kind))
        for (key, kind), cents in sums.items()
        if cents
    ]
    return sorted(found, key=attrgetter("day", "key"))


def _entries(connection: Connection, party: str, moment: Moment) -> Iterator[Entry]:
    """Yield the entries of an account that can move credits, in the order of its chain.

    Interest can: that on a refund is one.
    """
    wanted = (
        select(journal_entry.c.content)
        .where(
            journal_entry.c.party == party,
            journal_entry.c.kind.not_in([*DECLARED, "penalty"]),
            moment.condition(),
        )
        .order_by(journal_entry.c.sequence)
    )
    for packed in connection.scalars(wanted, execution_options={"yield_per": STREAM_ROWS}):
        yield read(packed)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a credit comes from. payer: who paid, for a payment. reference: the debt that gave it."""

    payer: str
    reference: str


def origins(connection: Connection, keys: Iterable[str]) -> dict[str, Origin]:
    """Return where credits come from, by their keys."""
    found: dict[str, Origin] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), REFERENCES_MAX):
        some = wanted[start : start + REFERENCES_MAX]
        rows = select(journal_entry.c.key, journal_entry.c.reference, journal_entry.c.content)
        for row in connection.execute(rows.where(among(connection, journal_entry.c.key, some))):
            act = read(row.content).act
            payer = act.payer if isinstance(act, PaymentReceived) else ""
            found[row.key] = Origin(payer, row.reference)
    return found


def cancelled(connection: Connection, references: Iterable[str]) -> set[str]:
    """Return those of some references whose declaration was cancelled: its latest version has no line."""
    found: set[str] = set()
    wanted = sorted({each for each in references if TRANSACTION_NUMBER.fullmatch(each)})
    for start in range(0, len(wanted), REFERENCES_MAX):
        latest = latest_entry(connection, wanted[start : start + REFERENCES_MAX])
        found |= {
            number for number, entry in latest.items() if entry.assessment and not entry.assessment.lines
        }
    return found


# ---- what paid what -------------------------------------------------------------------------------


def paid_by(connection: Connection, party: str, credit: str) -> tuple[Allocation, ...]:
    """Return what a credit paid of debts, one allocation a debt; what was undone is left out.

    Sorted by debt: reference, charge, due day. What was paid out of the credit is not among them.
    """
    place = allocation.c.kind, allocation.c.reference, allocation.c.charge, allocation.c.due
    cents = func.sum(allocation.c.cents)
    found = connection.execute(
        select(*place, cents.label("cents"))
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(
            allocation.c.credit == credit,
            allocation.c.charge.is_not(None),
            journal_entry.c.party == party,
        )
        .group_by(*place)
        .having(cents != 0)
        .order_by(allocation.c.reference, allocation.c.charge, allocation.c.due, allocation.c.kind)
    )
    return tuple(Allocation(credit=credit, **{**row._mapping, "cents": int(row.cents)}) for row in found)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of an account's history are asked for; what is empty asks for all.

    posted, counted: first and last Eastern day of posting, and of the event. transaction: its own entries,
    those about it, and the clearings of it. broker: BN9 or BN15.
    """

    posted: tuple[date | None, date | None] = (None, None)
    counted: tuple[date | None, date | None] = (None, None)
    kinds: tuple[str, ...] = ()
    transaction: str = ""
    broker: str = ""

    def conditions(self, entry: Any) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions on an entry's columns."""
        for column, (first, last) in ((entry.posted_day, self.posted), (entry.event_day, self.counted)):
            if first is not None:
                yield column >= first
            if last is not None:
                yield column <= last
        if self.kinds:
            yield entry.kind.in_(self.kinds)
        if self.transaction:
            about = allocation.c.entry_id == entry.id, allocation.c.reference == self.transaction
            yield or_(
                entry.transaction_number == self.transaction,
                entry.reference == self.transaction,
                select(allocation.c.entry_id).where(*about).exists(),
            )
        if self.broker:
            yield func.substr(entry.broker, 1, len(self.broker)) == self.broker


class HistoryLine(Value):
    """An entry of an account, and what it changed.

    owed_cents: more (or less) owed. free_cents: more (or less) free in credits. balance_cents: what was owed
    less what was free behind it, by the order of posting.
    """

    posted_at: datetime
    posted_day: date
    event_day: date
    kind: EntryKind
    key: str
    reference: str
    version: int
    broker: str
    statement_date: date
    owed_cents: Cents
    free_cents: Cents
    balance_cents: Cents


def history(connection: Connection, party: str, wanted: Wanted) -> Iterator[HistoryLine]:
    """Yield an account's entries in the order of posting; the book is read as a stream."""
    line = _balanced_lines(party).subquery().c
    rows = select(*line).where(*wanted.conditions(line)).order_by(line.sequence)
    for row in connection.execute(rows, execution_options={"yield_per": STREAM_ROWS}):
        yield HistoryLine(
            **{name: row._mapping[name] for name in HistoryLine.model_fields if name != "reference"},
            reference=row.reference or row.transaction_number,
        )


def _balanced_lines(party: str) -> Select[Any]:
    """Return an account's entries with what each changed, and the balance behind it."""
    entry = journal_entry.c
    owed, free = _moved("receivable."), -_moved("credit.")
    change = (
        select(
            *(column for column in entry if column.name != "content"),
            owed.label("owed_cents"),
            free.label("free_cents"),
        )
        .select_from(journal_entry.outerjoin(posting, posting_of_entry))
        .where(entry.party == party)
        .group_by(entry.id)
        .subquery()
        .c
    )
    behind = func.sum(change.owed_cents - change.free_cents).over(order_by=change.sequence)
    return select(*change, behind.label("balance_cents"))


def _moved(accounts: str) -> ColumnElement[Any]:
    """Return the sum of the postings to the accounts of the chart that begin so."""
    cents = case((posting.c.account.startswith(accounts, autoescape=True), posting.c.cents), else_=0)
    return func.coalesce(func.sum(cents), 0)


@dataclass(frozen=True, slots=True)
class Traced:
    """One allocation, and the entry that made it: its key, Eastern day, UTC instant and text."""

    party: str
    key: str
    day: date
    posted_at: datetime
    allocation: Allocation


def trace(connection: Connection, name: str) -> Iterator[Traced]:
    """Yield the allocations of a credit (by its key) or of a debt (by its reference), oldest first."""
    entry = journal_entry.c
    rows = connection.execute(
        select(entry.party, entry.key, entry.event_day, entry.posted_at, allocation)
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(or_(allocation.c.credit == name, allocation.c.reference == name))
        .order_by(entry.party, entry.sequence, allocation.c.line)
    )
    for row in rows:
        found = Allocation(
            credit=row.credit,
            kind=row.kind,
            reference=row.reference,
            charge=row.charge,
            due=row.due,
            cents=row.cents,
        )
        yield Traced(row.party, row.key, row.event_day, row.posted_at, found)


def payments_ending(connection: Connection, name: str) -> list[str]:
    """Return the keys of the payments whose own reference is a name."""
    entry = journal_entry.c
    keys = select(entry.key).where(entry.kind == "payment", entry.key.endswith(f"/{name}", autoescape=True))
    return list(connection.scalars(keys.order_by(entry.key)))


def credits_named(connection: Connection, key: str) -> list[tuple[str, str, Cents]]:
    """Return what is free of a credit: account, key, cents."""
    rows = connection.execute(select(credit).where(credit.c.key == key, credit.c.cents != 0))
    return [(row.party, row.key, int(row.cents)) for row in rows]


def debts_named(connection: Connection, reference: str) -> list[tuple[str, Open]]:
    """Return what is open under a reference, with its account."""
    rows = connection.execute(
        select(debt)
        .where(debt.c.reference == reference, debt.c.cents != 0)
        .order_by(debt.c.party, debt.c.due, debt.c.charge)
    )
    return [(row.party, (row.reference, row.charge, row.due, int(row.cents))) for row in rows]
