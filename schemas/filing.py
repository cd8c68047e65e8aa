"""What travels between the stages? A declaration on its way, with whatever has been decided about it.

    parse ── Filing ──► validate ── Accepted ──► post

Both are written as JSON to the log.
"""

from datetime import date, datetime

from schemas.assessment import Assessment
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.cad import Declaration
from schemas.findings import Finding
from schemas.registry import Stream, Syntax
from schemas.rules import Language


class Filing(Value):
    """A declaration as it was received, and where its answer goes.

    interchange: the key of its interchange in the register. position: the message's place in it, from 1.
    reference: 0062. sender: partner id. control_reference: 0020 of the interchange received.
    received_at: UTC instant of receipt, which counts for lateness. answer_number: the number, drawn at
    receipt, of the interchange that will carry the answer.
    """

    interchange: str
    position: int
    reference: str
    control_reference: str
    sender: str
    received_at: datetime
    syntax: Syntax
    language: Language
    test: bool
    answer_number: int
    cad: Declaration

    @property
    def key(self) -> str:
        """The partition key: all versions of a declaration keep their order behind one importer."""
        return self.cad.importer.identifier or self.cad.transaction_number or self.interchange


class Accepted(Value):
    """A filing that holds, assessed once: what was validated is exactly what is posted.

    accounting_date: Eastern day of receipt of the first version. event_day: of this version.
    adjustment: filed after the payment due date, so it waits for approval; its answer has been given.
    findings: warnings that travel with the answer.
    """

    filing: Filing
    stream: Stream
    dates: BillingDates
    accounting_date: date
    event_day: date
    late: bool
    adjustment: bool = False
    findings: tuple[Finding, ...]
    assessment: Assessment
