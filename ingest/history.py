"""What has been decided before? The decisions that a batch of filings needs to know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, tuple_

from ingest import tables
from schemas.filing import Accepted, Filing

FilingId = tuple[str, int]
"""The key of an interchange and the position of a message in it."""


@dataclass
class Versions:
    """The versions of one declaration that were let stand, adjustments that wait or were refused included.

    contents: each version's Accepted as JSON. refused: the adjustments that an officer refused; they keep
    their numbers, but nothing is judged against what they say.
    """

    contents: dict[int, str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)

    @property
    def last(self) -> int | None:
        """The last version number taken; None when none is."""
        return max(self.contents, default=None)

    @property
    def standing(self) -> Accepted | None:
        """The latest version that nobody refused: what a later one is judged against."""
        return self.of(max(self.contents.keys() - self.refused, default=0))

    def of(self, version: int) -> Accepted | None:
        """Return a version, or None."""
        content = self.contents.get(version)
        return Accepted.model_validate_json(content) if content else None


@dataclass
class History:
    """Earlier decisions. decided: by filing, the Accepted to hand on again, or None for what was not.

    versions: by transaction number. Both grow as a batch is worked.
    """

    decided: dict[FilingId, Accepted | None]
    versions: dict[str, Versions]

    def of(self, filing: Filing) -> Versions:
        """Return the versions of a filing's declaration."""
        return self.versions.setdefault(filing.cad.transaction_number, Versions())


STANDS = (tables.decision.c.verdict.in_(("accepted", "pending")), ~tables.decision.c.test)
"""The condition that a decision lets a version stand: later versions are judged against it."""


def filing_id(filing: Filing) -> FilingId:
    """Return what names a filing for ever."""
    return filing.interchange, filing.position


def history_of(connection: Connection, filings: Sequence[Filing]) -> History:
    """Read the earlier decisions on the same filings, and the versions of their declarations."""
    table = tables.decision.c
    same = connection.execute(
        select(tables.decision).where(
            tuple_(table.interchange, table.position).in_([filing_id(filing) for filing in filings])
        )
    )
    return History(
        decided={
            (row.interchange, row.position): (
                Accepted.model_validate_json(row.content) if row.verdict == "accepted" else None
            )
            for row in same
        },
        versions=versions_of(connection, {filing.cad.transaction_number for filing in filings}),
    )


def versions_of(connection: Connection, transaction_numbers: Collection[str]) -> dict[str, Versions]:
    """Return the versions of declarations, by transaction number; a number without any is left out."""
    decision, ruling = tables.decision.c, tables.ruling.c
    ruled = (ruling.transaction_number == decision.transaction_number) & (ruling.version == decision.version)
    rows = connection.execute(
        select(decision.transaction_number, decision.version, decision.content, ruling.ruling)
        .join_from(tables.decision, tables.ruling, ruled, isouter=True)
        .where(decision.transaction_number.in_(transaction_numbers), *STANDS)
    )
    found: dict[str, Versions] = {}
    for row in rows:
        versions = found.setdefault(row.transaction_number, Versions())
        versions.contents[row.version] = row.content
        if row.ruling == "refused":
            versions.refused.add(row.version)
    return found
