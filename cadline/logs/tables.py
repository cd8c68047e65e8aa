"""How does a log lie in tables? One row a record, one row for each stage's place."""

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table

from accounting.tables import metadata

log_record = Table(
    "log_record",
    metadata,
    Column("topic", String, primary_key=True),
    Column("record_offset", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
)

log_place = Table(
    "log_place",
    metadata,
    Column("stage", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("next_offset", Integer, nullable=False),
)
