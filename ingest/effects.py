"""What does a batch change? Rows and papers, gathered first and then written together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table

from ingest.records import Outgoing
from outbound import outbox


@dataclass
class Effects:
    """The effects of a batch. Nothing is written until `write`, one statement for each table.

    papers: new ones for the outbox. resend: keys of papers to be delivered once more.
    """

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    papers: list[outbox.Outgoing] = field(default_factory=list)
    resend: list[str] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)

    def add(self, table: Table, **row: Any) -> None:
        """Note a row. Tables are written in the order of their first rows: parents before children."""
        self.rows.setdefault(table, []).append(row)

    def write(self, connection: Connection, now: datetime) -> Sequence[Outgoing]:
        """Write everything in the caller's transaction, and return the records that go on."""
        for table, rows in self.rows.items():
            connection.execute(table.insert(), rows)
        outbox.put(connection, self.papers, now)
        outbox.resend(connection, self.resend)
        return self.outgoing
