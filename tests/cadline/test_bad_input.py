"""What cannot be done is said in a line with an exit code: no stack trace, whatever was asked."""

from pathlib import Path

import pytest

from cadline.cli import main

ACCOUNT = "999002017RM0001"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "latin.csv").write_bytes(b"r\xe9f\xe9rence,charge\n")
    (tmp_path / "deep.json").write_text("[" * 100_000)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["account", "history", ACCOUNT, "--csv", "."], 2, ".: Is a directory"),
        (["account", "history", ACCOUNT, "--csv", "file/x"], 2, "file/x: Not a directory"),
        (["account", "history", ACCOUNT, "--csv", "x" * 300], 2, "File name too long"),
        (["account", "show", ACCOUNT, "--as-of", "0001-01-01T00:00:00+14:00"], 2, "beyond the calendar"),
        (["account", "show", ACCOUNT, "--clock", "file:nowhere"], 2, "nowhere"),
        (["calculate", "deep.json"], 2, "neither CSV nor JSON of goods"),
        (["notices", "--date", "9999-12-31"], 2, "beyond what can be counted"),
        (["papers", "list", "--since", "9" * 30], 2, "beyond what can be counted"),
        (["interest", "calculate", "--amount", "1" + "0" * 40, "--due", "2026-03-31"], 2, "is no amount"),
        (["clear", "case", "--day", "2026-03-31", "--debts", "latin.csv"], 2, "expected CSV in UTF-8"),
        (["assess", "file", "--tables", "nowhere"], 2, "nowhere: expected a folder of tables"),
        (["check", "file", "--tables", "nowhere"], 2, "nowhere: expected a folder of tables"),
        (["security", "show", "SB-404"], 2, "SB-404 is no security"),
    ],
)
def test_said_in_a_line(arguments, code, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == code
    assert said in capsys.readouterr().err


def test_a_read_says_nothing_of_storing(capsys):
    with pytest.raises(SystemExit):
        main(["security", "show", "SB-404"])
    assert "stored" not in capsys.readouterr().err
