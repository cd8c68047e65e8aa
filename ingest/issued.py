"""Which papers were issued for an account or broker and a day, and what do they show?

The first is kept under its base key, such as `daily-notice/<account>/<day>`; what was issued behind it, a
supplement or a corrected version, under that key and its place: `.../2`, `.../3`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from accounting.bulk import among
from accounting.shown import ClosingPaper
from ingest import tables
from schemas.papers import BrokerSummary, DailyNotice, Statement

READERS: Mapping[str, Callable[[str], ClosingPaper]] = {
    "daily-notice": DailyNotice.model_validate_json,
    "statement": Statement.model_validate_json,
    "broker-summary": BrokerSummary.model_validate_json,
}

Series = tuple[ClosingPaper, ...]
"""The papers of one base key, in the order of their issue."""


def issued(connection: Connection, bases: Sequence[str]) -> dict[str, Series]:
    """Return the papers of some base keys; those of which none was issued are left out."""
    table = tables.paper.c
    wanted = select(table.key, table.kind, table.day, table.content)
    first = connection.execute(wanted.where(among(connection, table.key, list(bases)))).all()
    if not first:
        return {}
    days, kinds = {row.day for row in first}, {row.kind for row in first}
    of_days = wanted.where(table.kind.in_(kinds), table.day.in_(days), or_(*map(table.key.like, PLACES)))
    known = {row.key for row in first}
    behind = (row for row in connection.execute(of_days) if base_and_place(row.key)[0] in known)
    return series([*first, *behind])


PLACES = ("%/_", "%/__", "%/___")
"""The ends of the keys of what was issued behind a first paper; there are few of them."""


def series(rows: Iterable[Any]) -> dict[str, Series]:
    """Put stored papers together by their base key."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for row in rows:
        base, place = base_and_place(row.key)
        found.setdefault(base, []).append((place, row.kind, row.content))
    return {
        base: tuple(READERS[kind](content) for _, kind, content in sorted(held))
        for base, held in sorted(found.items())
    }


def base_and_place(key: str) -> tuple[str, int]:
    """Return the base key of a paper, and its place behind it.

    >>> base_and_place("statement/999002017RM0001/2026-03-25/2")
    ('statement/999002017RM0001/2026-03-25', 2)
    >>> base_and_place("broker-summary/999001035/2026-03")
    ('broker-summary/999001035/2026-03', 1)
    """
    base, _, last = key.rpartition("/")
    return (base, int(last)) if last.isdecimal() and len(last) < BN9_LENGTH else (key, 1)


BN9_LENGTH = 9
"""A last part as long as a business number is none of our places."""


def next_key(base: str, before: Series) -> str:
    """Return the key of the next paper behind those that were issued."""
    return f"{base}/{len(before) + 1}" if before else base
