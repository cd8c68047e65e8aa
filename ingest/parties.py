"""Which accounts does some work concern? Their numbers in order, a page at a time: memory stays flat."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

PARTIES_AT_ONCE = 200


def pages(connection: Connection, sources: Sequence[Select[Any]]) -> Iterator[list[str]]:
    """Yield the parties that some queries name, each once and in order, some at a time.

    sources: queries whose first column is the party. Nothing is held open between two pages, so that the
    caller can write meanwhile.
    """
    after = ""
    while True:
        found: set[str] = set()
        for source in sources:
            party = next(iter(source.selected_columns))
            following = source.where(party > after).distinct().order_by(party).limit(PARTIES_AT_ONCE)
            found.update(connection.scalars(following))
        page = sorted(found)[:PARTIES_AT_ONCE]
        if not page:
            return
        yield page
        after = page[-1]
