"""Is every page complete in both languages, safe, and usable without seeing it?"""

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from lxml import html
from paper_specimens import LANGUAGES, names, specimen

from outbound.pages import page, place, share
from outbound.told import FIGURES, GROUPS, LINES
from outbound.words import dollars, long_date, money, words
from schemas.acts import CREDIT_KINDS, METHODS
from schemas.findings import Finding, Where
from schemas.registry import STREAMS

ROOM = Path(__file__).parents[2] / "outbound"


@pytest.fixture(params=[(name, language) for name in names() for language in LANGUAGES], ids=str)
def tree(request):
    name, language = request.param
    return html.fromstring(page(specimen(name), language))


def test_every_word_has_both_languages():
    text = tomllib.loads((ROOM / "words.toml").read_text(encoding="utf-8"))
    assert {frozenset(spoken) for spoken in text.values()} == {frozenset(LANGUAGES)}
    assert all(spoken[language].strip() for spoken in text.values() for language in LANGUAGES)


def test_every_word_is_used():
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOM / "templates").glob("*.html"))
    used = set(re.findall(r"\bw\.([\w-]+)", sources))
    used |= set(re.findall(r"\bw\['([\w-]+)'\]", (ROOM / "told.py").read_text(encoding="utf-8")))
    by_name = {"accepted", "rejected", "error", "warning", "customs_duty", "sima", "surtax", "excise_duty"}
    by_name |= {"interest", "penalty"}
    by_name |= {"excise_tax", "gst", "provincial", "value_for_duty", "value_for_tax"}
    by_name |= {f"stream_{stream}" for stream in STREAMS} | {"wire_line", "element", "component"}
    by_name |= {f"act_{kind}" for kinds in GROUPS.values() for kind in kinds} | set(GROUPS)
    by_name |= {f"credit_{kind}" for kind in CREDIT_KINDS} | {f"method_{m}" for m in (*METHODS, "transfer")}
    by_name |= set(FIGURES.values()) | set(LINES.values())
    by_name |= {"interim", "final", "specified", "prescribed", "waived", "reversed"}
    assert set(words("en")) == used - {"get"} | by_name


def test_a_page_names_its_language_and_its_subject(tree):
    assert tree.get("lang") in LANGUAGES
    assert tree.findtext(".//title").strip()
    assert len(tree.findall(".//h1")) == 1


def test_headings_follow_one_another_without_a_gap(tree):
    levels = [int(element.tag[1]) for element in tree.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_cell_can_be_traced_to_its_headings(tree):
    for heading in tree.iter("th"):
        assert heading.get("scope") in {"col", "row"}
        assert heading.text_content().strip()
    for table in tree.iter("table"):
        assert table.find("caption") is not None or table.get("class") == "narrow"


def test_every_row_of_a_table_is_as_wide_as_its_head(tree):
    for table in tree.iter("table"):
        widths = {
            sum(int(cell.get("colspan", 1)) for cell in row if cell.tag in {"td", "th"})
            for row in table.iter("tr")
        }
        assert len(widths) == 1


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(tree):
    for region in tree.iterfind(".//div[@class='scroll']"):
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert region.get("aria-label")


def test_a_page_fetches_nothing_and_runs_nothing(tree):
    assert list(tree.iter("script", "link", "img", "iframe")) == []
    assert "url(" not in tree.findtext(".//style")
    assert "@import" not in tree.findtext(".//style")


def test_what_a_sender_wrote_stays_text():
    found = Finding(code="XML-01", found="<script>alert(1)</script>", where=Where(field="<b>"))
    paper = specimen("answer-rejected").model_copy(update={"findings": (found,), "interchange": '"><i>'})
    text = page(paper, "en")
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_statement_in_credit_asks_for_nothing():
    paper = specimen("statement").model_copy(update={"payable_cents": -500})
    text = html.fromstring(page(paper, "en")).find(".//dl[@class='figures']").text_content()
    assert "($5.00)" in text
    assert "Nothing to pay" in text
    assert "Pay by" not in text


def test_a_statement_of_nothing_says_so():
    empty = {"payable_cents": 0, "opening_items": (), "opening_cents": 0, "parts": (), "brokers": ()}
    text = page(specimen("statement").model_copy(update=empty), "fr")
    assert "Rien à payer" in text
    assert words("fr")["opening_none"] in text


@pytest.mark.parametrize(
    ("cents", "english", "french"),
    [
        (0, "0.00", "0,00"),
        (5, "0.05", "0,05"),
        (123456789, "1,234,567.89", "1\u202f234\u202f567,89"),
        (-123456, "(1,234.56)", "(1\u202f234,56)"),
    ],
)
def test_amounts_are_written_as_accountants_write_them(cents, english, french):
    assert (money(cents, "en"), money(cents, "fr")) == (english, french)


def test_an_amount_that_stands_alone_has_its_sign_of_currency():
    assert (dollars(-100, "en"), dollars(-100, "fr")) == ("($1.00)", "(1,00\u00a0$)")


def test_days_are_written_in_words():
    first = specimen("statement").payment_due
    assert (long_date(first, "en"), long_date(first, "fr")) == ("December 1, 2026", "1er décembre 2026")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Where(), ""),
        (Where(segment="UNB"), "UNB"),
        (Where(line=3, xpath="/A/B", field="office"), "office · ligne 3 · /A/B"),
        (Where(segment="LOC", element=3), "LOC, élément 3"),
    ],
)
def test_a_place_is_said_as_far_as_it_is_known(where, said):
    assert place(where, "fr") == said


