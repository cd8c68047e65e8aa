"""`cadline security`: every verb on the sample days, by its JSON; refusals tell every reason, exit code 1."""

import json

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.errors import Refused

ORCHARD, MAPLE = "999002017RM0001", "999002082RM0001"
NOTED = ("--by", "Ann", "--why", "e-bond received")
AGREED = ("--form", "agreement", "--provider", "Example Surety", "--from", "2026-01-01")


@pytest.fixture
def run(played_url):
    def invoke(*arguments, clock="2026-03-19T15:00:00Z"):
        command = ["security", *arguments, "--database", played_url, "--clock", clock]
        return CliRunner().invoke(cadline, command)

    return invoke


@pytest.fixture
def tell(run):
    """The objects that a verb prints with --json."""

    def objects(*arguments, **named):
        result = run(*arguments, "--json", **named)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.output.splitlines()]

    return objects


def add(run, name="SB-1", holder=ORCHARD, amount="5000", *more):
    return run("add", name, "--holder", holder, "--amount", amount, *AGREED, *more, *NOTED)


@pytest.mark.parametrize(
    ("monthly", "deposit", "agreement"),
    [
        ("0,0", 0, 0),
        ("1200.00,3400.50", 500_000, 500_000),
        ("12345.67", 1_234_567, 617_284),
        ("30000000", 1_000_000_000, 1_000_000_000),
    ],
)
def test_required_from_amounts_by_form(tell, monthly, deposit, agreement):
    found = {each["form"]: each["required_cents"] for each in tell("require", "--monthly", monthly)}
    assert found == {"deposit": deposit, "agreement": agreement}


