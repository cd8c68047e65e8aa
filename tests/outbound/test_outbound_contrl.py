"""Does a CONTRL report every error at its level and its place, as ISO 9735-10 asks?"""

from datetime import UTC, datetime

import pytest
from lxml import etree

from outbound.contrl import contrl
from parsers.edifact import read_edifact
from parsers.xml import read_paper
from schemas.envelope import Envelope, Group, Interchange, Message
from schemas.findings import Finding, Where, describe
from schemas.papers import Header

HEADER = Header(
    sender="CARM",
    recipient="BROKER1",
    control_reference="00000000000007",
    prepared=datetime(2026, 11, 16, 12, tzinfo=UTC),
)
ENVELOPE = Envelope(
    syntax="edifact",
    syntax_identifier="UNOC",
    syntax_version="3",
    sender="BROKER1",
    sender_qualifier="ZZ",
    recipient="CARM",
    recipient_routing="DUTY?",
    control_reference="000042",
)
CUSDEC = Message(reference="1", type="CUSDEC", version="D", release="13A", agency="UN", association="CADL01")


def error(code: str, segment: str, *place: int | None, severity="error") -> Finding:
    """An error at a segment's number, element and component."""
    names = ("segment_position", "element", "component")
    found_at = Where(segment=segment, **dict(zip(names, place, strict=False)))
    return Finding(code=f"SYN-{code}", severity=severity, edifact_code=code, where=found_at)


def subject(*messages: Message, **fields) -> Interchange:
    return Interchange(envelope=ENVELOPE, messages=messages, **fields)


def with_errors(*findings: Finding) -> Message:
    return CUSDEC.model_copy(update={"findings": findings})


def body(interchange: Interchange) -> list[str]:
    """The segments between UNH and UNT."""
    lines = contrl(interchange, HEADER).decode("latin-1").split("'")
    begin = next(number for number, line in enumerate(lines) if line.startswith("UNH"))
    end = next(number for number, line in enumerate(lines) if line.startswith("UNT"))
    return lines[begin + 1 : end]


UCI = "UCI+000042+BROKER1:ZZ+CARM::DUTY??"
UCM = "UCM+1+CUSDEC:D:13A:UN:CADL01"


def test_a_good_interchange_is_acknowledged_with_its_own_references():
    assert body(subject(CUSDEC)) == [f"{UCI}+7"]


def test_an_envelope_in_error_rejects_everything_with_its_first_error():
    first, second = error("28", "UNZ", None, 3), error("29", "UNZ", None, 2)
    rejected = subject(with_errors(error("12", "BGM", 2)), findings=(first, second))
    assert body(rejected) == [f"{UCI}+4+28+UNZ+3"]


def test_an_error_names_the_component_of_the_envelope():
    assert body(subject(findings=(error("23", "UNB", None, 3, 1),))) == [f"{UCI}+4+23+UNB+3:1"]


def test_what_stands_outside_messages_is_not_named_as_a_service_segment():
    assert body(subject(findings=(error("33", "A?B"),))) == [f"{UCI}+4+33"]


def test_a_bad_message_leaves_its_neighbours_acknowledged():
    good = CUSDEC.model_copy(update={"reference": "2"})
    bad = with_errors(error("29", "UNT", 9, 2))
    assert body(subject(bad, good)) == [f"{UCI}+7", f"{UCM}+4+29+UNT+2"]


def test_errors_of_segments_and_elements_stand_at_their_places_in_order():
    bad = with_errors(
        error("12", "LOC", 5, 3, 1),
        error("39", "BGM", 2, 4),
        error("13", "BGM", 2, 3, 2),
        error("15", "XXX", 7),
    )
    assert body(subject(bad)) == [
        f"{UCI}+7",
        f"{UCM}+4",
        "UCS+2",
        "UCD+13+3:2",
        "UCD+39+4",
        "UCS+5",
        "UCD+12+3:1",
        "UCS+7+15",
    ]


