import json

from click.testing import CliRunner

from cadline.commands.calendar import calendar


def test_json_has_the_six_dates() -> None:
    result = CliRunner().invoke(calendar, ["--stream", "clvs", "--release-date", "2025-01-31", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "accounting_due": "2025-02-24",
        "period_start": "2025-01-01",
        "period_end": "2025-01-31",
        "statement_date": "2025-02-25",
        "payment_due": "2025-03-03",
        "interest_from": "2025-03-04",
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
