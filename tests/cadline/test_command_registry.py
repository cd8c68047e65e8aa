import json

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.errors import Refused
from cadline.sample_days import SAMPLE_DAYS

IMPORTER, BROKER = "999002082RM0001", "999001019"
ORCHARD = "999002017RM0001"
NOTED = ("--by", "Ann", "--why", "a letter of the client")


@pytest.fixture
def run(played_url):
    def invoke(*arguments):
        command = [*arguments, "--database", played_url, "--clock", "2026-03-19T15:00:00Z"]
        return CliRunner().invoke(cadline, command)

    return invoke


def objects(result):
    return [json.loads(line) for line in result.output.splitlines()]


def reasons(result):
    return [(viewer["because"], viewer["who"]) for viewer in objects(result)[0]["viewers"]]


def test_who_sees_a_declaration_follows_delegations(run):
    assert reasons(run("registry", "who-sees", "90208260000001", "--json")) == [
        ("importer", IMPORTER),
        ("statements", "MAPLETD"),
        ("filed", "MAPLETD"),
    ]
    given = run("registry", "delegate", IMPORTER, BROKER, "--since", "2026-03-19", *NOTED)
    assert given.output == f"{IMPORTER} to {BROKER}: since 2026-03-19, without end\n"
    seen = "registry", "who-sees", "9020826000000100001", "--json"
    assert ("delegation", BROKER) in reasons(run(*seen))
    assert ("delegation", BROKER) not in reasons(run(*seen, "--on", "2026-03-18"))
    taken = run("registry", "revoke", IMPORTER, BROKER, "--on", "2026-03-25", *NOTED)
    assert taken.output == f"{IMPORTER} to {BROKER}: since 2026-03-19, until 2026-03-25\n"
    assert ("delegation", BROKER) in reasons(run(*seen, "--on", "2026-03-25"))
    assert ("delegation", BROKER) not in reasons(run(*seen, "--on", "2026-03-26"))


def test_a_broker_whose_delegation_has_ended_sees_what_it_filed(run):
    run("registry", "revoke", ORCHARD, BROKER, "--on", "2026-03-20", *NOTED)
    output = run("registry", "who-sees", "90101260000001", "--on", "2026-03-21").output
    assert "AGATECB          Agate Example Customs Brokers Ltd.         it filed, and sees that" in output
    assert "it holds a delegation" not in output
    assert output.endswith("90101260000001 is seen by 2 on 2026-03-21\n")


def test_an_account_is_seen_by_those_who_filed_for_it_even_by_mistake(run):
    assert reasons(run("registry", "who-sees", "999002074RM0001", "--json", "--on", "2026-03-18")) == [
        ("importer", "999002074RM0001"),
        ("statements", "AGATECB"),
        ("delegation", "999001019"),
        ("delegation", "999001035"),
        ("filed", "AGATECB"),
        ("filed", "CEDARCC"),
        ("filed", "MAPLETD"),
    ]


@pytest.mark.parametrize(
    ("item", "said"), [("90101269999999", "nobody filed"), ("999009999RM0001", "no account of the registry")]
)
def test_what_is_not_known_is_seen_by_nobody_and_said_so(run, item, said):
    result = run("registry", "who-sees", item)
    assert isinstance(result.exception, Refused)
    assert said in str(result.exception)


def test_a_number_of_other_length_is_wrong_use(run):
    result = run("registry", "who-sees", "123")
    assert result.exit_code == 2
    assert "14 digits, or 19 with the version" in result.output


def test_what_cannot_hold_is_refused_and_leaves_no_note(run):
    result = run("registry", "delegate", ORCHARD, BROKER, "--since", "2026-03-19", *NOTED)
    assert isinstance(result.exception, Refused)
    assert "holds already" in str(result.exception)
    assert run("audit", "list").output == ""


def test_an_import_and_a_revocation_are_noted_and_the_audit_holds(run):
    folder = str(SAMPLE_DAYS / "registry")
    run("registry", "import", folder)
    assert run("audit", "verify").output == "The audit holds: no notes.\n"
    run("registry", "revoke", ORCHARD, BROKER, "--on", "2026-03-20", *NOTED)
    run("registry", "import", folder, "--by", "Ben", "--why", "the revocation was a mistake")
    ended, again = objects(run("audit", "list", "--about", ORCHARD, "--json"))
    assert (ended["act"], ended["by"], ended["at"]) == ("revoke", "Ann", "2026-03-19T15:00:00+00:00")
    assert (ended["content"]["before"]["until"], ended["content"]["after"]["until"]) == (None, "2026-03-20")
    assert (again["act"], again["why"]) == ("import delegation", "the revocation was a mistake")
    assert "Ann: a letter of the client" in run("audit", "list").output
    (proof,) = objects(run("audit", "verify", "--json"))
    assert (proof["holds"], proof["notes"], proof["last_hash"]) == (True, 2, again["hash"])
