"""Which papers were written, and which still wait to leave? The outbox: written once, kept for ever.

A paper goes in within the transaction of the fact that it reports. Its natural key makes a repeat
harmless: the same bytes under the same key are kept once, other bytes are refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlalchemy import Row as Found

from accounting.bulk import Row, insert_missing
from outbound.numbers import control_reference
from outbound.tables import delivery, outbox
from schemas.base import Value
from schemas.papers import PaperKind
from schemas.recipients import Channel, Form

_ROWS_AT_ONCE = 500

_WRITTEN = tuple(column for column in outbox.columns if column.name not in {"id", "relayed_at", "channel"})
"""What is told of a new paper: the database counts it, and nothing has relayed or queued it."""


class Outgoing(Value):
    """One interchange, or one paper in a form without an envelope, ready to go.

    key: natural and unique, such as `answer/<interchange>/<message>`. subject: the account, broker or
    transaction that it speaks of. day: the Eastern day that it reports, None for an answer. syntax: its form.
    paper: the key of the notice, statement or summary that it is a form of, None for an answer.
    """

    key: str
    recipient: str
    kind: PaperKind
    subject: str
    day: date | None = None
    control_reference: str
    syntax: Form
    payload: bytes
    paper: str | None = None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the payload, in hexadecimal."""
        return sha256(self.payload).hexdigest()


class Stored(Outgoing):
    """A paper as the outbox holds it. Instants are UTC; relayed_at is None while it waits.

    channel: the queue in which it waits, or waited; None before it was put in one, and for the topic.
    """

    id: int
    created_at: datetime
    relayed_at: datetime | None = None
    channel: Channel | None = None


class PaperConflict(Exception):  # noqa: N818 - it names what happened, like the ledger's EntryConflict
    """A key that is taken came again with other bytes."""

    def __init__(self, keys: Sequence[str]):
        self.keys = keys
        super().__init__(f"written before, with other content: {', '.join(keys)}")


def put(connection: Connection, papers: Sequence[Outgoing], created_at: datetime) -> int:
    """Store papers and return how many were new. Raises PaperConflict for a taken key with other bytes."""
    if not papers:
        return 0
    rows = [_row(paper, created_at) for paper in papers]
    new = insert_missing(connection, outbox, rows, _WRITTEN, key="key")
    if new < len(papers):
        _refuse_other_content(connection, papers)
    return new


def stored_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of `keys` that are held: ask before drawing numbers for a close that runs again."""
    return set(_digests(connection, keys))


def pending(connection: Connection, limit: int) -> list[Stored]:
    """Return the papers that wait for the relay, those stored first, locked where the database locks rows.

    What waits in the queue of its recipient is not among them.
    """
    waiting = outbox.c.relayed_at.is_(None) & outbox.c.channel.is_(None)
    return _read(
        connection, select(outbox).where(waiting).order_by(outbox.c.id).limit(limit).with_for_update()
    )


def mark_relayed(connection: Connection, ids: Sequence[int], relayed_at: datetime, destination: str) -> None:
    """Note that papers left for `destination`. A second delivery is logged; the first instant stays."""
    if not ids:
        return
    first = outbox.c.id.in_(ids) & outbox.c.relayed_at.is_(None)
    connection.execute(update(outbox).where(first).values(relayed_at=relayed_at))
    rows = [{"outbox_id": id_, "destination": destination, "delivered_at": relayed_at} for id_ in ids]
    connection.execute(delivery.insert(), rows)


def resend(connection: Connection, keys: Iterable[str]) -> None:
    """Let papers wait again, to be delivered once more: the same bytes under the same number."""
    for some in _portions(keys):
        again = update(outbox).where(outbox.c.key.in_(some))
        connection.execute(again.values(relayed_at=None, channel=None))


def papers(connection: Connection, *, recipient: str | None = None, after_id: int = 0) -> Iterator[Stored]:
    """Yield stored papers, oldest first: all, one recipient's, or those after a cursor. Memory stays flat."""
    query = select(outbox).where(outbox.c.id > after_id).order_by(outbox.c.id)
    if recipient is not None:
        query = query.where(outbox.c.recipient == recipient)
    rows = connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    return (stored(row) for row in rows)


def named(connection: Connection, name: str, recipient: str | None = None) -> list[Stored]:
    """Return the papers of a name: a key, or a control reference with or without its zeros.

    A key names one paper at most. A control reference names one of each recipient's, or of the one given.
    """
    query = select(outbox).where((outbox.c.key == name) | (outbox.c.control_reference == _padded(name)))
    if recipient is not None:
        query = query.where(outbox.c.recipient == recipient)
    return _read(connection, query.order_by(outbox.c.id))


def numbered(connection: Connection, recipient: str, first: int, last: int) -> dict[int, str]:
    """Return the keys of a recipient's papers by control reference, from first to last, both included."""
    query = select(outbox.c.control_reference, outbox.c.key).where(
        outbox.c.recipient == recipient,
        outbox.c.control_reference.between(control_reference(first), control_reference(last)),
    )
    rows = connection.execute(query.order_by(outbox.c.control_reference))
    return {int(row.control_reference): row.key for row in rows}


def _row(paper: Outgoing, created_at: datetime) -> Row:
    """Return a paper's row, as `_WRITTEN` orders it."""
    return (
        paper.key,
        paper.recipient,
        paper.kind,
        paper.subject,
        paper.day,
        paper.control_reference,
        paper.syntax,
        paper.payload,
        paper.digest,
        created_at,
        paper.paper,
    )


def _padded(name: str) -> str:
    return control_reference(int(name)) if name.isascii() and name.isdecimal() else name


def _read(connection: Connection, query: Select[Any]) -> list[Stored]:
    return [stored(row) for row in connection.execute(query)]


def stored(row: Found[Any]) -> Stored:
    """Return a paper as a row of the outbox tells it."""
    return Stored.model_validate({name: value for name, value in row._mapping.items() if name != "digest"})


def _refuse_other_content(connection: Connection, papers: Sequence[Outgoing]) -> None:
    held = _digests(connection, (paper.key for paper in papers))
    if conflicts := [paper.key for paper in papers if held[paper.key] != paper.digest]:
        raise PaperConflict(conflicts)


def _digests(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Return the digest of each key that is held."""
    query = select(outbox.c.key, outbox.c.digest)
    held: dict[str, str] = {}
    for some in _portions(keys):
        rows = connection.execute(query.where(outbox.c.key.in_(some)))
        held |= {row.key: row.digest for row in rows}
    return held


def _portions(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys in portions, as a statement takes only so many parameters."""
    wanted = sorted(set(keys))
    return (wanted[start : start + _ROWS_AT_ONCE] for start in range(0, len(wanted), _ROWS_AT_ONCE))
