"""Which interchanges has this house received before? The register, read for one batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from ingest import tables
from ingest.arrivals import Arrival

Outcome = Literal["first", "repeat", "conflict", "again", "done", "unreadable"]
"""What an arrival is.

first: its key is new. repeat: the partner sent the same bytes again. conflict: other bytes under a taken key.
again: the log delivered a first arrival once more, after a crash. done: likewise, for what needs no more.
unreadable: it has no key, and nobody to answer.
"""


@dataclass
class Register:
    """What is known of the arrivals of a batch. Learns as the batch is worked."""

    digests: dict[str, str]
    receipts: dict[tuple[str, int], str]

    def outcome(self, arrival: Arrival) -> Outcome:
        """Say what an arrival is, and remember it for the rest of the batch."""
        if arrival.place in self.receipts:
            return "again" if self.receipts[arrival.place] == "first" else "done"
        self.receipts[arrival.place] = outcome = self._outcome_of_new(arrival)
        return outcome

    def _outcome_of_new(self, arrival: Arrival) -> Outcome:
        if not arrival.is_answerable:
            return "unreadable"
        known = self.digests.setdefault(arrival.key, "")
        if not known:
            self.digests[arrival.key] = arrival.digest
            return "first"
        return "repeat" if known == arrival.digest else "conflict"


def register_of(connection: Connection, arrivals: Sequence[Arrival]) -> Register:
    """Read what the register knows of some arrivals: two statements, however many they are."""
    keys = {arrival.key for arrival in arrivals if arrival.is_answerable}
    positions = {arrival.record.position for arrival in arrivals}
    digests = connection.execute(
        select(tables.interchange.c.key, tables.interchange.c.digest).where(
            tables.interchange.c.key.in_(keys)
        )
    )
    receipts = connection.execute(
        select(tables.receipt.c.position, tables.receipt.c.ordinal, tables.receipt.c.outcome).where(
            tables.receipt.c.position.in_(positions)
        )
    )
    return Register(
        digests={row.key: row.digest for row in digests},
        receipts={(row.position, row.ordinal): row.outcome for row in receipts},
    )


def answer_numbers(connection: Connection, interchange_key: str) -> dict[int, int]:
    """Return the number drawn for the answer to each message of an interchange, by message position."""
    rows = connection.execute(
        select(tables.message.c.position, tables.message.c.answer_number).where(
            tables.message.c.interchange == interchange_key, tables.message.c.answer_number.is_not(None)
        )
    )
    return {row.position: row.answer_number for row in rows}
