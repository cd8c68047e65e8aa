"""Is every fault named by its code and its place? The gallery: broken interchanges and their findings."""

import json
from pathlib import Path

import pytest

import parsers
from schemas.envelope import Interchange
from schemas.findings import Finding, describe
from schemas.rules import all_rules

GALLERY = Path(__file__).parents[2] / "fixtures" / "gallery"
SPECIMENS = sorted(GALLERY.glob("edifact-*.edi"))
ALONE = (2, 12, 13, 14, 15, 16, 20, 21, 22, 26, 28, 29, 30, 32, 33, 35, 36, 37, 39, 40, 45, 46, 47)
"""The 0085 codes that a reader alone can find; 7, 17, 23, 24, 25 need a partner, 48 a dependency note."""


def read(specimen: Path) -> list[Interchange]:
    return parsers.read(specimen.read_bytes())


def findings(interchanges: list[Interchange]) -> list[Finding]:
    return [finding for interchange in interchanges for finding in interchange.every_finding()]


def shown(finding: Finding) -> dict[str, object]:
    """Return a finding as the gallery writes it."""
    where = finding.where
    values = {
        "code": finding.code,
        "severity": finding.severity,
        "edifact_code": finding.edifact_code,
        "segment": where.segment,
        "position": where.segment_position,
        "element": where.element,
        "component": where.component,
        "found": finding.found,
        "expected": finding.expected,
    }
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.stem)
def test_a_specimen_has_the_findings_beside_it(specimen: Path) -> None:
    expected = json.loads(specimen.with_suffix(".json").read_text(encoding="utf-8"))
    assert [shown(finding) for finding in findings(read(specimen))] == expected["findings"]


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.stem)
def test_a_specimen_is_accepted_or_refused_as_its_name_says(specimen: Path) -> None:
    interchanges = read(specimen)
    accepted = all(
        i.accepted and all(g.accepted for g in i.groups) and all(m.accepted for m in i.messages)
        for i in interchanges
    )
    assert accepted == specimen.stem.startswith("edifact-ok-")
    if accepted:
        assert all(message.cad for i in interchanges for message in i.messages)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.stem)
def test_a_refused_specimen_bears_the_code_of_its_name(specimen: Path) -> None:
    code = specimen.stem.split("-")[1]
    errors = [f for f in findings(read(specimen)) if f.severity == "error"]
    if code != "ok":
        assert int(code) in {int(f.edifact_code or 0) for f in errors}


def test_every_code_has_a_specimen() -> None:
    named = {int(path.stem.split("-")[1]) for path in SPECIMENS if "-ok-" not in path.stem}
    assert named >= set(ALONE)


def test_every_finding_can_be_said_in_both_languages() -> None:
    for specimen in SPECIMENS:
        for finding in findings(read(specimen)):
            assert describe(finding, "en").message
            assert describe(finding, "fr").remedy


def test_every_syntax_rule_names_its_source() -> None:
    rules = [rule for rule in all_rules().values() if rule.group == "syntax"]
    assert rules
    assert all(rule.source for rule in rules)
