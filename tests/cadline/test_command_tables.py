import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cadline.commands.tables import tables
from cadline.errors import Refused

HEADER = "code,name_en,name_fr,since,until,source,evidence\n"
MODES = HEADER + "1,air,avion,1998-01-01,,own,cbsa\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(tables, [str(argument) for argument in arguments])


def file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_list_says_what_is_known_in_full() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "offices                 6 codes  in part" in result.output
    assert "countries             301 codes  complete" in result.output
    assert "version codes:" in result.output


def test_a_code_is_shown_with_its_history() -> None:
    rows = [json.loads(line) for line in run("show", "treatments", "11", "--json").output.splitlines()]
    assert [(row["abbr"], row["until"]) for row in rows] == [("MT", "2020-06-30"), ("MXT", "")]


def test_a_table_is_shown_as_of_a_day() -> None:
    assert "abbr=MUST" in run("show", "treatments", "--on", "2020-06-30").output
    assert "abbr=MUST" not in run("show", "treatments", "--on", "2020-07-01").output


def test_what_never_was_a_code_exits_1_and_what_is_no_table_2() -> None:
    assert run("show", "treatments", "99").exit_code == 1
    result = run("show", "ports")
    assert result.exit_code == 2
    assert "there are: cad_types, countries" in result.output


def test_an_import_says_what_it_changes_and_is_used_after(tmp_path: Path) -> None:
    new, folder = file(tmp_path / "new" / "modes.csv", MODES), tmp_path / "tables"
    trial = run("import", new, "--tables", folder, "--dry-run")
    assert not folder.exists()
    result = run("import", new, "--tables", folder)
    assert "~ modes 1 since 1998-01-01  name_fr: 'aérien' -> 'avion'" in result.output
    assert "- modes 2 since 1998-01-01  code=2" in result.output
    assert trial.output.splitlines()[:-1] == result.output.splitlines()[:-1]
    assert (folder / "modes.csv").read_text(encoding="utf-8") == MODES
    assert (
        "modes                   1 codes  in part, from the folder" in run("list", "--tables", folder).output
    )


def test_a_faulty_file_moves_nothing(tmp_path: Path) -> None:
    good = file(tmp_path / "new" / "modes.csv", MODES)
    bad = file(tmp_path / "new" / "provinces.csv", HEADER + "ON,Ontario,Ontario,soon,,,cbsa\n")
    result = run("import", good, bad, "--tables", tmp_path / "tables")
    assert isinstance(result.exception, Refused)
    assert "provinces.csv line 2, column since" in str(result.exception)
    assert "provinces.csv line 2, column source" in str(result.exception)
    assert not (tmp_path / "tables").exists()


def test_a_file_that_no_table_has_is_refused(tmp_path: Path) -> None:
    stray = file(tmp_path / "mode.csv", MODES)
    result = run("import", stray, "--tables", tmp_path / "tables")
    assert isinstance(result.exception, Refused)
    assert "no table has a file mode.csv; there are: cad_types.csv" in str(result.exception)


def test_an_import_must_know_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CADLINE_TABLES", raising=False)
    result = run("import", file(tmp_path / "modes.csv", MODES))
    assert result.exit_code == 2
    assert "--tables FOLDER or CADLINE_TABLES" in result.output


def test_folders_are_compared(tmp_path: Path) -> None:
    file(tmp_path / "modes.csv", MODES)
    found = [json.loads(line) for line in run("diff", tmp_path, "--json").output.splitlines()]
    assert {each["table"] for each in found} == {"modes"}
    assert found[0]["after"]["name_fr"] == "avion"


def test_a_row_that_comes_is_told_column_by_column_in_json(tmp_path: Path) -> None:
    file(tmp_path / "modes.csv", MODES + "Z9,by hand,à la main,2026-01-01,,own,cbsa\n")
    found = [json.loads(line) for line in run("diff", tmp_path, "--json").output.splitlines()]
    (came,) = [each for each in found if each["code"] == "Z9"]
    assert came["before"] is None
    assert came["after"]["name_fr"] == "à la main"
