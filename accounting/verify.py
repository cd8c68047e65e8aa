"""Does the book hold together? Every invariant, checked row by row; a sound book has no problems.

    entries    stored rows are what the hashed text says, and there are no others; postings sum to
               zero and stand in the chart of accounts; receivables are open items less allocations,
               credits are what was given less allocations; a version stands on one statement; a
               reversal mirrors its version exactly
    chains     sequences run from 1 without gaps; each hash covers the text and the hash before it
    balances   equal the sums of the postings, and the trial balance is zero; debts and credits equal
               theirs, each credit key by key, and no credit is used beyond what it gave
    versions   what was posted for a declaration, taken together, is its latest version

The book is read as a stream, party by party in the order of its chains.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Select,
    Table,
    and_,
    func,
    literal_column,
    not_,
    select,
    union_all,
)

from accounting.chart import chart_of_accounts
from accounting.journal import link, read, statement_date
from accounting.ledger import (
    GENESIS,
    STREAM_ROWS,
    Sealed,
    allocation_rows,
    credit_moves,
    entry_row,
    item_rows,
    posting_rows,
)
from accounting.packing import unpack
from accounting.tables import (
    allocation,
    allocation_of_entry,
    balance,
    chain,
    credit,
    debt,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
    posting,
    posting_of_entry,
)
from schemas.book import DECLARED, Entry

BookRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Problem:
    """An invariant that does not hold. where: the party, the entry's key or the declaration."""

    invariant: str
    where: str
    message: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.invariant}: {self.where}: {self.message}"


@dataclass(frozen=True)
class Stored:
    """An entry as it lies in the tables, and as its text reads."""

    row: BookRow
    postings: Sequence[BookRow]
    items: Sequence[BookRow]
    allocations: Sequence[BookRow]

    @cached_property
    def text(self) -> bytes:
        """The text that was hashed; empty when what lies there is none."""
        try:
            return unpack(self.row.content)
        except ValueError:
            return b""

    @cached_property
    def entry(self) -> Entry | None:
        """The entry that the text says, or None when it says none."""
        return _entry_of(self.row.content)


def verify(connection: Connection) -> list[Problem]:
    """Return every problem of the book; none means that all invariants hold.

    connection: in one transaction that sees one state of the book.
    """
    return [problem for check in CHECKS for problem in check(connection)]


def check_entries(connection: Connection) -> Iterator[Problem]:
    """Check each entry by itself, and each chain link by link."""
    last: dict[str, tuple[int, str]] = {}
    credits_ = _Credits(connection)
    for stored in _stored(connection):
        row = stored.row
        yield from credits_.turn_to(row.party)
        yield from _link_problems(stored, *last.get(row.party, (0, GENESIS)))
        last[row.party] = row.sequence, row.hash
        if stored.entry is None:
            yield Problem("content", row.key, "the text is not an entry")
            continue
        credits_.add(stored.entry)
        for invariant, holds in ENTRY_CHECKS.items():
            if not holds(stored, stored.entry, connection):
                yield Problem(invariant, row.key, MESSAGES[invariant])
    yield from credits_.turn_to(None)
    yield from _head_problems(connection, last)


class _Credits:
    """Adds up the credits of one party at a time, key by key, and holds them against their table."""

    def __init__(self, connection: Connection) -> None:
        posted = select(journal_entry.c.id).where(journal_entry.c.party == credit.c.party)
        held = select(credit).where(posted.exists()).order_by(credit.c.party, credit.c.key, credit.c.kind)
        rows = connection.execute(held, execution_options={"yield_per": STREAM_ROWS})
        self._groups = groupby(rows, key=attrgetter("party"))
        self._next = next(self._groups, None)
        self._party: str | None = None
        self._free: Counter[tuple[str, str]] = Counter()

    def add(self, entry: Entry) -> None:
        """Add what an entry of the party gives, takes back and uses."""
        for _party, key, kind, cents in credit_moves([entry]):
            self._free[key, kind] += cents

    def turn_to(self, party: str | None) -> Iterator[Problem]:
        """Yield what is wrong with the party so far, when another one follows. None: none follows."""
        if party == self._party:
            return
        if self._party is not None:
            yield from self._problems(self._party)
        self._party = party
        self._free.clear()

    def _problems(self, party: str) -> Iterator[Problem]:
        if self._next is not None and self._next[0] == party:
            for row in self._next[1]:
                self._free[row.key, row.kind] -= row.cents
            self._next = next(self._groups, None)
        for (key, kind), cents in sorted(self._free.items()):
            if cents:
                message = f"{kind}: given less used, and what is free, are {cents} cents apart"
                yield Problem("credit", f"{party} {key}", message)


