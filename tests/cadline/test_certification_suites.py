"""Are the shipped suites whole, and is a broken one refused with words that help?"""

import re
from pathlib import Path
from shutil import copytree

import pytest

from cadline.certification.coverage import coverage
from cadline.certification.errors import SuiteError
from cadline.certification.library import SHIPPED, Library

GROUP = """title = { en = "One", fr = "Un" }

[[scenario]]
id = "A-1"
title = { en = "First", fr = "Premier" }
requirements = ["CAD-GOODS"]

[[scenario.steps]]
do = "send"
messages = [{ cad = "release" }]

[[scenario.steps]]
do = "expect-answer"
verdict = "accepted"

[[scenario]]
id = "A-2"
title = { en = "Second", fr = "Deuxième" }
requirements = ["CAD-GOODS"]
needs = ["A-1"]

[[scenario.steps]]
do = "send"
messages = [{ cad = "release", patch = { "lines[0].origin" = "QQ" } }]

[[scenario.steps]]
do = "expect-answer"
verdict = "rejected"
"""
SUITE = """title = { en = "Mine", fr = "La mienne" }
version = "1"
clock = 2026-03-17T14:00:00Z
sender = "NORTHSTAR"
groups = ["one"]
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with one small suite, `mine`, beside the shipped declarations and people."""
    copied = tmp_path / "suites"
    copytree(SHIPPED, copied, ignore=lambda _where, names: [name for name in names if name in SUITES])
    (copied / "mine").mkdir()
    (copied / "mine" / "suite.toml").write_text(SUITE, encoding="utf-8")
    (copied / "mine" / "one.toml").write_text(GROUP, encoding="utf-8")
    return copied


SUITES = {"cad", "daily-notice", "statement", "broker-summary"}


def test_the_suites_hold_what_was_promised():
    library = Library()
    assert set(library.names()) >= SUITES
    assert sum(len(suite.scenarios) for suite in library.suites()) >= 150
    ids = {group.id for group in library.suite("cad").groups}
    assert {"positive", "corrections", "adjustments", "duplicates", "volume", "calendar"} <= ids
    assert {scenario.syntax for scenario in library.suite("cad").scenarios} == {"edifact", "xml"}


def test_every_reject_rule_has_a_scenario_or_a_reason():
    library = Library()
    covered = coverage(library, library.suites())
    assert (covered.uncovered_rules, covered.uncovered_requirements, covered.idle_exemptions) == ((), (), ())


def test_a_rule_without_a_scenario_is_named(folder):
    library = Library(folder)
    assert "HDR-013" in coverage(library, library.suites()).uncovered_rules


def test_a_small_suite_is_read(folder):
    suite = Library(folder).suite("mine")
    assert [scenario.id for scenario in suite.scenarios] == ["A-1", "A-2"]
    assert len(suite.digest) == 64


def test_the_digest_changes_with_what_is_expected(folder):
    before = Library(folder).suite("mine").digest
    file = folder / "mine" / "one.toml"
    file.write_text(GROUP.replace('"rejected"', '"accepted"'), encoding="utf-8")
    assert Library(folder).suite("mine").digest != before


BROKEN = {
    "not toml": (GROUP.replace('do = "send"', "do = send", 1), 9, "not TOML", "Mend that line"),
    "an unknown step": (GROUP.replace('do = "send"', 'do = "sned"', 1), 8, "sned", "do"),
    "no such key": (GROUP.replace("verdict", "verdikt", 1), 14, "verdikt", "name"),
    "a missing key": (GROUP.replace('verdict = "accepted"\n', ""), 12, "verdict", "Add the key"),
    "a wrong value": (GROUP.replace('"accepted"', '"perhaps"', 1), 14, "perhaps", "Mend the value"),
    "no such declaration": (GROUP.replace('"release" }', '"nobody" }', 1), 10, "there is no nobody", "decl"),
    "no such requirement": (
        GROUP.replace('"CAD-GOODS"', '"CAD-GODS"', 1),
        6,
        "CAD-GODS",
        "requirements.toml",
    ),
    "no such rule": (
        GROUP.replace(
            'requirements = ["CAD-GOODS"]\nneeds', 'rules = ["HDR-999"]\nrequirements = ["CAD-GOODS"]\nneeds'
        ),
        19,
        "HDR-999",
        "RULES.md",
    ),
    "an id twice": (
        GROUP.replace('"A-2"', '"A-1"').replace('needs = ["A-1"]', ""),
        None,
        "comes twice",
        "own id",
    ),
    "a scenario that expects nothing": (
        GROUP.replace('do = "expect-answer"\nverdict = "accepted"\n', 'do = "close"\nday = 2026-03-17\n'),
        None,
        "expects nothing",
        "expect-answer",
    ),
    "a need that comes later": (
        GROUP.replace('needs = ["A-1"]', 'needs = ["A-9"]'),
        None,
        "A-9",
        "Put it first",
    ),
}


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_broken_file_is_refused_with_its_place_and_a_remedy(folder, case):
    text, line, what, remedy = BROKEN[case]
    (folder / "mine" / "one.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError) as refused:
        Library(folder).suite("mine")
    said = str(refused.value)
    assert re.search(r"one\.toml" + (f":{line}:" if line else ""), said), said
    assert what in said
    assert remedy in said


def test_a_group_that_is_not_there_is_named(folder):
    (folder / "mine" / "suite.toml").write_text(SUITE.replace('"one"', '"two"'), encoding="utf-8")
    with pytest.raises(SuiteError, match=r"two\.toml.*cannot be read"):
        Library(folder).suite("mine")


def test_a_broken_declaration_is_named_with_its_line(folder):
    file = folder / "declarations.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("version = 1", 'version = "one"', 1), encoding="utf-8")
    with pytest.raises(SuiteError, match=r"declarations\.toml:\d+: release"):
        Library(folder).suite("mine")


def test_the_package_carries_the_suites():
    assert Path(SHIPPED).resolve().parts[-2:] == ("fixtures", "certification")
    assert "cadline" in SHIPPED.parts
