"""Is every message of our fixtures, read and written again, the same bytes?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsers.edifact import write_interchange
from parsers.edifact.profiles import guides_by_identity
from parsers.edifact.reading import Read, read_documents
from schemas.papers import Header

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEADER = Header(
    sender="A", recipient="B", control_reference="1", prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
)
FILES = sorted(
    file
    for folder in ("gallery", "papers", "demo", "rules")
    for file in (FIXTURES / folder).rglob("*.edi")
    if any(not read.message.findings and read.document for read in read_documents(file.read_bytes()))
)
CANONICAL = [file for file in FILES if "papers" in file.parts or "demo" in file.parts]


def good(file: Path) -> list[Read]:
    return [read for read in read_documents(file.read_bytes()) if not read.message.findings and read.document]


def written(read: Read) -> bytes:
    message = read.message
    identity = (message.type, message.version, message.release, message.agency, message.association)
    profile = next(guide.name for key, guide in guides_by_identity().items() if tuple(key) == identity)
    assert read.document is not None
    return write_interchange(profile, HEADER, [read.document])


def body(payload: bytes, read: Read) -> bytes:
    """The segments between UNH and UNT."""
    message = payload[read.message.byte : read.message.byte + read.message.length]
    return message[message.index(b"'") : message.rindex(b"'UNT")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_is_read_says_the_same_after_it_was_written(file: Path) -> None:
    for read in good(file):
        (again,) = read_documents(written(read))
        assert again.message.findings == ()
        assert again.document == read.document
        assert written(again) == written(read)


@pytest.mark.parametrize("file", CANONICAL, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_what_we_wrote_is_written_again_byte_by_byte(file: Path) -> None:
    for read in good(file):
        payload = written(read)
        (again,) = read_documents(payload)
        assert body(payload, again) == body(file.read_bytes(), read)


def test_messages_are_there_to_be_written() -> None:
    assert len(FILES) > 15
    assert len(CANONICAL) > 10
