"""Which credit pays which debt? By the order that binds on the day, each choice with its reason."""

from collections.abc import Sequence
from datetime import date, datetime

from accounting.acts import act_entry
from schemas.acts import Cleared
from schemas.book import Allocation, Entry
from schemas.registry import Stream

UNDONE = "undone"
"""The strategy of a clearing that takes others back."""


def clearing_key(party: str, day: date, number: int) -> str:
    """Return the natural key of an account's clearing: number counts those of an Eastern day, from 1."""
    return f"clearing/{party}/{day}/{number}"


def undoing(  # noqa: PLR0913 - the words of a header, each named by the caller
    paid: Sequence[Allocation],
    reason: str,
    *,
    key: str,
    party: str,
    stream: Stream,
    event_day: date,
    posted_at: datetime,
) -> Entry:
    """Return the entry that takes allocations back: the debts stand open again, on their own due days."""
    return act_entry(
        Cleared(strategy=UNDONE, undone=reason),
        key=key,
        party=party,
        stream=stream,
        event_day=event_day,
        posted_at=posted_at,
        allocations=[each.model_copy(update={"cents": -each.cents}) for each in paid],
    )
