import json

from click.testing import CliRunner
from sqlalchemy import text

from cadline.cli import cadline
from cadline.database import engine_of


def run(url, *arguments):
    return CliRunner().invoke(cadline, ["verify", "answers", *arguments, "--database", url])


def test_the_sample_days_are_answered(played_url):
    result = run(played_url)
    assert result.exit_code == 0, result.output
    assert "        85  messages that carry a declaration\n        85  answers\n" in result.output
    assert result.output.endswith("Everything has exactly one answer, and no number is missing.\n")


def test_an_answer_that_is_gone_is_an_exception_and_exits_1(played_url):
    engine = engine_of(played_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM delivery"))
        connection.execute(text("DELETE FROM outbox WHERE kind = 'answer' AND subject = '90101260000013'"))
    engine.dispose()
    result = run(played_url, "--json")
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert (told["holds"], told["counts"]["answers"]) == (False, 84)
    assert told["problems"] == [
        {
            "invariant": "answered",
            "where": "AGATECB/CARM/26031701 message 3",
            "message": "has no answer; decided: rejected",
        }
    ]
    assert run(played_url).output.endswith("Not everything is answered: 1 exceptions.\n")
