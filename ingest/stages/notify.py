"""Stage 4: what leaves the house? Relays the outbox to the outbound topic, in the order it was written.

What a recipient gets another way is put into the queue of that recipient: into a folder it is pushed by
`cadline.pushing`, and who fetches its papers fetches them when it likes.

A paper may be relayed twice when a crash comes between publishing and marking; it carries its key, so a
recipient can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest import recipients
from ingest.records import OUTBOUND, Outgoing
from outbound import outbox, queues
from schemas.days import eastern_day
from schemas.recipients import Channel

QUEUED: tuple[Channel, ...] = ("folder", "pull")


@dataclass(frozen=True, slots=True)
class Notify:
    """The notify stage. Its source is the outbox, not a topic."""

    batch_papers: int
    name: str = "notify"

    def waiting(self, connection: Connection) -> Sequence[outbox.Stored]:
        """Return the papers that wait, locked until the transaction ends."""
        return outbox.pending(connection, self.batch_papers)

    def sort_out(
        self, connection: Connection, papers: Sequence[outbox.Stored], now: datetime
    ) -> Sequence[outbox.Stored]:
        """Put what goes another way into the queues of its recipients; return what goes over the topic."""
        channels = recipients.channels(connection, {paper.recipient for paper in papers}, eastern_day(now))
        for channel in QUEUED:
            ids = [paper.id for paper in papers if channels.get(paper.recipient) == channel]
            queues.put_in_queue(connection, ids, channel)
        return [paper for paper in papers if channels.get(paper.recipient) not in QUEUED]

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