def test_required_from_the_book_names_the_billing_periods(tell):
    (found,) = tell("require", "--account", ORCHARD, "--form", "deposit", "--on", "2026-03-19")
    assert [month["last_day"] for month in found["months"]] == ["2026-03-17"]
    assert found["highest_cents"] == max(month["cents"] for month in found["months"])
    assert found["required_cents"] == max(500_000, found["highest_cents"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("require",), "give either amounts or --account"),
        (("require", "--monthly", "1,x,y"), "'x', 'y': expected dollars"),
        (("require", "--monthly", ",".join(["1"] * 13)), "twelve months at most"),
        (("require", "--account", "123"), "no program account"),
        (("demand",), "name an instrument, or give --amount and --from"),
        (
            ("demand", "--amount", "1", "--from", "2026-01-01", "--debt", "x"),
            "'x': expected days and dollars",
        ),
    ],
)
def test_wrong_use_says_what_is_expected(run, arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_review_of_an_account_takes_what_is_in_force(run, tell):
    add(run)
    (found,) = tell("review", "--account", ORCHARD, "--on", "2027-01-16")
    required = found["requirement"]["required_cents"]
    assert (found["year"], found["requirement"]["form"], found["held_cents"]) == (2026, "agreement", 500_000)
    assert (found["status"], found["increase_cents"]) == ("suspended", required - 500_000)
    run("change", "SB-1", "--amount", str(required // 100 + 1), "--since", "2027-01-10", *NOTED)
    (met,) = tell("review", "--account", ORCHARD, "--on", "2027-01-16")
    assert (met["status"], met["held_cents"], met["suspended_from"]) == ("met", 500_000, None)
    (early,) = tell("review", "--account", ORCHARD, "--year", "2026", "--form", "deposit")
    assert (early["status"], early["is_notified"]) == ("not yet", False)


def test_the_life_of_an_agreement(run, tell):
    assert add(run).exit_code == 0
    assert add(run).exit_code == 0
    other = add(run, "SB-1", ORCHARD, "6000")
    assert (other.exit_code, "other content" in other.output) == (1, True)
    run("change", "SB-1", "--amount", "9000", "--since", "2026-03-19", *NOTED)
    run("terminate", "SB-1", "--noticed", "2026-03-20", *NOTED)
    (shown,) = tell("show", "SB-1")
    assert [(each["step"], each["amount_cents"]) for each in shown["versions"]] == [
        ("given", 500_000),
        ("changed", 900_000),
        ("terminated", 900_000),
    ]
    assert shown["valid_until"] == "2026-04-19"
    assert [each["id"] for each in tell("list", "--on", "2026-04-19")] == ["SB-1"]
    assert tell("list", "--on", "2026-04-20") == []
    (found,) = tell("demand", "SB-1", "--on", "2026-04-01")
    assert found["demand_by"] == "2027-04-19"
    assert found["cents"] == min(found["owed_cents"], 900_000) > 0
    collect = ("collect", "SB-1", "--amount", "1000", "--reference", "EFT-1", "--on", "2026-04-10", *NOTED)
    assert [run(*collect).exit_code for _ in range(2)] == [0, 0]
    (used,) = tell("utilisation", "--account", ORCHARD)
    assert used["credits_cents"] == 100_000
    assert used["security_cents"] == 900_000  # lowered from 10 April only
    assert used["outstanding_cents"] == used["receivable_cents"] - 100_000


def test_refusals_in_json_name_every_fault(run):
    result = run("add", "x y", "--holder", ORCHARD, "--amount", "0", *AGREED, *NOTED, "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["stored"], len(told["faults"])) == (1, False, 2)
    assert run("show", "NONE").exit_code == 1


def test_a_file_is_taken_in_whole_or_not_at_all(run, tell, tmp_path):
    header = "id,form,holder,amount,valid_from,provider,shares\n"
    good = f"SB-1,agreement,{ORCHARD},5000.00,2026-01-01,Example Surety,\n"
    shared = f"SB-2,agreement,{MAPLE[:9]},6000,2026-01-01,Example Surety,{MAPLE}=6000\n"
    money = f"DEP-1,deposit,{ORCHARD},100.50,2026-01-01,,\n"
    file = tmp_path / "security.csv"
    file.write_text(header + good + "SB-9,bond,x,1.234,2026-13-01,,A\n" + good)
    result = run("import", str(file), *NOTED)
    assert result.exit_code == 1
    for words in ("line 3, column form", "column amount", "column valid_from", "column shares", "line 4"):
        assert words in result.output
    file.write_text(header + good + f"SB-9,agreement,{ORCHARD},1,2026-01-01,,\n")
    assert (
        "security.csv line 3: SB-9: an agreement names its provider"
        in run("import", str(file), *NOTED).output
    )
    file.write_text(header + good + shared + money)
    assert tell("import", str(file), "--dry-run", *NOTED) == [{"instruments": 3, "new": 3, "stored": False}]
    assert tell("list") == []
    assert tell("import", str(file), *NOTED) == [{"instruments": 3, "new": 3, "stored": True}]
    assert tell("import", str(file), *NOTED) == [{"instruments": 3, "new": 0, "stored": True}]
    assert [each["amount_cents"] for each in tell("list")] == [10_050, 500_000, 600_000]


def test_a_deposit_is_raised_and_released(run, tell):
    deposit = ("--form", "deposit", "--from", "2026-03-01", "--holder", "999002017RM0001")
    run("add", "DEP-1", *deposit, "--amount", "100000", *NOTED)
    (raised,) = tell("change", "DEP-1", "--amount", "120000", *NOTED)
    assert (raised["amount_cents"], raised["moved_cents"]) == (12_000_000, 2_000_000)
    (left,) = tell("release", "DEP-1", "--amount", "20000", "--reference", "EFT-2", *NOTED)
    assert left["amount_cents"] == 10_000_000
    too_much = run("release", "DEP-1", "--amount", "100000", "--reference", "EFT-3", *NOTED)
    assert (too_much.exit_code, "would be left" in too_much.output) == (1, True)


def test_events_follow_the_days_in_their_order(run, tell):
    add(run)
    assert tell("watch", "--date", "2026-03-16") == [{"date": "2026-03-16", "noted": 1}]
    assert tell("watch", "--date", "2026-03-16") == [{"date": "2026-03-16", "noted": 0}]
    tell("watch", "--date", "2026-03-17")
    (first, *_) = tell("events", "--account", ORCHARD)
    assert (first["day"], first["threshold"], first["direction"]) == ("2026-03-16", 75, "above")
    assert isinstance(run("watch", "--date", "2026-03-19").exception, Refused)


@pytest.mark.parametrize(
    ("at", "standing"),
    [("2025-05-20T06:59:59Z", "transition"), ("2025-05-20T07:00:00Z", "unsecured")],
)
def test_the_transition_ends_at_an_instant(tell, at, standing):
    (found,) = tell("standing", "--required", "5000", "--held", "4999.99", "--at", at)
    assert found["standing"] == standing


@pytest.mark.parametrize(
    ("owed", "percent", "reached"),
    [("3749.99", "74.99", []), ("3750", "75.00", [75]), ("5000.00", "100.00", [75, 90, 100])],
)
def test_utilisation_of_amounts(tell, owed, percent, reached):
    (found,) = tell("utilisation", "--owed", owed, "--security", "5000")
    assert (found["percent"], found["reached"]) == (percent, reached)
