"""What happens to an account beside declarations? Payments, credits, interest, penalties, security.

Each act is the part of an entry (`schemas.book`) that says why it was made; the amounts are in its postings.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Value, is_empty
from schemas.money import Cents

PaymentMethod = Literal["electronic", "card", "debit", "pre-authorized", "cheque"]
"""How money came: bank or portal, credit card, debit card, pre-authorized debit, cheque."""

METHODS: tuple[PaymentMethod, ...] = ("electronic", "card", "debit", "pre-authorized", "cheque")

CreditKind = Literal["payment", "cancellation", "refund", "drawback", "penalty", "opening"]
"""What a credit comes from: money; a declaration that was cancelled; one that was corrected downwards; a
drawback (K32); a penalty that was lifted after it was paid; the history before the book."""

CREDIT_KINDS: tuple[CreditKind, ...] = (
    "payment",
    "cancellation",
    "refund",
    "drawback",
    "penalty",
    "opening",
)

Basis = Literal["specified", "prescribed"]
"""On what is owed late: specified. On refunds, on penalties, and where an officer allows it: prescribed."""


class PaymentReceived(Value):
    """Money came in. reference: the payer's or the bank's, unique an account and method.

    received_at: UTC instant. value_day: the Eastern day as of which it counts. requested: the references of
    the debts that the payer wants paid, in that order; kept on the ledger whatever order binds.
    source: the file and the place in it, where it came in one. quoted: what it said where no account could be
    found in it; such money waits in suspense.
    """

    act: Literal["payment"] = "payment"
    reference: str
    payer: str
    method: PaymentMethod
    received_at: datetime
    value_day: date
    requested: tuple[str, ...] = ()
    source: str = ""
    quoted: str = ""


class PaymentAssigned(Value):
    """Money that waited in suspense was found to be for an account. payment: the key of its entry there."""

    act: Literal["assignment"] = "assignment"
    payment: str
    account: str


class PaymentDishonoured(Value):
    """A payment came back (NSF). payment: the key of its entry."""

    act: Literal["dishonour"] = "dishonour"
    payment: str
    reason: str


class CreditGranted(Value):
    """An amount became available to the account: what a debt was lowered by after it was paid, or a decision.

    origin: the reference of the debt or the number of the decision. applied: the Eastern day of a complete
    application, from which a refund's interest counts.
    """

    act: Literal["credit"] = "credit"
    origin: str
    reason: str = ""
    applied: date | None = None


class CreditDisbursed(Value):
    """Credits were paid out. reference: of the cheque or transfer."""

    act: Literal["disbursement"] = "disbursement"
    reference: str
    method: Literal["cheque", "transfer"] = "cheque"


class InterestSpan(Value):
    """Days in a row, both ends included, that bear one rate on one balance at their start, in dollars.

    Exact where it is worked out; in the book and on papers to twelve decimals.
    """

    first_day: date
    last_day: date
    days: int
    percent: Decimal
    balance: Decimal
    interest: Decimal


class InterestCharged(Value):
    """Interest on one debt, or on a refund, up to a day.

    on: the reference of what bears it. base_cents: what was owed at first. to_date_cents: all interest so
    far, of which the entry posts what was not posted before. kind: interim (to date) or final (cleared).
    """

    act: Literal["interest"] = "interest"
    on: str
    basis: Basis
    kind: Literal["interim", "final"]
    through: date
    base_cents: Cents
    to_date_cents: Cents
    days: int
    spans: tuple[InterestSpan, ...]


class PenaltyRaised(Value):
    """A penalty. on: what was late, a transaction number or `statement/<date>`. day: which was missed.

    served: the Eastern day from which its 30 days without interest count. relief: the measure under which it
    was not raised; then the entry moves no money.
    """

    act: Literal["penalty"] = "penalty"
    code: str
    on: str
    day: date
    served: date
    source: str
    relief: str = Field(default="", exclude_if=is_empty)


class Waived(Value):
    """A penalty or interest was waived, cancelled or reversed, by a person, for a reason. entry: its key.

    manner: forgiven, or taken back because it should never have been raised.
    """

    act: Literal["waiver"] = "waiver"
    entry: str
    reason: str
    person: str
    manner: Literal["waived", "reversed"] = "waived"


class BroughtForward(Value):
    """An item from the history before the book, explained. arose: the Eastern day on which it came about.

    interest_from: first day on which a debt bears interest here; None for the day after its due date.
    """

    act: Literal["opening"] = "opening"
    explanation: str
    arose: date
    interest_from: date | None = Field(default=None, exclude_if=is_empty)


class Cleared(Value):
    """Credits were matched with debts. strategy: by whose order, or `requested` for a choice of the client's.

    undone: the reason, when an earlier clearing is taken back (then its allocations are negative).
    """

    act: Literal["clearing"] = "clearing"
    strategy: str
    undone: str = ""


class SecurityMoved(Value):
    """Money given as security, or given back, or used. instrument: its identifier."""

    act: Literal["security"] = "security"
    instrument: str
    reason: str = ""
    method: PaymentMethod | None = None


Act = Annotated[
    PaymentReceived
    | PaymentAssigned
    | PaymentDishonoured
    | CreditGranted
    | CreditDisbursed
    | InterestCharged
    | PenaltyRaised
    | Waived
    | BroughtForward
    | Cleared
    | SecurityMoved,
    Field(discriminator="act"),
]
