"""Do the examples of the error dictionary hold? The wrong one breaks its rule, the right one does not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from assess_cases import shipped_tables

from accounting.assess import assess
from schemas.cad import Declaration

SPECIMENS = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "assessment" / "specimens.json").read_text(encoding="utf-8")
)
STEP = re.compile(r"\.?([\w-]+)|\[(\d+)\]")


def codes(*patches: dict[str, Any]) -> set[str]:
    """Return what the assessor says of the clean declaration with patches: values by path."""
    cad = json.loads(json.dumps(SPECIMENS["clean"]))
    for path, value in (each for patch in patches for each in patch.items()):
        *way, last = [int(index) if index else name for name, index in STEP.findall(path)]
        place = cad
        for step in way:
            place = place[step]
        place[last] = value
    assessment = assess(Declaration.model_validate(cad), shipped_tables())
    return {finding.code for finding in assessment.findings}


def test_the_clean_declaration_has_no_findings() -> None:
    assert codes() == set()


@pytest.mark.parametrize("rule_id", SPECIMENS["rules"])
def test_wrong_breaks_the_rule_and_right_does_not(rule_id: str) -> None:
    specimen = SPECIMENS["rules"][rule_id]
    assert rule_id in codes(specimen["given"], specimen["wrong"])
    assert rule_id not in codes(specimen["given"], specimen["right"])
