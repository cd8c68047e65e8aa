"""How is an account cleared in the book? Locks it, reads its debts and credits, posts what the order says.

    lift      what was paid too much is netted inside its reference, and the rest becomes a credit
    clear     free credits pay debts by the order of the day; one entry an account
    apply     somebody chooses which debts a credit pays
    undo      what a credit paid is taken back

A clearing changes the book only where there is something to clear: so to run one twice does it once, and
one that was cut short goes on where it stopped.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, exists, select, union

from accounting import accounts, ledger
from accounting.accounts import Debtor, History, debt_of
from accounting.clearing import (
    CONSULTANT,
    Debt,
    FreeCredit,
    Heading,
    Lift,
    Open,
    cleared,
    clearing_key,
    kind_of_lift,
    lifted,
    lifts,
    match,
    undoing,
)
from accounting.strategies import Strategy, credit_type, strategy_on
from accounting.tables import chain, credit, debt
from ingest import registry, tables
from schemas.book import Entry
from schemas.identifiers import bn9_of
from schemas.money import Cents
from schemas.registry import Stream

CHUNK_ACCOUNTS = 500
"""How many accounts are looked at in one transaction of a run."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a run, in one transaction. last: the account with which it ended; entries: what it posted."""

    last: str
    accounts: int
    entries: tuple[Entry, ...]


def clear_some(  # noqa: PLR0913 - where to go on, and the words of a run
    connection: Connection,
    after: str,
    day: date,
    now: datetime,
    name: str | None = None,
    *,
    accounts_max: int = CHUNK_ACCOUNTS,
) -> Chunk | None:
    """Clear the accounts that follow one in the order of their numbers; None when none follows.

    after: the last account of the chunk before, empty at first. day: the Eastern day as of which it counts,
    that day's value and due days included. now: UTC instant of posting. name: of a strategy; without it the
    one that binds on the day.
    """
    following = select(chain.c.party).where(chain.c.party > after).order_by(chain.c.party)
    parties = list(connection.scalars(following.limit(accounts_max)))
    if not parties:
        return None
    strategy = strategy_on(day, name)
    at_work = _with_work(connection, chain.c.party.between(parties[0], parties[-1]), day, strategy)
    return Chunk(parties[-1], len(parties), _clear(connection, at_work, day, now, strategy))


def clear_all(connection: Connection, day: date, now: datetime, name: str | None = None) -> tuple[Entry, ...]:
    """Clear every account in the caller's transaction; return what was posted."""
    entries: list[Entry] = []
    after = ""
    while chunk := clear_some(connection, after, day, now, name):
        entries += chunk.entries
        after = chunk.last
    return tuple(entries)


def clear_at_once(
    connection: Connection, parties: Sequence[str], day: date, now: datetime
) -> tuple[Entry, ...]:
    """Clear those of some accounts of which something is overdue on an Eastern day; the others wait.

    This is for whoever posts a credit: where something is overdue, a credit is used as soon as it is there.
    """
    wanted, posted = sorted(set(parties)), list[Entry]()
    ledger.lock(connection, wanted)
    for start in range(0, len(wanted), CHUNK_ACCOUNTS):
        some = wanted[start : start + CHUNK_ACCOUNTS]
        is_overdue = debt.c.party.in_(some) & (debt.c.cents > 0) & (debt.c.due < day)
        overdue = connection.scalars(select(debt.c.party).where(is_overdue).distinct())
        posted += clear_accounts(connection, sorted(overdue), day, now)
    return tuple(posted)


def clear_accounts(
    connection: Connection, parties: Sequence[str], day: date, now: datetime, name: str | None = None
) -> tuple[Entry, ...]:
    """Clear some accounts in the caller's transaction; return what was posted."""
    return _clear(connection, parties, day, now, strategy_on(day, name))


def _with_work(
    connection: Connection, among: ColumnElement[bool], day: date, strategy: Strategy
) -> list[str]:
    """Return the accounts that have a negative debt, or a free credit and a debt that it could pay."""
    over = exists().where(debt.c.party == chain.c.party, debt.c.cents < 0)
    is_open = (debt.c.party == chain.c.party) & (debt.c.cents > 0)
    if strategy.clears == "due":
        is_open &= debt.c.due <= day
    free = exists().where(credit.c.party == chain.c.party, credit.c.cents > 0)
    payable = select(chain.c.party).where(among, free, exists().where(is_open))
    return sorted(connection.scalars(union(payable, select(chain.c.party).where(among, over))))


