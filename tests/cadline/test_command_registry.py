import json

import pytest
from click.testing import CliRunner

from cadline.cli import cadline
from cadline.errors import Refused
from cadline.sample_days import SAMPLE_DAYS

IMPORTER, BROKER = "999002082RM0001", "999001019"
ORCHARD = "999002017RM0001"
ALL = "may file, correct, adjust, view; sees declarations, balances and statements"
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
    assert given.output == f"{IMPORTER} to {BROKER}: since 2026-03-19, without end: {ALL}\n"
    seen = "registry", "who-sees", "9020826000000100001", "--json"
    assert ("delegation", BROKER) in reasons(run(*seen))
    assert ("delegation", BROKER) not in reasons(run(*seen, "--on", "2026-03-18"))
    taken = run("registry", "revoke", IMPORTER, BROKER, "--on", "2026-03-25", *NOTED)
    assert taken.output == f"{IMPORTER} to {BROKER}: since 2026-03-19, until 2026-03-25: {ALL}\n"
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
    before = run("audit", "list").output
    result = run("registry", "delegate", ORCHARD, BROKER, "--since", "2026-03-19", *NOTED)
    assert isinstance(result.exception, Refused)
    assert "holds already" in str(result.exception)
    assert run("audit", "list").output == before


def test_an_import_and_a_revocation_are_noted_and_the_audit_holds(run):
    folder = str(SAMPLE_DAYS / "registry")
    run("registry", "import", folder)
    (before,) = objects(run("audit", "verify", "--json"))
    run("registry", "revoke", ORCHARD, BROKER, "--on", "2026-03-20", *NOTED)
    run("registry", "import", folder, "--by", "Ben", "--why", "the revocation was a mistake")
    *_loaded, ended, again = objects(run("audit", "list", "--about", ORCHARD, "--json"))
    assert (ended["act"], ended["by"], ended["at"]) == ("revoke", "Ann", "2026-03-19T15:00:00+00:00")
    assert (ended["content"]["before"]["until"], ended["content"]["after"]["until"]) == (None, "2026-03-20")
    assert (again["act"], again["why"]) == ("import delegation", "the revocation was a mistake")
    assert "Ann: a letter of the client" in run("audit", "list").output
    (proof,) = objects(run("audit", "verify", "--json"))
    assert (proof["holds"], proof["notes"], proof["last_hash"]) == (True, before["notes"] + 2, again["hash"])


def delegated(run, *options):
    """Who sees an account through a delegation, after one was given with these options."""
    given = run("registry", "delegate", IMPORTER, BROKER, "--since", "2026-03-19", *options, *NOTED)
    assert given.exit_code == 0, given.exception
    (seen,) = objects(run("registry", "who-sees", IMPORTER, "--json"))
    return [(each["sees"], each["rights"]) for each in seen["viewers"] if each["because"] == "delegation"]


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ((), [("balances", ["file", "correct", "adjust", "view"])]),
        (("--visibility", "declarations"), [("declarations", ["file", "correct", "adjust", "view"])]),
        (("--visibility", "own"), []),
        (("--right", "adjust"), [("balances", ["adjust", "view"])]),
        (("--scope", "business"), [("balances", ["file", "correct", "adjust", "view"])]),
    ],
)
def test_a_delegation_shows_what_it_says_and_no_more(run, options, seen):
    assert delegated(run, *options) == seen


def test_who_sees_tells_rights_and_visibility(run):
    run("registry", "delegate", IMPORTER, BROKER, "--since", "2026-03-19", "--right", "view", *NOTED)
    assert (
        "it holds a delegation since 2026-03-19, without end: may view; "
        "sees declarations, balances and statements" in run("registry", "who-sees", IMPORTER).output
    )


def test_a_business_delegation_is_revoked_by_the_business_number(run):
    delegated(run, "--scope", "business")
    taken = run("registry", "revoke", IMPORTER[:9], BROKER, "--on", "2026-03-25", "--json", *NOTED)
    (ended,) = objects(taken)
    assert (ended["importer"], ended["scope"], ended["until"]) == (IMPORTER[:9], "business", "2026-03-25")


def test_an_import_of_delegations_that_name_nobody_known_stores_nothing(run, tmp_path):
    before = run("registry", "show").output
    (tmp_path / "delegations.csv").write_text(
        "importer,broker,since,scope,rights,visibility\n"
        f"{IMPORTER},{BROKER},2026-03-19,,adjust,own\n"
        f"{IMPORTER[:9]}RM0009,{BROKER},2026-03-19,,,\n"
        f"{IMPORTER},888777661,2026-03-19,,,\n"
        f"{ORCHARD},{BROKER},2026-03-19,,,\n"
    )
    for more in ((), ("--dry-run",)):
        result = run("registry", "import", str(tmp_path), *more)
        assert isinstance(result.exception, Refused)
        nothing, *faults = str(result.exception).splitlines()
        assert nothing == "nothing was stored:"
        assert [fault.split(": ", 1)[1] for fault in faults] == [
            f"{IMPORTER[:9]}RM0009 is no account of the registry: import it first",
            "888777661 is no broker or consultant of the registry: import the partner first",
            "one from 2024-10-21 without end holds on the same days",
        ]
    assert run("registry", "show").output == before
