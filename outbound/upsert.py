"""How do both databases insert unless a key is taken? SQLAlchemy's dialect inserts under one name."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

DialectInsert = postgresql.Insert | sqlite.Insert


def insert_into(connection: Connection, table: Table) -> DialectInsert:
    """Return an insert that knows ON CONFLICT, for the database behind the connection."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
