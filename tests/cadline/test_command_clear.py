"""`cadline clear` and `cadline account` on a book in which things are owed and paid."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from accounting import ledger
from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.journal import accept
from cadline.cli import cadline, main
from cadline.database import engine_of, upgrade, writing
from schemas.acts import PaymentReceived
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Credit
from schemas.cad import Declaration, Invoice, Line, Party

ACCOUNT = "123456782RM0001"
FIRST, SECOND = "12345000000017", "12345000000025"
PAYMENT = f"payment/electronic/{ACCOUNT}/77"
DUE, NEXT_DUE = "2026-03-31", "2026-05-01"


def filed(number, released, **cents):
    line = AssessedLine(
        line=1, treatment="MFN", rate="5%", **{f"{charge}_cents": each for charge, each in cents.items()}
    )
    cad = Declaration(
        transaction_number=number,
        version=1,
        function="original",
        type="AB",
        importer=Party(identifier=ACCOUNT),
        broker=Party(identifier="876543214RM0001"),
        release_date=released,
        invoices=(Invoice(number="1"),),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )
    return accept(
        cad,
        Assessment(lines=(line,), tables="test"),
        stream="commercial",
        dates=billing_dates("commercial", released),
        event_day=released,
        posted_at=datetime(2026, 3, 20, 15, 0, tzinfo=UTC),
        late=False,
        replaced=None,
    )


def paid(cents):
    instant = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)
    return act_entry(
        PaymentReceived(
            reference="77",
            payer=ACCOUNT,
            method="electronic",
            received_at=instant,
            value_day=date(2026, 4, 1),
        ),
        key=PAYMENT,
        party=ACCOUNT,
        stream="commercial",
        event_day=date(2026, 4, 1),
        posted_at=instant,
        contra="cash.received",
        credit=Credit(key=PAYMENT, kind="payment", cents=cents, day=date(2026, 4, 1)),
    )


@pytest.fixture
def url(sqlite_url):
    """100.00 of duty and 5.00 of GST were due in March, 50.00 of GST are due in May; 120.00 came in."""
    engine = engine_of(sqlite_url)
    upgrade(engine)
    with writing(engine) as connection:
        ledger.post(connection, filed(FIRST, date(2026, 3, 16), customs_duty=10_000, gst=500))
        ledger.post(connection, filed(SECOND, date(2026, 3, 18), gst=5_000))
        ledger.post(connection, [paid(12_000)])
    engine.dispose()
    return sqlite_url


@pytest.fixture
def run(url, capsys, monkeypatch):
    """Run a verb as the program does; return exit code, output and errors."""
    monkeypatch.setenv("CADLINE_DATABASE", url)
    monkeypatch.setenv("CADLINE_CLOCK", "2026-04-02T15:00:00Z")

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


def test_a_preview_shows_what_a_payment_would_clear_and_writes_nothing(run):
    code, told, _ = run("clear", "--preview", "--account", ACCOUNT, "--amount", "10.00", "--json")
    found = json.loads(told)
    assert code == 0
    # The 120.00 that are there already pay the 105.00 of March, and 15.00 of May; the payment comes behind.
    assert [(each["on"], each["reference"], each["cents"]) for each in found["clears"]] == [
        (NEXT_DUE, SECOND, 1000)
    ]
    assert [(each["on"], each["charge"], each["cents"]) for each in found["other_credits_clear"]] == [
        ("2026-04-02", "customs_duty", 10_000),
        ("2026-04-02", "gst", 500),
        (NEXT_DUE, "gst", 1500),
    ]
    assert (found["left_cents"], found["still_open_cents"], found["strategy"]) == (0, 2500, "2024")
    assert "oldest due day" in found["clears"][0]["why"]
    assert json.loads(run("account", "show", ACCOUNT, "--json")[1])["owed_cents"] == 15_500


def test_what_a_payment_leaves_over_is_said(run):
    arguments = ("clear", "--preview", "--account", ACCOUNT, "--amount", "1234.56", "--json")
    assert json.loads(run(*arguments)[1])["left_cents"] == 123_456 - 3500


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--preview", "--account", "999002017RM0009", "--amount", "1"), "no account in the registry"),
        (("--preview", "--account", "12345", "--amount", "1"), "expected a BN15"),
        (("--preview", "--account", ACCOUNT, "--amount", "1.234"), "at most two decimals"),
        (("--preview", "--account", ACCOUNT, "--amount", "-5"), "dollars above zero"),
        (("--preview", "--account", ACCOUNT), "go together"),
        (
            ("--preview", "--account", ACCOUNT, "--amount", "1", "--strategy", "1999"),
            "there are 2016, 2018, 2024, penalties-first",
        ),
        (
            ("--preview", "--account", ACCOUNT, "--amount", "1", "--day", "2015-12-31"),
            "begin on 2016-01-01",
        ),
    ],
)
def test_a_wrong_question_is_answered_in_words(run, arguments, said):
    code, _, error = run("clear", *arguments)
    assert code == 2
    assert said in error


def test_a_run_clears_what_is_due_once(run):
    code, told, _ = run("clear", "run", "--json")
    assert code == 0
    assert json.loads(told) == {
        "day": "2026-04-02",
        "strategy": "2024",
        "accounts": 1,
        "cleared": 1,
        "lifted": 0,
        "cents": 10_500,
    }
    assert json.loads(run("clear", "run", "--json")[1])["cleared"] == 0
    found = json.loads(run("account", "show", ACCOUNT, "--json")[1])
    assert (found["owed_cents"], found["overdue_cents"], found["free_cents"]) == (5000, 0, 1500)


def test_account_show_tells_what_was_at_an_instant_and_as_of_a_day(run):
    run("clear", "run")
    before = json.loads(run("account", "show", ACCOUNT, "--json", "--as-of", "2026-03-31T12:00:00Z")[1])
    of_day = json.loads(run("account", "show", ACCOUNT, "--json", "--as-of-day", "2026-04-01")[1])
    early = json.loads(run("account", "show", ACCOUNT, "--json", "--as-of-day", "2026-03-17")[1])
    assert (before["day"], before["owed_cents"], before["free_cents"]) == ("2026-03-31", 15_500, 0)
    assert (of_day["owed_cents"], of_day["overdue_cents"], of_day["free_cents"]) == (15_500, 10_500, 12_000)
    assert (early["owed_cents"], early["charges"]) == (10_500, {"customs_duty": 10_000, "gst": 500})


def test_open_items_have_due_date_period_stream_and_days_overdue(run):
    items = [json.loads(line) for line in run("account", "items", ACCOUNT, "--json")[1].splitlines()]
    assert [(each["reference"], each["due"], each["days_overdue"]) for each in items] == [
        (FIRST, DUE, 2),
        (FIRST, DUE, 2),
        (SECOND, NEXT_DUE, 0),
    ]
    assert (items[2]["stream"], items[2]["period_start"], items[2]["period_end"]) == (
        "commercial",
        "2026-03-18",
        "2026-04-17",
    )
    assert len(run("account", "items", ACCOUNT, "--overdue")[1].splitlines()) == 2


def test_history_can_be_filtered_and_exported(run, tmp_path):
    run("clear", "run")
    rows = list(csv.DictReader(io.StringIO(run("account", "history", ACCOUNT, "--csv")[1])))
    assert [(row["kind"], row["owed"], row["free"], row["balance"]) for row in rows] == [
        ("declaration", "105.00", "0.00", "105.00"),
        ("declaration", "50.00", "0.00", "155.00"),
        ("payment", "0.00", "120.00", "35.00"),
        ("clearing", "-105.00", "-105.00", "35.00"),
    ]
    run("account", "history", ACCOUNT, "--kind", "payment", "--csv", str(tmp_path / "found.csv"))
    assert len((tmp_path / "found.csv").read_text().splitlines()) == 2
    lines = run("account", "history", ACCOUNT, "--transaction", FIRST, "--json")[1].splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["declaration", "clearing"]
    assert len(run("account", "history", ACCOUNT, "--until", "2026-03-31")[1].splitlines()) == 2


def test_a_credit_pays_what_is_chosen_in_part_too(run):
    apply = ("clear", "apply", "--account", ACCOUNT, "--credit", PAYMENT, "--by", "Ann", "--why", "letter")
    code, told, _ = run(*apply, "--to", f"{SECOND}:gst", "--amount", "20.00", "--json")
    assert code == 0
    assert [(each["reference"], each["cents"]) for each in json.loads(told)["allocations"]] == [
        (SECOND, 2000)
    ]
    traced = json.loads(run("clear", "trace", SECOND, "--json")[1])
    assert [(each["credit"], each["cents"]) for each in traced["allocations"]] == [(PAYMENT, 2000)]
    assert traced["open"][0]["cents"] == 3000
    assert json.loads(run("clear", "trace", "77", "--json")[1])["free"][0]["cents"] == 10_000
    assert "apply credit" in run("audit", "list")[1]


def test_a_choice_with_a_name_is_done_once(run):
    apply = ("clear", "apply", "--account", ACCOUNT, "--credit", PAYMENT, "--reference", "L1")
    first = run(*apply, "--to", f"{SECOND}:gst", "--amount", "20.00")
    assert run(*apply, "--to", f"{SECOND}:gst", "--amount", "20.00") == first
    assert len(run("account", "history", ACCOUNT, "--kind", "clearing")[1].splitlines()) == 1
    code, _, error = run(*apply, "--to", FIRST, "--amount", "20.00")
    assert code == 1
    assert "another choice" in error


def test_a_choice_beyond_credit_or_debt_is_refused_with_all_reasons_and_changes_nothing(run):
    apply = ("clear", "apply", "--account", ACCOUNT, "--credit", PAYMENT, "--json")
    code, told, _ = run(*apply, "--to", f"{SECOND}:gst", "--amount", "60.00", "--to", "X1", "--amount", "1")
    found = json.loads(told)
    assert code == 1
    assert [each["id"] for each in found["problems"]] == ["beyond-debt", "nothing-open"]
    assert "60.00 is more than the 50.00" in found["problems"][0]["en"]
    assert "60.00 dépasse les 50.00" in found["problems"][0]["fr"]
    code, told, _ = run(*apply, "--to", FIRST, "--to", SECOND)
    assert (code, [each["id"] for each in json.loads(told)["problems"]]) == (1, ["beyond-credit"])
    code, told, _ = run(*apply[:4], "--credit", "payment/none", "--to", FIRST, "--json")
    assert (code, [each["id"] for each in json.loads(told)["problems"]]) == (1, ["no-credit-free"])
    assert run("account", "history", ACCOUNT, "--kind", "clearing")[1] == ""


def test_what_was_chosen_can_be_taken_back(run):
    run("clear", "apply", "--account", ACCOUNT, "--credit", PAYMENT, "--to", SECOND)
    undo = ("clear", "undo", "--account", ACCOUNT, "--credit", PAYMENT, "--why", "meant for another")
    assert run(*undo)[0] == 0
    assert json.loads(run("account", "show", ACCOUNT, "--json")[1])["free_cents"] == 12_000
    code, _, error = run(*undo)
    assert code == 1
    assert "nothing to take back" in error
    assert run("ledger", "verify")[0] == 0


def test_what_nobody_knows_has_no_trace(run):
    code, _, error = run("clear", "trace", "99999999999999")
    assert code == 1
    assert "knows no credit and no debt" in error


def case(*arguments):
    result = CliRunner().invoke(cadline, ["clear", "case", *arguments])
    return result.exit_code, result.output


def test_a_case_needs_no_book(tmp_path):
    (tmp_path / "debts.csv").write_text("reference,charge,due,amount\nA,gst,2026-03-31,10.00\n")
    (tmp_path / "credits.csv").write_text("key,kind,amount\nP,payment,4.00\n")
    files = ("--debts", str(tmp_path / "debts.csv"), "--credits", str(tmp_path / "credits.csv"))
    code, told = case("--day", "2026-04-01", *files, "--json")
    assert code == 0
    assert [(each["credit"], each["cents"], each["left_cents"]) for each in json.loads(told)["paid"]] == [
        ("P", 400, 600)
    ]


def test_every_fault_of_a_case_is_told_at_once():
    result = CliRunner().invoke(
        cadline, ["clear", "case", "--day", "2026-04-01", "--debt", "A,gts,31/3,x", "--credit", ",cash,0"]
    )
    said = str(result.exception)
    for fault in (
        "charge is gts",
        "due is 31/3",
        "amount is x",
        "key is missing",
        "kind is cash",
        "amount is 0",
    ):
        assert fault in said
