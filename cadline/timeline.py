"""How is the timeline of a declaration shown? As one JSON object, or as lines for a person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from schemas.changes import Change
from schemas.findings import Finding, describe
from schemas.identifiers import printed_number
from schemas.money import dollars
from schemas.papers import ChargeSums, PaperKind
from schemas.rules import Language
from schemas.timeline import Course, Decided, Posted, Received, Ruled, Sent, Step, Timeline

INDENT = " " * 38

PAPERS: Mapping[PaperKind, str] = {
    "contrl": "CONTRL",
    "answer": "answer",
    "daily-notice": "daily notice",
    "statement": "statement of account",
    "broker-summary": "broker summary",
}


class Compared(NamedTuple):
    """A version, the one before it, and what it changes."""

    version: int
    before: int
    changes: Sequence[Change]


def timeline_json(timeline: Timeline, compared: Sequence[Compared], language: Language) -> dict[str, Any]:
    """Return a timeline with its findings in words, and the changes of the versions that were compared."""
    return {
        "transaction_number": timeline.transaction_number,
        "courses": [_course_json(course, language) for course in timeline.courses],
        "changes": [
            {
                "version": each.version,
                "before": each.before,
                "fields": [change.model_dump() for change in each.changes],
            }
            for each in compared
        ],
    }


def timeline_lines(timeline: Timeline, compared: Sequence[Compared], language: Language) -> Iterator[str]:
    """Yield lines for a person: message by message, step by step, then what versions changed."""
    for course in timeline.courses:
        number = printed_number(timeline.transaction_number, course.version)
        test = "  (test)" if course.test else ""
        yield f"{number}  {course.verdict}{test}  importer {course.importer}"
        for step in course.steps:
            yield from _step_lines(step, language)
    for each in compared:
        yield f"Version {each.version:05d} against {each.before:05d}"
        yield from map(_change_line, each.changes)
        if not each.changes:
            yield "  nothing differs"


def _course_json(course: Course, language: Language) -> dict[str, Any]:
    steps = [_step_json(step, language) for step in course.steps]
    return course.model_dump(mode="json", exclude={"steps"}) | {"steps": steps}


def _step_json(step: Step, language: Language) -> dict[str, Any]:
    shown = step.model_dump(mode="json")
    if isinstance(step, Decided):
        shown["findings"] = [
            found.model_dump(mode="json", exclude_none=True) | describe(found, language).model_dump()
            for found in step.findings
        ]
    return shown


def _step_lines(step: Step, language: Language) -> Iterator[str]:
    """Yield a step: its instant, its name and what there is to say of it; then what belongs below."""
    said, *below = SAYINGS[type(step)](step, language)
    yield f"  {_instant(step.at):<20}  {step.stage:<12}  {said}"
    yield from (f"{INDENT}{text}" for text in below)


def _received(step: Received, _language: Language) -> Iterator[str]:
    again = "the same bytes again; the first answers went out once more" if step.repeat else step.syntax
    yield f"interchange {step.control_reference} of {step.sender}, message {step.message}, {again}"


def _decided(step: Decided, language: Language) -> Iterator[str]:
    yield f"{step.verdict}{', late' if step.late else ''}, by {step.tables}"
    for finding in step.findings:
        yield _finding(finding, language)


def _ruled(step: Ruled, _language: Language) -> Iterator[str]:
    yield f"{step.ruling} by {step.by}: {step.reason}"


def _posted(step: Posted, _language: Language) -> Iterator[str]:
    yield f"{step.entry} in {step.account}, statement {step.statement_date}, due {step.payment_due}"
    yield f"owes {dollars(step.cents)}{_sums(step.charges)}"
    if step.replaced:
        yield f"changes {dollars(step.change_cents)}{_sums(step.changes)} against {step.replaced}"


def _sent(step: Sent, _language: Language) -> Iterator[str]:
    number = f" {step.number} of {step.day} for {step.subject}" if step.number else ""
    way = f"to {step.recipient} under {step.control_reference}" if step.recipient else "to nobody by EDI"
    yield f"{PAPERS[step.kind]}{number} {way}{_delivered(step.delivered) if step.recipient else ''}"


SAYINGS: Mapping[type[Step], Callable[[Any, Language], Iterator[str]]] = {
    Received: _received,
    Decided: _decided,
    Ruled: _ruled,
    Posted: _posted,
    Sent: _sent,
}


def _delivered(instants: Sequence[datetime]) -> str:
    return f", delivered {', '.join(map(_instant, instants))}" if instants else ", not delivered yet"


def _finding(finding: Finding, language: Language) -> str:
    said = describe(finding, language)
    return f"{finding.severity} {finding.code}: {said.message} {said.remedy}"


def _sums(charges: ChargeSums) -> str:
    listed = ", ".join(f"{charge} {dollars(cents)}" for charge, cents in charges.items())
    return f" ({listed})" if listed else ""


def _instant(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}" if instant else ""


def _change_line(change: Change) -> str:
    part = f"{change.part} {change.number}".strip()
    return f"  {part}: {change.field}: {_text(change.before)} -> {_text(change.after)}"


def _text(value: str | None) -> str:
    return "nothing" if value is None else value
