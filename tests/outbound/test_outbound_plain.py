"""Do the JSON and CSV forms add up, and are they safe to open in a spreadsheet?"""

import csv
import io
import json
from decimal import Decimal

import paper_values as values
import pytest
from hypothesis import given
from paper_specimens import specimen

from outbound.plain import ANSWER_COLUMNS, MOVEMENT_COLUMNS, as_csv, as_json
from schemas.assessment import BILLED
from schemas.findings import Finding
from schemas.papers import Answer, BrokerSummary, DailyNotice, Statement


def read(payload: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(payload.decode(), newline="")))


@given(values.DAILY_NOTICES | values.STATEMENTS | values.BROKER_SUMMARIES)
def test_the_rows_carry_every_movement_with_its_charges(paper):
    rows = [row for row in read(as_csv(paper, "en")) if row["row"] == "declaration"]
    match paper:
        case DailyNotice():
            groups = paper.sections
        case Statement():
            groups = paper.parts
        case BrokerSummary():
            groups = paper.clients
    movements = [movement for group in groups for movement in group.movements]
    assert [Decimal(row["total"]).scaleb(2) for row in rows] == [movement.cents for movement in movements]
    for row in rows:
        charges = (Decimal(row[charge] or 0) for charge in BILLED)
        assert sum(charges) == Decimal(row["total"])


def test_the_rows_of_a_statement_add_up_to_what_is_payable():
    paper = specimen("statement")
    rows = read(as_csv(paper, "en"))
    assert sum(Decimal(row["total"]) for row in rows).scaleb(2) == paper.payable_cents


def test_an_answer_has_its_findings_and_its_lines():
    rows = read(as_csv(specimen("answer-accepted"), "en"))
    assert [row["row"] for row in rows] == ["finding", "line", "line", "line"]


@pytest.mark.parametrize("name", ["statement", "answer-rejected"])
def test_columns_are_the_same_in_both_languages(name):
    heads = {as_csv(specimen(name), language).split(b"\r\n")[0].decode() for language in ("en", "fr")}
    columns = ANSWER_COLUMNS if name.startswith("answer") else MOVEMENT_COLUMNS
    assert heads == {",".join(columns)}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_of_a_sender_becomes_a_formula(text):
    paper = Answer(
        interchange="1",
        message="1",
        transaction_number="12345000000017",
        version=1,
        verdict="rejected",
        findings=(Finding(code="XML-01", found=text),),
    )
    assert read(as_csv(paper, "en"))[0]["found"] == f"'{text}"


def test_json_says_findings_in_words_and_everything_else_as_it_is():
    paper = specimen("answer-rejected")
    content = json.loads(as_json(paper, "fr"))
    first = content["findings"][0]
    assert first["code"] == "IMP-001"
    assert "chiffre de contrôle" in first["message"]
    for found in content["findings"]:
        del found["message"], found["remedy"]
    assert Answer.model_validate(content | {"language": "en"}) == paper
