"""A preliminary statement says what the issued one would say now; it leaves no trace and draws no number."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from cadline.cli import cadline
from cadline.database import engine_of, reading
from cadline.errors import Refused
from ingest import tables
from outbound.tables import outbox, paper_number
from schemas.money import dollars

ACCOUNT = "999002017RM0001"
NOW = "2026-03-20T12:00:00Z"


def ask(database: str, *queries):
    engine = engine_of(database)
    with reading(engine) as connection:
        found = [connection.execute(query).all() for query in queries]
    engine.dispose()
    return found


def preliminary(database: str, *arguments: str, day: str = "2026-03-25", account: str = ACCOUNT) -> str:
    options = ["--date", day, "--preliminary", "--account", account, "--database", database, "--clock", NOW]
    result = CliRunner().invoke(cadline, ["statements", *options, *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_it_says_what_the_issued_statement_says_but_for_number_and_day_of_issue(played_url):
    for day in ("2026-03-25", "2026-04-25"):
        key = f"statement/{ACCOUNT}/{day}"
        [[issued]] = ask(played_url, select(tables.paper.c.content).where(tables.paper.c.key == key))
        shown = json.loads(preliminary(played_url, "--json", day=day))
        assert (shown["number"], shown["issued"]) == (0, "2026-03-20")
        assert shown | {"number": 0, "issued": ""} == json.loads(issued.content) | {"number": 0, "issued": ""}


def test_nothing_is_stored_and_no_number_is_drawn(played_url):
    tables_asked = [
        select(func.count()).select_from(tables.paper),
        select(func.count()).select_from(outbox),
        select(func.count()).select_from(tables.closed_day),
        select(paper_number).order_by(paper_number.c.kind, paper_number.c.subject),
    ]
    before = ask(played_url, *tables_asked)
    for form in ("text", "json", "html"):
        preliminary(played_url, "--format", form)
        preliminary(played_url, "--format", form, day="2026-05-25")
    assert ask(played_url, *tables_asked) == before


def test_the_next_statement_opens_with_what_is_unpaid(played_url):
    shown = json.loads(preliminary(played_url, "--json", day="2026-05-25"))
    assert shown["parts"] == []
    assert shown["opening_cents"] == shown["payable_cents"] == sum(i["cents"] for i in shown["opening_items"])
    assert shown["opening_items"]


def test_the_page_says_that_it_was_not_issued(played_url):
    english = preliminary(played_url, "--format", "html")
    assert "This statement has not been issued" in english
    assert "As of" in english
    assert "<title>Statement of account preliminary" in english
    assert "pas été émis" in preliminary(played_url, "--format", "html", "--language", "fr")


def test_the_lines_add_up(played_url):
    shown = json.loads(preliminary(played_url, "--json"))
    lines = preliminary(played_url).splitlines()
    assert lines[0] == "Statement of account, preliminary, as of 2026-03-20"
    amounts = [line.split()[-1] for line in lines if line.startswith("  9010")]
    total = dollars(shown["payable_cents"])
    assert str(sum(map(Decimal, amounts))) == total
    assert lines[-1].split() == ["TOTAL", "PAYABLE", total]


def test_what_makes_no_sense_is_refused_in_words(played_url):
    with pytest.raises(Refused, match="issued on 2026-03-25, not on 2026-03-24"):
        preliminary(played_url, day="2026-03-24")
    with pytest.raises(Refused, match="is no account in the registry"):
        preliminary(played_url, account="123456782RM0001")
    result = CliRunner().invoke(cadline, ["statements", "--date", "2026-03-25", "--account", ACCOUNT])
    assert result.exit_code == 2
    assert "go together" in result.output
