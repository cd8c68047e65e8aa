import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cadline.commands.calendar import calendar


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves are looked for in the ledger of the working folder."""
    monkeypatch.chdir(tmp_path)


def test_json_has_the_six_dates_and_every_start_of_interest() -> None:
    result = CliRunner().invoke(calendar, ["--stream", "clvs", "--release-date", "2025-01-31", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "accounting_due": "2025-02-24",
        "period_start": "2025-01-01",
        "period_end": "2025-01-31",
        "statement_date": "2025-02-25",
        "payment_due": "2025-03-03",
        "interest_from": "2025-03-04",
        "interest_from_by_rule": {
            "payment-due": "2025-03-04",
            "accounting-month": "2025-04-01",
            "accounting-period": "2025-04-01",
        },
    }


def test_people_get_words_and_weekdays() -> None:
    result = CliRunner().invoke(calendar, ["--release-date", "2026-03-17"])
    assert "pay by                     Tue 2026-03-31" in result.output


def test_the_interest_rule_can_be_chosen() -> None:
    line = "--release-date 2026-03-12 --accounting-date 2026-03-16 --interest-rule accounting-month --json"
    result = CliRunner().invoke(calendar, line.split())
    assert json.loads(result.output)["interest_from"] == "2026-05-02"


def test_wrong_use_exits_2_and_says_what_was_expected() -> None:
    for line in ("--release-date 2026-02-30", "--release-date 17/03/2026", "", "--stream rpp"):
        result = CliRunner().invoke(calendar, line.split())
        assert result.exit_code == 2
        assert "Error:" in result.output


# case, stream, released, accounted, limit; account by, pay by
CASES = [
    ("low-value", "csa1", "2026-03-17", None, None, "2026-04-24", "2026-05-01"),
    ("low-value", "csa2", "2026-03-17", None, None, "2026-04-24", "2026-03-31"),
    # Accounted in March: 17 April is a Friday, and the tenth weekday after it 1 May.
    ("deficient", "commercial", "2026-03-16", "2026-03-20", None, "2026-05-01", "2026-05-01"),
    # Accounted in April, but 23 March was the last day permitted: the earlier one counts.
    ("deficient", "commercial", "2026-03-16", "2026-04-20", None, "2026-05-01", "2026-05-01"),
    ("deficient", "commercial", "2026-03-16", "2026-04-20", "2026-06-30", "2026-05-29", "2026-05-29"),
]


@pytest.mark.parametrize(("case", "stream", "released", "accounted", "limit", "account_by", "pay_by"), CASES)
def test_goods_that_are_billed_otherwise(  # noqa: PLR0913, PLR0917 - the columns of a table
    case: str,
    stream: str,
    released: str,
    accounted: str | None,
    limit: str | None,
    account_by: str,
    pay_by: str,
) -> None:
    line = ["--case", case, "--stream", stream, "--release-date", released, "--json"]
    line += ["--accounting-date", accounted] if accounted else []
    line += ["--accounting-limit", limit] if limit else []
    result = CliRunner().invoke(calendar, line)
    found = json.loads(result.output)
    assert (found["accounting_due"], found["payment_due"]) == (account_by, pay_by)


def test_a_stream_without_the_case_is_told_which_have_it() -> None:
    result = CliRunner().invoke(
        calendar, ["--case", "low-value", "--stream", "clvs", "--release-date", "2026-03-17"]
    )
    assert result.exit_code == 2
    assert "of csa1, csa2 only" in result.output


MOVE = ["override", "add", "--due", "2026-03-31", "--to", "2026-04-07", "--source", "Bulletin 5420"]
WHO = ["--by", "A. Operator", "--why", "portal outage"]


def test_a_due_date_that_was_moved_is_shown_with_its_bulletin() -> None:
    assert CliRunner().invoke(calendar, [*MOVE, *WHO, "--since", "2026-03-28"]).exit_code == 0
    found = json.loads(CliRunner().invoke(calendar, ["--release-date", "2026-03-17", "--json"]).output)
    assert (found["payment_due"], found["moved_from"]) == ("2026-04-07", "2026-03-31")
    assert found["moved_by"] == "Bulletin 5420: portal outage"
    assert found["interest_from"] == "2026-04-08"
    other = json.loads(CliRunner().invoke(calendar, ["--release-date", "2026-03-18", "--json"]).output)
    assert "moved_from" not in other


def test_a_move_is_taken_in_once_and_a_later_one_stands() -> None:
    first = CliRunner().invoke(calendar, [*MOVE, *WHO, "--since", "2026-03-28"])
    again = CliRunner().invoke(calendar, [*MOVE, *WHO, "--since", "2026-03-28"])
    assert "5 new, 0 known already" in first.output
    assert "0 new, 5 known already" in again.output
    later = [*MOVE[:5], "2026-04-14", *MOVE[6:]]
    assert CliRunner().invoke(calendar, [*later, *WHO, "--since", "2026-03-28"]).exit_code == 1
    assert CliRunner().invoke(calendar, [*later, *WHO, "--since", "2026-04-06"]).exit_code == 0
    found = json.loads(CliRunner().invoke(calendar, ["--release-date", "2026-03-17", "--json"]).output)
    assert found["payment_due"] == "2026-04-14"


def test_a_file_of_moves_is_refused_whole_with_every_fault(tmp_path: Path) -> None:
    file = tmp_path / "moves.csv"
    file.write_text(
        "stream,due,moved_to,since,source,reason\n"
        "rail,2026-03-31,2026-04-07,2026-03-28,Bulletin 1,\n"
        "commercial,31/03/2026,2026-04-07,2026-03-28,,\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(calendar, ["override", "import", str(file), *WHO])
    assert result.exit_code != 0
    assert str(result.exception).count("moves.csv line") == 3
    good = "stream,due,moved_to,since,source,reason\nctc,2026-03-31,2026-04-07,2026-03-28,Bulletin 1,\n"
    file.write_text(good, encoding="utf-8")
    assert "1 new" in CliRunner().invoke(calendar, ["override", "import", str(file), *WHO]).output
    listed = CliRunner().invoke(calendar, ["override", "list", "--json"])
    assert json.loads(listed.output)["moved_to"] == "2026-04-07"
