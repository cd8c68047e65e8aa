"""Which number does the next interchange or paper carry? Counters without gaps, in the database.

A number is drawn in the transaction that stores what carries it: when that rolls back, so does the draw.
The counter's row stays locked until then, so that no two transactions draw the same number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from outbound import tables
from outbound.upsert import insert_into
from schemas.papers import PaperKind

REFERENCE_DIGITS = 14
"""Length of data element 0020 (an..14) in syntax 3."""


def draw(connection: Connection, recipient: str, count: int = 1) -> int:
    """Draw `count` consecutive control references for a recipient and return the first; they start at 1."""
    return draw_all(connection, {recipient: count})[recipient]


def draw_all(connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
    """Draw control references for many recipients at once; return the first number of each."""
    rows = [{"recipient": recipient, "last": counts[recipient]} for recipient in sorted(counts)]
    lasts = dict(_advance(connection, tables.control_reference, rows))
    return {recipient: lasts[recipient] - count + 1 for recipient, count in counts.items()}


def draw_paper_number(connection: Connection, subject: str, kind: str) -> int:
    """Draw the next number of a kind of paper for its subject (an account, a broker); they start at 1."""
    return draw_paper_numbers(connection, [subject], kind)[subject]


def draw_paper_numbers(connection: Connection, subjects: Sequence[str], kind: str) -> dict[str, int]:
    """Draw the next number of a kind of paper for each subject, all in one statement."""
    rows = [{"kind": kind, "subject": subject, "last": 1} for subject in sorted(set(subjects))]
    return {subject: last for _kind, subject, last in _advance(connection, tables.paper_number, rows)}


def draw_many(
    connection: Connection, counts: Mapping[tuple[PaperKind, str], int]
) -> dict[tuple[PaperKind, str], int]:
    """Draw numbers for kinds and subjects, as many as each needs; return the first number of each."""
    rows = [
        {"kind": kind, "subject": subject, "last": counts[kind, subject]} for kind, subject in sorted(counts)
    ]
    lasts = {(kind, subject): last for kind, subject, last in _advance(connection, tables.paper_number, rows)}
    return {each: lasts[each] - count + 1 for each, count in counts.items()}


def control_reference(number: int) -> str:
    """Write a control reference number as it stands in UNB 0020: digits, padded with zeros."""
    return f"{number:0{REFERENCE_DIGITS}d}"


def _advance(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> list[tuple[Any, ...]]:
    """Add each row's `last` to its counter and return the rows as they then stand.

    Rows come sorted by key, so that two transactions lock the counters in the same order.
    """
    if not rows:
        return []
    insert = insert_into(connection, table)
    upsert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={"last": table.c.last + insert.excluded.last},
    )
    return [tuple(row) for row in connection.execute(upsert.returning(*table.columns), rows)]
