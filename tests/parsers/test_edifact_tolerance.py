"""Is what was agreed with a partner read, with a warning, and from everybody else refused?"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from strategies import FULL

import parsers
from parsers.edifact import check_syntax, write_interchange
from parsers.limits import EVERYBODY, Limits
from schemas.envelope import Interchange
from schemas.papers import Header

FOLDER = Path(__file__).parents[2] / "fixtures" / "tolerance"
HEADER = Header(
    sender="B", recipient="CARM", control_reference="1", prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
)
NAME = "Érablière Beauséjour"
CAD = FULL.model_copy(update={"importer": FULL.importer.model_copy(update={"name": NAME})})
LATIN = write_interchange("cusdec_d13a", HEADER, [CAD, CAD])


def read(payload: bytes, *tolerated: str, sender: str = "B") -> Interchange:
    (interchange,) = parsers.read(payload, limits=Limits.model_validate({"tolerated": {sender: tolerated}}))
    return interchange


def codes(interchange: Interchange) -> list[str]:
    return [f.code for message in interchange.messages for f in message.findings]


@pytest.mark.parametrize(
    ("toleration", "encoding"), [("latin-1", "latin-1"), ("windows-1252", "cp1252"), ("utf-8", "utf-8")]
)
def test_the_character_set_that_is_sent_in_truth_is_read_with_a_warning(toleration, encoding):
    payload = LATIN.decode("latin-1").replace("UNOC", "UNOA").encode(encoding)
    interchange = read(payload, toleration)
    assert interchange.accepted
    assert codes(interchange) == ["SYN-21T"] * 2
    assert [message.cad for message in interchange.messages] == [CAD, CAD]


def test_from_anybody_else_it_is_refused():
    payload = LATIN.replace(b"UNOC", b"UNOA")
    assert "SYN-21" in codes(read(payload, "latin-1", sender="C"))
    assert not any(message.accepted for message in read(payload).messages)


def test_what_is_not_even_the_tolerated_set_is_refused():
    assert "SYN-21" in codes(read(LATIN, "utf-8"))


def test_windows_1252_has_the_characters_that_8859_1_lacks():
    payload = LATIN.replace("É".encode("latin-1"), "€".encode("cp1252"))
    (first, _) = read(payload, "windows-1252").messages
    assert first.cad is not None
    assert first.cad.importer.name == NAME.replace("É", "€")


def wrapped(payload: bytes, width: int, end: bytes) -> bytes:
    return end.join(payload[start : start + width] for start in range(0, len(payload), width))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("width", [7, 80])
def test_lines_broken_anywhere_are_joined_and_places_are_those_of_the_file(width, end):
    payload = wrapped(LATIN, width, end)
    interchange = read(payload, "hard-wrap")
    assert interchange.accepted
    assert codes(interchange) == ["SYN-WRAP"] * 2
    assert [message.cad for message in interchange.messages] == [CAD, CAD]
    assert (interchange.byte, interchange.length) == (0, len(payload))
    for message in interchange.messages:
        cut = payload[message.byte : message.byte + message.length]
        assert re.sub(rb"[\r\n]", b"", cut).startswith(b"UNH+")
        assert re.sub(rb"[\r\n]", b"", cut).endswith(f"+{message.reference}'".encode())
        line = 1 + payload[: message.byte].count(b"\n")
        assert message.line == line
        place = parsers.locate(payload, message, ["importer.identifier"])["importer.identifier"]
        assert place.byte is not None
        assert re.sub(rb"[\r\n]", b"", payload[place.byte :]).startswith(b"NAD+IM+")
        assert place.line == 1 + payload[: place.byte].count(b"\n")


def test_a_fault_in_a_broken_file_stands_where_it_is_in_the_file():
    payload = wrapped(LATIN.replace(b":102'", b":999'"), 80, b"\n")
    message = read(payload, "hard-wrap").messages[0]
    place = next(f.where for f in message.findings if f.severity == "error")
    assert place.byte is not None
    assert re.sub(rb"\n", b"", payload[place.byte :]).startswith(b"DTM+")


def test_a_file_with_breaks_between_segments_needs_no_agreement():
    payload = re.sub(rb"(?<!\?)'", b"'\r\n", LATIN)
    assert codes(read(payload)) == codes(read(payload, "hard-wrap")) == []


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.edi")), ids=lambda file: file.stem)
def test_a_specimen_is_read_as_agreed_and_refused_otherwise(file):
    toleration = file.stem.partition(".")[0]
    limits = Limits.model_validate({"tolerated": {EVERYBODY: [toleration]}})
    (agreed,) = check_syntax(file.read_bytes(), limits=limits)
    assert all(message.accepted for message in agreed.messages)
    assert {f.severity for message in agreed.messages for f in message.findings} == {"warning"}
    (strict,) = check_syntax(file.read_bytes())
    assert not all(message.accepted for message in strict.messages)
