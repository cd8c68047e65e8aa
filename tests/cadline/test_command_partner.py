"""Does a partner go live only with a certificate, and speak an old and a new version side by side?"""

import json
from pathlib import Path

import pytest

from cadline.certification.certificate import sign, state
from cadline.certification.library import Library
from cadline.certification.model import Result, Run
from cadline.certification.signing import make_key, secret_key
from cadline.cli import main
from cadline.clock import instant_of

WHO = ("--by", "Ann", "--why", "test")
CLOCK = "2026-03-17T14:00:00Z"


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CADLINE_CLOCK", CLOCK)
    assert (
        partner(
            "register", "ACME", "--name", "Acme", "--account", "999001035RM0001", "--role", "broker",
            "--guide", "cusdec_d96b", "--contact", "Ann", *WHO,
        )
        == 0
    )  # fmt: skip


def partner(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["partner", *arguments])
    return int(ended.value.code or 0)


def certificate(profile: str, who: str = "ACME") -> str:
    suite = Library().suite("daily-notice" if "daily-notice" in Library().names() else "cad")
    syntax = "xml" if profile == "declaration" else "edifact"
    results = tuple(
        Result(
            suite=suite.id,
            group="g",
            scenario=each.id,
            title=each.title,
            requirements=("r",),
            status="passed",
        )
        for each in suite.scenarios
        if each.syntax == syntax
    )
    at = instant_of(CLOCK)
    run = Run(
        suite=suite.id, title=suite.title, version=suite.version, digest=suite.digest, release="1",
        started=at, results=results,
    )  # fmt: skip
    if not Path("keys/agency.key").exists():
        make_key(Path("keys"), "agency")
    signed = sign(state(run, partner=who, profile=profile, issued=at), secret_key(Path("keys/agency.key")))
    Path(f"{who}-{profile}.json").write_text(signed.model_dump_json())
    return f"{who}-{profile}.json"


def shown(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert partner("show", "ACME", "--json") == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_new_partner_is_tested_first(capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys)
    assert (found["stage"], found["contact"], found["today"]) == ("test", "Ann", ["cusdec_d96b"])


def test_nobody_goes_live_without_a_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    assert partner("set", "ACME", "--live", *WHO) == 2
    assert "nothing certifies ACME for cusdec_d96b" in capsys.readouterr().err
    assert shown(capsys)["stage"] == "test"


def test_a_certificate_of_its_own_lets_a_partner_go_live(capsys: pytest.CaptureFixture[str]) -> None:
    assert partner("set", "ACME", "--live", "--certificate", certificate("cusdec_d96b"), *WHO) == 0
    assert shown(capsys)["stage"] == "production"


def test_the_certificate_of_another_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert partner("set", "ACME", "--live", "--certificate", certificate("cusdec_d96b", "OTHER"), *WHO) == 2
    assert "OTHER's" in capsys.readouterr().err


def test_a_setting_lets_everybody_go_live(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CADLINE_GO_LIVE", "free")
    assert partner("set", "ACME", "--live", *WHO) == 0
    assert shown(capsys)["stage"] == "production"


def test_an_old_and_a_new_version_are_spoken_side_by_side(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    partner("set", "ACME", "--live", "--certificate", certificate("cusdec_d96b"), *WHO)
    moving = ("set", "ACME", "--guide", "cusdec_d13a", "--since", "2026-06-01", *WHO)
    assert partner(*moving) == 2
    assert "nothing certifies ACME for cusdec_d13a" in capsys.readouterr().err
    assert partner(*moving, "--certificate", certificate("cusdec_d13a")) == 0
    ending = ("--guide", "cusdec_d96b", "--since", "2026-01-01", "--until", "2026-08-31")
    assert partner("set", "ACME", *ending, *WHO) == 0
    spoken = {}
    for day in ("2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01"):
        monkeypatch.setenv("CADLINE_CLOCK", f"{day}T16:00:00Z")
        spoken[day] = shown(capsys)["today"]
    assert spoken == {
        "2026-05-31": ["cusdec_d96b"],
        "2026-06-01": ["cusdec_d13a", "cusdec_d96b"],
        "2026-08-31": ["cusdec_d13a", "cusdec_d96b"],
        "2026-09-01": ["cusdec_d13a"],
    }


def test_each_change_is_noted_and_nobody_is_registered_twice(capsys: pytest.CaptureFixture[str]) -> None:
    again = ("register", "ACME", "--name", "A", "--account", "999001035RM0001", "--role", "broker", *WHO)
    assert partner(*again) == 2
    partner("set", "ACME", "--contact", "Bob", *WHO)
    partner("set", "ACME", "--contact", "Bob", *WHO)
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["audit", "list", "--json"])
    acts = [json.loads(line)["act"] for line in capsys.readouterr().out.splitlines()]
    assert acts.count("agree terms") == 2
