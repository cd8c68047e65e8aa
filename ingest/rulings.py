"""What did officers decide about charges? Waivers, reversals, the prescribed rate; by whom and why."""

from datetime import date

from sqlalchemy import Connection, select

from accounting import ledger
from accounting.journal import read
from accounting.tables import debt, journal_entry
from accounting.waivers import Manner, owed_cents, waiver_entry, waiver_faults, waiver_key
from ingest import tables
from ingest.audit import Act, Author, lock, note
from schemas.book import Entry
from schemas.days import eastern_day
from schemas.money import Cents


class RulingRefused(Exception):  # noqa: N818 - named as a sentence
    """It cannot be decided so. The message says why, and what is there instead."""


def waive(
    connection: Connection, key: str, manner: Manner, author: Author, cents: Cents | None = None
) -> Entry:
    """Waive or reverse the penalty or interest of an entry's key, and return the entry that does.

    cents: a part of it. A repeat returns what was decided first. Raises RulingRefused.
    """
    entry = entry_of(connection, key)
    if entry is None:
        raise RulingRefused(f"the book has no entry {key}: see `cadline penalties list`")
    ledger.lock(connection, [entry.party])
    standing = entry_of(connection, waiver_key(key))
    if standing is not None:
        return _same(standing, manner, cents, owed_cents(entry))
    faults = list(waiver_faults(entry, cents))
    if faults:
        raise RulingRefused("\n".join(faults))
    made = waiver_entry(
        entry,
        manner=manner,
        person=author.name,
        reason=author.reason,
        day=eastern_day(author.now),
        posted_at=author.now,
        cents=cents,
    )
    ledger.post(connection, [made])
    note(connection, author, [Act(f"{manner} charge", key, {"cents": -owed_cents(made), "entry": made.key})])
    return made


def _same(standing: Entry, manner: Manner, cents: Cents | None, whole_cents: Cents) -> Entry:
    """Return what was decided before. Raises RulingRefused when it was something else."""
    wanted = whole_cents if cents is None else cents
    if getattr(standing.act, "manner", "") != manner or -owed_cents(standing) != wanted:
        was = f"{getattr(standing.act, 'manner', '')} by {getattr(standing.act, 'person', '')}"
        raise RulingRefused(f"{standing.key} stands already, on {standing.event_day}: it was {was}")
    return standing


def entry_of(connection: Connection, key: str) -> Entry | None:
    """Return the entry of a natural key, or None."""
    packed = connection.scalar(select(journal_entry.c.content).where(journal_entry.c.key == key))
    return read(packed) if packed is not None else None


def allow_prescribed(
    connection: Connection, party: str, reference: str, extended_to: date | None, author: Author
) -> None:
    """Let a debt bear the prescribed rate: by an officer's leave (s.3.2), or for an extension that is met.

    A later decision on the same debt takes the place of an earlier one; both are in the audit. Raises
    RulingRefused for a debt that the book does not know.
    """
    lock(connection)
    table = tables.interest_allowance
    known = select(debt.c.reference).where(debt.c.party == party, debt.c.reference == reference).limit(1)
    if connection.scalar(known) is None:
        raise RulingRefused(f"{party} has no debt {reference}: see `cadline account show {party}`")
    connection.execute(table.delete().where(table.c.party == party, table.c.reference == reference))
    row = {"party": party, "reference": reference, "extended_to": extended_to}
    connection.execute(table.insert().values(**row, by=author.name, why=author.reason, allowed_at=author.now))
    note(connection, author, [Act("allow prescribed rate", f"{party} {reference}", row)])
