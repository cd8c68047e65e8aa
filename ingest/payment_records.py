"""What does the book know of payments? Reads them with what became of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from sqlalchemy import Connection, Select, func, or_, select

from accounting.bulk import among
from accounting.journal import read
from accounting.ledger import STREAM_ROWS
from accounting.payments import (
    SUSPENSE,
    FreeCredit,
    assignment_key,
    dishonour_key,
    paid_cents,
    received_act,
)
from accounting.tables import allocation, chain, credit, debt, journal_entry
from ingest import registry
from schemas.acts import PaymentAssigned, PaymentMethod
from schemas.base import Value
from schemas.book import Entry
from schemas.money import Cents
from schemas.registry import Stream

State = Literal["unmatched", "assigned", "dishonoured", "free", "partly used", "used"]
"""What became of a payment. unmatched: it waits in suspense. assigned: it has left suspense for an account.
free: nothing was paid with it. used: it paid debts, or was paid out."""

STATES: tuple[State, ...] = ("unmatched", "assigned", "dishonoured", "free", "partly used", "used")

NAMED_AT_ONCE = 200
"""How many references are asked for in one statement."""


class Used(Value):
    """A part of a payment that paid a debt, or was paid out (then charge and due are missing)."""

    reference: str
    charge: str | None
    due: date | None
    cents: Cents


class PaymentRecord(Value):
    """A payment and what became of it. free_cents: what still waits as a credit."""

    key: str
    account: str
    reference: str
    payer: str
    method: PaymentMethod
    received_at: datetime
    value_day: date
    cents: Cents
    free_cents: Cents
    state: State
    requested: tuple[str, ...] = ()
    used: tuple[Used, ...] = ()
    source: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which payments are wanted. account: of one party. since, until: value days, both included."""

    account: str = ""
    reference: str = ""
    payer: str = ""
    method: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""

    def wants(self, found: PaymentRecord) -> bool:
        """Whether a payment is among them. What has left suspense is its account's payment, unless asked."""
        if self.state:
            is_asked = found.state == self.state
        else:
            is_asked = bool(self.account) or found.state != "assigned"
        return (
            is_asked
            and self.reference in {"", found.reference}
            and self.payer.casefold() in found.payer.casefold()
        )

    def narrowed(self, wanted: Select[bytes]) -> Select[bytes]:
        """Return the question with what the database can ask of its own columns."""
        columns = journal_entry.c
        if self.account or self.state == "unmatched":
            wanted = wanted.where(columns.party == (self.account or SUSPENSE))
        if self.method:
            wanted = wanted.where(columns.key.startswith(f"payment/{self.method}/", autoescape=True))
        if self.since:
            wanted = wanted.where(columns.event_day >= self.since)
        if self.until:
            wanted = wanted.where(columns.event_day <= self.until)
        return wanted


def payments(connection: Connection, wanted: Filter) -> Iterator[PaymentRecord]:
    """Yield payments by account and by when they were posted, with what became of each; read as a stream."""
    packed = wanted.narrowed(select(journal_entry.c.content).where(journal_entry.c.kind == "payment"))
    rows = connection.execute(
        packed.order_by(journal_entry.c.party, journal_entry.c.sequence),
        execution_options={"yield_per": STREAM_ROWS},
    )
    for batch in rows.scalars().partitions(STREAM_ROWS):
        records = records_of(connection, [read(found) for found in batch])
        yield from (record for record in records if wanted.wants(record))


def records_of(connection: Connection, entries: Sequence[Entry]) -> Iterator[PaymentRecord]:
    """Yield what became of some payments, in their order."""
    keys = [entry.key for entry in entries]
    free = {row.key: row.cents for row in connection.execute(select(credit).where(credit.c.key.in_(keys)))}
    used = _used(connection, keys)
    ended = entries_of(connection, [name(key) for key in keys for name in (assignment_key, dishonour_key)])
    for entry in entries:
        act = received_act(entry)
        parts = used.get(entry.key, ())
        yield PaymentRecord(
            key=entry.key,
            account=entry.party,
            reference=act.reference,
            payer=act.payer,
            method=act.method,
            received_at=act.received_at,
            value_day=act.value_day,
            cents=paid_cents(entry),
            free_cents=int(free.get(entry.key, 0)),
            state=_state(entry, ended, parts, int(free.get(entry.key, 0))),
            requested=act.requested,
            used=parts,
            source=act.source,
            quoted=act.quoted,
        )


