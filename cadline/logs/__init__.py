"""Where do the stages' records lie? In Kafka, or in a table of the ledger's own file.

A log promises each stage its records in the order of their keys, at least once. The two kinds differ in
one point, which the two `finish` hooks spell out: a table is written inside the batch's transaction,
Kafka after it.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from ingest.records import Outgoing, Record


class Reader(Protocol):
    """One stage's place in one topic."""

    def poll(self) -> Sequence[Record]:
        """Return the next records, or none after a short wait. Raises Unavailable when the log is away."""

    def finish_inside(
        self, connection: Connection, batch: Sequence[Record], outgoing: Sequence[Outgoing]
    ) -> None:
        """Publish and move on, in the transaction that holds the batch's effects (a log in the database)."""

    def finish_after(self, batch: Sequence[Record], outgoing: Sequence[Outgoing]) -> None:
        """Publish and move on, once the batch's effects are committed (a log elsewhere)."""

    def rewind(self) -> None:
        """Forget what was polled and not finished: it will be polled again."""

    def is_idle(self) -> bool:
        """Return whether nothing is left to read."""

    def close(self) -> None:
        """Give the place back."""


class Log(Protocol):
    """All topics."""

    def reader(self, stage: str, topic: str) -> Reader:
        """Return a stage's place in a topic; stages of one name share the work."""

    def publish(self, connection: Connection, outgoing: Sequence[Outgoing]) -> None:
        """Write records. Durable when the connection's transaction commits, or before (Kafka)."""

    def close(self) -> None:
        """Let go of connections."""