def _clear(
    connection: Connection, parties: Sequence[str], day: date, now: datetime, strategy: Strategy
) -> tuple[Entry, ...]:
    """Hold the accounts, look at what stands, and post what is to be done."""
    if not parties:
        return ()
    ledger.lock(connection, parties)
    standing = Standing.read(connection, parties, day, strategy)
    heads = headings(connection, parties, day, now)
    gained, lifting = _lifted(connection, standing, heads, day)
    clearing = _cleared(connection, standing, gained, heads, day, strategy)
    return ledger.post(connection, [*lifting, *clearing])


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of some accounts: what is open, what is free, how debts came about where it matters."""

    open: Mapping[str, Sequence[Open]]
    free: Mapping[str, Sequence[FreeCredit]]
    known: Mapping[Debtor, History]

    @classmethod
    def read(
        cls, connection: Connection, parties: Sequence[str], day: date, strategy: Strategy
    ) -> "Standing":
        """Read what a clearing looks at; histories only where the strategy asks for them."""
        due_by = day if strategy.clears == "due" else None
        open_ = accounts.open_parts(connection, parties, due_by)
        free = accounts.free_credits(connection, parties)
        known = dict[Debtor, History]()
        if strategy.reads_history:
            references = {part[0] for parts in open_.values() for part in parts}
            known = accounts.histories(connection, parties, references)
        if strategy.ties == "broker":
            free = {party: tied(connection, party, found) for party, found in free.items()}
        return cls(open_, free, known)

    def lifts(self) -> list[tuple[str, Lift]]:
        """Return what is to be lifted, account by account."""
        return [(party, lift) for party, parts in sorted(self.open.items()) for lift in lifts(parts)]


Gained = Mapping[str, Sequence[tuple[Lift, FreeCredit]]]
"""What was lifted of each account, and the credit that it gave, of zero cents where all was netted."""


def _lifted(
    connection: Connection, standing: Standing, heads: Mapping[str, Heading], day: date
) -> tuple[Gained, list[Entry]]:
    """Return what is lifted of each account, and the entries that say so."""
    found = standing.lifts()
    keys = next_keys(connection, [f"credit/{lift.reference}" for _, lift in found])
    ended = accounts.cancelled(connection, [lift.reference for _, lift in found])
    gained: dict[str, list[tuple[Lift, FreeCredit]]] = defaultdict(list)
    entries = []
    for (party, lift), key in zip(found, keys, strict=True):
        kind = kind_of_lift(lift.reference, ended)
        history = standing.known.get((party, lift.reference, False))
        broker = history.broker if history else ""
        gained[party].append(
            (lift, FreeCredit(key, kind, lift.cents, day, credit_type(key, kind), bn9_of(broker)))
        )
        entries.append(lifted(heads[party], key, lift, kind))
    return gained, entries


def _cleared(  # noqa: PLR0913, PLR0917 - what stands, what was lifted, and the words of an entry
    connection: Connection,
    standing: Standing,
    gained: Gained,
    heads: Mapping[str, Heading],
    day: date,
    strategy: Strategy,
) -> list[Entry]:
    """Return the clearing entries, one an account of which a credit pays something."""
    allocations = {}
    for party in sorted(standing.open):
        debts = debts_behind(party, standing.open[party], gained.get(party, ()), standing.known)
        free = [*standing.free.get(party, ()), *(each for _, each in gained.get(party, ()) if each.cents)]
        found = [each.allocation for each in match(debts, free, day, strategy)]
        if found:
            allocations[party] = found
    keys = next_keys(connection, [clearing_key(party, day) for party in allocations])
    return [
        cleared(heads[party], key, strategy.name, found)
        for (party, found), key in zip(allocations.items(), keys, strict=True)
    ]


def debts_behind(
    party: str,
    open_: Iterable[Open],
    gained: Iterable[tuple[Lift, FreeCredit]],
    known: Mapping[Debtor, History] = accounts.NOTHING_KNOWN,
) -> list[Debt]:
    """Return the debts of an account that are open when what is lifted is taken from them."""
    left = {(reference, charge, due): cents for reference, charge, due, cents in open_}
    for lift, _ in gained:
        for charge, cents, due in lift.owed:
            left[lift.reference, charge, due] += cents
    return [debt_of(party, (*place, cents), known) for place, cents in left.items() if cents > 0]


def undo(  # noqa: PLR0913 - a credit, and the words of its undoing
    connection: Connection, party: str, credit: str, *, reason: str, day: date, now: datetime
) -> Entry | None:
    """Take back all that a credit paid of debts, as if it had never paid; return the entry that says so.

    credit: its key, such as that of a dishonoured payment; its cents are free again, for the caller to take
    back in the same transaction. day: the Eastern day as of which it counts. now: UTC instant of posting.
    None when the credit paid no debt, or when that is undone already: to do it twice does it once. What was
    paid out of the credit (a disbursement) is not touched.
    """
    ledger.lock(connection, [party])
    paid = accounts.paid_by(connection, party, credit)
    if not paid:
        return None
    [key] = next_keys(connection, [clearing_key(party, day)])
    entry = undoing(headings(connection, [party], day, now)[party], key, reason, paid)
    ledger.post(connection, [entry])
    return entry


def next_keys(connection: Connection, bases: Sequence[str]) -> list[str]:
    """Return for each base the first of `<base>/1`, `<base>/2` ... that neither the book nor another has."""
    keys: dict[int, str] = {}
    number = 0
    while left := [place for place in range(len(bases)) if place not in keys]:
        number += 1
        tried = [f"{bases[place]}/{number}" for place in left]
        taken = ledger.held_keys(connection, tried)
        for place, key in zip(left, tried, strict=True):
            if key not in taken:
                keys[place] = key
                taken.add(key)
    return [keys[place] for place in range(len(bases))]


def headings(connection: Connection, parties: Sequence[str], day: date, now: datetime) -> dict[str, Heading]:
    """Return whose entries are made, and when, for each account."""
    billed = streams(connection, parties)
    return {party: Heading(party, billed[party], day, now) for party in parties}


def streams(connection: Connection, parties: Iterable[str]) -> dict[str, Stream]:
    """Return how each account is billed; one that the registry does not know, as commercial."""
    wanted = list(parties)
    known = registry.read(connection, accounts=wanted, senders=()).importers
    return {party: known[party].stream if party in known else "commercial" for party in wanted}


def tied(connection: Connection, party: str, free: Sequence[FreeCredit]) -> list[FreeCredit]:
    """Return credits with whom they are tied to: a broker or consultant who paid, or who filed."""
    origins = accounts.origins(connection, [each.key for each in free])
    known = accounts.histories(connection, [party], [origin.reference for origin in origins.values()])
    agents = _agents(connection)
    brokers: dict[str, str] = {}
    for key, origin in origins.items():
        filed = known.get((party, origin.reference, False))
        brokers[key] = agents.get(origin.payer, "") or (bn9_of(filed.broker) if filed else "")
    return [
        FreeCredit(each.key, each.kind, each.cents, each.day, each.type, brokers.get(each.key, ""))
        for each in free
    ]


def _agents(connection: Connection) -> dict[str, str]:
    """Return brokers by what a payment may name them by, to their BN9; consultants to CONSULTANT."""
    partner = tables.partner.c
    found: dict[str, str] = {}
    for row in connection.execute(
        select(partner.id, partner.name, partner.account, partner.role).order_by(partner.id)
    ):
        if row.role in {"broker", "consultant"}:
            agent = CONSULTANT if row.role == "consultant" else bn9_of(row.account)
            found |= dict.fromkeys((row.id, row.name, row.account, bn9_of(row.account)), agent)
    return found


def total(entries: Iterable[Entry]) -> Cents:
    """Return how many cents of debts some entries paid."""
    return sum(each.cents for entry in entries for each in entry.allocations)


def counted(chunks: Iterable[Chunk]) -> Iterator[tuple[int, int, Cents]]:
    """Yield behind each chunk how many accounts were looked at, how many cleared, and the cents paid."""
    seen = done = cents = 0
    for chunk in chunks:
        seen += chunk.accounts
        done += len({entry.party for entry in chunk.entries})
        cents += total(chunk.entries)
        yield seen, done, cents
