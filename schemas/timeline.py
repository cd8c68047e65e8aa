"""What can be told of one declaration, from its receipt to the papers that carry it? Steps, in their order.

    Timeline
      └── courses: a message that carried the declaration, and what became of it
            └── steps: received, acknowledged, decided, answered, ruled, posted, reported

All instants are UTC.
"""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.findings import Finding
from schemas.money import Cents
from schemas.papers import ChargeSums, PaperKind
from schemas.registry import Syntax


class Received(Value):
    """The message came in. at: the instant at which the channel took it. repeat: the same bytes once more."""

    stage: Literal["received"] = "received"
    at: datetime
    sender: str
    syntax: Syntax
    control_reference: str
    message: str
    position: int
    repeat: bool = False


class Sent(Value):
    """A paper was written. at: when; None for one that nobody is registered to get by EDI.

    number, day: of a notice, statement or summary. delivered: every instant at which it left the house.
    """

    stage: Literal["acknowledged", "answered", "reported"]
    at: datetime | None
    kind: PaperKind
    key: str
    subject: str = ""
    number: int | None = None
    day: date | None = None
    recipient: str = ""
    control_reference: str = ""
    delivered: tuple[datetime, ...] = ()


class Decided(Value):
    """The rules and the assessment were put to it. tables: the version of those that were read."""

    stage: Literal["decided"] = "decided"
    at: datetime
    verdict: str
    late: bool = False
    tables: str = ""
    findings: tuple[Finding, ...] = ()


class Ruled(Value):
    """An officer approved or refused an adjustment."""

    stage: Literal["ruled"] = "ruled"
    at: datetime
    ruling: str
    by: str
    reason: str


class Posted(Value):
    """The version went into the book. charges: what it owes. changes: against the version before it.

    replaced: the key of the entry that was taken back; empty for a first version.
    """

    stage: Literal["posted"] = "posted"
    at: datetime
    entry: str
    account: str
    replaced: str = ""
    charges: ChargeSums
    cents: Cents
    changes: ChargeSums
    change_cents: Cents
    statement_date: date
    payment_due: date


Step = Received | Sent | Decided | Ruled | Posted


class Course(Value):
    """One message that carried a version. interchange: its key in the register. position: from 1."""

    version: int
    interchange: str
    position: int
    importer: str
    test: bool
    verdict: str
    steps: tuple[Step, ...]


class Timeline(Value):
    """Everything that happened to a declaration, message by message in the order of decision."""

    transaction_number: str
    courses: tuple[Course, ...]
