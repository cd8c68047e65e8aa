"""Can a tester make messages, keep what came back, and replay them?"""

import json
from pathlib import Path

import pytest

from cadline.cli import main


def cadline(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "profile",
    ["cusdec_d13a", *(pytest.param(name, marks=pytest.mark.slow) for name in ("cusdec_d96b", "declaration"))],
)
def test_generated_messages_pass_under_the_testers_own_names(profile: str, tmp_path: Path) -> None:
    own = ("--sender", "ACME", "--security", "54321", "--importer", "123456782RM0009")
    assert cadline("certify", "generate", "--profile", profile, "--count", 3, *own, "--out", "mine") == 0
    texts = [file.read_text("latin-1") for file in sorted((tmp_path / "mine").iterdir()) if file.is_file()]
    assert any("ACME" in text and "54321" in text and "123456782RM0009" in text for text in texts)
    assert cadline("certify", "replay", "mine") == 0


def test_the_same_seed_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for seed in (7, 7, 8):
        cadline("certify", "generate", "--seed", seed)
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(
    "fault", ["HDR-002", *(pytest.param(code, marks=pytest.mark.slow) for code in ("LIN-002", "TXN-001"))]
)
def test_a_named_fault_is_found_and_expected(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cadline("certify", "generate", "--fault", fault, "--out", "bad", "--count", 2) == 0
    assert fault in (tmp_path / "bad" / "000001.toml").read_text()
    assert cadline("certify", "replay", "bad") == 0
    assert "2 passed, 0 failed" in capsys.readouterr().out


def test_a_fault_that_nothing_shows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cadline("certify", "generate", "--fault", "NO-999") == 2
    assert "NO-999" in capsys.readouterr().err


def test_what_passed_becomes_a_fixture_and_another_message_in_its_place_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cadline("certify", "generate", "--count", 2, "--out", "mine")
    assert cadline("certify", "init", "kept", "mine/000001.edi") == 0
    assert cadline("certify", "replay", "kept") == 0
    kept = tmp_path / "kept" / "000001.edi"
    kept.write_bytes((tmp_path / "mine" / "000002.edi").read_bytes())
    capsys.readouterr()
    assert cadline("certify", "replay", "kept", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] == 0
    assert "Figure transaction_number" in {check["what"]["en"] for check in told["failed"][0]["checks"]}


@pytest.mark.slow
def test_what_is_rejected_becomes_a_fixture_only_when_that_is_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cadline("certify", "generate", "--fault", "HDR-002", "--out", "bad")
    assert cadline("certify", "init", "kept", "bad/000001.edi") == 2
    assert "000001.edi: HDR-002" in capsys.readouterr().err
    assert cadline("certify", "init", "kept", "bad/000001.edi", "--rejected") == 0
    assert cadline("certify", "replay", "kept") == 0


def test_broken_expectations_are_told_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cadline("certify", "generate", "--out", "mine")
    file = tmp_path / "mine" / "000001.toml"
    file.write_text(file.read_text() + '\n[[expect]]\ndo = "expect-answer"\nverdict = "perhaps"\n')
    assert cadline("certify", "replay", "mine") == 2
    line = len(file.read_text().splitlines())
    assert f"000001.toml:{line}" in capsys.readouterr().err


def test_no_database_is_opened(tmp_path: Path) -> None:
    cadline("certify", "generate", "--out", "mine")
    cadline("certify", "replay", "mine")
    assert not list(tmp_path.glob("*.sqlite*"))
