"""What does a statement say beside its entries? The security used, and whether its due date was moved."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from accounting.days import ONE_DAY
from accounting.security import covers
from accounting.statements import payment_due
from ingest import security
from ingest.due_moves import moves
from ingest.security_book import exposures
from schemas.billing import DueMove
from schemas.identifiers import bn9_of
from schemas.papers import SecurityState
from schemas.registry import Stream
from schemas.security import Instrument

STREAM_OF_STATEMENTS: Stream = "commercial"
"""The stream whose payment due date is the statement's: the tenth weekday after the 17th."""


def security_states(
    connection: Connection, statement_date: date, accounts: Sequence[str]
) -> dict[str, SecurityState]:
    """Return how far the security of accounts is used at the end of the last day that a statement covers.

    Accounts without security in force on that day are left out.
    """
    last_day = statement_date - ONE_DAY
    held: dict[str, list[tuple[Instrument, ...]]] = defaultdict(list)
    for versions in security.of_business(connection, {bn9_of(account) for account in accounts}):
        for account in {account for version in versions for account in version.accounts}:
            held[account].append(versions)
    secured = {
        account: sum(cover.cents for cover in covers(held[account], account, last_day))
        for account in accounts
        if account in held
    }
    used = exposures(connection, [account for account, cents in secured.items() if cents], last_day)
    return {
        account: SecurityState(secured_cents=cents, used_cents=max(owed - free, 0))
        for account, cents in secured.items()
        if cents
        for owed, free in [used.get(account, (0, 0))]
    }


def due_move(connection: Connection, statement_date: date, issued: date) -> DueMove | None:
    """Return the move of the day by which a statement is payable, as it was known when it was issued."""
    return moves(connection).of(STREAM_OF_STATEMENTS, payment_due(statement_date), issued)
