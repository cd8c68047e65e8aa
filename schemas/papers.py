"""What do we send out? Answers to declarations, daily notices, statements of account, broker summaries.

A paper is a value first; `outbound` renders it as EDIFACT, XML or a page. Amounts are cents; negative
amounts are in the recipient's favour.
"""

from datetime import date, datetime
from typing import Literal

from schemas.acts import Act, CreditKind
from schemas.assessment import Assessment, Charge
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.book import Allocation, EntryKind
from schemas.findings import Finding
from schemas.money import Cents
from schemas.registry import Stream
from schemas.rules import Language

PaperKind = Literal["contrl", "answer", "daily-notice", "statement", "broker-summary"]
Verdict = Literal["accepted", "rejected"]

ChargeSums = dict[Charge, Cents]
CreditSums = dict[CreditKind, Cents]
"""Amounts by kind of credit, negative: in the account's favour."""


class Answer(Value):
    """The business answer to one message that carried a declaration (CUSRES).

    interchange, message: the control reference and message reference that are answered.
    """

    kind: Literal["answer"] = "answer"
    interchange: str
    message: str
    transaction_number: str
    version: int
    importer: str = ""
    verdict: Verdict
    language: Language = "en"
    findings: tuple[Finding, ...] = ()
    accounting_date: date | None = None
    late: bool = False
    dates: BillingDates | None = None
    assessment: Assessment | None = None


class Movement(Value):
    """One posted declaration version on a paper: what it changed.

    charges: the change by charge (for a first version, the whole). before_cents: the total of the version
    that it replaced, None for a first version. after_cents: its own total.
    """

    transaction_number: str
    version: int
    broker: str = ""
    release_date: date
    accounting_date: date
    posted_day: date
    due: date
    statement_date: date
    late: bool = False
    value_for_duty_cents: Cents = 0
    charges: ChargeSums
    before_cents: Cents | None = None
    after_cents: Cents

    @property
    def entry(self) -> str:
        """Return the key of its entry in the journal: the same on every paper, for ever."""
        return f"cad/{self.transaction_number}/{self.version}"

    @property
    def cents(self) -> Cents:
        """Return the change of the total."""
        return sum(self.charges.values())


class Activity(Value):
    """One posted act on a paper: a payment, credit, disbursement, interest, penalty, clearing and so on.

    charges: what is owed more (or less) by it. credits: what became available by it, by kind, negative for
    it is in the account's favour. allocations: which credit paid which debt; those change no total, but for
    a disbursement, whose part `disbursed_cents` is owed to the account no more.
    """

    kind: EntryKind
    key: str
    reference: str = ""
    transaction_number: str = ""
    event_day: date
    posted_day: date
    statement_date: date
    due: date | None = None
    charges: ChargeSums = {}
    credits: CreditSums = {}
    disbursed_cents: Cents = 0
    allocations: tuple[Allocation, ...] = ()
    act: Act | None = None

    @property
    def cents(self) -> Cents:
        """Return the change of what is payable: charges, less credits, plus what was paid out."""
        return sum(self.charges.values()) + sum(self.credits.values()) + self.disbursed_cents


class DueSection(Value):
    """The movements that fall due on one day, by transaction number and version."""

    due: date
    movements: tuple[Movement, ...]
    cents: Cents


