"""Is a client told what its messages show, and what is still missing, until nothing is?"""

import json
from pathlib import Path
from typing import Any

import pytest

from cadline.certification.desk import Payload, desk
from cadline.certification.generating import Identifiers, Order
from cadline.certification.library import Library
from cadline.certification.model import Suite
from cadline.certification.serving import Reception, says
from cadline.cli import main

PROFILES = ("cusdec_d13a", "cusdec_d96b", "declaration")


@pytest.fixture(scope="module")
def suite() -> Suite:
    return Library().suite("cad")


def cadline(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def sample(fault: str, scenario: str, seed: int, to: Path) -> None:
    chosen = ("--fault", fault) if fault else ("--scenario", scenario)
    assert cadline("certify", "generate", *chosen, "--seed", seed, "--out", to.parent / f"made{seed}") == 0
    made = (to.parent / f"made{seed}" / "000001.edi").read_bytes()
    to.write_bytes(made.replace(b"00000001", f"{seed:08d}".encode()))


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_a_message_like_a_scenarios_shows_it_and_hardly_another(suite: Suite, profile: str) -> None:
    library, clock = Library(), suite.scenarios[0].clock
    reception = Reception(library, suite, profile)
    rules = [task for task in reception.tasks if task.scenario.id.startswith("NEG-HDR")]
    with desk(library.registry, library.tables, clock) as opened:
        payloads = []
        for number, task in enumerate(rules):
            order = Order(library, task.scenario, profile, Identifiers(), clock)
            payload = next(order.samples(1, number)).payload
            payloads.append(
                Payload(task.scenario.id, payload.replace(b"00000001", f"{number + 9:08d}".encode()))
            )
        for seen in opened.take(payloads):
            cads = [says(cad) for cad in reception._cads(seen)]
            shown = {task.scenario.id for task in rules if not task.lacks(seen, cads)}
            assert seen.sent[0].name in shown
            assert len(shown) <= 2


def test_what_is_missing_is_told_until_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    inbox = tmp_path / "in"
    inbox.mkdir()
    serve = ("certify", "serve", "--inbox", inbox, "--once", "--scenario", "NEG-HDR-00")
    sample("", "POS-FIRST", 31, inbox / "good.edi")
    capsys.readouterr()
    assert cadline(*serve) == 1
    told = capsys.readouterr().out
    assert "good.edi: shows nothing that is open" in told
    assert "nearest good.edi" in told
    assert list((tmp_path / "answers").glob("good.edi.*"))
    sample("HDR-002", "", 32, inbox / "bad.edi")
    capsys.readouterr()
    assert cadline(*serve, "--json") == 1
    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"message": "bad.edi", "shows": ["NEG-HDR-002-E"], "written_in": "cusdec_d13a"} in lines
    assert "NEG-HDR-002-E" in lines[0]["open"]
    assert "NEG-HDR-002-E" not in lines[-1]["open"]
    assert cadline("certify", "serve", "--inbox", inbox, "--once", "--scenario", "NEG-HDR-002") == 0


def test_another_version_than_the_profiles_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    inbox = tmp_path / "in"
    inbox.mkdir()
    sample("", "POS-MFN", 33, inbox / "good.edi")
    serve = ("certify", "serve", "--inbox", inbox, "--once", "--profile", "cusdec_d96b")
    assert cadline(*serve, "--scenario", "POS-MFN") == 1
    assert "written in D.13A" in capsys.readouterr().out


def test_a_name_that_no_open_scenario_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cadline("certify", "serve", "--inbox", "in", "--once", "--scenario", "NOT-THERE") == 2
    assert "NOT-THERE" in capsys.readouterr().err
