"""Does a fault of a functional group reject that group, and nothing else?"""

from pathlib import Path

import pytest

from parsers.edifact import read_edifact
from schemas.envelope import Interchange

GALLERY = Path(__file__).parents[2] / "fixtures" / "gallery"
GOOD = (GALLERY / "edifact-ok-groups.edi").read_bytes()
BEGIN, END = GOOD.index(b"UNG"), GOOD.index(b"UNZ")
FIRST = GOOD[BEGIN:END]
SECOND = FIRST.replace(b"1200+7+UN", b"1200+8+UN").replace(b"UNE+1+7", b"UNE+1+8")


def interchange(*groups: bytes) -> Interchange:
    trailer = b"UNZ+%d+42'" % len(groups)
    (found,) = read_edifact(GOOD[:BEGIN] + b"\r\n".join(groups) + trailer)
    return found


@pytest.mark.parametrize(
    ("old", "new", "code", "segment", "element"),
    [
        (b"UNE+1+8", b"UNE+2+8", "29", "UNE", 2),
        (b"UNE+1+8", b"UNE+1+9", "28", "UNE", 3),
        (b"UNE+1+8'", b"", "13", "UNE", None),
        (b"UNE+1+8'", b"BGM+1'UNE+1+8'", "33", "BGM", None),
        (b"1200+8+UN", b"1200+7+UN", "26", "UNG", 6),
        (b"+B+C+260702", b"+B++260702", "13", "UNG", 4),
        (b"+B+C+260702", b"+B+C+2607", "40", "UNG", 5),
    ],
)
def test_a_fault_of_a_group_rejects_that_group_alone(
    old: bytes, new: bytes, code: str, segment: str, element: int | None
) -> None:
    for groups, accepted in (
        ((FIRST, SECOND.replace(old, new)), [True, False]),
        ((FIRST, SECOND.replace(old, new), FIRST.replace(b"7+UN", b"9+UN").replace(b"+1+7", b"+1+9")), None),
    ):
        found = interchange(*groups)
        assert found.accepted, found.findings
        verdicts = [found.accepts(message) for message in found.messages]
        assert verdicts == (accepted or [True, False, True])
        fault = found.groups[1].findings[0]
        assert (fault.edifact_code, fault.where.segment, fault.where.element) == (code, segment, element)
        assert fault.where.line == 2 + (code == "13" and segment == "UNE" and accepted is None)


def test_messages_know_their_group() -> None:
    found = interchange(FIRST, SECOND)
    assert [(m.group, m.group_number) for m in found.messages] == [("7", 1), ("8", 2)]
    assert list(found.every_finding()) == []


def test_a_group_that_never_began_rejects_the_interchange() -> None:
    found = interchange(FIRST, b"UNE+0+8'")
    assert not found.accepted
    assert found.groups[0].accepted


def test_an_interchange_without_end_still_knows_its_groups() -> None:
    (found,) = read_edifact(GOOD[: GOOD.index(b"UNE")])
    assert [finding.expected for finding in found.every_finding()] == ["UNZ"]
    assert len(found.groups) == 1
