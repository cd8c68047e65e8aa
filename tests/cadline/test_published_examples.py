"""Do we work out what published examples say? They stand, with their sources, in fixtures/assessment."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cadline.calculator import Calculation, Goods
from schemas.tables import load_tables

PUBLISHED = Path(__file__).parents[2] / "fixtures" / "assessment" / "published.toml"
EXAMPLES: list[dict[str, Any]] = tomllib.loads(PUBLISHED.read_text(encoding="utf-8"))["example"]
TARIFF = """\
hs10,from,until,edition,uom,MFN,mfn_status,pref_status,description
0000000000,2021-04-01,,EXAMPLE,,{rate},,,the goods of the example
"""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["source"])
def test_a_published_example(example, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in example.get("tables", {}).items():
        (tmp_path / name).write_text(text.lstrip(), encoding="utf-8")
    tariff = None
    if "tariff" in example:
        tariff = tmp_path / "tariff.csv"
        tariff.write_text(TARIFF.format(rate=example["tariff"]), encoding="utf-8")
    goods = Goods(**{"classification": "0000.00.00.00", **example["goods"]})
    (line,) = Calculation([goods], load_tables(tmp_path, tariff), "en").as_json()["lines"]
    assert {key: line[key] for key in example["expected"]} == example["expected"]
    assert line["findings"] == []