class DailyNotice(Value):
    """Everything posted to one importer account on one Eastern day. number: 1, 2, 3 ... per account.

    sections: the declarations. activities: the rest. charges, credits: of both. cents: the change of what is
    payable. Nothing in it at all: "nothing today", for a recipient that wants that said. supplement: 0 for
    the notice of the day; 1, 2 ... for what was posted after it, where the day was closed before its end.
    broker: whose view this is (BN9), numbered per broker; empty for the account's own notice.
    """

    kind: Literal["daily-notice"] = "daily-notice"
    number: int
    account: str
    name: str
    day: date
    issued: date
    sections: tuple[DueSection, ...]
    activities: tuple[Activity, ...] = ()
    charges: ChargeSums
    credits: CreditSums = {}
    disbursed_cents: Cents = 0
    cents: Cents
    late_count: int
    supplement: int = 0
    broker: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was posted."""
        return not (self.sections or self.activities)


class OpeningItem(Value):
    """What was still unpaid, or unused, before the period: one debt or credit, never a bare total.

    reference: names the debt; for a declaration its transaction number. For a free credit, its key and kind,
    and cents are negative. due: None for a credit. statement_date: the statement that showed it first.
    """

    transaction_number: str = ""
    version: int = 0
    broker: str = ""
    due: date | None
    statement_date: date
    reference: str = ""
    credit: CreditKind | None = None
    charges: ChargeSums = {}
    cents: Cents


class BrokerShare(Value):
    """What one broker (BN9; empty for the importer itself) filed on a statement. Information only."""

    broker: str
    name: str = ""
    count: int
    cents: Cents


class PeriodPart(Value):
    """The movements of one kind of period: a statement can mix 18th-to-17th with calendar months."""

    stream: Stream
    period_start: date
    period_end: date
    movements: tuple[Movement, ...]
    charges: ChargeSums
    cents: Cents


class SecurityState(Value):
    """How much of an account's security is used, at the end of the last day that a statement covers."""

    secured_cents: Cents
    used_cents: Cents

    @property
    def left_cents(self) -> Cents:
        """Return what is left; negative when more is owed than is secured."""
        return self.secured_cents - self.used_cents


class Difference(Value):
    """A figure that a corrected statement states otherwise than the version before it, in words."""

    field: str
    before: str
    after: str


class Correction(Value):
    """Why a statement was issued again, and what is different in it. replaces: the version before."""

    replaces: int
    reason: str
    differences: tuple[Difference, ...]


class Statement(Value):
    """The statement of account of one importer account, issued on the 25th.

    opening_cents = sum of opening_items; new_cents = the parts and the activities; payable_cents = both,
    negative when it is in the account's favour. number: per account; 0 for a preliminary one, which is shown
    and never issued. version: 1, or more for a corrected one. payment_due_before: the day by which it was
    payable, where that was moved by a bulletin (`payment_due_moved_by`).
    """

    kind: Literal["statement"] = "statement"
    number: int
    account: str
    name: str
    statement_date: date
    issued: date
    payment_due: date
    opening_items: tuple[OpeningItem, ...]
    opening_cents: Cents
    parts: tuple[PeriodPart, ...]
    activities: tuple[Activity, ...] = ()
    charges: ChargeSums
    credits: CreditSums = {}
    disbursed_cents: Cents = 0
    new_cents: Cents
    payable_cents: Cents
    brokers: tuple[BrokerShare, ...]
    security: SecurityState | None = None
    payment_due_before: date | None = None
    payment_due_moved_by: str = ""
    version: int = 1
    correction: Correction | None = None


class ClientGroup(Value):
    """A broker's business for one client account on a broker summary."""

    account: str
    name: str
    accepted: int
    rejected: int
    late: int
    charges: ChargeSums
    cents: Cents
    movements: tuple[Movement, ...]


class BrokerSummary(Value):
    """What one broker (BN9) filed in a span of days, by client. Information only: the importers owe.

    supplement: 0 for the summary of the span; 1, 2 ... for what came after it, where the span was closed
    early.
    """

    kind: Literal["broker-summary"] = "broker-summary"
    number: int
    broker: str
    name: str
    first_day: date
    last_day: date
    issued: date
    clients: tuple[ClientGroup, ...]
    accepted: int
    rejected: int
    charges: ChargeSums
    cents: Cents
    supplement: int = 0


Paper = Answer | DailyNotice | Statement | BrokerSummary


class Header(Value):
    """The envelope of an outbound interchange: who to, under which number, prepared when (UTC)."""

    sender: str
    recipient: str
    control_reference: str
    prepared: datetime
    test: bool = False
