"""Does the page on assessment tell the truth? Its example is run; the files and orders it names exist."""

import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from cadline.commands.calculate import calculate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "assessment.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"<!-- run -->\n```console\n\$ cadline calculate (.*?)\n(.*?)```", re.DOTALL)


def test_the_example_says_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = EXAMPLE.search(PAGE)
    assert found is not None
    arguments, expected = found.groups()
    assert CliRunner().invoke(calculate, arguments.split()).output == expected


def test_every_table_that_is_shipped_is_named():
    for folder in ("schemas/rates", "schemas/tariff"):
        for path in (ROOT / folder).iterdir():
            assert path.suffix == ".py" or path.is_dir() or path.name in PAGE, path.name


def test_every_surtax_order_is_named():
    orders = (ROOT / "schemas" / "rates" / "surtax_orders.toml").read_text(encoding="utf-8")
    for order in tomllib.loads(orders):
        assert f"| {order} |" in PAGE
