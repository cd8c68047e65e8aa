"""What do we send out? Answers to declarations, daily notices, statements of account, broker summaries.

A paper is a value first; `outbound` renders it as EDIFACT, XML or a page. Amounts are cents; negative
amounts are in the recipient's favour.
"""

from datetime import date, datetime
from typing import Literal

from schemas.assessment import Assessment, Charge
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.findings import Finding
from schemas.money import Cents
from schemas.registry import Stream
from schemas.rules import Language

PaperKind = Literal["contrl", "answer", "daily-notice", "statement", "broker-summary"]
Verdict = Literal["accepted", "rejected"]

ChargeSums = dict[Charge, Cents]


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
    def cents(self) -> Cents:
        """Return the change of the total."""
        return sum(self.charges.values())


class DueSection(Value):
    """The movements that fall due on one day, by transaction number and version."""

    due: date
    movements: tuple[Movement, ...]
    cents: Cents


class DailyNotice(Value):
    """Everything posted to one importer account on one Eastern day. number: 1, 2, 3 ... per account."""

    kind: Literal["daily-notice"] = "daily-notice"
    number: int
    account: str
    name: str
    day: date
    issued: date
    sections: tuple[DueSection, ...]
    charges: ChargeSums
    cents: Cents
    late_count: int


class OpeningItem(Value):
    """What was still unpaid before the period: one declaration, never a bare total."""

    transaction_number: str
    version: int
    broker: str = ""
    due: date
    statement_date: date
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


class Statement(Value):
    """The statement of account of one importer account, issued on the 25th.

    opening_cents = sum of opening_items; payable_cents = opening + charges - credits. number: per account;
    0 for a preliminary one, which is shown and never issued.
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
    charges: ChargeSums
    new_cents: Cents
    payable_cents: Cents
    brokers: tuple[BrokerShare, ...]


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
    """What one broker (BN9) filed in a span of days, by client. Information only: the importers owe."""

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


Paper = Answer | DailyNotice | Statement | BrokerSummary


class Header(Value):
    """The envelope of an outbound interchange: who to, under which number, prepared when (UTC)."""

    sender: str
    recipient: str
    control_reference: str
    prepared: datetime
    test: bool = False
