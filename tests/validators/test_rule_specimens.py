"""Does every rule find what it is for, in these words, and nothing in a clean declaration?"""

import pytest
from rule_specimens import clean, findings_of, golden, read_specimen, specimen_ids

from validators.rules import RULES


def test_every_rule_has_a_specimen_and_every_specimen_a_rule() -> None:
    assert specimen_ids() == sorted(RULES)


@pytest.mark.parametrize("name", ["release", "change", "courier"])
def test_a_clean_declaration_has_no_findings(name: str) -> None:
    assert findings_of(clean(name)) == ()


@pytest.mark.parametrize("rule_id", specimen_ids())
def test_a_specimen_breaks_its_rule(rule_id: str) -> None:
    assert rule_id in {finding["code"] for finding in read_specimen(rule_id)["findings"]}


@pytest.mark.parametrize("rule_id", specimen_ids())
def test_findings_and_words_are_those_of_the_golden(rule_id: str) -> None:
    specimen = read_specimen(rule_id)
    assert golden(specimen) == specimen
