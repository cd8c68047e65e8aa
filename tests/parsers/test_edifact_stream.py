"""Does the stream read the same, however it comes in pieces? And does every byte string end in a verdict?"""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import FULL

import parsers
from parsers.edifact import check_syntax, read_edifact, write_interchange
from parsers.limits import Limits
from schemas.papers import Header

GALLERY = Path(__file__).parents[2] / "fixtures" / "gallery"
SPECIMENS = sorted(GALLERY.glob("edifact-*.edi"))
HEADER = Header(
    sender="B", recipient="CARM", control_reference="1", prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
)
GOOD = write_interchange("cusdec_d13a", HEADER, [FULL, FULL])
quick = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))

FRAGMENTS = """
UNA:+.? '|UNB+UNOC:3+A+B+260702:1200+1'|UNB+UNOW:4+A+B+20260702:1200+1'|UNH+1+CUSDEC:D:13A:UN:CADL01'
UNH+1+CUSDEC:D:96B:UN'|BGM+929+1:00001+9'|CST++AB'|NAD+IM+1'|UNS+D'|DMS+1+380'|FTX+AAA+++?'|é|UNZ+1+1'
UNG+CUSDEC+A+B+260702:1200+7+UN+D:13A'|UNE+1+7'|UNT+3+1'|?|'|+|:|\x00|\x1c|\x1d|\r\n
"""
WIRE = st.lists(st.sampled_from(re.split(r"[|\n]", FRAGMENTS)), max_size=25).map("".join).map(str.encode)


class Pieces(io.RawIOBase):
    """A stream that gives out its bytes in pieces of given sizes."""

    def __init__(self, payload: bytes, sizes: list[int]) -> None:
        super().__init__()
        self._payload = io.BytesIO(payload)
        self._sizes = iter(sizes)

    def read(self, most: int = -1) -> bytes:
        return self._payload.read(min(most, next(self._sizes, 7)))


@quick
@given(st.sampled_from(SPECIMENS), st.lists(st.integers(1, 400), max_size=30))
def test_a_stream_in_pieces_reads_as_the_whole(specimen: Path, sizes: list[int]) -> None:
    payload = specimen.read_bytes()
    assert read_edifact(Pieces(payload, sizes)) == read_edifact(payload)


def test_split_at_any_byte_a_stream_reads_as_the_whole() -> None:
    payload = (GALLERY / "edifact-ok-other-separators.edi").read_bytes()[:700]
    whole = read_edifact(payload)
    for place in range(1, len(payload)):
        assert read_edifact(Pieces(payload, [place, len(payload)])) == whole


@quick
@given(st.binary(max_size=300) | WIRE)
def test_any_bytes_end_in_a_verdict(payload: bytes) -> None:
    interchanges = parsers.read(payload)
    list(check_syntax(payload))
    if not interchanges:
        assert not payload.strip(b" \t\r\n\x00\x1a").removeprefix(b"UNA:+.? '").strip()


@quick
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=3), st.booleans())
def test_a_damaged_interchange_ends_in_a_verdict(place: int, damage: bytes, insert: bool) -> None:  # noqa: FBT001
    damaged = GOOD[:place] + damage + GOOD[place + (0 if insert else len(damage)) :]
    for interchange in parsers.read(damaged):
        for message in interchange.messages:
            assert damaged[message.byte : message.byte + 3] == b"UNH"
            parsers.locate(damaged, message, ["importer.identifier", "lines[0].origin"])


def test_slices_hold_exactly_their_message() -> None:
    (interchange,) = parsers.read(GOOD)
    for message in interchange.messages:
        part = GOOD[message.byte : message.byte + message.length]
        assert part.startswith(b"UNH+" + message.reference.encode())
        assert part.endswith(b"+" + message.reference.encode() + b"'")
    assert GOOD[interchange.byte : interchange.byte + interchange.length] == GOOD


def test_the_sender_stands_in_the_header_of_its_interchange() -> None:
    second = GOOD.replace(b"+B+", b"+C+")
    *_, interchange = parsers.read(GOOD + b"\n" + second)
    where = parsers.locate(GOOD + b"\n" + second, interchange.messages[0], ["sender"])["sender"]
    assert (where.segment, where.element, where.component, where.line) == ("UNB", 3, 1, 2)
    assert (GOOD + b"\n" + second)[where.byte :].startswith(b"UNB+UNOC:3+C+")


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(segment=20), "segment"),
        (Limits(message=300), "message"),
        (Limits(messages=1), "messages"),
        (Limits(interchange=900), "interchange"),
    ],
)
def test_a_limit_is_answered_with_a_finding(limits: Limits, name: str) -> None:
    payload = GOOD if name != "segment" else GOOD.replace(b"Wooden", b"W" * 500_000)
    (interchange,) = parsers.read(payload, limits=limits)
    found = [*interchange.findings, *(f for m in interchange.messages for f in m.findings)]
    assert name in {f.values["name"] for f in found if f.code == "SYN-18"}


def test_one_message_reports_no_more_findings_than_the_limit() -> None:
    payload = GOOD.replace(b"FTX", b"XXX").replace(b"LOC", b"YYY").replace(b"MOA", b"ZZZ")
    (interchange,) = parsers.read(payload, limits=Limits(findings=3))
    assert all(len(message.findings) <= 5 for message in interchange.messages)
