"""Rulings from the command line: what waits, what was said, and why something cannot be ruled on."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner

import parsers
from cadline.cli import cadline
from cadline.errors import Refused
from cadline.sample_days import SAMPLE_DAYS, sample_days
from parsers.edifact import write_interchange
from schemas.cad import ChangeReason
from schemas.papers import Header

NUMBER = "9010126000000100002"
NOTED = ("--by", "M. Tremblay", "--why", "documents seen")
AFTER_PAYMENT = "2026-04-02T15:00:00Z"
REASON = ChangeReason(code="R5-00-COT", pointer="1", explanation="counted again")


@pytest.fixture
def run(played_url, tmp_path):
    """Run a verb on the sample days, behind whose payment due date an adjustment has been filed."""

    def invoke(*arguments):
        command = [*arguments, "--database", played_url, "--clock", AFTER_PAYMENT]
        return CliRunner().invoke(cadline, command, env={"CADLINE_TABLES": str(SAMPLE_DAYS / "tables")})

    first = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[0].cad
    assert first is not None
    line = first.lines[0]
    change = first.model_copy(
        update={
            "version": 2,
            "function": "change",
            "reasons": (REASON,),
            "invoices": tuple(each.model_copy(update={"total": None}) for each in first.invoices),
            "lines": (line.model_copy(update={"value": line.value + Decimal(100)}), *first.lines[1:]),
        }
    )
    prepared = datetime(2026, 4, 2, 15, tzinfo=UTC)
    header = Header(sender="AGATECB", recipient="CARM", control_reference="LATER", prepared=prepared)
    file = tmp_path / "adjustment.edi"
    file.write_bytes(write_interchange("cusdec_d13a", header, [change]))
    assert invoke("submit", str(file)).exit_code == 0
    assert invoke("run", "--until-idle").exit_code == 0
    return invoke


def refusal(result):
    assert isinstance(result.exception, Refused)
    return str(result.exception)


def test_what_waits_is_listed_until_it_is_ruled_on(run):
    (waiting,) = map(json.loads, run("adjustments", "list", "--json").output.splitlines())
    assert waiting["number"] == NUMBER
    ruled = run("adjustments", "approve", NUMBER, "--json", *NOTED)
    assert json.loads(ruled.output) == {"number": NUMBER, "ruling": "approved"}
    assert run("adjustments", "list").output == "nothing waits\n"
    assert run("adjustments", "approve", NUMBER, *NOTED).output == f"{NUMBER} approved\n"


def test_a_ruling_stands(run):
    run("adjustments", "refuse", NUMBER, *NOTED)
    said = refusal(run("adjustments", "approve", NUMBER, *NOTED))
    assert said == (f"{NUMBER} was refused by M. Tremblay on 2026-04-02; a ruling stands; waiting: none")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("123", "123 is no printed number"),
        ("9010126000000100001", "does not wait"),
        ("x" * 19, "is no printed"),
    ],
)
def test_any_other_number_is_told_what_waits(run, number, said):
    message = refusal(run("adjustments", "approve", number, *NOTED))
    assert said in message
    assert message.endswith(f"; waiting: {NUMBER}")