def _link_problems(stored: Stored, sequence: int, previous_hash: str) -> Iterator[Problem]:
    """Say where an entry does not hang on the one before it, which has this sequence and hash."""
    row = stored.row
    if row.sequence != sequence + 1:
        yield Problem("sequence", row.key, f"is number {row.sequence} of its party behind number {sequence}")
    if row.previous_hash != previous_hash:
        yield Problem("chain", row.key, "does not name the hash of the entry before it")
    if row.hash != link(row.previous_hash, stored.text):
        yield Problem("hash", row.key, "the text is not the text that was hashed")


def _head_problems(connection: Connection, last: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    """Say which chains do not end where their head says."""
    heads = {head.party: (head.sequence, head.hash) for head in connection.execute(select(chain))}
    for party in sorted({*heads, *last}):
        if heads.get(party, (0, GENESIS)) != last.get(party, (0, GENESIS)):
            yield Problem("chain", party, "the chain does not end with the party's last entry")


def _rows_match(stored: Stored, entry: Entry, _connection: Connection) -> bool:
    """Whether the four tables say what the text says."""
    row = stored.row
    sealed = Sealed(row.id, entry, stored.text, row.sequence, row.previous_hash, row.hash)
    return (
        tuple(row) == entry_row(sealed)
        and [*map(tuple, stored.postings)] == [*posting_rows(sealed)]
        and [*map(tuple, stored.items)] == [*item_rows(sealed)]
        and [*map(tuple, stored.allocations)] == [*allocation_rows(sealed)]
    )


def _is_balanced(stored: Stored, _entry: Entry, _connection: Connection) -> bool:
    return not sum(row.cents for row in stored.postings)


def _is_in_chart(stored: Stored, _entry: Entry, _connection: Connection) -> bool:
    return all(row.account in chart_of_accounts() for row in stored.postings)


def _postings_are_explained(stored: Stored, entry: Entry, _connection: Connection) -> bool:
    """Whether receivables and credits move by the items, credits and allocations, account by account."""
    moved: Counter[str] = Counter()
    for found in stored.postings:
        if found.account.startswith(("receivable.", "credit.")):
            moved[found.account] += found.cents
    for item in stored.items:
        moved[f"receivable.{item.charge}"] -= item.cents
    if entry.credit is not None:
        moved[f"credit.{entry.credit.kind}"] += entry.credit.cents
    for each in stored.allocations:
        moved[f"credit.{each.kind}"] -= each.cents
        if each.charge is not None:
            moved[f"receivable.{each.charge}"] += each.cents
    return not any(moved.values())


def _is_on_one_statement(stored: Stored, entry: Entry, _connection: Connection) -> bool:
    dates = {stored.row.statement_date, *(item.statement_date for item in stored.items)}
    return dates == {statement_date(entry.dates, entry.posted_at)}


def _is_mirror(stored: Stored, entry: Entry, connection: Connection) -> bool:
    """Whether a reversal takes back exactly what an earlier entry of its party said."""
    if stored.row.kind != "reversal":
        return True
    mirrored = connection.scalar(
        select(journal_entry.c.content).where(
            journal_entry.c.key == stored.row.key.removesuffix("/reversal"),
            journal_entry.c.party == stored.row.party,
            journal_entry.c.sequence < stored.row.sequence,
        )
    )
    replaced = _entry_of(mirrored or b"")
    return replaced is not None and _amounts(replaced, 1) == _amounts(entry, -1)


def _entry_of(packed: bytes) -> Entry | None:
    """Return the entry whose text lies in the book, or None when it is none."""
    try:
        return read(packed)
    except ValueError:
        return None


def _amounts(entry: Entry, sign: int) -> list[tuple[object, ...]]:
    """Return every amount of an entry with what it belongs to, times a sign."""
    return [
        ("value", sign * entry.value_for_duty_cents),
        *((found.account, sign * found.cents) for found in entry.postings),
        *((item.charge, item.due, sign * item.cents) for item in entry.items),
    ]


ENTRY_CHECKS: Mapping[str, Callable[[Stored, Entry, Connection], bool]] = {
    "rows": _rows_match,
    "balanced": _is_balanced,
    "chart": _is_in_chart,
    "items": _postings_are_explained,
    "statement": _is_on_one_statement,
    "mirror": _is_mirror,
}

MESSAGES = {
    "rows": "the rows of the tables are not what the text says",
    "balanced": "the postings do not sum to zero",
    "chart": "a posting is to an account that is not in the chart",
    "items": "receivables and credits do not move by the items, credits and allocations",
    "statement": "it is not on exactly the one statement that the calendar gives",
    "mirror": "it is not the exact mirror of an earlier entry",
}


def check_strays(connection: Connection) -> Iterator[Problem]:
    """Check that every posting, open item and allocation belongs to an entry."""
    for table in (posting, open_item, allocation):
        entry = select(journal_entry.c.id).where(journal_entry.c.id == table.c.entry_id)
        strays = select(func.count()).select_from(table).where(~entry.exists())
        count = connection.scalar(strays)
        if count:
            yield Problem("stray", table.name, f"{count} rows belong to no entry")


def check_balances(connection: Connection) -> Iterator[Problem]:
    """Check that each balance is the sum of its postings, and that all balances together are zero."""
    both = union_all(
        select(journal_entry.c.party, posting.c.account, posting.c.cents).join_from(
            posting, journal_entry, posting_of_entry
        ),
        select(balance.c.party, balance.c.account, -balance.c.cents),
    )
    for row in connection.execute(_apart(both)):
        yield Problem("balance", f"{row.party} {row.account}", f"postings less balance are {row.cents} cents")
    total = connection.scalar(select(func.coalesce(func.sum(balance.c.cents), 0)))
    if total:
        yield Problem("trial balance", "book", f"all balances together are {total} cents, not zero")


def check_debts(connection: Connection) -> Iterator[Problem]:
    """Check that each debt is its open items less its allocations."""
    moves = union_all(
        select(
            journal_entry.c.party,
            debt_reference.label("reference"),
            open_item.c.charge,
            open_item.c.due,
            open_item.c.cents,
        ).join_from(open_item, journal_entry, item_of_entry),
        select(
            journal_entry.c.party,
            allocation.c.reference,
            allocation.c.charge,
            allocation.c.due,
            -allocation.c.cents,
        )
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(allocation.c.charge.is_not(None)),
        select(debt.c.party, debt.c.reference, debt.c.charge, debt.c.due, -debt.c.cents),
    )
    for row in connection.execute(_apart(moves)):
        where = f"{row.party} {row.reference} {row.charge} {row.due}"
        yield Problem("debt", where, f"open items less allocations and debt are {row.cents} cents")


def check_credits(connection: Connection) -> Iterator[Problem]:
    """Check that each credit is what was given less its allocations, and that none is overdrawn."""
    posted = select(journal_entry.c.id).where(journal_entry.c.party == credit.c.party)
    for row in connection.execute(select(credit).where(~posted.exists())):
        yield Problem("credit", f"{row.party} {row.key}", "belongs to a party without an entry")
    for row in connection.execute(select(credit).where(credit.c.cents < 0)):
        yield Problem("credit", f"{row.party} {row.key}", f"{-row.cents} cents more were used than given")
    given = select(
        balance.c.party,
        func.substr(balance.c.account, len("credit.") + 1).label("kind"),
        balance.c.cents,
    ).where(balance.c.account.startswith("credit."))
    free = select(credit.c.party, credit.c.kind, credit.c.cents)
    for row in connection.execute(_apart(union_all(given, free))):
        yield Problem(
            "credit", f"{row.party} {row.kind}", f"account and free credits are {row.cents} cents apart"
        )


def _apart(moves: CompoundSelect[Any]) -> Select[Any]:
    """Return the places at which moves, of which cents is the last column, do not come to nothing."""
    both = moves.subquery()
    *place, cents = both.c
    return (
        select(*place, func.sum(cents).label("cents"))
        .group_by(*place)
        .having(func.sum(cents) != 0)
        .order_by(*place)
    )


def check_versions(connection: Connection) -> Iterator[Problem]:
    """Check that a declaration's entries, but for its latest version's, cancel out account by account."""
    latest = (
        select(journal_entry.c.transaction_number, func.max(journal_entry.c.version).label("version"))
        .where(journal_entry.c.kind == "declaration")
        .group_by(journal_entry.c.transaction_number)
        .subquery()
    )
    stands = and_(journal_entry.c.kind == "declaration", journal_entry.c.version == latest.c.version)
    left = (
        select(
            journal_entry.c.transaction_number, posting.c.account, func.sum(posting.c.cents).label("cents")
        )
        .select_from(journal_entry)
        .join(posting, posting_of_entry)
        .outerjoin(latest, latest.c.transaction_number == journal_entry.c.transaction_number)
        .where(journal_entry.c.kind.in_(DECLARED), not_(func.coalesce(stands, literal_column("FALSE"))))
        .group_by(journal_entry.c.transaction_number, posting.c.account)
        .having(func.sum(posting.c.cents) != 0)
        .order_by(journal_entry.c.transaction_number, posting.c.account)
    )
    for row in connection.execute(left):
        yield Problem(
            "versions",
            row.transaction_number,
            f"{row.account} holds {row.cents} cents beside the latest version",
        )


CHECKS: tuple[Callable[[Connection], Iterator[Problem]], ...] = (
    check_entries,
    check_strays,
    check_balances,
    check_debts,
    check_credits,
    check_versions,
)


def _stored(connection: Connection) -> Iterator[Stored]:
    """Yield each entry with its postings and items, by party and sequence."""
    postings, items, allocations = (_Beside(connection, table) for table in (posting, open_item, allocation))
    ordered = select(journal_entry).order_by(journal_entry.c.party, journal_entry.c.sequence)
    for row in connection.execute(ordered, execution_options={"yield_per": STREAM_ROWS}):
        yield Stored(row, postings.of(row.id), items.of(row.id), allocations.of(row.id))


class _Beside:
    """Reads a table in the order of the chains, in step with the entries."""

    def __init__(self, connection: Connection, table: Table) -> None:
        ordered = (
            select(table)
            .join_from(table, journal_entry, table.c.entry_id == journal_entry.c.id)
            .order_by(journal_entry.c.party, journal_entry.c.sequence, table.c.line)
        )
        rows = connection.execute(ordered, execution_options={"yield_per": STREAM_ROWS})
        self._groups = groupby(rows, key=attrgetter("entry_id"))
        self._next = self._advance()

    def of(self, entry_id: int) -> Sequence[BookRow]:
        """Return the rows of an entry; none when the next row belongs to a later one."""
        if self._next is None or self._next[0] != entry_id:
            return ()
        found = self._next[1]
        self._next = self._advance()
        return found

    def _advance(self) -> tuple[int, Sequence[BookRow]] | None:
        group = next(self._groups, None)
        return None if group is None else (group[0], list(group[1]))
