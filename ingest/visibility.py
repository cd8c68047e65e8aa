"""Who sees an account or a declaration, by the register? Reads what `schemas.visibility` wants to know."""

from datetime import date

from sqlalchemy import Connection, func, select

from ingest import registry, tables
from schemas.visibility import Filed, Viewer, who_sees_account, who_sees_declaration

REJECTED = "rejected"


def viewers_of_account(connection: Connection, account: str, day: date) -> tuple[Viewer, ...]:
    """Return who sees a program account on an Eastern day."""
    decision, interchange = tables.decision.c, tables.interchange.c
    rows = connection.execute(
        select(interchange.sender, func.min(decision.decided_day).label("since"))
        .join_from(tables.decision, tables.interchange, decision.interchange == interchange.key)
        .where(decision.importer == account, ~decision.test)
        .group_by(interchange.sender)
    )
    filers = {row.sender: row.since for row in rows}
    return who_sees_account(account, registry.read_all(connection), day, filers)


def viewers_of_declaration(
    connection: Connection, transaction_number: str, day: date
) -> tuple[Viewer, ...] | None:
    """Return who sees a declaration on an Eastern day, or None for one that nobody ever filed."""
    filed = _filed(connection, transaction_number)
    return who_sees_declaration(filed, registry.read_all(connection), day) if filed else None


def _filed(connection: Connection, transaction_number: str) -> list[Filed]:
    decision, interchange = tables.decision.c, tables.interchange.c
    rows = connection.execute(
        select(
            decision.version,
            decision.importer,
            interchange.sender.label("filer"),
            decision.decided_day.label("day"),
            decision.verdict,
        )
        .join_from(tables.decision, tables.interchange, decision.interchange == interchange.key)
        .where(decision.transaction_number == transaction_number, ~decision.test)
    )
    return [
        Filed(
            version=row.version,
            importer=row.importer,
            filer=row.filer,
            day=row.day,
            stands=row.verdict != REJECTED,
        )
        for row in rows
    ]
