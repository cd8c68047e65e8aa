"""Interest and penalties from the command line, and history from before the book."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cadline.cli import cadline

IMPORTER = "123456782RM0001"
OPENING = f"""account,reference,type,amount,due,arose,explanation
{IMPORTER},OLD-1,gst,10000.00,2026-03-31,2026-03-03,unpaid B3 of March
"""
WHO = ["--by", "A. Officer", "--why", "clean-up"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CADLINE_CLOCK", "2026-04-18T15:00:00Z")
    monkeypatch.setenv("CADLINE_TABLES", str(tmp_path / "tables"))


def call(line: str, *more: str) -> Result:
    return CliRunner().invoke(cadline, [*line.split(), *more])


def said(line: str, *more: str) -> dict[str, object]:
    result = call(line, *more, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output)
    return found


def by_hand(amount: str, percent: str, days: int, days_of_year: int = 365) -> Decimal:
    """Compound interest day by day, rounded to the cent at the end."""
    balance = Decimal(amount)
    for _ in range(days):
        balance += balance * Decimal(percent) / 100 / days_of_year
    return (balance - Decimal(amount)).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


BY_MONTH = "--accounting-date 2026-03-16 --interest-rule accounting-month"
MONTHLY = "--due 2026-03-31 --basis specified --method monthly --prescribed 3"

# line of options, rate of a day, days, kind
SUMS = [
    ("--due 2026-03-31 --to 2026-04-30 --rate 2026Q2=2.6", "8.6", 30, "interim"),
    ("--due 2026-03-31 --paid-on 2026-04-01 --rate 2026Q2=2.6", "8.6", 1, "final"),
    ("--due 2026-03-31 --paid-on 2026-03-31 --rate 2026Q2=2.6", "8.6", 0, "final"),
    ("--due 2026-03-31 --to 2026-04-30 --mean 2026Q2=2.55", "8.6", 30, "interim"),
    ("--due 2026-03-31 --to 2026-04-30 --mean 2026Q2=2.549", "8.5", 30, "interim"),
    ("--due 2026-03-31 --to 2026-04-30 --prescribed 2.6 --basis prescribed", "2.6", 30, "interim"),
    ("--due 2026-03-31 --paid-on 2026-04-30 --prescribed 2.6 --extended-to 2026-04-30", "2.6", 30, "final"),
    ("--due 2026-03-31 --paid-on 2026-04-30 --prescribed 2.6 --extended-to 2026-04-29", "8.6", 30, "final"),
    ("--release-date 2026-03-17 --to 2026-04-30 --prescribed 2.6", "8.6", 30, "interim"),
    (f"--release-date 2026-03-12 {BY_MONTH} --to 2026-05-11 --prescribed 2.6", "8.6", 10, "interim"),
    ("--served 2026-04-01 --paid-on 2026-05-01 --prescribed 2.6", "2.6", 0, "final"),
    ("--served 2026-04-01 --paid-on 2026-05-02 --prescribed 2.6", "2.6", 31, "final"),
    ("--applied 2026-01-01 --to 2026-04-01 --prescribed 2.6", "2.6", 0, "interim"),
    ("--applied 2026-01-01 --to 2026-04-10 --prescribed 2.6", "2.6", 9, "interim"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "percent", "days", "kind"), SUMS)
def test_a_sum_is_what_a_reckoning_by_hand_gives(options: str, percent: str, days: int, kind: str) -> None:
    found = said(f"interest calculate --amount 12,345.67 {options}")
    assert (found["days"], found["kind"]) == (days, kind)
    assert Decimal(str(found["interest"])) == by_hand("12345.67", percent, days)
    assert found["interest_cents"] == int(Decimal(str(found["interest"])) * 100)


def test_the_monthly_method_counts_months_and_parts_of_months() -> None:
    line = "interest calculate --amount 10000 --due 2026-03-31 --method monthly --mean 2026Q2=4.25"
    # 4.25 / 12 = 0.354..., to the nearest tenth 0.4 % a month.
    assert said(f"{line} --to 2026-04-01")["interest"] == "40.00"
    assert said(f"{line} --to 2026-04-30")["interest"] == "40.00"
    assert said(f"{line} --to 2026-05-01")["interest"] == "80.00"
    assert said(f"{line} --to 2026-05-31 --payment 2026-04-30=5000")["interest"] == "60.00"


def test_a_part_payment_counts_from_the_day_after() -> None:
    found = said(
        "interest calculate --amount 10000 --due 2026-03-31 --paid-on 2026-04-15 --prescribed 2.6 "
        "--payment 2026-04-07=4000.00"
    )
    # 10,000.00 for 7 days: 16.50481344; 6,016.50481344 for 8 days: 11.35005609.
    assert found["interest"] == "27.85"
    spans = found["spans"]
    assert isinstance(spans, list)
    assert [(span["days"], span["balance"]) for span in spans] == [
        (7, "10000.00000000"),
        (8, "6016.50481344"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--amount 100 --to 2026-04-30", "say from when with one of --due, --release-date"),
        ("--amount 100 --due 2026-03-31 --served 2026-03-31", "2 are given"),
        ("--amount -100 --due 2026-03-31 --prescribed 3", "above nothing"),
        ("--amount 1e5 --due 2026-03-31", "write dollars with a point"),
        ("--amount 100 --due 31/03/2026", "write it as 2026-03-31"),
        ("--amount 100 --due 2026-03-31 --rate 2026=3", "write such as 2026Q2"),
        (
            "--amount 100 --due 2026-03-31 --basis specified --method monthly --prescribed 3",
            "prescribed rate only",
        ),
    ],
)
def test_wrong_use_is_explained(line: str, message: str) -> None:
    result = call(f"interest calculate {line}")
    assert result.exit_code == 2
    assert message in result.output


def test_an_unknown_rate_says_how_to_supply_it() -> None:
    result = call("interest calculate --amount 100 --due 2026-03-31 --to 2026-04-30")
    assert "no rate of interest is known for 2026-04-01" in str(result.exception)


def test_rates_are_imported_beside_those_that_are_known(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("quarter,mean_yield_pct,source\n2026Q2,2.55,auctions\nQ9,x,\n", encoding="utf-8")
    refused = str(call("interest rates import", str(file)).exception)
    assert [column in refused for column in ("column quarter", "column source", "column mean_yield_pct")] == [
        True
    ] * 3
    file.write_text("quarter,mean_yield_pct,source\n2026Q2,2.55,auctions\n", encoding="utf-8")
    assert call("interest rates import", str(file)).exit_code == 0
    listed = [json.loads(line) for line in call("interest rates list --json").output.splitlines()]
    assert [rate["quarter"] for rate in listed] == ["2018Q3", "2021Q4", "2026Q2"]
    assert (listed[-1]["prescribed_percent"], listed[-1]["specified_percent"]) == ("2.6", "8.6")
    assert (listed[-1]["since"], listed[-1]["until"]) == ("2026-04-01", "2026-06-30")


def test_an_opening_debt_is_charged_listed_and_waived(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(OPENING, encoding="utf-8")
    (tmp_path / "rates.csv").write_text("quarter,prescribed_pct,source\n2026Q2,2.6,x\n", encoding="utf-8")
    assert said("opening import old.csv --dry-run", *WHO)["new"] == 1
    assert call("opening list").output == ""
    assert said("opening import old.csv --total 10000", *WHO)["new"] == 1
    assert said("opening import old.csv", *WHO)["known"] == 1
    assert said("opening list")["explanation"] == "unpaid B3 of March"
    assert call("interest run --day 2026-04-17").exit_code == 1
    assert call("interest rates import rates.csv").exit_code == 0
    key = f"interest/{IMPORTER}/OLD-1/2026-04-17"
    assert said("interest run --day 2026-04-17")["posted"] == [key]
    assert said("interest run --day 2026-04-17")["posted"] == []
    found = said(f"interest list --account {IMPORTER}")
    assert (found["cents"], found["days"], found["basis"]) == (4013, 17, "specified")
    assert said(f"interest waive {key} --amount 0.13", *WHO)["cents"] == -13
    assert call(f"penalties reverse {key}", *WHO).exit_code == 1
    assert said(f"interest allow --account {IMPORTER} --reference OLD-1", *WHO)["basis"] == "prescribed"
    assert call("ledger verify").exit_code == 0
    assert call("audit verify").exit_code == 0


def test_a_wrong_control_total_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(OPENING, encoding="utf-8")
    result = call("opening import old.csv --total 9999", *WHO)
    assert result.exit_code == 1
    assert "not to the control total 9999.00" in result.output
    assert call("opening list").output == ""


RELIEF = "release-2-transition-"

# options, code, cents, relief
PENALTIES = [
    ("--release-date 2026-03-16 --accounted 2026-03-23 --value 5000", None, 0, ""),
    ("--release-date 2026-03-16 --accounted 2026-03-24 --value 5000", "C288", 10_000, ""),
    ("--release-date 2026-03-16 --accounted 2026-04-24 --value 3300", None, 0, ""),
    ("--release-date 2026-03-16 --accounted 2026-04-25 --value 3300", "C292", 10_000, ""),
    ("--stream clvs --release-date 2026-03-16 --accounted 2026-04-25 --value 100", "C330", 10_000, ""),
    (
        "--release-date 2024-12-02 --accounted 2024-12-20 --value 5000",
        "C288",
        0,
        "release-2-transition-accounting",
    ),
    ("--payment-due 2026-03-31 --paid 2026-03-31", None, 0, ""),
    ("--payment-due 2026-03-31 --paid 2026-04-01", "C336", 20_000, ""),
    ("--payment-due 2026-03-31", "C336", 20_000, ""),
    ("--payment-due 2025-03-03 --paid 2025-04-01", "C336", 0, f"{RELIEF}payment"),
    ("--payment-due 2019-03-29 --paid 2019-04-02", "C336", 10_000, ""),
]


@pytest.mark.parametrize(("options", "code", "cents", "relief"), PENALTIES)
def test_penalties(options: str, code: str | None, cents: int, relief: str) -> None:
    found = said(f"penalties calculate {options}")
    assert found["penalty"] == code
    assert (found.get("due_cents", 0), found.get("relief", "")) == (cents, relief)


def test_penalties_say_what_they_need() -> None:
    assert "say --release-date" in call("penalties calculate").output
    assert "needs --value" in call("penalties calculate --release-date 2026-03-16").output


def test_a_late_statement_is_penalised_listed_and_waived(tmp_path: Path) -> None:
    opening = OPENING.replace("2026-03-31,2026-03-03", "2026-05-01,2026-03-03")
    (tmp_path / "old.csv").write_text(opening, encoding="utf-8")
    assert said("opening import old.csv", *WHO)["new"] == 1
    key = f"penalty/C336/{IMPORTER}/2026-04-25"
    assert said("penalties run --day 2026-05-02")["posted"] == [key]
    assert said("penalties run --day 2026-05-02")["posted"] == []
    listed = said(f"penalties list --account {IMPORTER} --code c336")
    assert (listed["key"], listed["state"], listed["open_cents"]) == (key, "raised", 20_000)
    assert (listed["day"], listed["on"]) == ("2026-05-01", "statement/2026-04-25")
    assert said(f"penalties waive {key}", *WHO)["cents"] == -20_000
    assert said(f"penalties waive {key}", *WHO)["cents"] == -20_000
    again = call(f"penalties reverse {key}", *WHO)
    assert (again.exit_code, "it was waived by A. Officer" in again.output) == (1, True)
    after = said("penalties list")
    assert (after["state"], after["open_cents"]) == ("waived", 0)
    notes = [json.loads(line)["act"] for line in call("audit list --json").output.splitlines()]
    assert notes == ["opening", "waived charge"]
    assert call("ledger verify").exit_code == 0
