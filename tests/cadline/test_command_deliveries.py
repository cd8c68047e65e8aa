"""Who gets what, when, again: profiles, queues, pulling, pushing, supplements and corrections, by command."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.errors import CadlineError

DAYS = Path("fixtures/demo/days")
NOON, NEXT, LATER = "2026-03-16T16:00:00Z", "2026-03-17T16:00:00Z", "2026-03-18T16:00:00Z"
FIRST = ["01-agatecb-first.edi", "02-cedarcc-electronics-metals.xml"]
REST = ["03-borealcd-vetements-meubles.edi", "05-swiftrc-consolidation.edi", "07-mapletd-own.xml"]
BY = ("--by", "Ann", "--why", "a letter")
ACCOUNT = "999002017RM0001"


class Desk:
    """The command line on one database, at an instant."""

    def __init__(self, url: str):
        self.url = url

    def ask(self, now: str, *arguments: str) -> str:
        options = ["--database", self.url, "--clock", now, "--tables", "fixtures/demo/tables"]
        result = CliRunner().invoke(cadline, [*arguments, *options])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    def lines(self, now: str, *arguments: str) -> list[dict]:
        return [json.loads(line) for line in self.ask(now, *arguments, "--json").splitlines()]

    def one(self, now: str, *arguments: str) -> dict:
        [found] = self.lines(now, *arguments)
        return found

    def submit(self, now: str, day: str, names: list[str]) -> None:
        self.ask(now, "submit", *(str(DAYS / day / name) for name in names))
        self.ask(now, "run", "--until-idle")

    def verified(self, now: str, *whose: str) -> list[dict]:
        result = CliRunner().invoke(
            cadline,
            ["papers", "verify", *(whose or ["--all"]), "--json", "--database", self.url, "--clock", now],
        )
        assert result.exit_code in {0, 1}, result.output
        return json.loads(result.stdout)["exceptions"]


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def desk(request: pytest.FixtureRequest) -> Desk:
    desk = Desk(request.getfixturevalue(request.param))
    desk.ask(NOON, "registry", "import", "fixtures/demo/registry")
    return desk


def written(desk: Desk, now: str, *arguments: str) -> list[str]:
    return desk.one(now, *arguments)["written"]


def test_what_comes_after_an_early_close_is_on_a_supplement_and_all_ties_out(desk):
    desk.submit(NOON, "2026-03-16", FIRST)
    early = written(desk, NOON, "notices", "--date", "2026-03-16")
    assert written(desk, NOON, "notices", "--date", "2026-03-16") == []
    assert written(desk, NOON, "summaries", "--date", "2026-03-16")
    desk.submit(NOON, "2026-03-16", ["07-mapletd-own.xml"])
    desk.submit(NOON, "2026-03-17", ["04-agatecb-correction-up.edi"])
    late = written(desk, NEXT, "notices", "--date", "2026-03-16")
    supplements = [key for key in late if key.endswith("/2")]
    assert supplements
    assert {key.removesuffix("/2") for key in supplements} <= set(early)
    first, second = (
        json.loads(desk.ask(NEXT, "papers", "show", key, "--format", "json"))
        for key in (supplements[0].removesuffix("/2"), supplements[0])
    )
    assert (first["supplement"], second["supplement"]) == (0, 1)
    assert second["number"] == first["number"] + 1
    assert written(desk, NEXT, "notices", "--date", "2026-03-16") == []
    assert any(key.endswith("/2") for key in written(desk, NEXT, "summaries", "--date", "2026-03-16"))
    assert desk.verified(NEXT) == []


def test_a_statement_issued_early_is_corrected_once_with_its_differences(desk):
    desk.submit(NOON, "2026-03-16", FIRST)
    desk.ask(NOON, "statements", "--date", "2026-03-25")
    before = desk.ask(NOON, "papers", "show", f"statement/{ACCOUNT}/2026-03-25")
    correct = (
        "statements",
        "--date",
        "2026-03-25",
        "--account",
        ACCOUNT,
        "--correct",
        "--reason",
        "it came late",
    )
    assert desk.one(NOON, *correct)["corrected"] is False
    desk.submit(NEXT, "2026-03-17", ["01-agatecb-mixed.edi"])
    told = desk.one(NEXT, *correct)
    assert (told["corrected"], told["version"], told["number"]) == (True, 2, 2)
    assert told["correction"]["reason"] == "it came late"
    assert "payable" in {each["field"] for each in told["correction"]["differences"]}
    assert desk.one(NEXT, *correct) == {"date": "2026-03-25", "account": ACCOUNT, "corrected": False}
    assert desk.ask(NEXT, "papers", "show", f"statement/{ACCOUNT}/2026-03-25") == before
    assert desk.ask(NEXT, "papers", "show", f"statement/{ACCOUNT}/2026-03-25/2") != before
    assert desk.lines(NEXT, "audit", "list")[-1]["act"] == "correct statement"
    assert desk.verified(NEXT) == []


def test_only_a_statement_that_was_issued_is_corrected_and_for_a_reason(desk):
    correct = ("statements", "--date", "2026-03-25", "--account", ACCOUNT, "--correct")
    with pytest.raises(CadlineError, match="no statement of 999002017RM0001 was issued"):
        desk.ask(NOON, *correct, "--reason", "why not")
    result = CliRunner().invoke(cadline, [*correct, "--database", desk.url])
    assert result.exit_code == 2
    assert "--correct and --reason go together" in result.output


def test_a_paper_comes_in_every_form_of_the_profile_each_under_its_own_number(desk):
    desk.ask(NOON, "registry", "profile", "MAPLETD", "--form", "xml", "--form", "json", "--form", "csv",
             "--language", "fr", "--nothing-today", *BY)  # fmt: skip
    desk.submit(NOON, "2026-03-16", REST)
    desk.ask(NEXT, "notices", "--date", "2026-03-16")
    forms = desk.lines(NEXT, "papers", "list", "--recipient", "MAPLETD", "--kind", "daily-notice")
    assert [each["syntax"] for each in forms] == ["xml", "json", "csv"]
    numbers = [int(each["control_reference"]) for each in forms]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    shown = json.loads(desk.ask(NEXT, "papers", "show", forms[1]["key"]))
    assert shown == json.loads(desk.ask(NEXT, "papers", "show", forms[0]["key"], "--format", "json"))
    desk.ask(LATER, "notices", "--date", "2026-03-17")
    nothing = desk.lines(
        LATER, "papers", "list", "--recipient", "MAPLETD", "--since", str(forms[-1]["cursor"])
    )
    assert [each["key"].partition("/2026")[0] for each in nothing] == ["daily-notice/999002082RM0001"] * 3
    assert json.loads(desk.ask(LATER, "papers", "show", nothing[1]["key"]))["sections"] == []
    assert desk.verified(LATER) == desk.verified(LATER, "--recipient", "MAPLETD") == []


def test_nothing_is_told_only_when_the_day_is_over_and_missed_when_it_is_not_told(desk):
    desk.ask(NOON, "registry", "profile", "MAPLETD", "--nothing-today", *BY)
    assert written(desk, NOON, "notices", "--date", "2026-03-16") == []
    assert written(desk, NEXT, "notices", "--date", "2026-03-16") == [
        "daily-notice/999002082RM0001/2026-03-16"
    ]


def test_a_profile_begins_today_or_later_and_is_refused_with_all_reasons(desk):
    with pytest.raises(CadlineError) as refused:
        desk.ask(NEXT, "registry", "profile", "MAPLETD", "--channel", "folder", "--since", "2026-03-16", *BY)
    assert "before today (2026-03-17)" in str(refused.value)
    assert "none is named" in str(refused.value)
    with pytest.raises(CadlineError, match="NOBODY is no partner"):
        desk.ask(NEXT, "registry", "profile", "NOBODY", "--form", "xml", *BY)
    desk.ask(NOON, "registry", "profile", "MAPLETD", "--form", "json", "--since", "2026-03-18", *BY)
    desk.submit(NOON, "2026-03-16", REST)
    desk.ask(NEXT, "notices", "--date", "2026-03-16")
    [paper] = desk.lines(NEXT, "papers", "list", "--recipient", "MAPLETD", "--kind", "daily-notice")
    assert paper["syntax"] == "xml"
    assert len(desk.lines(NEXT, "registry", "profiles", "--recipient", "MAPLETD")) == 1


def test_a_second_recipient_of_statements_is_refused_until_the_first_is_ended(desk, tmp_path):
    second = ("registry", "statements-to", ACCOUNT, "BOREALCD", *BY)
    with pytest.raises(CadlineError, match="may name only one recipient"):
        desk.ask(NOON, *second)
    (tmp_path / "importers.csv").write_text(f"account,name,statements_to\n{ACCOUNT},Agate,BOREALCD\n")
    with pytest.raises(CadlineError, match="may name only one recipient"):
        desk.ask(NOON, "registry", "import", str(tmp_path))
    desk.ask(NOON, "registry", "statements-to", ACCOUNT, "--nobody", *BY)
    desk.ask(NOON, *second)
    acts = [each for each in desk.lines(NOON, "audit", "list") if each["act"] == "direct statements"]
    assert [each["content"]["after"] for each in acts] == ["", "BOREALCD"]


def test_a_broker_gets_its_view_of_a_client_as_far_as_the_delegation_goes(desk):
    desk.ask(NOON, "registry", "profile", "AGATECB", "--client-notices", *BY)
    desk.ask(NOON, "registry", "statements-to", ACCOUNT, "--nobody", *BY)
    desk.submit(NOON, "2026-03-16", FIRST)
    keys = written(desk, NEXT, "notices", "--date", "2026-03-16")
    view = f"daily-notice/999001019/{ACCOUNT}/2026-03-16"
    assert view in keys
    paper = json.loads(desk.ask(NEXT, "papers", "show", view, "--format", "json"))
    assert (paper["broker"], paper["account"]) == ("999001019", ACCOUNT)
    assert {m["broker"][:9] for section in paper["sections"] for m in section["movements"]} == {"999001019"}
    assert desk.verified(NEXT) == desk.verified(NEXT, "--recipient", "AGATECB") == []


def test_papers_are_pulled_by_cursor_and_again_with_the_same_bytes(desk, tmp_path):
    desk.ask(NOON, "registry", "profile", "CEDARCC", "--channel", "pull", *BY)
    desk.submit(NOON, "2026-03-16", FIRST)
    [queue] = desk.lines(NOON, "papers", "queues")
    assert (queue["recipient"], queue["channel"]) == ("CEDARCC", "pull")
    *some, end = desk.lines(NOON, "papers", "pull", "--recipient", "CEDARCC", "--limit", "2")
    *rest, last = desk.lines(NOON, "papers", "pull", "--recipient", "CEDARCC", "--since", str(end["cursor"]))
    assert len(some) == 2
    assert len(some) + len(rest) == queue["waiting"]
    assert desk.lines(NOON, "papers", "queues") == []
    *again, _ = desk.lines(NEXT, "papers", "pull", "--recipient", "CEDARCC", "--since", "0")
    assert again == [*some, *rest]
    for each in again:
        assert sha256(b64decode(each["payload_base64"])).hexdigest() == each["digest"]
    behind = ("papers", "pull", "--recipient", "CEDARCC", "--since", str(last["cursor"]))
    assert desk.one(NEXT, *behind)["papers"] == 0
    desk.ask(NEXT, "papers", "resend", some[0]["key"])
    desk.ask(NEXT, "run", "--until-idle")
    assert desk.lines(NEXT, *behind)[0] == some[0]
    assert desk.lines(NEXT, *behind)[0]["papers"] == 0
    log = desk.lines(NEXT, "papers", "deliveries", "--recipient", "CEDARCC")
    assert [each["key"] for each in log].count(some[0]["key"]) == 3
    desk.ask(NEXT, *behind[:-1], "0", "--to", str(tmp_path / "in"))
    assert len(list((tmp_path / "in" / "CEDARCC").iterdir())) == queue["waiting"]


def test_a_dead_recipient_rests_and_holds_up_nobody(desk, tmp_path):
    dead = tmp_path / "dead"
    dead.write_text("no folder")
    alive = tmp_path / "alive"
    desk.ask(NOON, "registry", "profile", "CEDARCC", "--channel", "folder", "--folder", str(dead), *BY)
    desk.ask(NOON, "registry", "profile", "AGATECB", "--channel", "folder", "--folder", str(alive), *BY)
    desk.submit(NOON, "2026-03-16", FIRST)
    files = sorted((alive / "AGATECB").iterdir())
    assert len(files) == len(desk.lines(NOON, "papers", "list", "--recipient", "AGATECB"))
    [queue] = desk.lines(NOON, "papers", "queues")
    assert (queue["recipient"], queue["failures"], queue["waiting"]) == ("CEDARCC", 1, 9)
    assert queue["retry_at"] == "2026-03-16T16:00:30Z"
    desk.ask("2026-03-16T16:00:29Z", "run", "--until-idle")
    assert desk.lines(NOON, "papers", "queues") == [queue]
    desk.ask("2026-03-16T16:00:31Z", "run", "--until-idle")
    assert desk.one(NOON, "papers", "queues")["retry_at"] == "2026-03-16T16:01:31Z"
    dead.unlink()
    desk.ask(NEXT, "run", "--until-idle")
    assert desk.lines(NEXT, "papers", "queues") == []
    assert len(list((dead / "CEDARCC").iterdir())) == 9
    log = desk.lines(NEXT, "papers", "deliveries", "--recipient", "CEDARCC")
    assert {each["destination"] for each in log} == {f"folder:{dead}"}
    assert [each["control_reference"] for each in log] == sorted(each["control_reference"] for each in log)


def test_everything_since_a_cursor_is_sent_again(desk):
    desk.submit(NOON, "2026-03-16", FIRST)
    papers = desk.lines(NOON, "papers", "list", "--recipient", "AGATECB")
    told = desk.one(NOON, "papers", "resend", "--recipient", "AGATECB", "--since", str(papers[2]["cursor"]))
    assert told["resent"] == [each["key"] for each in papers[3:]]
    desk.ask(NOON, "run", "--until-idle")
    counts = [each["deliveries"] for each in desk.lines(NOON, "papers", "list", "--recipient", "AGATECB")]
    assert counts == [1] * 3 + [2] * (len(papers) - 3)


def test_a_month_has_a_summary_of_its_own_that_ties_out(desk):
    desk.submit(NOON, "2026-03-16", FIRST)
    desk.submit(NEXT, "2026-03-17", ["01-agatecb-mixed.edi"])
    first = "2026-04-01T05:00:00Z"
    desk.ask(first, "summaries", "--date", "2026-03-16")
    keys = written(desk, first, "summaries", "--date", "2026-03-16", "--month")
    assert keys == ["broker-summary/999001019/2026-03", "broker-summary/999001035/2026-03"]
    month, day = (
        json.loads(desk.ask(first, "papers", "show", f"broker-summary/999001019/{name}", "--format", "json"))
        for name in ("2026-03", "2026-03-16")
    )
    assert (month["first_day"], month["last_day"]) == ("2026-03-01", "2026-03-31")
    assert month["accepted"] > day["accepted"]
    assert desk.verified(first) == []


def test_a_statement_tells_the_security_used_and_the_due_date_that_was_moved(desk):
    desk.submit(NOON, "2026-03-16", FIRST)
    desk.ask(NOON, "security", "add", "BOND-1", "--form", "agreement", "--holder", ACCOUNT,
             "--amount", "25000", "--from", "2026-01-01", "--provider", "Surety Co", *BY)  # fmt: skip
    desk.ask(NOON, "payments", "record", ACCOUNT, "500.00", "--reference", "WIRE-1")
    day, key = "2026-03-25T16:00:00Z", f"statement/{ACCOUNT}/2026-03-25"
    move = ("calendar", "override", "add", "--due", "2026-03-31", *BY)
    desk.ask(day, *move, "--to", "2026-04-07", "--since", "2026-03-20", "--source", "Bulletin 5420")
    desk.ask(day, "statements", "--date", "2026-03-25")
    paper = json.loads(desk.ask(day, "papers", "show", key, "--format", "json"))
    assert (paper["payment_due"], paper["payment_due_before"]) == ("2026-04-07", "2026-03-31")
    assert paper["payment_due_moved_by"].startswith("Bulletin 5420")
    assert [act["kind"] for act in paper["activities"]] == ["payment"]
    used = sum(part["cents"] for part in paper["parts"]) - 50_000
    assert paper["security"] == {"secured_cents": 2_500_000, "used_cents": used}
    assert paper["payable_cents"] == used
    assert desk.verified(day) == []
    desk.ask(day, *move, "--to", "2026-04-09", "--since", "2026-03-25", "--source", "Bulletin 5421")
    assert key in {found["where"] for found in desk.verified(day)}
    correct = ("statements", "--date", "2026-03-25", "--account", ACCOUNT, "--correct", "--reason", "5421")
    told = {each["field"]: each["after"] for each in desk.one(day, *correct)["correction"]["differences"]}
    assert told == {
        "payment_due": "2026-04-09",
        "payment_due_moved_by": told["payment_due_moved_by"],
    }
    assert key not in {found["where"] for found in desk.verified(day)}
