"""How does the database itself refuse to change what was noted? No update and no delete of the audit.

The migration creates the guards, and so does `metadata.create_all`. What is append-only is said in the same
words as in the book (`accounting.guards`), by functions of its own: either may be created first.
"""

from collections.abc import Mapping

from accounting.guards import SQLITE_APPEND_ONLY

POSTGRESQL_FUNCTION = """
CREATE FUNCTION register_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

POSTGRESQL_APPEND_ONLY = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION register_refuses_change()
"""

GUARDS: Mapping[str, tuple[str, ...]] = {
    "sqlite": tuple(SQLITE_APPEND_ONLY.format(table="audit", verb=verb) for verb in ("update", "delete")),
    "postgresql": (POSTGRESQL_FUNCTION, POSTGRESQL_APPEND_ONLY),
}
"""What guards the audit, by engine; the function comes before the trigger that names it."""
