"""Where do papers wait, and how far have the numbers run? The tables of the outbox.

outbox ──< delivery        every paper ever written, and every time it left the house
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
    Index("outbox_recipient", "recipient", "control_reference", unique=True),
)

_WAITING = text("relayed_at IS NULL")
Index("outbox_waiting", outbox.c.id, postgresql_where=_WAITING, sqlite_where=_WAITING)

delivery = Table(
    "delivery",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("outbox_id", ROW_ID, ForeignKey(outbox.c.id), nullable=False, index=True),
    Column("destination", String, nullable=False),
    Column("delivered_at", Instant, nullable=False),
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
