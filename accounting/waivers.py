"""How is a penalty or interest taken back? By an entry that owes as much less, by whom and why."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from accounting.acts import Owed, act_entry
from schemas.acts import PenaltyRaised, Waived
from schemas.book import Entry, EntryKind
from schemas.money import Cents, dollars

Manner = Literal["waived", "reversed"]

WAIVABLE: tuple[EntryKind, ...] = ("penalty", "interest")
"""What can be waived (Customs Act s.3.3)."""


def waiver_key(entry_key: str) -> str:
    """Return the natural key of what takes an entry back: that happens once."""
    return f"waiver/{entry_key}"


def owed_cents(entry: Entry) -> Cents:
    """Return what an entry charged."""
    return sum(item.cents for item in entry.items)


def waiver_faults(entry: Entry, cents: Cents | None) -> Iterator[str]:
    """Yield everything that stands against taking an entry back, or a part of it."""
    if entry.kind not in WAIVABLE:
        yield f"{entry.key} is of kind {entry.kind}: only penalties and interest are waived"
    elif isinstance(entry.act, PenaltyRaised) and entry.act.relief:
        yield f"{entry.key} was never raised: the relief {entry.act.relief} lifted it"
    elif owed_cents(entry) <= 0:
        yield f"{entry.key} charges nothing: there is nothing to waive"
    elif cents is not None and not 0 < cents <= owed_cents(entry):
        yield f"{dollars(cents)} cannot be waived of {entry.key}: it charged {dollars(owed_cents(entry))}"


def waiver_entry(  # noqa: PLR0913 - the words of a decision, each named by the caller
    entry: Entry,
    *,
    manner: Manner,
    person: str,
    reason: str,
    day: date,
    posted_at: datetime,
    cents: Cents | None = None,
) -> Entry:
    """Return the entry that takes a penalty or interest back. cents: a part of it; all without.

    day: the Eastern day of the decision.
    """
    charge = entry.items[0].charge
    return act_entry(
        Waived(entry=entry.key, reason=reason, person=person, manner=manner),
        key=waiver_key(entry.key),
        party=entry.party,
        stream=entry.stream,
        event_day=day,
        posted_at=posted_at,
        contra=f"revenue.{charge}",
        owed=list(_taken(entry, owed_cents(entry) if cents is None else cents)),
        reference=entry.debt_reference,
    )


def _taken(entry: Entry, cents: Cents) -> Iterator[Owed]:
    """Yield what is owed less, item by item, until the amount is reached."""
    for item in entry.items:
        taken = min(item.cents, cents)
        cents -= taken
        if taken:
            yield item.charge, -taken, item.due
