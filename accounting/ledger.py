"""How does an entry get into the book, and how is the book read? This file alone writes the journal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, func, select

from accounting.bulk import Row, add_rows, among, insert_missing, insert_rows, replace_rows
from accounting.journal import content, is_same, link, posted_day, read, statement_date
from accounting.packing import pack
from accounting.tables import allocation, chain, debt, journal_entry, open_item, posting, posting_of_entry
from accounting.tables import balance as balance_table
from accounting.tables import credit as credit_table
from schemas.book import Entry, EntryKind
from schemas.money import Cents

GENESIS = "0" * 64
"""The hash before the first entry of a chain."""

SETTLING: tuple[EntryKind, ...] = ("reversal", "dishonour", "credit", "waiver")
"""Entries after which a debt or a credit can stand at zero, as after any with allocations."""

STREAM_ROWS = 1000
"""How many entries are held in memory while the book is read."""


class EntryConflict(Exception):  # noqa: N818 - named as the refusal it is
    """The book holds another entry under this key. Nothing was changed."""


@dataclass(slots=True)
class Head:
    """Where the chain of a party ends, and its balances in cents by account."""

    sequence: int
    hash: str
    balances: dict[str, Cents]

    def take(self, entry: Entry, text: bytes) -> None:
        """Let the chain end with an entry, whose text this is."""
        self.sequence += 1
        self.hash = link(self.hash, text)
        for found in entry.postings:
            self.balances[found.account] = self.balances.get(found.account, 0) + found.cents


class Sealed(NamedTuple):
    """An entry with its place in its party's chain, ready to be written."""

    id: int
    entry: Entry
    text: bytes
    sequence: int
    previous_hash: str
    hash: str


