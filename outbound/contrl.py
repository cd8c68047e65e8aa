"""What do we say about the syntax of an interchange? CONTRL, or its XML twin, as 9735-10 lays down.

    UCI ── the interchange: acknowledged (7) or rejected (4), with its first error
      └── UCF ── each functional group that is rejected (4) or has rejected messages (7)
            └── UCM ── each message that is rejected, with its first error
                  └── UCS ── each segment in error
                        └── UCD ── each data element in error

What is acknowledged at one level is acknowledged below it, unless it is listed as rejected. Warnings and
business errors have no place here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.base import Value
from schemas.envelope import Envelope, Group, Interchange, Message
from schemas.findings import Finding
from schemas.papers import Header
from schemas.rules import Language

ACKNOWLEDGED, REJECTED = "7", "4"
"""Data element 0083."""

PROFILES = {"4": "contrl_v4"}
"""The CONTRL of a syntax version, for one that has its own: an interchange is answered in its own syntax."""

UNSPECIFIED = "18"
"""Data element 0085, for a finding of ours that has no code in the list."""

SEGMENTS_MAX, ELEMENTS_MAX = 999, 99
"""How often CONTRL lets UCS stand in a message and UCD in a segment; what is beyond is left out."""

POSITION_MAX = 999
"""The last element of a segment and component of an element that S011 can name (n..3)."""

OCCURRENCE_MAX = 999_999
"""The last occurrence of an element that 0136 can name (n..6)."""

SEGMENT_POSITION_MAX = 999_999
"""The last segment of a message that 0096 can name (n..6); what is wrong behind it is left out."""

COPIED_MAX = 512
"""How much of a reference or party is copied: far more than the standard lets it be."""

MESSAGE_ENVELOPE = frozenset({"UNH", "UNT"})
SERVICE_SEGMENTS = MESSAGE_ENVELOPE | {"UNA", "UNB", "UNG", "UNE", "UNZ"}
"""What 0013 may name."""

SENDER = ("sender", "sender_qualifier")
FURTHER = ("sender_routing", "sender_internal", "recipient_routing", "recipient_internal")
RECIPIENT = ("recipient", "recipient_qualifier")

Document = Mapping[str, Any]


def contrl(interchange: Interchange, header: Header, language: Language = "en") -> bytes:
    """Report on the syntax of an interchange, in the syntax that it came in; a test is answered as a test.

    Ask only for one whose envelope could be read (ValueError otherwise), and never for one of CONTRLs:
    an acknowledgement is not acknowledged. language: of the words, which only the XML report has.
    """
    if interchange.envelope is None:
        raise ValueError("there is nobody to answer: the interchange has no envelope")
    header = header.model_copy(update={"test": interchange.envelope.test})
    if interchange.envelope.syntax == "xml":
        return write_xml("contrl", header, [interchange], language)
    profile = PROFILES.get(interchange.envelope.syntax_version, "contrl")
    return write_interchange(profile, header, [document(interchange, interchange.envelope)])


def document(interchange: Interchange, envelope: Envelope) -> Document:
    """Return the content of the CONTRL: the subject's own references, unchanged, and what became of it."""
    report = {
        **_copied(envelope, "control_reference", *SENDER, *RECIPIENT, *FURTHER),
        **_action(accepted=interchange.accepted),
        **_first_error(interchange.findings),
    }
    return {**report, **_lower_levels(interchange)} if interchange.accepted else report


def _lower_levels(interchange: Interchange) -> Document:
    """Return what is rejected: groups, messages in groups by their group, other messages by themselves."""
    by_group: dict[int, list[Document]] = {}
    for message in interchange.messages:
        if interchange.accepts_group_of(message) and not message.accepted:
            by_group.setdefault(message.group_number, []).append(_message(message))
    return {"messages": by_group.get(0, []), "groups": list(_groups(interchange.groups, by_group))}


def _groups(groups: Sequence[Group], by_group: Mapping[int, list[Document]]) -> Iterator[Document]:
    """Yield the groups that are rejected, with their first error, or that hold rejected messages."""
    for number, group in enumerate(groups, start=1):
        messages = by_group.get(number, [])
        if messages or not group.accepted:
            yield {
                **_copied(group, "reference", *SENDER, *RECIPIENT),
                **_action(accepted=group.accepted),
                **_first_error(group.findings),
                "messages": messages,
            }


def _copied(value: Value, *names: str) -> Document:
    return {name: getattr(value, name)[:COPIED_MAX] for name in names}


def _message(message: Message) -> Document:
    errors = _errors(message.findings)
    of_message = [error for error in errors if _is_of_message(error)]
    of_segments = [error for error in errors if not _is_of_message(error)]
    return {
        **_copied(message, "reference", "type", "version", "release", "agency", "association"),
        **_action(accepted=False),
        **_first_error(of_message),
        "segments": _segments(of_segments),
    }


def _segments(errors: Sequence[Finding]) -> list[Document]:
    """Return a UCS for each segment in error, in their order, with a UCD for each element in error."""
    ordered = sorted(
        (e for e in errors if (e.where.segment_position or 0) <= SEGMENT_POSITION_MAX), key=_place
    )
    return [
        _segment(position, list(of_one))
        for position, of_one in groupby(ordered, key=lambda error: error.where.segment_position)
    ][:SEGMENTS_MAX]


def _segment(position: int | None, errors: Sequence[Finding]) -> Document:
    """Return one UCS: it holds one error of the segment itself, the first, and those of its elements."""
    of_segment = [error for error in errors if _element(error) is None]
    of_elements = [error for error in errors if _element(error) is not None]
    return {
        "position": position,
        "error": _code(of_segment[0]) if of_segment else None,
        "elements": [{"error": _code(error), **_data_element(error)} for error in of_elements][:ELEMENTS_MAX],
    }


def _action(*, accepted: bool) -> Document:
    return {"action": ACKNOWLEDGED if accepted else REJECTED}


def _first_error(findings: Iterable[Finding]) -> Document:
    """Return the first error with the service segment (0013) and the element (S011) that it is in."""
    error = next(iter(_errors(findings)), None)
    if error is None:
        return {}
    return {
        "error": _code(error),
        "segment": error.where.segment if error.where.segment in SERVICE_SEGMENTS else None,
        **_data_element(error),
    }


def _data_element(error: Finding) -> Document:
    """Return the position of the data element in error (S011); only syntax 4 tells its occurrence."""
    return {
        "element": _element(error),
        "component": _component(error),
        "occurrence": _occurrence(error),
    }


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _is_of_message(error: Finding) -> bool:
    """Return whether an error belongs to UCM: it is in UNH or UNT, or in no segment that one could name."""
    return error.where.segment in MESSAGE_ENVELOPE or error.where.segment_position is None


def _place(error: Finding) -> tuple[int, int, int, int]:
    where = error.where
    return where.segment_position or 0, where.element or 0, where.occurrence or 0, where.component or 0


def _element(error: Finding) -> int | None:
    """Return the position of the element in error; None for one so far out that S011 cannot name it."""
    element = error.where.element
    return element if element is not None and element <= POSITION_MAX else None


def _component(error: Finding) -> int | None:
    component = error.where.component
    named = component is not None and component <= POSITION_MAX and _element(error) is not None
    return component if named else None


def _occurrence(error: Finding) -> int | None:
    occurrence = error.where.occurrence
    named = occurrence is not None and occurrence <= OCCURRENCE_MAX and _element(error) is not None
    return occurrence if named else None


def _code(error: Finding) -> str:
    return error.edifact_code or UNSPECIFIED
