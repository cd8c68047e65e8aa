import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from accounting import ledger as book
from accounting.calendar import billing_dates
from cadline.commands.account import account
from cadline.commands.db import db
from cadline.commands.ledger import ledger
from cadline.database import engine_of, upgrade
from cadline.errors import Refused
from schemas.book import Entry, Posting

ACCOUNT = "123456782RM0001"
RELEASED = date(2026, 3, 16)
ENTRY = Entry(
    key="cad/12345000000017/1",
    kind="declaration",
    party=ACCOUNT,
    transaction_number="12345000000017",
    version=1,
    stream="commercial",
    release_date=RELEASED,
    event_day=RELEASED,
    posted_at=datetime(2026, 3, 17, 15, 30, tzinfo=UTC),
    dates=billing_dates("commercial", RELEASED),
    postings=(),
)


def run(*arguments: str, url: str) -> tuple[int, str]:
    result = CliRunner().invoke(ledger, [*arguments, "--database", url])
    return result.exit_code, result.output


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A book with one declaration that owes 12.34 of GST."""
    engine = engine_of(sqlite_url)
    upgrade(engine)
    postings = (Posting(account="receivable.gst", cents=1234), Posting(account="revenue.gst", cents=-1234))
    with engine.begin() as connection:
        owed = ENTRY.model_copy(update={"postings": postings})
        book.post(connection, [owed])
    engine.dispose()
    return sqlite_url


def test_balance(url: str) -> None:
    code, output = run("balance", ACCOUNT, "--json", url=url)
    assert (code, json.loads(output)) == (
        0,
        {
            "account": ACCOUNT,
            "balances_cents": {"receivable.gst": 1234, "revenue.gst": -1234},
            "receivable_cents": 1234,
        },
    )
    assert run("balance", ACCOUNT, url=url)[1].splitlines()[-1].split() == ["owed", "12.34"]
    assert run("balance", ACCOUNT, "--as-of", "2026-03-17T15:29:59Z", url=url)[1].split() == ["owed", "0.00"]


def test_an_instant_without_a_zone_is_wrong_use(url: str) -> None:
    code, output = run("balance", ACCOUNT, "--as-of", "2026-03-17T15:29:59", url=url)
    assert code == 2
    assert "names no zone" in output


def test_trial_balance(url: str) -> None:
    code, output = run("trial-balance", url=url)
    assert code == 0
    assert output.splitlines()[-1].split() == ["sum", "0.00"]
    assert json.loads(run("trial-balance", "--json", url=url)[1])["sum_cents"] == 0


def test_entries(url: str) -> None:
    code, output = run("entries", url=url)
    assert (code, output.split()) == (
        0,
        ["2026-03-17", "15:30Z", ACCOUNT, "cad/12345000000017/1", "12.34"],
    )
    assert run("entries", "--since", "2026-03-18", url=url) == (0, "")
    assert json.loads(run("entries", "--account", ACCOUNT, "--json", url=url)[1])["key"] == ENTRY.key


def test_verify_proves_or_exits_1(url: str) -> None:
    engine = engine_of(url)
    # The entry's receivable has no open item: `verify` must not pass over it.
    assert run("verify", url=url)[0] == 1
    with engine.begin() as connection:
        connection.execute(text("UPDATE chain SET balances = '{}'"))
    code, output = run("verify", "--json", url=url)
    engine.dispose()
    found = {problem["invariant"] for problem in json.loads(output)["problems"]}
    assert (code, found) == (1, {"items", "balance"})


def test_a_new_book_holds(sqlite_url: str) -> None:
    assert run("verify", url=sqlite_url) == (0, "The book holds.\n")


def test_db_upgrade_can_run_again(sqlite_url: str) -> None:
    for _ in range(2):
        result = CliRunner().invoke(db, ["upgrade", "--database", sqlite_url])
        assert result.exit_code == 0
        assert "newest form" in result.output


def test_export_and_import(url: str, tmp_path: Path) -> None:
    folder, other = tmp_path / "book", f"sqlite:///{tmp_path / 'other.sqlite'}"
    code, output = run("export", "--to", str(folder), url=url)
    assert (code, output.split()[:2]) == (0, ["1", "entries.jsonl"])
    assert (folder / "auditor.py").is_file()
    assert run("import", str(folder), url=other) == (0, "1 entries are in the book.\n")
    assert run("entries", "--json", url=other) == run("entries", "--json", url=url)
    refused = CliRunner().invoke(ledger, ["import", str(folder), "--database", other])
    assert isinstance(refused.exception, Refused)
    assert "holds entries already" in str(refused.exception)


def test_account_show(url: str) -> None:
    result = CliRunner().invoke(account, ["show", ACCOUNT, "--database", url])
    assert result.exit_code == 0
    # The entry's receivable has no open item, so nothing is open.
    assert result.output.splitlines()[-1].split() == ["owed", "0.00"]
    told = CliRunner().invoke(account, ["show", ACCOUNT, "--json", "--database", url])
    assert json.loads(told.output)["owed_cents"] == 0
