"""What does the register remember? Everything received, every decision, and who is who.

    interchange ──< message ──── decision     what was in it, and what became of each declaration
    receipt                                   every arrival, repeats included, by its place in the log
    quarantine                                what nobody could be answered about; the bytes are kept
    dead_letter                               what a stage could not explain; the bytes are kept
    paper                                     notices, statements and summaries, as values
    partner, importer, delegation             the registry

Keys are natural, so the same message finds its own traces again after a crash.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from accounting.tables import Instant, metadata

interchange = Table(
    "interchange",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("sender", String(35), nullable=False),
    Column("control_reference", String(35), nullable=False),
    Column("test", Boolean, nullable=False),
    Column("syntax", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

receipt = Table(
    "receipt",
    metadata,
    Column("position", String(200), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("interchange", String(200), index=True),
    Column("outcome", String(20), nullable=False),
    Column("received_at", Instant, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("interchange", String(200), ForeignKey(interchange.c.key), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("reference", String(35), nullable=False),
    Column("type", String(10), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("answer_number", BigInteger),
    Column("content", Text, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("interchange", String(200), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("transaction_number", String(35), nullable=False),
    Column("version", Integer, nullable=False),
    Column("importer", String(35), nullable=False),
    Column("broker", String(35), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("test", Boolean, nullable=False),
    Column("decided_day", Date, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
)

_STANDS = text("verdict = 'accepted' AND NOT test")
Index(
    "decision_version",
    decision.c.transaction_number,
    decision.c.version,
    unique=True,
    postgresql_where=_STANDS,
    sqlite_where=_STANDS,
)
Index("decision_day", decision.c.decided_day, decision.c.verdict)

paper = Table(
    "paper",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(15), nullable=False),
    Column("day", Date, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("kind", "subject", "number"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("position", String(200), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("findings", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("position", String(200), primary_key=True),
    Column("stage", String(20), primary_key=True),
    Column("key", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Column("headers", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
)

partner = Table(
    "partner",
    metadata,
    Column("id", String(35), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("account", String(15), nullable=False, index=True),
    Column("role", String(10), nullable=False),
    Column("account_security_number", String(5), nullable=False, index=True),
    Column("syntax", String(10), nullable=False),
    Column("language", String(2), nullable=False),
)

importer = Table(
    "importer",
    metadata,
    Column("account", String(15), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("stream", String(20), nullable=False),
    Column("statements_to", String(35), nullable=False),
    Column("language", String(2), nullable=False),
)

delegation = Table(
    "delegation",
    metadata,
    Column("importer", String(15), primary_key=True),
    Column("broker", String(9), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),
)
