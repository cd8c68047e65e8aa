"""Which papers are there, and what does each say? Lists the outbox; reads a paper back as a value."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from ingest import tables
from ingest.answers import acceptance
from ingest.issued import READERS
from outbound.tables import delivery, outbox
from schemas.base import Value
from schemas.filing import Accepted
from schemas.papers import Answer, Paper, PaperKind

LISTED_AT_ONCE = 500


class Listing(Value):
    """A paper in a list.

    cursor: list on from here. control_reference: its number in the recipient's series. number: in the series
    of its subject and kind; acknowledgements have none. deliveries: how often it has left. waiting: whether
    it is to leave, for the first time or again.
    """

    cursor: int
    recipient: str
    control_reference: str
    kind: PaperKind
    subject: str
    day: date | None
    number: int | None
    syntax: str
    created_at: datetime
    deliveries: int
    waiting: bool
    key: str


def listed(
    connection: Connection, *, recipient: str | None = None, kind: str | None = None, since: int = 0
) -> Iterator[Listing]:
    """Yield the papers behind a cursor, oldest first: all, or one recipient's, or those of one kind."""
    deliveries = select(func.count()).where(delivery.c.outbox_id == outbox.c.id).scalar_subquery()
    query = (
        select(
            *(outbox.c[name] for name in Listing.model_fields if name in outbox.c),
            outbox.c.id.label("cursor"),
            outbox.c.relayed_at.is_(None).label("waiting"),
            tables.paper.c.number,
            deliveries.label("deliveries"),
        )
        .outerjoin(tables.paper, tables.paper.c.key == outbox.c.paper)
        .where(outbox.c.id > since)
        .order_by(outbox.c.id)
    )
    if recipient is not None:
        query = query.where(outbox.c.recipient == recipient)
    if kind is not None:
        query = query.where(outbox.c.kind == kind)
    rows = connection.execute(query, execution_options={"yield_per": LISTED_AT_ONCE})
    return (Listing.model_validate(dict(row._mapping)) for row in rows)


def value_of(connection: Connection, key: str) -> Paper | None:
    """Return what a paper says; None for a key without a value, such as that of a syntax acknowledgement."""
    kind, _, rest = key.partition("/")
    if kind == "answer":
        return _answer(connection, rest)
    content = connection.scalar(select(tables.paper.c.content).where(tables.paper.c.key == key))
    return READERS[kind](content) if content else None


def _answer(connection: Connection, message: str) -> Answer | None:
    """Return the answer to a message, named `interchange/position`, as the decision holds it."""
    interchange, _, position = message.rpartition("/")
    if not position.isdecimal():
        return None
    table = tables.decision.c
    decided = connection.execute(
        select(table.verdict, table.content).where(
            table.interchange == interchange, table.position == int(position)
        )
    ).one_or_none()
    if decided is None:
        return None
    if decided.verdict in {"accepted", "pending"}:
        return acceptance(Accepted.model_validate_json(decided.content))
    return Answer.model_validate_json(decided.content)
