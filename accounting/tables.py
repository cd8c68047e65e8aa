"""How does the book lie in tables? Append-only rows, guarded by the database itself.

    chain ──────── one row an account: the last sequence and hash, and the balances; locking it is locking
      │            the account
      └── journal_entry ── party and sequence; what was posted, as the exact text that was hashed (packed)
            ├── posting ── account and cents; they sum to zero
            ├── open_item ── what falls due when, by charge
            └── allocation ── which credit paid which debt
    balance ────── the sum of the postings, an account of a party a row: a view of what the chain holds
    debt ───────── open items less allocations, a reference, charge and due day a row
    credit ─────── what is free of a credit, a key a row

Every entry belongs to one party, so no row is shared by all writers; the general ledger's accounts are
sums over the parties. The entry's postings, items and allocations go in before the entry, which seals them:
then no row can join them, and none of the four tables takes an update or a delete. Balances, debts and
credits are sums of those rows, kept so that nobody adds up a history; one of zero cents may be missing there.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    event,
    func,
    text,
)

from accounting.guards import GUARDS
from accounting.views import BALANCE, DROP_BALANCE

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The tables of all rooms, so that one migration history covers them."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite has no zones: there it lies naive and comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant {value} has no zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the instant in UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


PARTY = String(15)
"""A program account (BN15)."""

KEY = String(120)
"""A natural key of an entry, or what names a debt: room for a key within a key."""

HASH = String(64)
"""SHA-256 in hexadecimal."""

ENTRY_ID = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows by itself only in an INTEGER
"""Counts the entries as they are written, so that rows are appended. Nothing shows it: it means nothing."""

chain = Table(
    "chain",
    metadata,
    Column("party", PARTY, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("balances", JSON, nullable=False),
    sqlite_with_rowid=False,
)
"""balances: cents by account. The row is read, locked and written for every party of a batch anyway; the
balances in rows of their own, six to a declaration, took as long as its postings and items together."""

journal_entry = Table(
    "journal_entry",
    metadata,
    Column("id", ENTRY_ID, primary_key=True),
    Column("party", PARTY, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("key", KEY, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", KEY, nullable=False),
    Column("transaction_number", String(14), nullable=False),
    Column("version", Integer, nullable=False),
    Column("broker", PARTY, nullable=False),
    Column("stream", String(20), nullable=False),
    Column("release_date", Date, nullable=False),
    Column("event_day", Date, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("posted_day", Date, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("payment_due", Date, nullable=False),
    Column("statement_date", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("value_for_duty_cents", BigInteger, nullable=False),
    Column("previous_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("party", "sequence"),
    UniqueConstraint("key"),
    Index(None, "transaction_number"),
    Index(None, "reference", postgresql_where=text("reference <> ''"), sqlite_where=text("reference <> ''")),
    Index(None, "posted_day", "party"),
    Index(None, "statement_date", "party"),
)

posting = Table(
    "posting",
    metadata,
    Column("entry_id", ENTRY_ID, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("account", String(60), nullable=False),
    Column("cents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

open_item = Table(
    "open_item",
    metadata,
    Column("entry_id", ENTRY_ID, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("charge", String(20), nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("due", Date, nullable=False),
    Column("statement_date", Date, nullable=False),
    sqlite_with_rowid=False,
)

allocation = Table(
    "allocation",
    metadata,
    Column("entry_id", ENTRY_ID, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("credit", KEY, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", KEY, nullable=False),
    Column("charge", String(20)),
    Column("due", Date),
    Column("cents", BigInteger, nullable=False),
    Index(None, "credit"),
    Index(None, "reference"),
    sqlite_with_rowid=False,
)

balance = Table(
    "balance",
    MetaData(),  # of its own: it is no table to create
    Column("party", PARTY, primary_key=True),
    Column("account", String(60), primary_key=True),
    Column("cents", BigInteger, nullable=False),
)
"""The view of the balances, an account of a party a row (`accounting.views`)."""

debt = Table(
    "debt",
    metadata,
    Column("party", PARTY, primary_key=True),
    Column("reference", KEY, primary_key=True),
    Column("charge", String(20), primary_key=True),
    Column("due", Date, primary_key=True),
    Column("cents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

credit = Table(
    "credit",
    metadata,
    Column("party", PARTY, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("cents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

posting_of_entry = posting.c.entry_id == journal_entry.c.id
item_of_entry = open_item.c.entry_id == journal_entry.c.id
allocation_of_entry = allocation.c.entry_id == journal_entry.c.id
"""How the tables are joined. There is no foreign key: its check of each row, one by one at the commit, took a
quarter of the time of posting. A row whose entry never came is no part of the book, and `verify` finds it."""

debt_reference = func.coalesce(func.nullif(journal_entry.c.reference, ""), journal_entry.c.transaction_number)
"""What names the debt of an entry's items (`Entry.debt_reference`)."""

# `create_all` creates the guards and the view behind their table; the migration has them word for word.
for _engine, _guards in GUARDS.items():
    for _table, _statement in _guards():
        # A single percent sign would ask to be filled in.
        _guard = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call] # SQLAlchemy left it bare
        event.listen(metadata.tables[_table], "after_create", _guard.execute_if(dialect=_engine))

for _engine, _view in BALANCE.items():
    event.listen(chain, "after_create", DDL(_view).execute_if(dialect=_engine))  # type: ignore[no-untyped-call] # as above
event.listen(chain, "before_drop", DDL(DROP_BALANCE))  # type: ignore[no-untyped-call] # as above
