"""What did an interchange say that came back? Acknowledgements and answers, the same from EDIFACT and XML."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parsers.edifact.reading import read_documents
from parsers.xml.papers import read_paper
from schemas.base import Value
from schemas.envelope import Interchange
from schemas.findings import Finding, rejects
from schemas.papers import Answer
from schemas.registry import Syntax


class Acknowledgement(Value):
    """A CONTRL. rejected: references of the messages that it rejects; groups: of the functional groups.

    codes: 0085, sorted, each once.
    """

    accepted: bool
    rejected: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Said(Value):
    """A finding as it stands in an answer. field: our name of the place."""

    code: str
    severity: str = "error"
    field: str = ""


class Reply(Value):
    """An answer to one declaration. figures: its amounts, dates and flags by name."""

    interchange: str
    message: str
    verdict: str
    findings: tuple[Said, ...] = ()
    figures: Mapping[str, Any] = {}


def acknowledgement(payload: bytes, syntax: Syntax) -> Acknowledgement:
    """Read a CONTRL."""
    if syntax == "xml":
        return _of_interchange(read_paper(payload).documents[0])
    (_, document), *_ = read_documents(payload)
    return _of_contrl(document or {})


def reply(payload: bytes, syntax: Syntax) -> Reply:
    """Read an answer."""
    if syntax == "xml":
        return _of_answer(read_paper(payload).documents[0])
    (_, document), *_ = read_documents(payload)
    return _of_cusres(document or {})


def _of_contrl(document: Mapping[str, Any]) -> Acknowledgement:
    groups = document.get("groups", [])
    messages = [*document.get("messages", []), *(m for group in groups for m in group.get("messages", []))]
    return Acknowledgement(
        accepted=document.get("action") != REJECTED,
        rejected=_rejected(messages),
        groups=_rejected(groups),
        codes=tuple(sorted(set(_codes([document, *groups, *messages])))),
    )


def _rejected(levels: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(level["reference"] for level in levels if level.get("action") == REJECTED)


REJECTED = "4"
"""0083: this level and all below it are rejected."""


def _codes(levels: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the errors of interchange, groups and messages, and of their segments and elements."""
    for level in levels:
        if level.get("error"):
            yield str(level["error"])
        for deeper in ("segments", "elements"):
            yield from _codes(level.get(deeper, []))


def _of_interchange(subject: Interchange) -> Acknowledgement:
    return Acknowledgement(
        accepted=not rejects(subject.findings),
        rejected=tuple(message.reference for message in subject.messages if not message.accepted),
        codes=tuple(sorted({each.edifact_code for each in subject.every_finding() if each.edifact_code})),
    )


def _of_answer(answer: Answer) -> Reply:
    figures: dict[str, Any] = answer.model_dump(
        mode="json", include={"transaction_number", "version", "accounting_date", "late"}
    )
    figures |= _dates(answer.dates.model_dump(mode="json") if answer.dates else {})
    if answer.assessment is not None:
        figures |= _amounts(
            answer.assessment.total_cents,
            answer.assessment.value_for_duty_cents,
            answer.assessment.cents_by_charge(),
        )
    return Reply(
        interchange=answer.interchange,
        message=answer.message,
        verdict=answer.verdict,
        findings=tuple(map(_said, answer.findings)),
        figures=figures,
    )


def _said(finding: Finding) -> Said:
    return Said(code=finding.code, severity=finding.severity, field=finding.where.field or "")


def _of_cusres(document: Mapping[str, Any]) -> Reply:
    figures = {name: document.get(name) for name in ("transaction_number", "version")}
    figures["accounting_date"] = _text(document.get("accounting_date"))
    figures["late"] = bool(document.get("late"))
    figures |= _dates(document.get("dates", {}))
    if assessment := document.get("assessment"):
        charges = {row["charge"]: row["cents"] for row in assessment.get("charges", [])}
        figures |= _amounts(assessment["total_cents"], assessment["value_for_duty_cents"], charges)
    said = [
        Said(
            code=found["code"],
            severity=found.get("severity", "error"),
            field=found.get("where", {}).get("field") or "",
        )
        for found in document.get("findings", [])
    ]
    return Reply(
        interchange=document.get("interchange", ""),
        message=document.get("message", ""),
        verdict=document.get("verdict", ""),
        findings=tuple(said),
        figures=figures,
    )


def _dates(dates: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(day) for name, day in dates.items()}


def _amounts(total: int, value: int, charges: Mapping[Any, int]) -> dict[str, Any]:
    by_charge = {f"{charge}_cents": cents for charge, cents in charges.items()}
    return {"total_cents": total, "value_for_duty_cents": value} | by_charge


def _text(value: object) -> str | None:
    return None if value is None else str(value)
