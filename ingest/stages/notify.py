"""Stage 4: what leaves the house? Relays the outbox to the outbound topic, in the order it was written.

A paper may be relayed twice when a crash comes between publishing and marking; it carries its key, so a
recipient can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest.records import OUTBOUND, Outgoing
from outbound import outbox


@dataclass(frozen=True, slots=True)
class Notify:
    """The notify stage. Its source is the outbox, not a topic."""

    batch_papers: int
    name: str = "notify"

    def waiting(self, connection: Connection) -> Sequence[outbox.Stored]:
        """Return the papers that wait, locked until the transaction ends."""
        return outbox.pending(connection, self.batch_papers)

    def records(self, papers: Sequence[outbox.Stored]) -> Sequence[Outgoing]:
        """Return papers as records of the outbound topic, each recipient's behind one key."""
        return [
            Outgoing(
                OUTBOUND,
                paper.recipient,
                paper.payload,
                {
                    "key": paper.key,
                    "kind": paper.kind,
                    "syntax": paper.syntax,
                    "control-reference": paper.control_reference,
                },
            )
            for paper in papers
        ]

    def mark(self, connection: Connection, papers: Sequence[outbox.Stored], now: datetime) -> None:
        """Note that papers have left."""
        outbox.mark_relayed(connection, [paper.id for paper in papers], now, OUTBOUND)
