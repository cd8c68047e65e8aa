"""What does the book consist of? Entries of postings that sum to zero, and open items that fall due.

    Entry ── header: natural key, party, declaration version, event day, posting instant
      ├── postings: account, cents (debit positive, credit negative), sum zero
      └── items: what became due (or less due), by charge

Nothing posted is ever changed: a correction is the mirror of what it replaces, plus a new entry.
"""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import model_validator

from schemas.assessment import Assessment, Charge
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.money import Cents
from schemas.registry import Stream

EntryKind = Literal["declaration", "reversal"]


class Posting(Value):
    """A movement of one account: `receivable.<charge>` or `revenue.<charge>`. Debit positive."""

    account: str
    cents: Cents


class OpenItem(Value):
    """An amount of one charge that falls due; negative when a correction takes it back.

    statement_date: the one statement on which it appears.
    """

    charge: Charge
    cents: Cents
    due: date
    statement_date: date


class Entry(Value):
    """One journal entry: everything in it belongs to one party (a BN15) and one version of a declaration.

    key: natural and unique, `cad/<transaction>/<version>` or that with `/reversal` for the mirror.
    event_day: the Eastern day of accounting. posted_at: UTC instant of posting.
    value_for_duty_cents: of the version; negative in a reversal. late: accounted after the due day.
    """

    key: str
    kind: EntryKind
    party: str
    broker: str = ""
    transaction_number: str
    version: int
    stream: Stream
    release_date: date
    event_day: date
    posted_at: datetime
    dates: BillingDates
    late: bool = False
    value_for_duty_cents: Cents = 0
    postings: tuple[Posting, ...]
    items: tuple[OpenItem, ...] = ()
    assessment: Assessment | None = None

    @model_validator(mode="after")
    def _balances(self) -> Self:
        """Refuse an entry that does not balance: a programmer's error, never a broker's."""
        if sum(posting.cents for posting in self.postings) != 0:
            raise ValueError(f"entry {self.key}: postings do not sum to zero")
        return self