def test_the_message_holds_its_first_error_only_and_the_segments_theirs():
    bad = with_errors(error("28", "UNT", 9, 3), error("13", "RFF", 4), error("29", "UNT", 9, 2))
    assert body(subject(bad)) == [f"{UCI}+7", f"{UCM}+4+28+UNT+3", "UCS+4+13"]


def test_messages_in_groups_are_reported_by_their_group():
    bad = with_errors(error("29", "UNT", 9, 2)).model_copy(update={"group": "G2", "group_number": 2})
    good = CUSDEC.model_copy(update={"group": "G1", "group_number": 1})
    group = Group(reference="G2", sender="DEPT", recipient="DUTY", recipient_qualifier="ZZ")
    assert body(subject(good, bad, groups=(Group(reference="G1"), group))) == [
        f"{UCI}+7",
        "UCF+G2+DEPT+DUTY:ZZ+7",
        f"{UCM}+4+29+UNT+2",
    ]


@pytest.mark.parametrize("version", ["3", "4"])
def test_a_bad_group_is_rejected_with_all_that_is_in_it_and_its_neighbours_are_not(version):
    wrong = Group(reference="G1", sender="DEPT", recipient="DUTY", findings=(error("29", "UNE", None, 2),))
    within = with_errors(error("29", "UNT", 9, 2)).model_copy(update={"group": "G1", "group_number": 1})
    beside = CUSDEC.model_copy(update={"group": "G2", "group_number": 2})
    envelope = ENVELOPE.model_copy(update={"syntax_version": version})
    groups = (wrong, Group(reference="G2"))
    interchange = Interchange(envelope=envelope, messages=(within, beside), groups=groups)
    assert body(interchange) == [f"{UCI}+7", "UCF+G1+DEPT+DUTY+4+29+UNE+2"]
    assert [interchange.accepts(message) for message in interchange.messages] == [False, True]


def test_warnings_are_no_business_of_a_contrl():
    warned = with_errors(error("45", "BGM", 2, 4, severity="warning"))
    assert body(subject(warned, findings=(error("22", "UNB", severity="warning"),))) == [f"{UCI}+7"]


def test_an_error_without_a_code_of_the_list_is_unspecified():
    finding = Finding(code="LIM-1", where=Where(segment="UNH", segment_position=1))
    assert body(subject(with_errors(finding))) == [f"{UCI}+7", f"{UCM}+4+18+UNH"]


def test_more_errors_than_a_contrl_holds_are_cut_off():
    many = [error("12", "MOA", position, 2) for position in range(2, 1200)]
    assert sum(line.startswith("UCS") for line in body(subject(with_errors(*many)))) == 999
    dense = [error("12", "MOA", 2, 2, component) for component in range(1, 200)]
    assert sum(line.startswith("UCD") for line in body(subject(with_errors(*dense)))) == 99


@pytest.mark.parametrize("syntax", ["edifact", "xml"])
@pytest.mark.parametrize("test", [True, False])
def test_a_test_is_answered_as_a_test(syntax, test):
    envelope = ENVELOPE.model_copy(update={"test": test, "syntax": syntax})
    payload = contrl(Interchange(envelope=envelope), HEADER)
    if syntax == "edifact":
        (interchange,) = read_edifact(payload)
        assert interchange.envelope is not None
        assert interchange.envelope.test is test
    else:
        assert etree.fromstring(payload).findtext("{*}Header/{*}TestIndicator") == str(test).lower()


def test_references_that_are_too_long_are_still_copied_unchanged():
    envelope = ENVELOPE.model_copy(update={"sender": "B" * 60, "control_reference": "9" * 40})
    assert body(Interchange(envelope=envelope)) == [f"UCI+{'9' * 40}+{'B' * 60}:ZZ+CARM::DUTY??+7"]


def test_what_has_no_envelope_cannot_be_answered():
    with pytest.raises(ValueError, match="nobody to answer"):
        contrl(Interchange(envelope=None), HEADER)


