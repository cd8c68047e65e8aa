"""Do our own readers read what we write, and find the value again from which it was written?"""

import paper_values as values
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_readback import read_back
from paper_specimens import HEADER, names, specimen

from outbound import documents
from outbound.pages import page
from outbound.plain import as_csv, as_json
from outbound.render import render
from parsers.edifact import write_interchange
from parsers.xml import read_paper
from schemas.papers import Answer, Paper


def as_carried(paper: Paper) -> Paper:
    """What EDIFACT carries of a paper: an answer's working and the further words of findings stay behind."""
    if not isinstance(paper, Answer):
        return paper
    findings = tuple(found.model_copy(update={"values": {}}) for found in paper.findings)
    assessment = paper.assessment and paper.assessment.model_copy(
        update={
            "lines": tuple(line.model_copy(update={"explanation": ()}) for line in paper.assessment.lines)
        }
    )
    return paper.model_copy(update={"findings": findings, "assessment": assessment})


@pytest.mark.parametrize("name", names())
def test_a_specimen_in_edifact_says_what_the_paper_says(name):
    paper = specimen(name)
    assert read_back(render(paper, HEADER, "edifact", "en")) == as_carried(paper)


@pytest.mark.parametrize("name", names())
def test_a_specimen_in_xml_keeps_its_schema_and_says_what_the_paper_says(name):
    paper = specimen(name)
    interchange = read_paper(render(paper, HEADER, "xml", "en"))
    assert (interchange.header, interchange.documents) == (HEADER, (paper,))


@pytest.mark.parametrize("name", ["Smith +", "Smith:"])
def test_a_name_that_ends_with_a_separator_is_carried_whole(name):
    paper = specimen("daily-notice").model_copy(update={"name": name})
    assert read_back(render(paper, HEADER, "edifact", "en")) == paper


@given(values.PAPERS)
@settings(deadline=None, max_examples=50)
def test_any_paper_in_edifact_says_what_the_paper_says(paper):
    language = paper.language if isinstance(paper, Answer) else "en"
    assert read_back(render(paper, HEADER, "edifact", language)) == paper


@given(values.PAPERS.filter(lambda paper: not isinstance(paper, Answer)))
@settings(deadline=None, max_examples=50)
def test_any_paper_in_xml_keeps_its_schema_and_says_what_the_paper_says(paper):
    assert read_paper(render(paper, HEADER, "xml", "en")).documents == (paper,)


@given(values.PAPERS, values.LANGUAGES)
@settings(deadline=None, max_examples=50)
def test_any_paper_has_a_page_and_plain_forms(paper, language):
    assert page(paper, language).endswith("</html>")
    assert as_json(paper, language)
    assert as_csv(paper, language)


def test_an_answer_of_more_lines_than_a_group_holds_is_whole_again():
    paper = specimen("answer-accepted")
    assert paper.kind == "answer"
    assert paper.assessment is not None
    first = paper.assessment.lines[1]
    lines = tuple(first.model_copy(update={"line": number}) for number in range(1, 10_002))
    long = paper.model_copy(update={"assessment": paper.assessment.model_copy(update={"lines": lines})})
    assert read_back(render(long, HEADER, "edifact", "en")) == as_carried(long)


@given(values.STATEMENTS, st.integers(1, 12))
@settings(deadline=None, max_examples=50)
def test_a_long_statement_goes_out_in_parts_and_is_whole_again(paper, rows_max):
    parts = documents.statement(paper, rows_max)
    assert read_back(write_interchange("statac_d13a", HEADER, parts)) == paper
    assert all(len(part["rows"]) <= max(rows_max, 60) for part in parts)  # a row and its seven charges


@given(values.STATEMENTS, st.integers(1, 12))
def test_the_sums_of_the_parts_are_the_sum_of_the_statement(paper, rows_max):
    moved = sum(movement.cents for part in paper.parts for movement in part.movements)
    opened = sum(item.cents for item in paper.opening_items)
    acted = sum(activity.cents for activity in paper.activities)
    assert sum(part["part_cents"] for part in documents.statement(paper, rows_max)) == moved + opened + acted
