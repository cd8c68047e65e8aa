"""How is an account cleared in the book? Locks it, reads its debts and credits, posts what the order says."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from accounting import accounts, ledger
from accounting.clearing import clearing_key, undoing
from ingest import registry
from schemas.book import Entry
from schemas.registry import Stream


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
    entry = undoing(
        paid,
        reason,
        key=free_clearing_keys(connection, [party], day)[party],
        party=party,
        stream=streams(connection, [party])[party],
        event_day=day,
        posted_at=now,
    )
    ledger.post(connection, [entry])
    return entry


def free_clearing_keys(connection: Connection, parties: Iterable[str], day: date) -> dict[str, str]:
    """Return the key of the next clearing of each account on an Eastern day. The accounts are locked."""
    keys: dict[str, str] = {}
    left, number = list(parties), 1
    while left:
        tried = {party: clearing_key(party, day, number) for party in left}
        taken = ledger.held_keys(connection, list(tried.values()))
        keys |= {party: key for party, key in tried.items() if key not in taken}
        left, number = [party for party in left if party not in keys], number + 1
    return keys


def streams(connection: Connection, parties: Iterable[str]) -> dict[str, Stream]:
    """Return how each account is billed; one that the registry does not know, as commercial."""
    wanted = list(parties)
    known = registry.read(connection, accounts=wanted, senders=()).importers
    return {party: known[party].stream if party in known else "commercial" for party in wanted}
