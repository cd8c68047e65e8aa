"""How does the database itself refuse to change what was posted?

Three guards, on SQLite and on PostgreSQL: no update and no delete of a row of the journal; no posting, item
or allocation to an entry that is sealed; no entry whose postings do not sum to zero. The migration creates
them, and so does `metadata.create_all`.

On SQLite the entry's own insert adds its postings up. PostgreSQL adds up once a statement, over all rows
that the statement brings: a batch costs one check, not one a row. The checks look each entry up by its
key (a subquery with a sum cannot be turned into a join), and never plan to read a whole table because it was
small when the session began.
"""

from collections.abc import Callable, Mapping

APPEND_ONLY = ("journal_entry", "posting", "open_item", "allocation")
SEALED = ("posting", "open_item", "allocation")

Guard = tuple[str, str]
"""The table that is guarded, and the statement that creates the guard."""

SQLITE_APPEND_ONLY = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

SQLITE_SEALED = """
CREATE TRIGGER {table}_joins BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, '{table} joins an entry that is sealed'); END
"""

SQLITE_BALANCED = """
CREATE TRIGGER journal_entry_balances BEFORE INSERT ON journal_entry
WHEN (SELECT coalesce(sum(cents), 0) FROM posting WHERE entry_id = NEW.id) <> 0
BEGIN SELECT RAISE(ABORT, 'journal_entry: postings do not sum to zero'); END
"""

POSTGRESQL_FUNCTIONS = (
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
)

POSTGRESQL_APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_change()
"""

POSTGRESQL_SEALED = """
CREATE TRIGGER {table}_joins AFTER INSERT ON {table}
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_joining()
"""

POSTGRESQL_BALANCED = """
CREATE TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_refuses_unbalanced()
"""


def sqlite_guards() -> list[Guard]:
    """Return what guards the book on SQLite."""
    return [
        *(
            (table, SQLITE_APPEND_ONLY.format(table=table, verb=verb))
            for table in APPEND_ONLY
            for verb in ("update", "delete")
        ),
        *((table, SQLITE_SEALED.format(table=table)) for table in SEALED),
        ("journal_entry", SQLITE_BALANCED),
    ]


def postgresql_guards() -> list[Guard]:
    """Return what guards the book on PostgreSQL. The functions come first: the triggers name them."""
    return [
        *(("journal_entry", function) for function in POSTGRESQL_FUNCTIONS),
        *((table, POSTGRESQL_APPEND_ONLY.format(table=table)) for table in APPEND_ONLY),
        *((table, POSTGRESQL_SEALED.format(table=table)) for table in SEALED),
        ("journal_entry", POSTGRESQL_BALANCED),
    ]


GUARDS: Mapping[str, Callable[[], list[Guard]]] = {
    "sqlite": sqlite_guards,
    "postgresql": postgresql_guards,
}
