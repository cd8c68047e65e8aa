"""Who gets papers another way than over the topic, what waits for it, and when is it tried again?

Each recipient has a queue of its own. One that cannot be reached rests, longer each time, and holds up
nobody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from outbound.outbox import Stored, stored
from outbound.tables import delivery, outbox, recipient_rest
from outbound.upsert import insert_into
from schemas.base import Value
from schemas.recipients import Channel

REST_MIN = timedelta(seconds=30)
REST_MAX = timedelta(hours=1)

LISTED_AT_ONCE = 500

WAITING = outbox.c.relayed_at.is_(None) & outbox.c.channel.is_not(None)


class Queue(Value):
    """What waits for a recipient. first: the cursor of the oldest. failures: since it was last reached.

    retry_at: the UTC instant until which it is left alone, None for one that was reached. reason: why.
    """

    recipient: str
    channel: Channel
    waiting: int
    first: int
    failures: int = 0
    retry_at: datetime | None = None
    reason: str = ""


class Delivered(Value):
    """A delivery in the log. cursor: list on from here. delivered_at: UTC."""

    cursor: int
    delivered_at: datetime
    recipient: str
    control_reference: str
    kind: str
    subject: str
    destination: str
    digest: str
    key: str


def put_in_queue(connection: Connection, ids: Sequence[int], channel: Channel) -> None:
    """Let papers wait in the queue of their recipient; the relay looks at them no more."""
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(channel=channel))


def queues(connection: Connection) -> list[Queue]:
    """Return the queues in which something waits, by recipient."""
    rest = recipient_rest.c
    query = (
        select(outbox.c.recipient, outbox.c.channel, func.count().label("waiting"))
        .add_columns(func.min(outbox.c.id).label("first"), rest.failures, rest.retry_at, rest.reason)
        .outerjoin(recipient_rest, rest.recipient == outbox.c.recipient)
        .where(WAITING)
        .group_by(outbox.c.recipient, outbox.c.channel, rest.failures, rest.retry_at, rest.reason)
        .order_by(outbox.c.recipient)
    )
    rows = (row._mapping for row in connection.execute(query))
    return [Queue.model_validate({key: row[key] for key in row if row[key] is not None}) for row in rows]


def ready(connection: Connection, channel: Channel, now: datetime) -> list[str]:
    """Return the recipients for which something waits in a channel and which do not rest at a UTC instant."""
    resting = select(recipient_rest.c.recipient).where(recipient_rest.c.retry_at > now)
    query = (
        select(outbox.c.recipient)
        .distinct()
        .where(WAITING, outbox.c.channel == channel, outbox.c.recipient.not_in(resting))
    )
    return sorted(connection.scalars(query))


def queued(connection: Connection, recipient: str, channel: Channel, limit: int) -> list[Stored]:
    """Return what waits for a recipient in a channel, oldest first."""
    query = select(outbox).where(WAITING, outbox.c.recipient == recipient, outbox.c.channel == channel)
    return [stored(row) for row in connection.execute(query.order_by(outbox.c.id).limit(limit))]


def behind(connection: Connection, recipient: str, cursor: int, limit: int) -> list[Stored]:
    """Return a recipient's papers behind a cursor, and what it has not got yet or is to get again, in order.

    What was written by a transaction that ended later than its neighbours lies before the cursor, and is not
    lost: it still waits.
    """
    is_due: ColumnElement[bool] = (outbox.c.id > cursor) | (WAITING & (outbox.c.channel == "pull"))
    query = select(outbox).where(outbox.c.recipient == recipient, is_due).order_by(outbox.c.id).limit(limit)
    return [stored(row) for row in connection.execute(query)]


def mark_pulled(connection: Connection, papers: Sequence[Stored], now: datetime) -> None:
    """Note that a recipient fetched papers. What waits to be pushed to it waits on."""
    ids = [paper.id for paper in papers]
    fetched = outbox.c.id.in_(ids) & WAITING & (outbox.c.channel == "pull")
    connection.execute(update(outbox).where(fetched).values(relayed_at=now))
    _log(connection, ids, "pull", now)


def mark_pushed(connection: Connection, papers: Sequence[Stored], destination: str, now: datetime) -> None:
    """Note that papers arrived, and that their recipient was reached; what another process noted is left."""
    ids = [paper.id for paper in papers]
    waited = list(
        connection.scalars(
            select(outbox.c.id).where(outbox.c.id.in_(ids), WAITING).order_by(outbox.c.id).with_for_update()
        )
    )
    connection.execute(update(outbox).where(outbox.c.id.in_(waited)).values(relayed_at=now))
    _log(connection, waited, destination, now)
    reached = recipient_rest.c.recipient.in_({paper.recipient for paper in papers})
    connection.execute(delete(recipient_rest).where(reached))


def note_failure(connection: Connection, recipient: str, reason: str, now: datetime) -> datetime:
    """Let a recipient that was not reached rest, twice as long each time; return until when."""
    table = recipient_rest.c
    failures: int = connection.scalar(select(table.failures).where(table.recipient == recipient)) or 0
    retry_at = now + min(REST_MIN * (1 << min(failures, 10)), REST_MAX)
    row = {"failures": failures + 1, "retry_at": retry_at, "reason": reason}
    insert = insert_into(connection, recipient_rest).values(recipient=recipient, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["recipient"], set_=row))
    return retry_at


def deliveries(
    connection: Connection, *, recipient: str | None = None, since: int = 0
) -> Iterator[Delivered]:
    """Yield the log of deliveries behind a cursor, in its order: of all, or of one recipient."""
    query = (
        select(
            delivery.c.id.label("cursor"),
            delivery.c.delivered_at,
            delivery.c.destination,
            *(outbox.c[name] for name in Delivered.model_fields if name in outbox.c),
        )
        .join_from(delivery, outbox)
        .where(delivery.c.id > since)
        .order_by(delivery.c.id)
    )
    if recipient is not None:
        query = query.where(outbox.c.recipient == recipient)
    rows = connection.execute(query, execution_options={"yield_per": LISTED_AT_ONCE})
    return (Delivered.model_validate(dict(row._mapping)) for row in rows)


def _log(connection: Connection, ids: Sequence[int], destination: str, now: datetime) -> None:
    if ids:
        rows = [{"outbox_id": id_, "destination": destination, "delivered_at": now} for id_ in ids]
        connection.execute(delivery.insert(), rows)
