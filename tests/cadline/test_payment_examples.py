"""Does each example of the rules of payments break its rule on the wrong side, and not on the right one?"""

import json
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from schemas.rules import all_rules

ROOT = Path(__file__).parents[2]
FILES = ROOT / "fixtures" / "payments"
EXAMPLES = tomllib.loads((FILES / "examples.toml").read_text("utf-8"))


@pytest.fixture
def run(sqlite_url, monkeypatch):
    monkeypatch.chdir(ROOT)
    environment = {"CADLINE_DATABASE": sqlite_url, "CADLINE_CLOCK": "2026-03-18T18:00:00Z"}

    def invoke(command):
        name, *words = shlex.split(command)
        assert name == "cadline"
        return CliRunner().invoke(cadline, words, env=environment)

    assert invoke("cadline registry import fixtures/demo/registry").exit_code == 0
    return invoke


def importing(example, side, folder):
    """Return the command that brings a shipped file with one side of an example in it."""
    text = (FILES / example["file"]).read_text("utf-8")
    held = [example[each].strip() for each in ("wrong", "right") if example[each].strip() in text]
    assert len(held) == 1
    file = folder / example["file"]
    file.write_text(text.replace(held[0], example[side].strip()), "utf-8")
    return f"cadline payments import {file}"


def test_every_rule_of_payments_has_one():
    assert list(EXAMPLES) == [rule.id for rule in all_rules().values() if rule.group == "payments"]


@pytest.mark.parametrize("side", ["wrong", "right"])
@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_wrong_side_breaks_the_rule_and_the_right_one_does_not(run, tmp_path, rule, side):
    example = EXAMPLES[rule]
    for command in example.get("before", ()):
        assert run(command).exit_code == 0
    command = importing(example, side, tmp_path) if "file" in example else example[side]
    result = run(f"{command} --json")
    findings = [each for line in result.output.splitlines() for each in json.loads(line).get("findings", ())]
    broken = {finding["code"]: finding["severity"] for finding in findings}
    if side == "wrong":
        severity = all_rules()[rule].severity
        assert broken[rule] == severity
        assert result.exit_code == (1 if severity == "error" else 0)
    else:
        assert rule not in broken
        assert result.exit_code == 0
