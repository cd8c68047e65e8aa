"""What does the register remember? Everything received, every decision, and who is who.

    interchange ──< message ──── decision     what was in it, and what became of each declaration
    ruling                                    what an officer said of each adjustment
    receipt                                   every arrival, repeats included, by its place in the log
    quarantine                                what nobody could be answered about; the bytes are kept
    dead_letter                               what a stage could not explain; the bytes are kept
    paper                                     notices, statements and summaries, as values
    closed_day                                the days whose notices, statements or summaries are made
    close_run                                 the closes that are under way, and how far they have come
    bank_file                                 files of payments that were imported, with their bytes
    partner, importer, delegation             the registry
    partner_terms                             which messages a partner speaks from when; tested or live
    recipient                                 what each recipient of papers agreed to, from which day
    due_move                                  payment due dates that the agency moved, by bulletin
    interest_allowance                        debts for which an officer allows the prescribed rate
    security_version, security_event          security that was given, and crossings of its thresholds
    audit                                     who changed the registry, when and why; a chain of hashes

Keys are natural, so the same message finds its own traces again after a crash. Texts have no length here: how
long one may be is the parsers' question, and a partner must get an answer, not a database error.
"""

from sqlalchemy import (
    DDL,
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
    event,
    text,
)

from accounting.tables import HASH, Instant, metadata
from ingest.guards import GUARDS

interchange = Table(
    "interchange",
    metadata,
    Column("key", String, primary_key=True),
    Column("sender", String, nullable=False),
    Column("control_reference", String, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("syntax", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

receipt = Table(
    "receipt",
    metadata,
    Column("position", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("interchange", String, index=True),
    Column("outcome", String, nullable=False),
    Column("received_at", Instant, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("interchange", String, ForeignKey(interchange.c.key), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("reference", String, nullable=False),
    Column("type", String, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("answer_number", BigInteger),
    Column("content", Text, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("interchange", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("transaction_number", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("importer", String, nullable=False),
    Column("broker", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("decided_day", Date, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("tables", String, nullable=False),
    Column("content", Text, nullable=False),
)

ruling = Table(
    "ruling",
    metadata,
    Column("transaction_number", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("ruling", String, nullable=False),
    Column("ruled_by", String, nullable=False),
    Column("ruled_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

_STANDS = text("verdict IN ('accepted', 'pending') AND NOT test")
Index(
    "decision_version",
    decision.c.transaction_number,
    decision.c.version,
    unique=True,
    postgresql_where=_STANDS,
    sqlite_where=_STANDS,
)
Index("decision_transaction", decision.c.transaction_number)
Index("decision_importer", decision.c.importer)
Index("decision_day", decision.c.decided_day, decision.c.verdict)

paper = Table(
    "paper",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("recipient", String, nullable=False),
    Column("forms", String, nullable=False),
    UniqueConstraint("kind", "subject", "number"),
    Index(None, "kind", "day"),
)

closed_day = Table(
    "closed_day",
    metadata,
    Column("kind", String, primary_key=True),
    Column("day", Date, primary_key=True),
)

close_run = Table(
    "close_run",
    metadata,
    Column("kind", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("begun_at", Instant, nullable=False),
    Column("last", String, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("position", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    Column("findings", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("position", String, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Column("headers", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
)

bank_file = Table(
    "bank_file",
    metadata,
    Column("digest", HASH, primary_key=True),
    Column("format", String, nullable=False),
    Column("name", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

partner = Table(
    "partner",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("account", String, nullable=False, index=True),
    Column("role", String, nullable=False),
    Column("account_security_number", String, nullable=False, index=True),
    Column("syntax", String, nullable=False),
    Column("language", String, nullable=False),
    Column("tolerates", String, nullable=False),
)

importer = Table(
    "importer",
    metadata,
    Column("account", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("stream", String, nullable=False),
    Column("statements_to", String, nullable=False),
    Column("language", String, nullable=False),
)

delegation = Table(
    "delegation",
    metadata,
    Column("importer", String, primary_key=True),
    Column("broker", String, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),
    Column("scope", String, nullable=False),
    Column("rights", String, nullable=False),
    Column("visibility", String, nullable=False),
)

partner_terms = Table(
    "partner_terms",
    metadata,
    Column("partner", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("content", Text, nullable=False),
)

recipient = Table(
    "recipient",
    metadata,
    Column("recipient", String, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("channel", String, nullable=False),
    Column("content", Text, nullable=False),
)

due_move = Table(
    "due_move",
    metadata,
    Column("stream", String, primary_key=True),
    Column("due", Date, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("moved_to", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

interest_allowance = Table(
    "interest_allowance",
    metadata,
    Column("party", String, primary_key=True),
    Column("reference", String, primary_key=True),
    Column("extended_to", Date),
    Column("by", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("allowed_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("previous_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
)

security_version = Table(
    "security_version",
    metadata,
    Column("instrument", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("business_number", String, nullable=False, index=True),
    Column("since", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
)

security_event = Table(
    "security_event",
    metadata,
    Column("account", String, primary_key=True),
    Column("threshold", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("direction", String, nullable=False),
    Column("outstanding_cents", BigInteger, nullable=False),
    Column("security_cents", BigInteger, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Index(None, "day"),
)

for _engine, _guards in GUARDS.items():
    for _table, _statement in _guards:
        # A single percent sign would ask to be filled in.
        _guard = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call] # SQLAlchemy left it bare
        event.listen(metadata.tables[_table], "after_create", _guard.execute_if(dialect=_engine))
