"""What has been decided before? The decisions that a batch of filings needs to know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, tuple_

from ingest import tables
from schemas.filing import Accepted, Filing

FilingId = tuple[str, int]
"""The key of an interchange and the position of a message in it."""


@dataclass
class History:
    """Earlier decisions. decided: by filing, the Accepted to hand on again, or None for a rejection.

    standing: by transaction number, the latest accepted version. Both grow as a batch is worked.
    """

    decided: dict[FilingId, Accepted | None]
    standing: dict[str, Accepted]

    def accept(self, accepted: Accepted) -> None:
        """Let later filings of the batch see a version that has just been accepted."""
        self.standing[accepted.filing.cad.transaction_number] = accepted


STANDS = (tables.decision.c.verdict.in_(("accepted", "pending")), ~tables.decision.c.test)
"""The condition that a decision lets a version stand: later versions are judged against it."""


def filing_id(filing: Filing) -> FilingId:
    """Return what names a filing for ever."""
    return filing.interchange, filing.position


def history_of(connection: Connection, filings: Sequence[Filing]) -> History:
    """Read the earlier decisions on the same filings, and the standing versions of their declarations."""
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
        standing=standing_versions(connection, {filing.cad.transaction_number for filing in filings}),
    )


def standing_versions(connection: Connection, transaction_numbers: Collection[str]) -> dict[str, Accepted]:
    """Return the latest standing version of each declaration; an adjustment stands, approved or not."""
    table = tables.decision.c
    latest = (
        select(table.transaction_number, func.max(table.version).label("version"))
        .where(table.transaction_number.in_(transaction_numbers), *STANDS)
        .group_by(table.transaction_number)
        .subquery()
    )
    rows = connection.execute(
        select(table.transaction_number, table.content)
        .join(
            latest,
            (table.transaction_number == latest.c.transaction_number) & (table.version == latest.c.version),
        )
        .where(*STANDS)
    )
    return {row.transaction_number: Accepted.model_validate_json(row.content) for row in rows}
