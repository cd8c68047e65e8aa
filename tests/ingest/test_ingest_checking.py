"""Does a finding of the rules point to its place in the file, whichever interchange and message it is of?"""

from datetime import date
from pathlib import Path

import pytest

from cadline.database import engine_of, upgrade, writing
from cadline.sample_days import SAMPLE_DAYS
from ingest import registry
from ingest.checking import Checker
from schemas.envelope import Message
from schemas.findings import Where
from schemas.registry_files import read_registry
from schemas.tables import load_tables

DAY = SAMPLE_DAYS / "days" / "2026-03-16"
EDIFACT = (DAY / "01-agatecb-first.edi").read_bytes().replace(b"\n", b"")
UNKNOWN = EDIFACT.replace(b"AGATECB", b"NOBODY1", 1)
XML = (DAY / "07-mapletd-own.xml").read_bytes().replace(b"MAPLETD", b"NOBODY1", 1)


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    engine = engine_of(f"sqlite:///{tmp_path}/house.sqlite")
    upgrade(engine)
    with writing(engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    return Checker(load_tables(SAMPLE_DAYS / "tables"), date(2026, 3, 16), engine)


def places_of_sender(checker: Checker, tmp_path: Path, payload: bytes) -> list[Where]:
    """The place of the finding on the sender, for each message that has one."""
    path = tmp_path / "payload"
    path.write_bytes(payload)
    with path.open("rb") as file:
        messages = [event for event in checker.stream(file) if isinstance(event, Message)]
    return [
        found.where for message in messages for found in message.findings if found.where.field == "sender"
    ]


def test_a_header_is_found_in_its_interchange_whatever_stands_before(
    checker: Checker, tmp_path: Path
) -> None:
    pretty = UNKNOWN.replace(b"'", b"'\r\n")
    payload = pretty + b"\r\n\r\n" + pretty.replace(b"CARM", b"CARN", 1)
    places = places_of_sender(checker, tmp_path, payload)
    assert len(places) == 2 * UNKNOWN.count(b"UNH+")
    first, second = payload.index(b"UNB+"), payload.rindex(b"UNB+")
    assert {where.byte for where in places[: len(places) // 2]} == {first}
    assert {where.byte for where in places[len(places) // 2 :]} == {second}
    assert [places[0].line, places[-1].line] == [payload.count(b"\n", 0, at) + 1 for at in (first, second)]


def test_a_header_of_xml_is_found_on_its_line(checker: Checker, tmp_path: Path) -> None:
    places = places_of_sender(checker, tmp_path, XML)
    assert places
    assert {where.line for where in places} == {XML[: XML.index(b"NOBODY1")].count(b"\n") + 1}
