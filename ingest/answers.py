"""What does the filer hear? The one business answer to each declaration, ready for the outbox."""

from collections.abc import Sequence
from datetime import datetime

from outbound import numbers, outbox
from outbound.render import render
from schemas.filing import Accepted, Filing
from schemas.findings import Finding
from schemas.papers import Answer, Header, Verdict


def rejection(filing: Filing, findings: Sequence[Finding]) -> Answer:
    """Answer a declaration that does not hold, with everything that was found."""
    return _answer(filing, "rejected", findings)


def acceptance(accepted: Accepted) -> Answer:
    """Answer a declaration that holds, with its amounts and its dates."""
    return _answer(accepted.filing, "accepted", accepted.findings).model_copy(
        update={
            "accounting_date": accepted.accounting_date,
            "late": accepted.late,
            "dates": accepted.dates,
            "assessment": accepted.assessment,
        }
    )


def answer_key(interchange: str, position: int) -> str:
    """Return the key of the answer to a message: of its interchange, and its position in it."""
    return f"answer/{interchange}/{position}"


def ready(answer: Answer, filing: Filing, agency: str, now: datetime) -> outbox.Outgoing:
    """Render an answer under the number that was drawn for it at receipt."""
    header = Header(
        sender=agency,
        recipient=filing.sender,
        control_reference=numbers.control_reference(filing.answer_number),
        prepared=now,
        test=filing.test,
    )
    return outbox.Outgoing(
        key=answer_key(filing.interchange, filing.position),
        recipient=filing.sender,
        kind="answer",
        subject=answer.transaction_number,
        control_reference=header.control_reference,
        syntax=filing.syntax,
        payload=render(answer, header, filing.syntax, filing.language),
    )


def _answer(filing: Filing, verdict: Verdict, findings: Sequence[Finding]) -> Answer:
    return Answer(
        interchange=filing.control_reference,
        message=filing.reference,
        transaction_number=filing.cad.transaction_number,
        version=filing.cad.version,
        importer=filing.cad.importer.identifier,
        verdict=verdict,
        language=filing.language,
        findings=tuple(findings),
    )
