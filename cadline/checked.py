"""How is a checked file shown? As one JSON object, or as lines for a person.

The file is read as a stream: what is shown of it is bounded, what is counted is not.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from schemas.envelope import Event, Interchange, Message
from schemas.findings import Finding, Severity, Where, describe
from schemas.rules import Language

Judge = Callable[[BinaryIO], Iterable[Event]]
"""Reads a file and puts every finding into what it gives out."""

JsonObject = dict[str, Any]
Placed = tuple[Finding, str]
"""A finding, and the reference of the message that it is about: empty for an interchange."""

NOT_ALL_SHOWN = "SYN-MORE"


class Shown(NamedTuple):
    """A message that waits for the end of its interchange, with the findings that there is room for."""

    message: Message
    accepted: bool


@dataclass
class Checked:
    """A file and what was found in it. The JSON form is a contract: keys are added, never renamed.

    most: how many messages, and how many findings, are shown. More are counted, and told as a finding.
    """

    file: str
    syntax: str
    language: Language
    most: int
    messages: list[JsonObject] = field(default_factory=list)
    findings: list[Placed] = field(default_factory=list)
    interchanges: int = 0
    message_count: int = 0
    rejected_count: int = 0
    finding_count: int = 0
    rejected: bool = False

    def read(self, events: Iterable[Event]) -> "Checked":
        """Take in what a judge says of the file, interchange by interchange."""
        shown: list[Shown] = []
        waiting = 0
        for event in events:
            if isinstance(event, Message):
                self._count(event)
                if self._is_shown(event, len(shown)):
                    kept = event.findings[: max(self.most - len(self.findings) - waiting, 0)]
                    waiting += len(kept)
                    message = event.model_copy(update={"cad": None, "findings": kept})
                    shown.append(Shown(message, event.accepted))
            elif isinstance(event, Interchange):
                self._close(event, shown)
                shown, waiting = [], 0
        if self.message_count > len(self.messages) or self.finding_count > len(self.findings):
            self.findings.append((self._not_all_shown(), ""))
        return self

    def _count(self, message: Message) -> None:
        self.message_count += 1
        self.rejected_count += not message.accepted
        self.finding_count += len(message.findings)

    def _is_shown(self, message: Message, waiting: int) -> bool:
        """Whether a message is shown: the first ones, and those with findings as long as these are."""
        if len(self.messages) + waiting < self.most:
            return True
        return bool(message.findings) and self.finding_count <= self.most

    def _close(self, interchange: Interchange, messages: Sequence["Shown"]) -> None:
        """Note an interchange, whose own findings and its groups' go before those of its messages."""
        self.interchanges += 1
        found = [*interchange.findings, *(each for group in interchange.groups for each in group.findings)]
        self.finding_count += len(found)
        self.rejected |= not interchange.accepted or self.rejected_count > 0
        self.rejected |= not all(group.accepted for group in interchange.groups)
        self._note(found, "")
        for shown in messages:
            noted = self._note(shown.message.findings, shown.message.reference)
            self.messages.append(self._message(interchange, shown, noted))

    def _note(self, findings: Sequence[Finding], reference: str) -> Sequence[Finding]:
        noted = findings[: max(self.most - len(self.findings), 0)]
        self.findings += [(finding, reference) for finding in noted]
        return noted

    def _not_all_shown(self) -> Finding:
        severity: Severity = "warning"
        return Finding(code=NOT_ALL_SHOWN, severity=severity, expected=str(self.most))

    def as_json(self) -> JsonObject:
        """Return the file as one object. `findings` holds all; each message repeats its own."""
        return {
            "file": self.file,
            "syntax": self.syntax,
            "verdict": _verdict(not self.rejected),
            "counts": {
                "interchanges": self.interchanges,
                "messages": self.message_count,
                "messages_rejected": self.rejected_count,
                "findings": self.finding_count,
            },
            "messages": self.messages,
            "findings": [self._finding(finding, reference) for finding, reference in self.findings],
        }

    def lines(self) -> Iterator[str]:
        """Yield the file's verdict, and for each finding: where, what is wrong, what to do."""
        count = self.message_count
        yield f"{self.file}: {_verdict(not self.rejected)} ({count} message{'' if count == 1 else 's'})"
        for finding, reference in self.findings:
            text = describe(finding, self.language)
            yield f"  {finding.severity} {finding.code} at {place(finding.where, reference)}"
            yield f"    {text.message}"
            yield f"    {text.remedy}"

    def _message(self, interchange: Interchange, shown: "Shown", noted: Sequence[Finding]) -> JsonObject:
        message = shown.message
        return {
            "reference": message.reference,
            "type": message.type,
            "interchange": interchange.envelope.control_reference if interchange.envelope else "",
            "group": message.group,
            "verdict": _verdict(
                interchange.accepted and interchange.accepts_group_of(message) and shown.accepted
            ),
            "findings": [self._finding(finding, message.reference) for finding in noted],
        }

    def _finding(self, finding: Finding, reference: str) -> JsonObject:
        text = describe(finding, self.language)
        return {
            "code": finding.code,
            "edifact_code": finding.edifact_code,
            "severity": finding.severity,
            "reference": reference,
            "where": finding.where.model_dump(exclude_none=True),
            "found": finding.found,
            "expected": finding.expected,
            "message": text.message,
            "remedy": text.remedy,
        }


def place(where: Where, reference: str) -> str:
    """Say a place in words: message, line and byte, segment and element or XPath, field."""
    words = [
        f"message {reference}" if reference else "",
        f"line {where.line}" if where.line is not None else "",
        f"byte {where.byte}" if where.byte is not None else "",
        _segment(where),
        where.xpath or "",
        where.field or "",
    ]
    return ", ".join(word for word in words if word) or "the whole file"


def _segment(where: Where) -> str:
    if where.segment is None:
        return ""
    number = f" (segment {where.segment_position})" if where.segment_position is not None else ""
    element = f" element {where.element}" if where.element is not None else ""
    component = f" component {where.component}" if where.component is not None else ""
    occurrence = f" occurrence {where.occurrence}" if where.occurrence is not None else ""
    return f"{where.segment}{number}{element}{component}{occurrence}"


def _verdict(accepted: bool) -> str:  # noqa: FBT001 - the one argument is the question
    return "accepted" if accepted else "rejected"
