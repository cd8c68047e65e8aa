"""Does what we write come back as it was, byte by byte and field by field?"""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import ANY_PRINTABLE, FULL, declarations, headers, texts

import parsers
from parsers.edifact import write_interchange
from parsers.edifact.profiles import all_guides
from parsers.edifact.reading import read_documents
from schemas.cad import Declaration
from schemas.papers import Header

HEADER = Header(
    sender="BROKER1",
    recipient="CARM",
    control_reference="42",
    prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC),
)
PROFILES = ["cusdec_d13a", "cusdec_d96b"]
slow = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))


@slow
@given(headers, st.lists(declarations(), min_size=1, max_size=2))
def test_every_field_of_a_declaration_comes_back(header: Header, cads: list[Declaration]) -> None:
    payload = write_interchange("cusdec_d13a", header, cads)
    (interchange,) = parsers.read(payload)
    assert interchange.accepted
    assert all(message.accepted for message in interchange.messages)
    assert [message.cad for message in interchange.messages] == cads
    envelope = interchange.envelope
    assert envelope is not None
    assert (envelope.sender, envelope.recipient, envelope.control_reference, envelope.test) == (
        header.sender,
        header.recipient,
        header.control_reference,
        header.test,
    )
    assert envelope.prepared == header.prepared


@slow
@given(declarations())
def test_reading_and_writing_again_gives_the_same_bytes(cad: Declaration) -> None:
    payload = write_interchange("cusdec_d13a", HEADER, [cad])
    documents = [read.document for read in read_documents(payload) if read.document]
    assert write_interchange("cusdec_d13a", HEADER, documents) == payload


@slow
@given(texts(70, alphabet=ANY_PRINTABLE))
def test_a_text_outside_8859_1_travels_as_utf8_in_syntax_4(name: str) -> None:
    cad = FULL.model_copy(update={"importer": FULL.importer.model_copy(update={"name": name})})
    (interchange,) = parsers.read(write_interchange("cusdec_d13a", HEADER, [cad]))
    assert interchange.messages[0].findings == ()
    assert interchange.messages[0].cad == cad
    assert interchange.envelope is not None
    latin = all(ord(character) < 0x100 for character in name)
    assert interchange.envelope.syntax_version == ("3" if latin else "4")


def test_the_specimen_fills_every_field() -> None:
    """So that a new field of the CAD cannot be forgotten in the guide."""
    empty = [
        name
        for value in (FULL, FULL.importer, FULL.invoices[0], FULL.lines[0], FULL.lines[0].declared)
        for name in type(value).model_fields
        if getattr(value, name) in (None, "", ())
    ]
    assert empty == []


@pytest.mark.parametrize("profile", PROFILES)
def test_the_specimen_travels_by_every_directory_version(profile: str) -> None:
    (interchange,) = parsers.read(write_interchange(profile, HEADER, [FULL]))
    assert interchange.messages[0].findings == ()
    assert interchange.messages[0].cad == FULL


def test_control_characters_become_spaces() -> None:
    cad = FULL.model_copy(update={"importer": FULL.importer.model_copy(update={"name": "A\nB\x00C"})})
    (interchange,) = parsers.read(write_interchange("cusdec_d13a", HEADER, [cad]))
    assert interchange.messages[0].cad is not None
    assert interchange.messages[0].cad.importer.name == "A B C"


def test_a_value_that_does_not_fit_is_refused_with_its_field() -> None:
    cad = FULL.model_copy(update={"office": "x" * 36})
    with pytest.raises(ValueError, match=r"office.*an\.\.35"):
        write_interchange("cusdec_d13a", HEADER, [cad])


def test_more_repeats_than_the_guide_allows_are_refused() -> None:
    lines = tuple(FULL.lines[0].model_copy(update={"reasons": FULL.lines[0].reasons * 9}) for _ in range(1))
    cad = FULL.model_copy(update={"lines": lines})
    with pytest.raises(ValueError, match="8"):
        write_interchange("cusdec_d13a", HEADER, [cad])


def test_every_place_of_every_guide_is_used() -> None:
    for name, guide in all_guides().items():
        for position in guide.positions:
            if position.tag not in {"UNH", "UNT"}:
                assert position.uses, f"{name}: {position.tag} at {position.number} has no use"
