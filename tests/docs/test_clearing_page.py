"""Does the page on clearing tell the truth? Its examples are run; it names every order of the table."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from accounting.strategies import strategies
from cadline.cli import cadline

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clearing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"<!-- run -->\n```console\n\$ cadline ((?:[^\n]*\\\n)*[^\n]*\n)(.*?)```", PAGE, re.DOTALL
)


def test_there_is_an_example_of_every_order():
    told = "".join(output for _, output in EXAMPLES)
    assert [name for name in strategies() if f"by the order {name}:" not in told] == []


@pytest.mark.parametrize(("command", "expected"), EXAMPLES)
def test_an_example_says_what_it_says(command, expected):
    assert CliRunner().invoke(cadline, shlex.split(command.replace("\\\n", ""))).output == expected


def test_every_order_stands_in_the_table_with_its_days():
    for each in strategies().values():
        assert f"| `{each.name}` |" in PAGE
