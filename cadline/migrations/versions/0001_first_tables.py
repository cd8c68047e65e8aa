"""The book, the register, the outbox and the embedded log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": (
        """
CREATE TRIGGER journal_entry_no_update BEFORE update ON journal_entry
BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END
""",
        """
CREATE TRIGGER journal_entry_no_delete BEFORE delete ON journal_entry
BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END
""",
        """
CREATE TRIGGER posting_no_update BEFORE update ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END
""",
        """
CREATE TRIGGER posting_no_delete BEFORE delete ON posting
BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END
""",
        """
CREATE TRIGGER open_item_no_update BEFORE update ON open_item
BEGIN SELECT RAISE(ABORT, 'open_item is append-only'); END
""",
        """
CREATE TRIGGER allocation_no_update BEFORE update ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation is append-only'); END
""",
        """
CREATE TRIGGER open_item_no_delete BEFORE delete ON open_item
BEGIN SELECT RAISE(ABORT, 'open_item is append-only'); END
""",
        """
CREATE TRIGGER allocation_no_delete BEFORE delete ON allocation
BEGIN SELECT RAISE(ABORT, 'allocation is append-only'); END
""",
        """
CREATE TRIGGER posting_joins BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'posting joins an entry that is sealed'); END
""",
        """
CREATE TRIGGER open_item_joins BEFORE INSERT ON open_item
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'open_item joins an entry that is sealed'); END
""",
        """
CREATE TRIGGER allocation_joins BEFORE INSERT ON allocation
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'allocation joins an entry that is sealed'); END
""",
        """
CREATE TRIGGER journal_entry_balances BEFORE INSERT ON journal_entry
WHEN (SELECT coalesce(sum(cents), 0) FROM posting WHERE entry_id = NEW.id) <> 0
BEGIN SELECT RAISE(ABORT, 'journal_entry: postings do not sum to zero'); END
""",
        """
CREATE TRIGGER audit_no_update BEFORE update ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
""",
        """
CREATE TRIGGER audit_no_delete BEFORE delete ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
""",
        """
CREATE TRIGGER security_version_no_update BEFORE update ON security_version
BEGIN SELECT RAISE(ABORT, 'security_version is append-only'); END
""",
        """
CREATE TRIGGER security_version_no_delete BEFORE delete ON security_version
BEGIN SELECT RAISE(ABORT, 'security_version is append-only'); END
""",
        """
CREATE TRIGGER security_event_no_update BEFORE update ON security_event
BEGIN SELECT RAISE(ABORT, 'security_event is append-only'); END
""",
        """
CREATE TRIGGER security_event_no_delete BEFORE delete ON security_event
BEGIN SELECT RAISE(ABORT, 'security_event is append-only'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION book_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE FUNCTION book_refuses_joining() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT entry_id FROM fresh) entry
        WHERE (SELECT count(*) FROM journal_entry WHERE id = entry.entry_id) > 0
    ) THEN
        RAISE EXCEPTION '% joins an entry that is sealed', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
""",
        """
CREATE FUNCTION book_refuses_unbalanced() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh
        WHERE (SELECT sum(cents) FROM posting WHERE entry_id = fresh.id) <> 0
    ) THEN
        RAISE EXCEPTION 'journal_entry: postings do not sum to zero'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
""",
        """
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_change()
""",
        """
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_change()
""",
        """
CREATE TRIGGER open_item_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON open_item
FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_change()
""",
        """
CREATE TRIGGER allocation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation
FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_change()
""",
        """
CREATE TRIGGER posting_joins AFTER INSERT ON posting
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_joining()
""",
        """
CREATE TRIGGER open_item_joins AFTER INSERT ON open_item
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_joining()
""",
        """
CREATE TRIGGER allocation_joins AFTER INSERT ON allocation
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_joining()
""",
        """
CREATE TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_unbalanced()
""",
        """
CREATE FUNCTION register_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION register_refuses_change()
""",
        """
CREATE TRIGGER security_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON security_version
FOR EACH STATEMENT EXECUTE FUNCTION register_refuses_change()
""",
        """
CREATE TRIGGER security_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON security_event
FOR EACH STATEMENT EXECUTE FUNCTION register_refuses_change()
""",
    ),
}
"""The guards, as `accounting.guards` and `ingest.guards` had them when this step was made."""

BALANCE = {
    "sqlite": """
CREATE VIEW balance AS
SELECT chain.party AS party, held.key AS account, held.value AS cents
FROM chain, json_each(chain.balances) AS held
""",
    "postgresql": """
