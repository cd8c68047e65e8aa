"""Who changed what, when and why? Notes that follow one another in a chain of hashes, never changed.

A note is written in the transaction of the change that it tells of. Each carries the hash of the note before
it, so that nobody can take one out, put one in or reword one without the chain showing it. Whoever keeps the
last hash elsewhere can also tell whether notes at the end are missing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text

from accounting.journal import link
from accounting.ledger import GENESIS, STREAM_ROWS
from ingest.tables import audit


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, and why. now: UTC instant of the change."""

    name: str
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What is changed. subject: the account, partner or declaration. content: what it was and what it is."""

    act: str
    subject: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Note:
    """An act as it was noted. number: from 1, without gaps. at: UTC instant."""

    number: int
    at: datetime
    by: str
    act: str
    subject: str
    why: str
    content: str
    previous_hash: str
    hash: str

    @property
    def text(self) -> bytes:
        """What is hashed: everything that the note says, in one form."""
        at = self.at.astimezone(UTC).isoformat()
        said = [self.number, at, self.by, self.act, self.subject, self.why, self.content]
        return json.dumps(said, ensure_ascii=False).encode()


def note(connection: Connection, author: Author, acts: Sequence[Act]) -> None:
    """Note acts in the caller's transaction, which holds the end of the chain until it ends."""
    if not acts:
        return
    lock(connection)
    end = last(connection)
    number, previous = (end.number, end.hash) if end else (0, GENESIS)
    rows: list[dict[str, Any]] = []
    for place, act in enumerate(acts, start=number + 1):
        rows.append(_row(place, author, act, previous))
        previous = rows[-1]["hash"]
    connection.execute(audit.insert(), rows)


def lock(connection: Connection) -> None:
    """Let one transaction at a time go on from here; SQLite has one writer anyway.

    Whoever looks at what stands before changing it takes this first.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))


def notes(connection: Connection, subject: str | None = None) -> Iterator[Note]:
    """Yield the notes in their order: all, or those about one subject. The audit is read as a stream."""
    wanted = select(audit).order_by(audit.c.id)
    if subject is not None:
        wanted = wanted.where(audit.c.subject == subject)
    for row in connection.execute(wanted, execution_options={"yield_per": STREAM_ROWS}):
        yield _read(row)


def last(connection: Connection) -> Note | None:
    """Return the note at the end of the chain, or None before the first."""
    row = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(1)).first()
    return _read(row) if row else None


def verify(connection: Connection) -> list[str]:
    """Return every break of the chain; none means that the notes are those that were written."""
    problems = []
    number, previous = 0, GENESIS
    for found in notes(connection):
        if found.number != number + 1:
            problems.append(f"note {found.number} stands behind note {number}")
        if found.previous_hash != previous:
            problems.append(f"note {found.number} does not name the hash of the note before it")
        if found.hash != link(found.previous_hash, found.text):
            problems.append(f"note {found.number} does not say what was hashed")
        number, previous = found.number, found.hash
    return problems


def _row(number: int, author: Author, act: Act, previous: str) -> dict[str, Any]:
    """Return the row of an act behind the note that has the hash `previous`."""
    content = json.dumps(act.content, ensure_ascii=False, sort_keys=True, default=str)
    new = Note(number, author.now, author.name, act.act, act.subject, author.reason, content, previous, "")
    return {
        "id": new.number,
        "at": new.at,
        "by": new.by,
        "act": new.act,
        "subject": new.subject,
        "why": new.why,
        "content": new.content,
        "previous_hash": previous,
        "hash": link(previous, new.text),
    }


def _read(row: Row[Any]) -> Note:
    found = dict(row._mapping)
    return Note(number=found.pop("id"), **found)