@pytest.mark.parametrize(("cents", "total", "percent"), [(1, 3, 33), (-5, 10, 0), (20, 10, 100), (5, 0, 0)])
def test_a_bar_never_leaves_its_frame(cents, total, percent):
    assert share(cents, total) == percent


def test_a_broker_is_not_told_its_own_number_on_every_line():
    assert "Broker 987654324" not in page(specimen("broker-summary"), "en")
    assert "Broker 987654324" in page(specimen("statement"), "en")


def test_every_line_has_a_place_of_its_own(tree):
    named = [element.get("id") for element in tree.iterfind(".//*[@id]")]
    assert len(named) == len(set(named))
    assert all(link.get("href")[1:] in named for link in tree.iterfind(".//a[@href]"))


def test_a_line_leads_to_its_declaration_and_working_where_an_address_is_known():
    text = page(specimen("statement"), "en", links="https://portal.example/")
    assert 'href="https://portal.example/cad/12345000000017/1"' in text
    assert 'href="https://portal.example/cad/12345000000017/1/explanation"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_without_postings_is_told_from_a_lost_notice(language):
    text = page(specimen("daily-notice-nothing"), language)
    assert words(language)["note_nothing"] in text


def test_a_statement_shows_each_act_with_its_working_and_what_it_cleared():
    tree = html.fromstring(page(specimen("statement-acts"), "en"))
    text = " ".join(tree.text_content().split())
    sum_ = "1,234.56 \N{MULTIPLICATION SIGN} 8.6% a year, 7 days = 2.0376182476"
    assert f"2026-11-03 to 2026-11-09: {sum_}" in text
    assert "C336: late: statement/2026-10-25, due November 2, 2026" in text
    assert "waived: penalty/" in text
    assert "moved from December 1, 2026" in text
    assert "Customs bulletin 26-31" in text
    assert "Used464,038.13" in text


def test_what_stands_on_a_statement_adds_up_to_its_total():
    paper = specimen("statement-acts")
    tree = html.fromstring(page(paper, "en"))
    how = tree.find(".//div[@class='side']//table")
    *parts, total = [_cents(row[-1].text_content()) for row in how.iter("tr")]
    assert sum(parts) == total == paper.payable_cents
    for table in tree.xpath("//table[contains(@class, 'lines')]"):
        if "total" in [body.get("class") for body in table.iterfind("tbody")]:
            *lines, end = [_cents(row[-1].text_content()) for row in table.iterfind("tbody/tr")]
            assert sum(lines) == end


def _cents(text: str) -> int:
    """Read an amount as a page writes it in English."""
    digits = re.sub(r"[^0-9]", "", text)
    return -int(digits) if "(" in text else int(digits)
