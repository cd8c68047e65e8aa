"""What does the book consist of? Entries of postings that sum to zero, debts, credits, and what cleared what.

    Entry ── header: natural key, party, declaration version or act, event day, posting instant
      ├── postings: account, cents (debit positive, credit negative), sum zero
      ├── items: what became due (or less due), by charge
      ├── credit: what became available to the account
      └── allocations: which credit paid which debt, and how much

A debt is what has one reference, charge and due day; a credit is what has one key. Nothing posted is ever
changed: a correction is the mirror of what it replaces, plus a new entry.
"""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.acts import Act, CreditKind
from schemas.assessment import Assessment, Charge
from schemas.base import Value, is_empty
from schemas.billing import BillingDates
from schemas.money import Cents
from schemas.registry import Stream

EntryKind = Literal[
    "declaration",
    "reversal",
    "opening",
    "payment",
    "assignment",
    "dishonour",
    "credit",
    "disbursement",
    "interest",
    "penalty",
    "waiver",
    "clearing",
    "security",
]
"""A declaration and its mirror; the others are named as their act."""

DECLARED: tuple[EntryKind, ...] = ("declaration", "reversal")
"""What a declaration brings into the book."""


class Posting(Value):
    """A movement of one account of the chart (`schemas/law/accounts.toml`). Debit positive."""

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


class Credit(Value):
    """An amount that became available to the account, positive; negative when it is taken back.

    key: of the credit: that of the entry that first gave it. day: the Eastern day as of which it counts.
    """

    key: str
    kind: CreditKind
    cents: Cents
    day: date


class Allocation(Value):
    """A part of a credit that paid a part of a debt, positive; negative when that is undone.

    credit, kind: which credit. reference, charge, due: which debt; without charge and due, the reference is
    that of a disbursement: the credit was paid out.
    """

    credit: str
    kind: CreditKind
    reference: str
    charge: Charge | None = None
    due: date | None = None
    cents: Cents


class Entry(Value):
    """One journal entry: everything in it belongs to one party (a BN15), and to one declaration or act.

    key: natural and unique, `cad/<transaction>/<version>` or that with `/reversal` for the mirror; of an act,
    `<kind>/...`. reference: names the debt that the items make up; for a declaration its transaction number.
    event_day: the Eastern day of accounting. posted_at: UTC instant of posting.
    value_for_duty_cents: of the version; negative in a reversal. late: accounted after the due day.
    """

    key: str
    kind: EntryKind
    party: str
    broker: str = ""
    transaction_number: str = ""
    version: int = 0
    stream: Stream
    release_date: date
    event_day: date
    posted_at: datetime
    dates: BillingDates
    late: bool = False
    value_for_duty_cents: Cents = 0
    postings: tuple[Posting, ...]
    items: tuple[OpenItem, ...] = ()
    reference: str = Field(default="", exclude_if=is_empty)
    credit: Credit | None = Field(default=None, exclude_if=is_empty)
    allocations: tuple[Allocation, ...] = Field(default=(), exclude_if=is_empty)
    act: Act | None = Field(default=None, exclude_if=is_empty)
    assessment: Assessment | None = None

    @property
    def debt_reference(self) -> str:
        """Return what names the debt of the items."""
        return self.reference or self.transaction_number

    @model_validator(mode="after")
    def _balances(self) -> Self:
        """Refuse an entry that does not balance: a programmer's error, never a broker's."""
        if sum(posting.cents for posting in self.postings) != 0:
            raise ValueError(f"entry {self.key}: postings do not sum to zero")
        return self
