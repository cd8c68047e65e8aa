"""How is a checked file shown? As one JSON object, or as lines for a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import parsers
from schemas.envelope import Interchange, Message
from schemas.findings import Finding, Where, describe
from schemas.rules import Language

Judge = Callable[[bytes], list[Interchange]]
"""Reads a payload and puts every finding into it."""

JsonObject = dict[str, Any]


@dataclass
class Checked:
    """A file and what was found in it. The JSON form is a contract: keys are added, never renamed."""

    file: str
    payload: bytes
    judge: Judge
    language: Language

    @cached_property
    def interchanges(self) -> list[Interchange]:
        """What the file holds."""
        return self.judge(self.payload)

    @property
    def rejected(self) -> bool:
        """Whether anything in the file would be rejected."""
        return not self.interchanges or not all(
            interchange.accepted and all(message.accepted for message in interchange.messages)
            for interchange in self.interchanges
        )

    def as_json(self) -> JsonObject:
        """Return the file as one object. `findings` holds all; each message repeats its own."""
        return {
            "file": self.file,
            "syntax": parsers.syntax_of(self.payload),
            "verdict": _verdict(not self.rejected),
            "messages": [self._message(interchange, message) for interchange, message in self._messages()],
            "findings": [self._finding(finding, reference) for finding, reference in self._findings()],
        }

    def lines(self) -> Iterator[str]:
        """Yield the file's verdict, and for each finding: where, what is wrong, what to do."""
        count = sum(1 for _ in self._messages())
        yield f"{self.file}: {_verdict(not self.rejected)} ({count} message{'' if count == 1 else 's'})"
        for finding, reference in self._findings():
            text = describe(finding, self.language)
            yield f"  {finding.severity} {finding.code} at {place(finding.where, reference)}"
            yield f"    {text.message}"
            yield f"    {text.remedy}"

    def _messages(self) -> Iterator[tuple[Interchange, Message]]:
        return ((each, message) for each in self.interchanges for message in each.messages)

    def _findings(self) -> Iterator[tuple[Finding, str]]:
        for interchange in self.interchanges:
            yield from ((finding, "") for finding in interchange.findings)
            for message in interchange.messages:
                yield from ((finding, message.reference) for finding in message.findings)

    def _message(self, interchange: Interchange, message: Message) -> JsonObject:
        return {
            "reference": message.reference,
            "type": message.type,
            "interchange": interchange.envelope.control_reference if interchange.envelope else "",
            "verdict": _verdict(interchange.accepted and message.accepted),
            "findings": [self._finding(finding, message.reference) for finding in message.findings],
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
    return f"{where.segment}{number}{element}{component}"


def _verdict(accepted: bool) -> str:  # noqa: FBT001 - the one argument is the question
    return "accepted" if accepted else "rejected"
