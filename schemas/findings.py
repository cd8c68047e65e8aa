"""What is wrong with a message, where, and how does one mend it?

A finding is data, never an exception. It names its rule; the rule's words (English and French) stand
in `schemas/rules/*.toml` and are put to it by `describe`.
"""

from collections.abc import Iterable
from typing import Literal

from schemas.base import Value
from schemas.rules import Language, rule_text

Severity = Literal["error", "warning"]


class Where(Value):
    """A place on the wire. Everything is optional: a whole file has no segment, XML has no element.

    byte: offset from the start of the payload, from 0. line: from 1. segment: its tag.
    segment_position: counted from UNH = 1. element: data element position (0098; the tag is 1, the first
    element 2). component: from 1. occurrence: of a repeated element (syntax 4), from 1. xpath: in
    XML. field: our name for it, such as `lines[3].origin`.
    """

    byte: int | None = None
    line: int | None = None
    segment: str | None = None
    segment_position: int | None = None
    element: int | None = None
    component: int | None = None
    occurrence: int | None = None
    xpath: str | None = None
    field: str | None = None


class Finding(Value):
    """One thing found wrong. `code` is the rule's id; `edifact_code` is 0085, for syntax findings.

    found: the value as it came. expected: what would have been right. values: further words that the
    rule's text asks for.
    """

    code: str
    severity: Severity = "error"
    where: Where = Where()
    found: str | None = None
    expected: str | None = None
    edifact_code: str | None = None
    values: dict[str, str] = {}


class Description(Value):
    """A finding in one language."""

    message: str
    remedy: str


def describe(finding: Finding, language: Language = "en") -> Description:
    """Say a finding in `language`. Raises KeyError when no rule has its code (a test prevents that)."""
    text = rule_text(finding.code, language)
    words = {
        "found": finding.found or "",
        "expected": finding.expected or "",
        "field": finding.where.field or "",
    }
    words |= finding.values
    return Description(message=text.message.format_map(words), remedy=text.remedy.format_map(words))


def rejects(findings: Iterable[Finding]) -> bool:
    """Return whether any finding is an error; warnings never reject."""
    return any(finding.severity == "error" for finding in findings)
