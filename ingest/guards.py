"""How does the database itself refuse to change what was noted? No update and no delete of audit, security.

The migration creates the guards, and so does `metadata.create_all`. What is append-only is said in the same
words as in the book (`accounting.guards`), by functions of its own: either may be created first.
"""

from collections.abc import Mapping

from accounting.guards import SQLITE_APPEND_ONLY, Guard

POSTGRESQL_FUNCTION = """
CREATE FUNCTION register_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

POSTGRESQL_APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION register_refuses_change()
"""

APPEND_ONLY = ("audit", "security_version", "security_event")

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "sqlite": tuple(
        (table, SQLITE_APPEND_ONLY.format(table=table, verb=verb))
        for table in APPEND_ONLY
        for verb in ("update", "delete")
    ),
    "postgresql": (
        ("audit", POSTGRESQL_FUNCTION),
        *((table, POSTGRESQL_APPEND_ONLY.format(table=table)) for table in APPEND_ONLY),
    ),
}
"""What guards which table, by engine; the function comes before the triggers that name it."""
