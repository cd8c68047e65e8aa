"""Are interchanges, broken declarations and hostile payloads answered with the right findings?"""

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.xml import locate_xml, read_xml
from schemas.envelope import Interchange
from schemas.findings import Finding, describe, rejects
from schemas.rules import all_rules

FIXTURES = Path(__file__).parents[2] / "fixtures" / "xml"
CLEAN = (FIXTURES / "clean" / "two-declarations.xml").read_bytes()
BROKEN = sorted(FIXTURES.glob("broken/*.xml"))
ATTACKS = sorted(FIXTURES.glob("attacks/*.xml"))


def said(interchange: Interchange) -> list[Finding]:
    return [*interchange.findings, *(f for message in interchange.messages for f in message.findings)]


def verdict(interchange: Interchange) -> dict[str, object]:
    """Return what a specimen's twin holds: who can be answered, which messages are good, all findings."""
    return {
        "answerable": interchange.envelope is not None,
        "interchange": "accepted" if interchange.accepted else "rejected",
        "messages": [
            [message.reference, "accepted" if message.accepted else "rejected"]
            for message in interchange.messages
        ],
        "findings": [
            {
                "code": finding.code,
                "edifact_code": finding.edifact_code,
                "line": finding.where.line,
                "xpath": finding.where.xpath,
                "found": finding.found,
                "expected": finding.expected,
            }
            for finding in said(interchange)
        ],
    }


@pytest.mark.parametrize("path", BROKEN + ATTACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_specimen_gets_the_findings_beside_it(path: Path) -> None:
    [interchange] = read_xml(path.read_bytes())
    assert verdict(interchange) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_broken_specimen_is_named_after_its_rule(path: Path) -> None:
    [interchange] = read_xml(path.read_bytes())
    assert path.stem[:6] in {finding.code for finding in said(interchange)}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_finding_can_be_said(language: str) -> None:
    for path in BROKEN + ATTACKS:
        for finding in said(read_xml(path.read_bytes())[0]):
            words = describe(finding, "fr" if language == "fr" else "en")
            assert words.message
            assert words.remedy


def test_every_rule_has_a_specimen() -> None:
    limits_only = {"XML-01", "XML-11", "XML-12", "XML-15", "XML-19", "XML-31"}
    shown = {path.stem[:6] for path in BROKEN}
    assert shown == {rule for rule in all_rules() if rule.startswith("XML")} - limits_only


def test_the_codes_of_findings_are_those_of_their_rules() -> None:
    for path in BROKEN + ATTACKS:
        for finding in said(read_xml(path.read_bytes())[0]):
            rule = all_rules()[finding.code]
            assert (finding.edifact_code, finding.severity) == (rule.edifact_code, rule.severity)


def test_a_clean_interchange_is_read_whole() -> None:
    [interchange] = read_xml(CLEAN)
    assert interchange.accepted
    assert interchange.envelope is not None
    assert interchange.envelope.control_reference == "000000117"
    assert [message.reference for message in interchange.messages] == ["1", "2"]
    assert all(message.accepted and message.cad for message in interchange.messages)
    for message in interchange.messages:
        part = CLEAN[message.byte : message.byte + message.length]
        assert part.startswith(b"<Declaration>")
        assert part.endswith(b"</Declaration>")
        assert CLEAN[: message.byte].count(b"\n") + 1 == message.line


def test_one_bad_declaration_leaves_its_neighbour_alone() -> None:
    [interchange] = read_xml(CLEAN.replace(b"<VersionID>1<", b"<VersionID>one<", 1))
    assert interchange.accepted
    assert [message.accepted for message in interchange.messages] == [False, True]
    assert interchange.messages[0].cad is None


@pytest.mark.parametrize(
    ("change", "to"),
    [
        (b"<Declaration>", b"<!-- <Declaration> --><Declaration>"),
        (b"</Description>", b"<![CDATA[ <Declaration> ]]></Description>"),
        (b"<Declaration>", b"<?note </Declaration> ?><Declaration>"),
        (b"encoding=", b" encoding ="),
        (b"\n", b"\r\n"),
        (b"  <", b"\t<"),
        (b"<?xml", b"\xef\xbb\xbf<?xml"),
    ],
)
def test_what_xml_allows_does_no_harm(change: bytes, to: bytes) -> None:
    [interchange] = read_xml(CLEAN.replace(change, to))
    assert said(interchange) == []
    assert len(interchange.messages) == 2


def test_prefixes_are_read_like_default_names() -> None:
    prefixed = CLEAN.replace(b"xmlns=", b"xmlns:d=").replace(b"<", b"<d:").replace(b"<d:/", b"</d:")
    [interchange] = read_xml(prefixed.replace(b"<d:?", b"<?"))
    assert [message.cad for message in interchange.messages] == [m.cad for m in read_xml(CLEAN)[0].messages]


def test_fields_are_located_with_path_and_line() -> None:
    [interchange] = read_xml(CLEAN)
    message = interchange.messages[1]
    fields = [
        "importer.identifier",
        "lines[1].origin",
        "lines[1].excise_code",
        "invoices[0].currency",
        "what",
    ]
    places = locate_xml(CLEAN, message, fields)
    document = '/DeclarationInterchange/Declaration[FunctionalReferenceID="2"]'
    item = f"{document}/GoodsShipment/GovernmentAgencyGoodsItem[2]"
    assert {field: where.xpath for field, where in places.items()} == {
        "importer.identifier": f"{document}/Importer/ID",
        "lines[1].origin": f"{item}/Origin/CountryCode",
        "lines[1].excise_code": f"{item}/DutyTaxFee",
        "invoices[0].currency": f"{document}/GoodsShipment/Invoice[1]/CurrencyCode",
    }
    lines = CLEAN.decode().splitlines()
    where = places["lines[1].origin"]
    assert where.line is not None
    assert "<CountryCode>" in lines[where.line - 1]
    assert message.cad is not None
    assert message.cad.lines[1].origin in lines[where.line - 1]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(interchange=100), "XML-01"),
        (Limits(messages=1), "XML-11"),
        (Limits(message=1500), "XML-12"),
        (Limits(findings=1), "XML-15"),
    ],
)
def test_limits_are_answered_with_a_finding(limits: Limits, code: str) -> None:
    payload = CLEAN.replace(b"<VersionID>1<", b"<VersionID>x<").replace(b"<TypeCode>", b"<TypeCode>1234567")
    [interchange] = read_xml(payload, limits)
    assert code in {finding.code for finding in said(interchange)}
    for finding in said(interchange):
        assert finding.severity == all_rules()[finding.code].severity