def post(connection: Connection, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Write entries into the book in the caller's transaction; return those that are new.

    An entry that the book holds already is skipped: same key and same content, at whatever instant it was
    posted. Raises EntryConflict when a key stands for other content. The parties are locked in sorted
    order, so that writers who meet wait for each other and never deadlock.
    """
    heads = _lock(connection, sorted({entry.party for entry in entries}))
    fresh = _fresh(connection, entries)
    sealed = _seal(fresh, heads, _draw_ids(connection, len(fresh)))
    # Postings, items and allocations go before their entry: its insert seals them (`accounting.guards`).
    insert_rows(connection, posting, [row for each in sealed for row in posting_rows(each)])
    insert_rows(connection, open_item, [row for each in sealed for row in item_rows(each)])
    insert_rows(connection, allocation, [row for each in sealed for row in allocation_rows(each)])
    insert_rows(connection, journal_entry, [entry_row(each) for each in sealed])
    moved = {entry.party: heads[entry.party] for entry in fresh}
    replace_rows(connection, chain, [head_row(party, head) for party, head in moved.items()])
    _add_up(connection, [each.entry for each in sealed])
    return tuple(each.entry for each in sealed)


def lock(connection: Connection, parties: Sequence[str]) -> None:
    """Hold accounts (BN15) until the transaction ends: who looks at debts and credits before posting does.

    Nobody else posts to them meanwhile. All accounts of a transaction are locked at once.
    """
    _lock(connection, sorted(set(parties)))


def _lock(connection: Connection, parties: Sequence[str]) -> dict[str, Head]:
    """Lock the parties' chains; return the head of each.

    A list handed to UPDATE would not order the locks; a sorted SELECT ... FOR UPDATE does. New parties
    get their row first, in sorted order too. SQLite has one writer at a time and knows no FOR UPDATE.
    """
    if not parties:
        return {}
    theirs = among(connection, chain.c.party, parties)
    known = set(connection.scalars(select(chain.c.party).where(theirs)))
    new = [head_row(party, Head(0, GENESIS, {})) for party in parties if party not in known]
    insert_missing(connection, chain, new)
    heads = connection.execute(select(chain).where(theirs).order_by(chain.c.party).with_for_update())
    return {party: Head(*head) for party, *head in heads}


def head_row(party: str, head: Head) -> Row:
    """Return the row of a chain."""
    return party, head.sequence, head.hash, orjson.dumps(head.balances).decode()


def held_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Return those of some entries' natural keys that the book holds."""
    held = select(journal_entry.c.key).where(among(connection, journal_entry.c.key, keys))
    return set(connection.scalars(held))


def _fresh(connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that the book does not hold, each once."""
    keys = [entry.key for entry in entries]
    held = select(journal_entry.c.key, journal_entry.c.content).where(
        among(connection, journal_entry.c.key, keys)
    )
    known = {row.key: read(row.content) for row in connection.execute(held)}
    fresh = []
    for entry in entries:
        if entry.key not in known:
            known[entry.key] = entry
            fresh.append(entry)
        elif not is_same(known[entry.key], entry):
            raise EntryConflict(f"{entry.key} stands in the book with other content")
    return fresh


def _draw_ids(connection: Connection, count: int) -> Iterable[int]:
    """Return ids that no other entry has, rising. SQLite has one writer at a time, so it can count."""
    if connection.dialect.name == "sqlite":
        first = connection.scalar(select(func.coalesce(func.max(journal_entry.c.id), 0) + 1)) or 1
        return range(first, first + count)
    each = func.generate_series(1, count).table_valued("number")
    return connection.scalars(select(func.nextval("journal_entry_id_seq")).select_from(each)).all()


def _seal(fresh: Sequence[Entry], heads: Mapping[str, Head], ids: Iterable[int]) -> list[Sealed]:
    """Give each entry its id, its place behind the last one of its party, and its hash; move the heads."""
    sealed = []
    for entry, number in zip(fresh, ids, strict=True):
        text, head = content(entry), heads[entry.party]
        previous_hash = head.hash
        head.take(entry, text)
        sealed.append(Sealed(number, entry, text, head.sequence, previous_hash, head.hash))
    return sealed


def entry_row(sealed: Sealed) -> Row:
    """Return an entry's row: its text, its place, and what it is looked up by."""
    entry = sealed.entry
    return (
        sealed.id,
        entry.party,
        sealed.sequence,
        entry.key,
        entry.kind,
        entry.reference,
        entry.transaction_number,
        entry.version,
        entry.broker,
        entry.stream,
        entry.release_date,
        entry.event_day,
        entry.posted_at,
        posted_day(entry.posted_at),
        entry.dates.period_start,
        entry.dates.period_end,
        entry.dates.payment_due,
        statement_date(entry.dates, entry.posted_at),
        entry.late,
        entry.value_for_duty_cents,
        sealed.previous_hash,
        sealed.hash,
        pack(sealed.text),
    )


def posting_rows(sealed: Sealed) -> Iterator[Row]:
    """Yield the rows of an entry's postings."""
    for line, found in enumerate(sealed.entry.postings):
        yield sealed.id, line, found.account, found.cents


def item_rows(sealed: Sealed) -> Iterator[Row]:
    """Yield the rows of an entry's open items."""
    for line, item in enumerate(sealed.entry.items):
        yield sealed.id, line, item.charge, item.cents, item.due, item.statement_date


def allocation_rows(sealed: Sealed) -> Iterator[Row]:
    """Yield the rows of an entry's allocations."""
    for line, each in enumerate(sealed.entry.allocations):
        yield sealed.id, line, each.credit, each.kind, each.reference, each.charge, each.due, each.cents


def _add_up(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add what the entries move to the debts and credits, each row once."""
    add_rows(connection, debt, summed(debt_moves(entries)))
    add_rows(connection, credit_table, summed(credit_moves(entries)))
    settled = sorted({entry.party for entry in entries if entry.allocations or entry.kind in SETTLING})
    for table in (debt, credit_table):
        if settled:
            connection.execute(
                delete(table).where(among(connection, table.c.party, settled), table.c.cents == 0)
            )


def debt_moves(entries: Iterable[Entry]) -> Iterator[Row]:
    """Yield what entries add to the debts: party, reference, charge, due day, cents."""
    for entry in entries:
        for item in entry.items:
            yield entry.party, entry.debt_reference, item.charge, item.due, item.cents
        for each in entry.allocations:
            if each.charge is not None:
                yield entry.party, each.reference, each.charge, each.due, -each.cents


def credit_moves(entries: Iterable[Entry]) -> Iterator[Row]:
    """Yield what entries add to the free credits: party, key, kind, cents."""
    for entry in entries:
        if entry.credit is not None:
            yield entry.party, entry.credit.key, entry.credit.kind, entry.credit.cents
        for each in entry.allocations:
            yield entry.party, each.credit, each.kind, -each.cents


def summed(moves: Iterable[Row]) -> list[Row]:
    """Return the sum of the cents, which come last, for each place named before them."""
    sums: dict[Row, Cents] = {}
    for move in moves:
        place = move[:-1]
        sums[place] = sums.get(place, 0) + move[-1]
    return [(*place, cents) for place, cents in sums.items()]


def latest_entry(connection: Connection, transaction_numbers: Sequence[str]) -> dict[str, Entry]:
    """Return the entry of the latest version of each declaration that the book knows, by its number."""
    found = connection.execute(
        select(journal_entry.c.transaction_number, journal_entry.c.content)
        .where(
            among(connection, journal_entry.c.transaction_number, transaction_numbers),
            journal_entry.c.kind == "declaration",
        )
        .order_by(journal_entry.c.version)
    )
    latest: dict[str, bytes] = {row.transaction_number: row.content for row in found}
    return {number: read(packed) for number, packed in latest.items()}


def entries(
    connection: Connection,
    *,
    party: str | None = None,
    transaction_number: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Iterator[Entry]:
    """Yield the entries by party and place in its chain; the book is read as a stream.

    first_day, last_day: Eastern days of posting, both included.
    """
    wanted = select(journal_entry.c.content).order_by(journal_entry.c.party, journal_entry.c.sequence)
    if party is not None:
        wanted = wanted.where(journal_entry.c.party == party)
    if transaction_number is not None:
        wanted = wanted.where(journal_entry.c.transaction_number == transaction_number)
    if first_day is not None:
        wanted = wanted.where(journal_entry.c.posted_day >= first_day)
    if last_day is not None:
        wanted = wanted.where(journal_entry.c.posted_day <= last_day)
    for packed in connection.scalars(wanted, execution_options={"yield_per": STREAM_ROWS}):
        yield read(packed)


def trial_balance(connection: Connection) -> dict[str, Cents]:
    """Return the balance in cents of each account of the general ledger, over all parties; debit positive."""
    sums = (
        select(balance_table.c.account, func.sum(balance_table.c.cents))
        .group_by(balance_table.c.account)
        .order_by(balance_table.c.account)
    )
    return {account: int(cents) for account, cents in connection.execute(sums)}


def balance(connection: Connection, party: str, as_of: datetime | None = None) -> dict[str, Cents]:
    """Return the balance in cents of each account of a party; debit positive.

    as_of: what the book said at a UTC instant, that instant included; without it what it says now, which
    takes the same time however long the party's history is.
    """
    if as_of is None:
        found = select(balance_table.c.account, balance_table.c.cents).where(balance_table.c.party == party)
    else:
        found = (
            select(posting.c.account, func.sum(posting.c.cents))
            .join(journal_entry, posting_of_entry)
            .where(journal_entry.c.party == party, journal_entry.c.posted_at <= as_of)
            .group_by(posting.c.account)
        )
    return {account: int(cents) for account, cents in sorted(connection.execute(found))}


def receivable(balances: Mapping[str, Cents]) -> Cents:
    """Return what a party owes in cents, of all charges together; negative when it is in credit."""
    return sum(cents for account, cents in balances.items() if account.startswith("receivable."))
