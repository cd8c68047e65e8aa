"""Are the rules as data complete: source, evidence, both languages, no rejection on a guess?"""

import re
import string

import pytest

from schemas.rules import Rule, all_rules, rule_text

RULES = tuple(all_rules().values())


def by_id(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_that_is_only_inferred_never_rejects(rule: Rule) -> None:
    assert rule.evidence != "inferred" or rule.severity == "warning"


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_names_its_source(rule: Rule) -> None:
    assert rule.source.strip()


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_speaks_both_languages(rule: Rule) -> None:
    for words in (rule.message, rule.remedy):
        assert set(words) == {"en", "fr"}
        assert all(text.strip() and text.strip() == text for text in words.values())
        assert words["en"] != words["fr"]


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_both_languages_name_the_same_values(rule: Rule) -> None:
    for words in (rule.message, rule.remedy):
        assert placeholders(words["en"]) == placeholders(words["fr"])


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_french_is_set_as_french(rule: Rule) -> None:
    for text in (rule.message["fr"], rule.remedy["fr"]):
        assert "“" not in text
        assert not re.search(r"[^\s][:;!?] ", text.replace(";", "")), text


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_the_words_fit_into_the_character_set_of_our_edifact(rule: Rule) -> None:
    for words in (rule.message, rule.remedy):
        for text in words.values():
            assert text.encode("iso-8859-1")


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_ends_no_earlier_than_it_begins(rule: Rule) -> None:
    assert rule.until is None or rule.since <= rule.until
    assert not rule.holds_on(rule.since.replace(year=rule.since.year - 1))
    assert rule.holds_on(rule.since)


def test_an_unknown_rule_has_no_words() -> None:
    with pytest.raises(KeyError):
        rule_text("NOT-001", "en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
