"""What does a stage read and write? Records of a log, whichever log that is (Kafka, or a table)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

INBOUND = "edi.inbound"
PARSED = "cad.parsed"
VALIDATED = "cad.validated"
OUTBOUND = "edi.outbound"

TOPICS = (INBOUND, PARSED, VALIDATED, OUTBOUND)

RECEIVED_AT = "received-at"
"""Header of an inbound record: the UTC instant of receipt, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read. topic, partition and offset together name it for ever."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def position(self) -> str:
        """Name the record: `topic/partition/offset`."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be written. Records of one key keep their order."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def dead_letters_of(topic: str) -> str:
    """Name the topic that takes what a stage could not explain."""
    return f"{topic}.dlq"
