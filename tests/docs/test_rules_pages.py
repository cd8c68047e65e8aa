"""Do the pages of the error dictionary show every rule, alone and without anything from elsewhere?"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from lxml import html

DOCS = Path(__file__).parents[2] / "docs"
RULES: list[dict[str, Any]] = json.loads((DOCS / "rules.json").read_text(encoding="utf-8"))
REQUIREMENTS = tomllib.loads((DOCS / "generator" / "requirements.toml").read_text(encoding="utf-8"))
OTHERS = ("syntax", "xml", "assess", "payments")
"""The groups of rules that do not look at a declaration before it is assessed."""

PAGES = {language: DOCS / f"rules.{language}.html" for language in ("en", "fr")}


@pytest.fixture(params=PAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(language: str) -> Any:
    return html.fromstring(PAGES[language].read_bytes())


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_every_rule_is_told_in_the_words_that_its_answer_has(page: Any, language: str) -> None:
    articles = {each.get("id"): plain(each.text_content()) for each in page.iter("article")}
    assert list(articles) == [rule["id"] for rule in RULES]
    for rule in RULES:
        text = articles[rule["id"]]
        assert rule["since"] in text
        assert plain(rule["source"]) in text
        if rule["example"] and "message" in rule["example"]:
            assert plain(rule["example"]["message"][language]) in text
            assert plain(rule["example"]["remedy"][language]) in text


def test_wrong_and_right_stand_side_by_side(page: Any) -> None:
    rows = page.xpath("//article[@id='INV-006']//tbody/tr")
    assert [[plain(cell.text_content()) for cell in row] for row in rows] == [
        ["invoices[0].currency", "EURO", "EUR"]
    ]


def test_every_example_says_where_it_stands(page: Any) -> None:
    assert all(head.text_content().strip() for head in page.xpath("//tbody//th"))


def test_every_rule_on_declarations_stands_beside_what_it_holds() -> None:
    named = {rule for each in REQUIREMENTS["requirements"] for rule in each["rules"]}
    assert {rule["id"] for rule in RULES if rule["group"] not in OTHERS} <= named
    assert named <= {rule["id"] for rule in RULES}


def test_nothing_is_left_to_be_filled_in(page: Any) -> None:
    for article in page.iter("article"):
        assert not re.findall(r"\{\w+\}", article.text_content())


def test_ids_are_unique_and_links_lead_somewhere(page: Any) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = page.xpath("//a/@href")
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert all((DOCS / link).exists() for link in links if not link.startswith("#"))


def test_nothing_is_fetched_from_elsewhere(page: Any, language: str) -> None:
    assert page.xpath("//link | //*[@src] | //iframe") == []
    assert not re.search(r"https?://|@import|url\(", PAGES[language].read_text(encoding="utf-8"))


def test_page_and_controls_have_names(page: Any, language: str) -> None:
    assert page.get("lang") == language
    for control in page.xpath("//input | //select"):
        assert control.xpath("ancestor::label")
    assert page.xpath("//th[not(@scope)]") == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_a_rule_has_an_example_of_wrong_and_right(rule: dict[str, Any]) -> None:
    wrong, right = rule["example"]["wrong"], rule["example"]["right"]
    assert wrong
    assert wrong != right
