"""How do the stages hand over work without a server? By rows of a table, in the batch's own transaction.

Effects, records and places are committed together or not at all, so every record is worked exactly once.
One writer at a time: meant for one machine and one process (SQLite).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select, text

from cadline.database import reading
from cadline.logs.tables import log_place, log_record
from ingest.records import Outgoing, Record


class PlaceTaken(Exception):  # noqa: N818 - a lost race, not an error of anybody's
    """Another process has worked this batch meanwhile; its effects stand, ours are rolled back."""


@dataclass
class EmbeddedReader:
    """A stage's place in a topic of the embedded log."""

    engine: Engine
    stage: str
    topic: str
    batch_records: int

    def poll(self) -> Sequence[Record]:
        """Return the records behind the stage's place, at most a batch."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(log_record)
                .where(
                    log_record.c.topic == self.topic,
                    log_record.c.record_offset >= (self._place(connection) or 0),
                )
                .order_by(log_record.c.record_offset)
                .limit(self.batch_records)
            ).all()
        return [Record(row.topic, 0, row.record_offset, row.key, row.value, row.headers) for row in rows]

    def finish_inside(
        self, connection: Connection, batch: Sequence[Record], outgoing: Sequence[Outgoing]
    ) -> None:
        """Append what goes on, and move the place behind the batch. Raises PlaceTaken when it has moved."""
        publish(connection, outgoing)
        here = (log_place.c.stage == self.stage) & (log_place.c.topic == self.topic)
        behind = batch[-1].offset + 1
        if self._place(connection) is None:
            connection.execute(
                log_place.insert().values(stage=self.stage, topic=self.topic, next_offset=behind)
            )
            return
        moved = connection.execute(
            log_place.update()
            .where(here, log_place.c.next_offset <= batch[0].offset)
            .values(next_offset=behind)
        )
        if moved.rowcount != 1:
            raise PlaceTaken(f"{self.stage} on {self.topic}")

    def finish_after(self, batch: Sequence[Record], outgoing: Sequence[Outgoing]) -> None:
        """Nothing is left to do: everything was in the transaction."""

    def rewind(self) -> None:
        """Nothing is held outside the transaction."""

    def is_idle(self) -> bool:
        """Return whether no record lies behind the stage's place."""
        return not self.poll()

    def close(self) -> None:
        """Nothing is held."""

    def _place(self, connection: Connection) -> int | None:
        return connection.scalar(
            select(log_place.c.next_offset).where(
                log_place.c.stage == self.stage, log_place.c.topic == self.topic
            )
        )


@dataclass
class EmbeddedLog:
    """All topics, in a table of the ledger's database."""

    engine: Engine
    batch_records: int

    def reader(self, stage: str, topic: str) -> EmbeddedReader:
        """Return a stage's place in a topic."""
        return EmbeddedReader(self.engine, stage, topic, self.batch_records)

    def publish(self, connection: Connection, outgoing: Sequence[Outgoing]) -> None:
        """Append records to their topics, in the caller's transaction."""
        publish(connection, outgoing)

    def close(self) -> None:
        """Nothing is held."""


def publish(connection: Connection, outgoing: Sequence[Outgoing]) -> None:
    """Append records to their topics. Offsets run from 0 without gaps in each topic: one writes at a time."""
    if not outgoing:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE log_record IN SHARE ROW EXCLUSIVE MODE"))
    offsets = {topic: _next_offset(connection, topic) for topic in {record.topic for record in outgoing}}
    rows = []
    for record in outgoing:
        offset = offsets[record.topic]
        offsets[record.topic] += 1
        rows.append(
            {
                "topic": record.topic,
                "record_offset": offset,
                "key": record.key,
                "value": record.value,
                "headers": dict(record.headers),
            }
        )
    connection.execute(log_record.insert(), rows)


def _next_offset(connection: Connection, topic: str) -> int:
    last = connection.scalar(select(func.max(log_record.c.record_offset)).where(log_record.c.topic == topic))
    return 0 if last is None else last + 1
