"""`cadline assess`: declarations as EDIFACT, XML and JSON; what if; exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cadline.commands.assess import assess
from cadline.errors import CadlineError

DECLARATION: dict[str, Any] = {
    "transaction_number": "12345000000017",
    "version": 1,
    "function": "original",
    "type": "AB",
    "importer": {"identifier": "123456782RM0001"},
    "release_date": "2026-03-02",
    "invoices": [{"number": "1", "currency": "CAD", "direct_shipment": "2026-02-20"}],
    "lines": [
        {
            "number": 1,
            "invoice": "1",
            "classification": "8703800090",
            "origin": "CN",
            "treatment": "2",
            "value": "40000.00",
            "declared": {"customs_duty_cents": 244_000, "gst_cents": 1},
        }
    ],
}


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cad.json"
    path.write_text(json.dumps(DECLARATION), encoding="utf-8")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(assess, arguments)


def test_a_declaration_as_json(file):
    result = run(str(file), "--json")
    answer = json.loads(result.output)
    (line,) = answer["lines"]
    assert result.exit_code == 0
    assert answer["transaction_number"] == "12345000000017"
    assert (line["customs_duty_cents"], line["surtax_cents"], line["gst_cents"]) == (244_000, 0, 212_200)
    assert line["declared"] == {"customs_duty_cents": 244_000, "gst_cents": 1}
    assert [finding["code"] for finding in line["findings"]] == ["ASM-080"]
    assert answer["totals"]["total_cents"] == line["total_cents"] == 456_200


def test_what_if_the_goods_had_been_released_earlier(file):
    answer = json.loads(run(str(file), "--as-of", "2026-02-28", "--json").output)
    assert answer["lines"][0]["surtax_cents"] == 4_000_000


def test_the_text_shows_the_working_and_the_declared_amount(file):
    said = run(str(file), "--explain").output
    assert "customs duty: 40000.00 * 6.1% = 2440.00" in said
    assert "GST                        2122.00   declared 0.01" in said


def test_several_declarations_are_an_object_a_line(file):
    file.write_text(json.dumps([DECLARATION, DECLARATION | {"release_date": None}]), encoding="utf-8")
    result = run(str(file), "--json")
    good, bad = (json.loads(line) for line in result.output.splitlines())
    assert result.exit_code == 1
    assert good["totals"]["customs_duty_cents"] == 244_000
    assert bad["totals"]["customs_duty_cents"] is None
    assert bad["lines"][0]["findings"][0]["code"] == "ASM-006"


@pytest.mark.parametrize("text", ["{}", "[1]"])
def test_json_that_is_no_declaration_is_wrong_use(file, text):
    file.write_text(text, encoding="utf-8")
    assert isinstance(run(str(file)).exception, CadlineError)


@pytest.mark.parametrize("text", ["", "UNB+UNOA:2", "<CAD/>"])
def test_what_holds_no_declaration_says_why(file, text):
    file.write_text(text, encoding="utf-8")
    result = run(str(file), "--json")
    answer = json.loads(result.output.splitlines()[0])
    assert result.exit_code == 1
    assert answer["lines"] == []
    assert answer["findings"][0]["message"]
