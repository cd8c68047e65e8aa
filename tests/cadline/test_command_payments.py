"""What does `cadline payments` say, with which exit code, and does a refusal leave everything as it was?"""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.commands.payments import payments as group

ROOT = Path(__file__).parents[2]
FILES = ROOT / "fixtures" / "payments"
ACCOUNT, OTHER, STRANGER = "999002017RM0001", "999002025RM0001", "999002017RM0009"
PAID = ("--received-at", "2026-03-17T10:00:00-04:00")


@pytest.fixture
def run(sqlite_url):
    def invoke(*arguments, clock="2026-03-18T18:00:00Z"):
        environment = {"CADLINE_DATABASE": sqlite_url, "CADLINE_CLOCK": clock}
        return CliRunner().invoke(cadline, arguments, env=environment)

    assert invoke("registry", "import", str(ROOT / "fixtures/demo/registry")).exit_code == 0
    return invoke


def pay(run, *arguments, **words):
    return run("payments", *arguments, "--json", **words)


def told(result):
    return [json.loads(line) for line in result.output.splitlines()]


def codes(result):
    return [finding["code"] for finding in told(result)[0]["findings"]]


def test_a_payment_is_recorded_once_whenever_it_is_said_again(run):
    words = ("record", ACCOUNT, "1500.00", "--reference", "W", "--for", "9010126000000100002", "--for", "X")
    first = pay(run, *words)
    assert (first.exit_code, told(first)[0]["status"], told(first)[0]["cents"]) == (0, "recorded", 150_000)
    assert told(first)[0]["requested"] == ["90101260000001", "X"]
    again = pay(run, *words, clock="2026-03-19T18:00:00Z")
    assert (again.exit_code, told(again)[0]["status"]) == (0, "stands already")
    assert told(again)[0]["received_at"] == told(first)[0]["received_at"]
    other = pay(run, "record", ACCOUNT, "1500.01", "--reference", "W")
    assert (other.exit_code, codes(other)) == (1, ["PAY-025"])
    assert len(told(pay(run, "list"))) == 1


def test_a_cheque_after_four_counts_as_of_the_next_business_day(run):
    late = ("--received-at", "2026-03-13T16:01:00-04:00", "--method", "cheque")  # a Friday
    assert (
        told(pay(run, "record", ACCOUNT, "1.00", "--reference", "C", *late))[0]["value_day"] == "2026-03-16"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((ACCOUNT, "-5", "--reference", "1"), ["PAY-005"]),
        ((ACCOUNT, "0.00", "--reference", "1"), ["PAY-005"]),
        ((ACCOUNT, "1.005", "--reference", "1"), ["PAY-003"]),
        ((ACCOUNT, "five", "--reference", ""), ["PAY-003", "PAY-002"]),
        ((ACCOUNT, "1", "--reference", "1", "--currency", "USD"), ["PAY-004"]),
        ((STRANGER, "1", "--reference", "1"), ["PAY-015"]),
        (("999002018RM0001", "1", "--reference", "1"), ["PAY-015"]),
        ((ACCOUNT, "1", "--reference", "1", "--received-at", "2026-03-18T18:00:01Z"), ["PAY-007"]),
        (
            (STRANGER, "-1", "--reference", "", "--currency", "EUR"),
            ["PAY-004", "PAY-005", "PAY-002", "PAY-015"],
        ),
        ((ACCOUNT, "5000.00", "--reference", "1", "--method", "card"), ["PAY-016"]),
        ((ACCOUNT, "50000.01", "--reference", "1", "--method", "cheque"), ["PAY-017"]),
    ],
)
def test_a_payment_that_cannot_be_is_refused_with_every_reason(run, words, expected):
    result = pay(run, "record", *words)
    assert (result.exit_code, codes(result)) == (1, expected)
    assert pay(run, "list").output == ""


def test_wrong_use_is_no_finding(run):
    assert run("payments", "record", ACCOUNT, "1").exit_code != 0
    bare = ("--reference", "1", "--received-at", "2026-03-17T10:00:00")  # no zone
    assert CliRunner().invoke(group, ["record", ACCOUNT, "1", *bare]).exit_code == 2
    assert CliRunner().invoke(group, ["disburse", ACCOUNT, "--reference", "1"]).exit_code == 2


def test_the_refusal_of_a_card_says_what_is_left_in_the_language_asked_for(run):
    assert pay(run, "record", ACCOUNT, "4000", "--reference", "1", "--method", "card").exit_code == 0
    words = ("record", ACCOUNT, "1000", "--reference", "2", "--method", "card", "--language")
    assert "999.99 is left" in run("payments", *words, "en").output
    assert "il reste 999.99" in run("payments", *words, "fr").output


def test_a_dry_run_books_nothing_and_says_what_would_be(run):
    dry = pay(run, "import", str(FILES / "payments.csv"), "--dry-run")
    assert dry.exit_code == 0
    assert pay(run, "list").output == ""
    done = pay(run, "import", str(FILES / "payments.csv"))
    assert told(done)[0] | {"dry_run": True} == told(dry)[0]
    again = told(pay(run, "import", str(FILES / "payments.csv")))[0]
    assert (again["status"], again["findings"]) == ("seen before", [])


