"""What has arrived, and was it here before? Inbound records, cut into interchanges."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import parsers
from ingest.records import RECEIVED_AT, Record
from schemas.envelope import Interchange

NAME_CHARACTERS_MAX = 35
"""The longest identification or reference of an envelope (ISO 9735, an..35 in syntax 4)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One interchange of one record. ordinal: its place in the record's payload, from 0.

    original: its own bytes. received_at: UTC instant of receipt, which the door wrote on the record.
    """

    record: Record
    ordinal: int
    interchange: Interchange
    original: bytes
    received_at: datetime

    @property
    def place(self) -> tuple[str, int]:
        """Name this arrival for ever: a second delivery of the same record has the same place."""
        return self.record.position, self.ordinal

    @property
    def is_answerable(self) -> bool:
        """Whether somebody can be answered: sender, recipient and reference fit into an envelope."""
        envelope = self.interchange.envelope
        if envelope is None:
            return False
        names = (envelope.sender, envelope.recipient, envelope.control_reference)
        return all(name.isprintable() and 0 < len(name) <= NAME_CHARACTERS_MAX for name in names)

    @property
    def key(self) -> str:
        """The natural key of the interchange: sender, recipient, control reference, test indicator."""
        envelope = self.interchange.envelope
        if envelope is None:
            raise ValueError("an interchange without an envelope has no key")
        parts = (envelope.sender, envelope.recipient, envelope.control_reference)
        return "/".join((*parts, "test")) if envelope.test else "/".join(parts)

    @property
    def digest(self) -> str:
        """The SHA-256 of the original bytes: tells a repeat from other content under the same key."""
        return sha256(self.original).hexdigest()


def arrivals(record: Record, limits: parsers.Limits) -> Iterator[Arrival]:
    """Cut a record's payload into interchanges; what cannot be read is an arrival too."""
    received_at = datetime.fromisoformat(record.headers[RECEIVED_AT])
    for ordinal, interchange in enumerate(parsers.read(record.value, limits=limits)):
        start = interchange.byte
        original = record.value[start : start + interchange.length] or record.value
        yield Arrival(record, ordinal, interchange, original, received_at)