def _state(entry: Entry, ended: Mapping[str, Entry], used: Sequence[Used], free: Cents) -> State:
    if dishonour_key(entry.key) in ended:
        return "dishonoured"
    if entry.party == SUSPENSE:
        return "assigned" if assignment_key(entry.key) in ended else "unmatched"
    if not used:
        return "free"
    return "partly used" if free else "used"


def _used(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[Used, ...]]:
    """Return what each credit paid and still pays, by its key; what was undone comes to nothing."""
    columns = allocation.c
    rows = connection.execute(
        select(
            columns.credit,
            columns.reference,
            columns.charge,
            columns.due,
            func.sum(columns.cents).label("cents"),
        )
        .where(among(connection, columns.credit, keys))
        .group_by(columns.credit, columns.reference, columns.charge, columns.due)
        .having(func.sum(columns.cents) != 0)
        .order_by(columns.credit, columns.due, columns.reference, columns.charge)
    )
    return {
        key: tuple(
            Used(reference=row.reference, charge=row.charge, due=row.due, cents=int(row.cents))
            for row in found
        )
        for key, found in groupby(rows, key=lambda row: row.credit)
    }


def paid_out(connection: Connection, key: str) -> list[Used]:
    """Return what of a credit was disbursed: money that has left the house."""
    return [part for part in _used(connection, [key]).get(key, ()) if part.charge is None]


def entries_of(connection: Connection, keys: Sequence[str]) -> dict[str, Entry]:
    """Return the entries that the book holds under some keys."""
    found = connection.execute(
        select(journal_entry.c.key, journal_entry.c.content).where(
            among(connection, journal_entry.c.key, keys)
        )
    )
    return {row.key: read(row.content) for row in found}


def entry_of(connection: Connection, key: str) -> Entry | None:
    """Return the entry under a key, or None."""
    return entries_of(connection, [key]).get(key)


def named(connection: Connection, references: Iterable[str]) -> list[Entry]:
    """Return the payments that have one of some references, on whichever account; the oldest first."""
    wanted = sorted(set(references))
    found: list[Entry] = []
    for start in range(0, len(wanted), NAMED_AT_ONCE):
        part = wanted[start : start + NAMED_AT_ONCE]
        asked = [journal_entry.c.key.endswith(f"/{reference}", autoescape=True) for reference in part]
        packed = connection.scalars(
            select(journal_entry.c.content)
            .where(journal_entry.c.kind == "payment", or_(*asked))
            .order_by(journal_entry.c.id)
        )
        found += map(read, packed)
    return found


def standing(connection: Connection, found: Entry) -> Entry:
    """Return the payment that stands for one in suspense: that of its account, once it was assigned."""
    leaving = entry_of(connection, assignment_key(found.key))
    if leaving is None or not isinstance(leaving.act, PaymentAssigned):
        return found
    act = received_act(found)
    key = f"payment/{act.method}/{leaving.act.account}/{act.reference}"
    return entry_of(connection, key) or found


def streams_of(connection: Connection, accounts: Iterable[str]) -> dict[str, Stream]:
    """Return how each known account is billed: those of the registry, and those that the book knows."""
    wanted = sorted(set(accounts) - {"", SUSPENSE})
    known = registry.read(connection, accounts=wanted, senders=()).importers
    booked = connection.scalars(
        select(chain.c.party).where(among(connection, chain.c.party, wanted), chain.c.sequence > 0)
    )
    streams: dict[str, Stream] = dict.fromkeys(booked, "commercial")
    return streams | {account: importer.stream for account, importer in known.items()}


def free_credits(connection: Connection, account: str) -> list[FreeCredit]:
    """Return the free credits of an account, each with the day of the entry that gave it."""
    rows = connection.execute(
        select(credit.c.key, credit.c.kind, credit.c.cents, journal_entry.c.event_day)
        .join_from(credit, journal_entry, journal_entry.c.key == credit.c.key)
        .where(credit.c.party == account, credit.c.cents > 0)
        .order_by(journal_entry.c.event_day, credit.c.key)
    )
    return [FreeCredit(row.key, row.kind, int(row.cents), row.event_day) for row in rows]


def open_debts(connection: Connection, account: str) -> list[tuple[str, date, Cents]]:
    """Return what an account owes: reference, due day, cents of all charges together; by due day."""
    rows = connection.execute(
        select(debt.c.reference, debt.c.due, func.sum(debt.c.cents).label("cents"))
        .where(debt.c.party == account)
        .group_by(debt.c.reference, debt.c.due)
        .having(func.sum(debt.c.cents) > 0)
        .order_by(debt.c.due, debt.c.reference)
    )
    return [(row.reference, row.due, int(row.cents)) for row in rows]
