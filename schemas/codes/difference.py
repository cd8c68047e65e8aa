"""What would change if other code tables were used? Rows that come, go, or say something else."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.codes import Codes, CodeTable

Rows = dict[tuple[str, str], Mapping[str, str]]


class Difference(NamedTuple):
    """One row that differs. A row is known by its code and its first day.

    before, after: the columns that differ, with their texts; all columns where the row comes or goes, and
    None where it is not there.
    """

    table: str
    code: str
    since: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None


def differences(before: Codes, after: Codes) -> Iterator[Difference]:
    """Yield the differences, by table, code and first day."""
    for name in sorted({*before.names(), *after.names()}):
        old, new = _rows(before, name), _rows(after, name)
        for code, since in sorted({*old, *new}):
            yield from _of_row(name, code, since, old.get((code, since)), new.get((code, since)))


def _of_row(
    table: str, code: str, since: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference(table, code, since, old, new)
        return
    columns = [column for column in {**old, **new} if old.get(column, "") != new.get(column, "")]
    if columns:
        was = {column: old.get(column, "") for column in columns}
        will_be = {column: new.get(column, "") for column in columns}
        yield Difference(table, code, since, was, will_be)


def _rows(codes: Codes, name: str) -> Rows:
    """Return a table's rows by code and first day; none where there is no such table."""
    table: CodeTable | None = codes.table(name) if name in codes.names() else None
    return {(code, row["since"]): row for code, row in table.coded_rows()} if table else {}