@pytest.mark.parametrize("file", sorted((FILES / "broken").glob("*.json")), ids=lambda path: path.stem)
def test_a_broken_file_is_refused_whole(run, file):
    result = pay(run, "import", str(file.with_suffix("")), str(FILES / "remittance-820.x12"))
    assert result.exit_code == 1
    refused, booked = told(result)
    assert (refused["status"], booked["status"]) == ("refused", "booked")
    expected = json.loads(file.read_text("utf-8"))["findings"]
    assert [finding["message"] for finding in refused["findings"]] == [
        each["en"]["message"] for each in expected
    ]
    assert len(told(pay(run, "list"))) == booked["payments"]


def test_money_in_suspense_is_listed_assigned_and_then_gone_from_there(run):
    pay(run, "import", str(FILES / "payments.csv"))
    (waiting,) = told(pay(run, "list", "--unmatched"))
    assert (waiting["account"], waiting["cents"], waiting["quoted"]) == ("SUSPENSE", 22_000, "no account")
    assert codes(pay(run, "assign", waiting["reference"], STRANGER)) == ["PAY-015"]
    done = told(pay(run, "assign", waiting["reference"], OTHER))[0]
    assert (done["account"], done["status"], done["value_day"]) == (OTHER, "assigned", "2026-03-16")
    assert pay(run, "list", "--unmatched").output == ""
    assert codes(pay(run, "assign", waiting["key"], ACCOUNT)) == ["PAY-025"]
    assert codes(pay(run, "assign", "NOBODY", ACCOUNT)) == ["PAY-027"]


def test_lists_are_narrowed_and_written_as_csv(run):
    for name in ("payments.csv", "camt054-08.xml", "remittance-820.x12"):
        assert pay(run, "import", str(FILES / name)).exit_code == 0
    every = told(pay(run, "list"))
    assert len(every) == 9
    assert {each["account"] for each in told(pay(run, "list", "--account", OTHER))} == {OTHER}
    assert [each["method"] for each in told(pay(run, "list", "--method", "cheque"))] == ["cheque"] * 2
    assert len(told(pay(run, "list", "--payer", "agate example"))) == 4
    assert len(told(pay(run, "list", "--since", "2026-03-17"))) == 1
    assert len(told(pay(run, "list", "--until", "2026-03-15"))) == 1
    rows = list(csv.DictReader(run("payments", "list", "--csv").output.splitlines()))
    assert [(row["key"], row["amount"]) for row in rows] == [
        (each["key"], f"{each['cents'] // 100}.{each['cents'] % 100:02}") for each in every
    ]


def test_a_payment_is_taken_back_and_a_credit_paid_out(run):
    pay(run, "record", ACCOUNT, "100.00", "--reference", "A", *PAID)
    pay(run, "record", ACCOUNT, "50.00", "--reference", "B")
    gone = told(pay(run, "dishonour", "A", "--on", "2026-03-18"))[0]
    assert (gone["status"], gone["credit_cents"], gone["day"]) == ("dishonoured", -10_000, "2026-03-18")
    assert codes(pay(run, "dishonour", "A", "--account", OTHER)) == ["PAY-010"]
    assert codes(pay(run, "disburse", ACCOUNT, "50.01", "--reference", "Q"))[0] == "PAY-022"
    out = told(pay(run, "disburse", ACCOUNT, "--all", "--reference", "Q"))[0]
    assert out["parts"] == [{"credit": f"payment/electronic/{ACCOUNT}/B", "cents": 5_000}]
    assert told(pay(run, "disburse", ACCOUNT, "--all", "--reference", "Q"))[0]["status"] == "stands already"
    assert codes(pay(run, "dishonour", "B")) == ["PAY-012"]
    assert run("ledger", "verify").output == "The book holds.\n"


def test_a_reference_of_several_payments_is_asked_for_again(run):
    for account in (ACCOUNT, OTHER):
        pay(run, "record", account, "1.00", "--reference", "SAME")
    assert pay(run, "dishonour", "SAME").exit_code != 0
    assert told(pay(run, "dishonour", "SAME", "--account", OTHER))[0]["account"] == OTHER


def test_acts_are_noted_with_who_and_why(run):
    pay(run, "record", ACCOUNT, "1.00", "--reference", "1", "--by", "Ann", "--why", "a slip")
    pay(run, "grant", ACCOUNT, "2.00", "--kind", "refund", "--origin", "D-1", "--by", "Bo", "--why", "B2")
    listed = run("audit", "list").output
    assert "Ann: a slip" in listed
    assert "Bo: B2" in listed
    assert run("audit", "verify").exit_code == 0


@pytest.mark.parametrize("verb", sorted(group.commands))
def test_every_verb_teaches_by_an_example(verb):
    assert f"cadline payments {verb} " in CliRunner().invoke(group, [verb, "--help"]).output
