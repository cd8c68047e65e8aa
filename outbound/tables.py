"""Where do papers wait, and how far have the numbers run? The tables of the outbox.

outbox ──< delivery        every paper ever written, and every time it left the house
recipient_rest             recipients that could not be reached, and when they are tried again
control_reference          the last interchange number of each recipient
paper_number               the last notice, statement or summary number of each subject
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from accounting.tables import HASH, Instant, metadata

ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows by itself only in an INTEGER

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("recipient", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("day", Date),
    Column("control_reference", String, nullable=False),
    Column("syntax", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("relayed_at", Instant),
    Column("paper", String),
    Column("channel", String),
    Index("outbox_recipient", "recipient", "control_reference", unique=True),
)

_WAITING = text("relayed_at IS NULL AND channel IS NULL")
Index("outbox_waiting", outbox.c.id, postgresql_where=_WAITING, sqlite_where=_WAITING)
_QUEUED = text("relayed_at IS NULL AND channel IS NOT NULL")
Index("outbox_queue", outbox.c.recipient, outbox.c.id, postgresql_where=_QUEUED, sqlite_where=_QUEUED)
Index("outbox_paper", outbox.c.paper)

delivery = Table(
    "delivery",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("outbox_id", ROW_ID, ForeignKey(outbox.c.id), nullable=False, index=True),
    Column("destination", String, nullable=False),
    Column("delivered_at", Instant, nullable=False),
)

recipient_rest = Table(
    "recipient_rest",
    metadata,
    Column("recipient", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("retry_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

control_reference = Table(
    "control_reference",
    metadata,
    Column("recipient", String, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

paper_number = Table(
    "paper_number",
    metadata,
    Column("kind", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