CREATE VIEW balance AS
SELECT chain.party, CAST(held.account AS varchar(60)) AS account, CAST(held.cents AS bigint) AS cents
FROM chain, json_each_text(chain.balances) AS held (account, cents)
""",
}
"""The view of the balances, as `accounting.views` had it when this step was made."""


def upgrade() -> None:
    """Take the step."""
    _create_chain()
    _create_journal_entry()
    _create_open_item()
    _create_posting()
    _create_allocation()
    _create_debt()
    _create_credit()
    _create_audit()
    _create_bank_file()
    _create_dead_letter()
    _create_decision()
    _create_ruling()
    _create_delegation()
    _create_importer()
    _create_interchange()
    _create_paper()
    _create_closed_day()
    _create_close_run()
    _create_partner_terms()
    _create_recipient()
    _create_due_move()
    _create_interest_allowance()
    _create_partner()
    _create_quarantine()
    _create_receipt()
    _create_security_version()
    _create_security_event()
    _create_message()
    _create_control_reference()
    _create_outbox()
    _create_paper_number()
    _create_delivery()
    _create_recipient_rest()
    _create_log_place()
    _create_log_record()
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.execute(guard)
    op.execute(BALANCE[op.get_bind().dialect.name])


def _create_chain() -> None:
    op.create_table(
        "chain",
        sa.Column("party", sa.String(length=15), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("balances", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_chain")),
        sqlite_with_rowid=False,
    )


def _create_journal_entry() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party", sa.String(length=15), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("transaction_number", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("broker", sa.String(length=15), nullable=False),
        sa.Column("stream", sa.String(length=20), nullable=False),
        sa.Column("release_date", sa.Date(), nullable=False),
        sa.Column("event_day", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_day", sa.Date(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("payment_due", sa.Date(), nullable=False),
        sa.Column("statement_date", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("value_for_duty_cents", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_journal_entry_key")),
        sa.UniqueConstraint("party", "sequence", name=op.f("uq_journal_entry_party_sequence")),
    )
    op.create_index(
        op.f("ix_journal_entry_reference"),
        "journal_entry",
        ["reference"],
        unique=False,
        postgresql_where=sa.text("reference <> ''"),
        sqlite_where=sa.text("reference <> ''"),
    )
    op.create_index(
        op.f("ix_journal_entry_posted_day_party"), "journal_entry", ["posted_day", "party"], unique=False
    )
    op.create_index(
        op.f("ix_journal_entry_statement_date_party"),
        "journal_entry",
        ["statement_date", "party"],
        unique=False,
    )
    op.create_index(
        op.f("ix_journal_entry_transaction_number"), "journal_entry", ["transaction_number"], unique=False
    )


def _create_open_item() -> None:
    op.create_table(
        "open_item",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("charge", sa.String(length=20), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("statement_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_open_item")),
        sqlite_with_rowid=False,
    )


def _create_posting() -> None:
    op.create_table(
        "posting",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_posting")),
        sqlite_with_rowid=False,
    )


def _create_allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("credit", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("charge", sa.String(length=20), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_allocation")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_allocation_credit"), "allocation", ["credit"], unique=False)
    op.create_index(op.f("ix_allocation_reference"), "allocation", ["reference"], unique=False)


def _create_debt() -> None:
    op.create_table(
        "debt",
        sa.Column("party", sa.String(length=15), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("charge", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("party", "reference", "charge", "due", name=op.f("pk_debt")),
        sqlite_with_rowid=False,
    )


def _create_credit() -> None:
    op.create_table(
        "credit",
        sa.Column("party", sa.String(length=15), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("party", "key", "kind", name=op.f("pk_credit")),
        sqlite_with_rowid=False,
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)


def _create_bank_file() -> None:
    op.create_table(
        "bank_file",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bank_file")),
    )


def _create_dead_letter() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", "stage", name=op.f("pk_dead_letter")),
    )


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("interchange", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transaction_number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("importer", sa.String(), nullable=False),
        sa.Column("broker", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("decided_day", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tables", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("interchange", "position", name=op.f("pk_decision")),
    )
    op.create_index("decision_day", "decision", ["decided_day", "verdict"], unique=False)
    op.create_index("decision_importer", "decision", ["importer"], unique=False)
    op.create_index("decision_transaction", "decision", ["transaction_number"], unique=False)
    op.create_index(
        "decision_version",
        "decision",
        ["transaction_number", "version"],
        unique=True,
        postgresql_where=sa.text("verdict IN ('accepted', 'pending') AND NOT test"),
        sqlite_where=sa.text("verdict IN ('accepted', 'pending') AND NOT test"),
    )


def _create_ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("transaction_number", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("ruled_by", sa.String(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_number", "version", name=op.f("pk_ruling")),
    )


def _create_delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("importer", sa.String(), nullable=False),
        sa.Column("broker", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("importer", "broker", "since", name=op.f("pk_delegation")),
    )


def _create_importer() -> None:
    op.create_table(
        "importer",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("statements_to", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_importer")),
    )


def _create_interchange() -> None:
    op.create_table(
        "interchange",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("control_reference", sa.String(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("syntax", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_interchange")),
    )


def _create_paper() -> None:
    op.create_table(
        "paper",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("forms", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "subject", "number", name=op.f("uq_paper_kind_subject_number")),
    )
    op.create_index(op.f("ix_paper_kind_day"), "paper", ["kind", "day"], unique=False)


def _create_closed_day() -> None:
    op.create_table(
        "closed_day",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name=op.f("pk_closed_day")),
    )


def _create_close_run() -> None:
    op.create_table(
        "close_run",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name=op.f("pk_close_run")),
    )


def _create_due_move() -> None:
    op.create_table(
        "due_move",
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "due", "since", name=op.f("pk_due_move")),
    )


def _create_interest_allowance() -> None:
    op.create_table(
        "interest_allowance",
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("party", "reference", name=op.f("pk_interest_allowance")),
    )


def _create_partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account_security_number", sa.String(), nullable=False),
        sa.Column("syntax", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tolerates", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    op.create_index(op.f("ix_partner_account"), "partner", ["account"], unique=False)
    op.create_index(
        op.f("ix_partner_account_security_number"), "partner", ["account_security_number"], unique=False
    )


def _create_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", "ordinal", name=op.f("pk_quarantine")),
    )


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interchange", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", "ordinal", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_interchange"), "receipt", ["interchange"], unique=False)


def _create_security_version() -> None:
    op.create_table(
        "security_version",
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("business_number", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "version", name=op.f("pk_security_version")),
    )
    op.create_index(
        op.f("ix_security_version_business_number"), "security_version", ["business_number"], unique=False
    )


def _create_security_event() -> None:
    op.create_table(
        "security_event",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("threshold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("outstanding_cents", sa.BigInteger(), nullable=False),
        sa.Column("security_cents", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "threshold", "day", name=op.f("pk_security_event")),
    )
    op.create_index(op.f("ix_security_event_day"), "security_event", ["day"], unique=False)


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("interchange", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("answer_number", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["interchange"], ["interchange.key"], name=op.f("fk_message_interchange")),
        sa.PrimaryKeyConstraint("interchange", "position", name=op.f("pk_message")),
    )


def _create_control_reference() -> None:
    op.create_table(
        "control_reference",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_control_reference")),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("control_reference", sa.String(), nullable=False),
        sa.Column("syntax", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("outbox_recipient", "outbox", ["recipient", "control_reference"], unique=True)
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NULL AND channel IS NULL"),
        sqlite_where=sa.text("relayed_at IS NULL AND channel IS NULL"),
    )
    op.create_index(
        "outbox_queue",
        "outbox",
        ["recipient", "id"],
        unique=False,
        postgresql_where=sa.text("relayed_at IS NULL AND channel IS NOT NULL"),
        sqlite_where=sa.text("relayed_at IS NULL AND channel IS NOT NULL"),
    )
    op.create_index("outbox_paper", "outbox", ["paper"], unique=False)


def _create_recipient_rest() -> None:
    op.create_table(
        "recipient_rest",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_recipient_rest")),
    )


def _create_partner_terms() -> None:
    op.create_table(
        "partner_terms",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_partner_terms")),
    )


def _create_recipient() -> None:
    op.create_table(
        "recipient",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "since", name=op.f("pk_recipient")),
    )


def _create_paper_number() -> None:
    op.create_table(
        "paper_number",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_paper_number")),
    )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_outbox_id"), "delivery", ["outbox_id"], unique=False)


def _create_log_place() -> None:
    op.create_table(
        "log_place",
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("next_offset", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stage", "topic", name=op.f("pk_log_place")),
    )


def _create_log_record() -> None:
    op.create_table(
        "log_record",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("record_offset", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "record_offset", name=op.f("pk_log_record")),
    )
