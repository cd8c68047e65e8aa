"""What does a statement tell of an account? Its declarations, everything else, and what was open before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from accounting import activities, movements
from accounting.activities import AccountActivity
from accounting.movements import AccountMovement
from accounting.opening import opening_items
from schemas.papers import OpeningItem


@dataclass(frozen=True, slots=True)
class Billed:
    """What stands on the statement of an account."""

    movements: tuple[AccountMovement, ...]
    activities: tuple[AccountActivity, ...]
    opening: tuple[OpeningItem, ...]

    @property
    def is_something(self) -> bool:
        """Return whether there is anything to state."""
        return bool(self.movements or self.activities or self.opening)


def billed_to(connection: Connection, statement_date: date, accounts: Sequence[str]) -> dict[str, Billed]:
    """Return what stands on the statements of a date, for each of some accounts, in their order."""
    found = movements.by_account(movements.on_statement(connection, statement_date, accounts))
    acts = activities.by_account(activities.on_statement(connection, statement_date, accounts))
    opening = opening_items(connection, statement_date, accounts)
    return {
        account: Billed(found.get(account, ()), acts.get(account, ()), opening.get(account, ()))
        for account in accounts
    }