@pytest.mark.parametrize("header", ["<TestIndicator>true </TestIndicator>", "<TestIndicator/>", ""])
def test_an_odd_header_is_a_finding_or_a_default(header: str) -> None:
    payload = CLEAN.replace(b"<TestIndicator>true</TestIndicator>", header.encode())
    [interchange] = read_xml(payload)
    assert interchange.envelope is not None
    assert interchange.envelope.test is False
    assert interchange.accepted == (header == "")


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:{port}/d">',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>',
        '<?xml-stylesheet href="http://127.0.0.1:{port}/s"?>',
    ],
)
def test_nothing_in_a_payload_makes_us_call_out(hostile: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.05)
        port = trap.getsockname()[1]
        schema = f'xsi:schemaLocation="urn:cadline:declaration:1 http://127.0.0.1:{port}/x" xmlns:xsi='
        payload = CLEAN.replace(b"?>", b"?>" + hostile.replace("{port}", str(port)).encode(), 1)
        xsi = schema + '"http://www.w3.org/2001/XMLSchema-instance" xmlns="urn'
        read_xml(payload.replace(b'xmlns="urn', xsi.encode(), 1))
        with pytest.raises(TimeoutError):
            trap.accept()


def test_an_interchange_that_is_faulty_throughout_is_not_read_to_its_end() -> None:
    payload = CLEAN.replace(
        b"</DeclarationInterchange>", b"<Declaration/>" * 400 + b"</DeclarationInterchange>"
    )
    [interchange] = read_xml(payload, Limits(findings=10))
    assert "XML-19" in {finding.code for finding in interchange.findings}
    assert [finding.expected for finding in interchange.findings if finding.code == "XML-08"] == ["402"]
    assert len(interchange.messages) < 300
    assert len(said(interchange)) < 1100


@pytest.mark.parametrize("header", [b"<!-- %b -->" % (b"x" * 200), b" " * 200, b"<x/>" * 50])
def test_what_stands_around_declarations_is_limited(header: bytes) -> None:
    limits = Limits(segment=800)
    assert read_xml(CLEAN, limits)[0].accepted
    [interchange] = read_xml(CLEAN.replace(b"<Header>", header + b"<Header>" + header + header), limits)
    assert interchange.envelope is None
    assert [finding.code for finding in interchange.findings] == ["XML-12"]


def test_a_gigantic_attribute_is_refused() -> None:
    payload = CLEAN.replace(b"<ID>", b'<ID a="' + b"x" * 11_000_000 + b'">', 1)
    [interchange] = read_xml(payload)
    assert rejects(said(interchange))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(payload: bytes) -> None:
    [interchange] = read_xml(payload)
    assert rejects(interchange.findings)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_mutated_bytes_never_raise_and_never_pass_in_silence(data: st.DataObject) -> None:
    payload = bytearray(CLEAN)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(payload)))
        cut = data.draw(st.integers(0, 40))
        payload[place : place + cut] = data.draw(
            st.one_of(
                st.binary(max_size=8), st.sampled_from([b"<", b"</ID>", b"<ID>", b"&", b"<!--", b"]]>"])
            )
        )
    for interchange in read_xml(bytes(payload), DEFAULT_LIMITS):
        for message in interchange.messages:
            assert (message.cad is None) == rejects(message.findings)
        for finding in said(interchange):
            assert describe(finding).message
