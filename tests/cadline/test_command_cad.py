import json

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.errors import Refused

CHANGED = "90101260000005"


@pytest.fixture
def show(played_file):
    def invoke(*arguments):
        command = ["cad", "show", *arguments, "--database", f"sqlite:///{played_file}"]
        return CliRunner().invoke(cadline, command)

    return invoke


def test_the_timeline_names_every_paper_that_carries_a_version(show):
    output = show(CHANGED, "--version", "1").output
    assert output.startswith(f"{CHANGED}00001  accepted  importer 999002025RM0001\n")
    for words in (
        "received      interchange 26031601 of AGATECB, message 5, edifact",
        "acknowledged  CONTRL to AGATECB under 00000000000001, delivered 2026-03-16T13:00:00Z, 2026",
        "answered      answer to AGATECB under 00000000000006",
        f"posted        cad/{CHANGED}/1 in 999002025RM0001, statement 2026-03-25, due 2026-03-31",
        "owes 3542.51 (customs_duty 1193.48, gst 2349.03)",
        "the same bytes again; the first answers went out once more",
        "reported      daily notice 1 of 2026-03-16 for 999002025RM0001 to AGATECB under",
        "reported      statement of account 1 of 2026-03-25 for 999002025RM0001",
        "reported      broker summary 1 of 2026-03-16 for 999001019",
    ):
        assert words in output
    assert f"{CHANGED}00002" not in output


def test_the_printed_number_shows_its_version_and_what_it_changed(show):
    output = show(f"{CHANGED}00002", "--diff").output
    assert output.startswith(f"{CHANGED}00002  accepted")
    assert f"changes 45.24 (gst 45.24) against cad/{CHANGED}/1" in output
    assert "Version 00002 against 00001\n  header: function: original -> change\n" in output
    assert "  line 1: value: 2262.66 -> 2828.32\n" in output


def test_a_rejected_version_says_why_in_the_language_asked_for(show):
    english, french = show("9010326000000700004"), show("9010326000000700004", "--language", "fr")
    assert "error CHG-003: Version 00004 does not follow" in english.output
    assert "error CHG-003: " in french.output
    assert "does not follow" not in french.output


def test_every_decision_names_the_tables_that_it_read(show):
    courses = json.loads(show("90103260000007", "--json").output)["courses"]
    decided = [step for course in courses for step in course["steps"] if step["stage"] == "decided"]
    assert {step["verdict"] for step in decided} == {"accepted", "rejected"}
    assert all(step["tables"].startswith("codes:") for step in decided)


def test_the_same_bytes_get_the_first_answer_again(show):
    (first, *_) = json.loads(show(CHANGED, "--json").output)["courses"]
    repeats = [step for step in first["steps"] if step.get("repeat")]
    (answered,) = [step for step in first["steps"] if step["stage"] == "answered"]
    assert len(answered["delivered"]) == 1 + len(repeats)


def test_the_json_form_holds_steps_and_changes(show):
    told = json.loads(show(CHANGED, "--diff", "--json").output)
    assert [course["version"] for course in told["courses"]] == [1, 2]
    steps = told["courses"][1]["steps"]
    assert [step["stage"] for step in steps][:5] == [
        "received",
        "acknowledged",
        "decided",
        "answered",
        "posted",
    ]
    assert steps[4]["changes"] == {"gst": 4524}
    (compared,) = told["changes"]
    assert (compared["version"], compared["before"]) == (2, 1)
    assert {
        "part": "line",
        "number": "1",
        "field": "value",
        "before": "2262.66",
        "after": "2828.32",
    } in compared["fields"]


def test_findings_are_in_words_in_the_json_form_too(show):
    (course,) = json.loads(show("9010326000000700004", "--json").output)["courses"]
    (decided,) = [step for step in course["steps"] if step["stage"] == "decided"]
    finding = next(found for found in decided["findings"] if found["code"] == "CHG-003")
    assert finding["message"].startswith("Version 00004 does not follow")
    assert finding["remedy"]


def test_what_nobody_filed_is_refused_with_what_there_is(show):
    unknown, version = show("90101269999999"), show(CHANGED, "--version", "7")
    assert isinstance(unknown.exception, Refused)
    assert "none at all" in str(unknown.exception)
    assert "versions of 90101260000005: 00001, 00002" in str(version.exception)


def test_a_number_of_other_length_is_wrong_use(show):
    result = show("901")
    assert result.exit_code == 2
    assert "14 digits, or 19 with the version" in result.output
