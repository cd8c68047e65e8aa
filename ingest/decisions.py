"""What has been decided about declarations? Counts and lists from the register."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from ingest import tables
from schemas.findings import Finding
from schemas.identifiers import bn9_of
from schemas.papers import Answer

ClientOfBroker = tuple[str, str]
"""A broker's BN9 and an importer's account."""


def rejected_counts(connection: Connection, first_day: date, last_day: date) -> Mapping[ClientOfBroker, int]:
    """Count the rejected declarations of each broker and client, decided in a span of Eastern days."""
    table = tables.decision.c
    rows = connection.execute(
        select(table.broker, table.importer, func.count().label("rejected"))
        .where(table.decided_day.between(first_day, last_day), table.verdict == "rejected", ~table.test)
        .group_by(table.broker, table.importer)
    )
    counts: Counter[ClientOfBroker] = Counter()
    for row in rows:
        if row.broker:
            counts[bn9_of(row.broker), row.importer] += row.rejected
    return counts


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected message: its interchange's key, its reference, and everything that was found."""

    interchange: str
    reference: str
    transaction_number: str
    findings: tuple[Finding, ...]


def rejections(connection: Connection) -> list[Rejected]:
    """Return every rejected declaration, in the order of interchanges and messages."""
    table = tables.decision.c
    rows = connection.execute(
        select(table.interchange, table.content)
        .where(table.verdict == "rejected")
        .order_by(table.decided_at, table.interchange, table.position)
    )
    answers = ((row.interchange, Answer.model_validate_json(row.content)) for row in rows)
    return [
        Rejected(interchange, answer.message, answer.transaction_number, answer.findings)
        for interchange, answer in answers
    ]
