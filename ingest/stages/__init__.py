"""The four stages: parse, validate, post, notify. Each turns a batch into effects within one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ingest.records import Outgoing, Record


class Stage(Protocol):
    """Work on the records of one topic. The same code runs embedded and on Kafka."""

    @property
    def name(self) -> str:
        """The stage's name, which is its consumer group's too."""

    @property
    def source(self) -> str:
        """The topic that it reads."""

    def handle(self, connection: Connection, batch: Sequence[Record], now: datetime) -> Sequence[Outgoing]:
        """Write the batch's effects and return what goes on. Repeating a batch changes nothing."""
