"""Does every field that a rule points at have a place on the wire, in EDIFACT and in XML?"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rule_specimens import broken, read_specimen, specimen_ids

import parsers
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.cad import Declaration
from schemas.papers import Header

HEADER = Header(
    sender="NORTHSTAR",
    recipient="CARM",
    control_reference="1",
    prepared=datetime(2026, 3, 17, 12, tzinfo=UTC),
)
WRITERS: dict[str, Callable[[Declaration], bytes]] = {
    "edifact": lambda cad: write_interchange("cusdec_d13a", HEADER, [cad]),
    "xml": lambda cad: write_xml("declaration", HEADER, [cad]),
}
SYNTAX_SPEAKS_FIRST = {
    "edifact": [
        "CLS-001",
        "EXC-004",
        "HDR-001",
        "IMP-003",
        "INV-001",
        "INV-002",
        "INV-006",
        "LIN-001",
        "QTY-002",
        "QTY-005",
        "SIM-004",
    ],
    "xml": ["CLS-001", "HDR-001", "INV-001", "INV-002", "INV-006", "LIN-001", "SIM-004", "TRF-001"],
}
"""Rules whose specimen a message of ours cannot carry: the syntax check refuses it before any rule."""

CASES = [
    (syntax, rule_id)
    for syntax in WRITERS
    for rule_id in specimen_ids()
    if rule_id not in SYNTAX_SPEAKS_FIRST[syntax]
]


@pytest.mark.parametrize(("syntax", "rule_id"), CASES)
def test_a_finding_has_its_place_on_the_wire(syntax: str, rule_id: str) -> None:
    specimen = read_specimen(rule_id)
    cad = Declaration.model_validate(broken(specimen)[0]["cad"])
    payload = WRITERS[syntax](cad)
    message = parsers.read(payload)[0].messages[0]
    assert message.cad == cad
    fields = {finding["field"] for finding in specimen["findings"]}
    assert set(parsers.locate(payload, message, fields)) == fields


def test_the_sender_stands_in_the_header_of_the_xml() -> None:
    cad = Declaration.model_validate(broken(read_specimen("DEL-004"))[0]["cad"])
    payload = WRITERS["xml"](cad)
    place = parsers.locate(payload, parsers.read(payload)[0].messages[0], ["sender"])["sender"]
    assert place.xpath == "/DeclarationInterchange/Header/SenderID"
    assert place.line is not None
    assert b"<SenderID>NORTHSTAR" in payload.splitlines()[place.line - 1]