def test_our_own_reader_finds_nothing_wrong_with_it():
    bad = with_errors(error("12", "LOC", 5, 3, 1), error("29", "UNT", 9, 2))
    (interchange,) = read_edifact(contrl(subject(bad), HEADER))
    (message,) = interchange.messages
    assert (message.type, message.version, message.release) == ("CONTRL", "D", "3")
    assert interchange.findings + message.findings == ()


def test_an_interchange_of_xml_is_reported_on_in_xml_with_words():
    unknown = Finding(code="SYN-7", edifact_code="7", found="X", where=Where(xpath="/*/Header/RecipientID"))
    envelope = ENVELOPE.model_copy(update={"syntax": "xml"})
    interchange = Interchange(envelope=envelope, findings=(unknown,))
    report = read_paper(contrl(interchange, HEADER, "fr"))
    assert (report.kind, report.header, report.documents) == ("contrl", HEADER, (interchange,))
    assert describe(unknown, "fr").message in contrl(interchange, HEADER, "fr").decode()


SYNTAX_4 = ENVELOPE.model_copy(
    update={"syntax_version": "4", "sender_internal": "DEPT", "recipient_internal": "DUTIES"}
)


def test_an_interchange_of_syntax_4_is_answered_in_syntax_4_by_contrl_4_1():
    bad = with_errors(error("12", "LOC", 5, 3, 1), error("29", "UNT", 9, 2))
    payload = contrl(Interchange(envelope=SYNTAX_4, messages=(bad,)), HEADER)
    assert payload.decode("latin-1").split("'")[:3] == [
        "UNA:+.?*",
        "UNB+UNOC:4+CARM+BROKER1+20261116:1200+00000000000007",
        "UNH+1+CONTRL:4:1:UN",
    ]
    assert body(Interchange(envelope=SYNTAX_4, messages=(bad,))) == [
        "UCI+000042+BROKER1:ZZ::DEPT+CARM::DUTY??:DUTIES+7",
        f"{UCM}+4+29+UNT+2",
        "UCS+5",
        "UCD+12+3:1",
    ]
    (interchange,) = read_edifact(payload)
    (message,) = interchange.messages
    assert interchange.findings + message.findings == ()


def test_syntax_4_tells_which_occurrence_of_a_repeated_element_is_wrong():
    found_at = Where(segment="FTX", segment_position=5, element=3, component=1, occurrence=2)
    second = Finding(code="SYN-12", edifact_code="12", where=found_at)
    whole = Finding(code="SYN-39", edifact_code="39", where=found_at.model_copy(update={"component": None}))
    for envelope, elements in (
        (ENVELOPE, ["UCD+39+3", "UCD+12+3:1"]),
        (SYNTAX_4, ["UCD+39+3::2", "UCD+12+3:1:2"]),
    ):
        lines = body(Interchange(envelope=envelope, messages=(with_errors(second, whole),)))
        assert lines[2:] == ["UCS+5", *elements]


def test_a_group_of_syntax_4_may_name_no_parties():
    bad = with_errors(error("29", "UNT", 9, 2)).model_copy(update={"group": "G2", "group_number": 1})
    lines = body(Interchange(envelope=SYNTAX_4, messages=(bad,), groups=(Group(reference="G2"),)))
    assert lines[1] == "UCF+G2+++7"


@pytest.mark.parametrize("version", ["3", "4"])
def test_what_contrl_has_no_room_for_is_told_a_level_higher_or_left_out(version):
    envelope = ENVELOPE.model_copy(update={"syntax_version": version, "sender": "B" * 600})
    far = with_errors(
        error("16", "BGM", 2, 2005), error("37", "MOA", 1_000_000, 2), error("16", "DTM", 3, 2, 1000)
    )
    lines = body(Interchange(envelope=envelope, messages=(far,)))
    assert lines[0].startswith(f"UCI+000042+{'B' * 512}:ZZ")
    assert lines[2:] == ["UCS+2+16", "UCS+3", "UCD+16+2"]
