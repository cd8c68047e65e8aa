"""`cadline tariff`: import, show with history, search."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cadline.commands.tariff import tariff
from cadline.errors import CadlineError

SAMPLE = Path(__file__).parents[2] / "schemas" / "tariff" / "sample.csv"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(tariff, arguments)


@pytest.mark.usefixtures("elsewhere")
def test_show_by_day_with_the_whole_history():
    result = run("show", "6109.10.00.22", "--on", "2021-06-01", "--json")
    shown = json.loads(result.output)
    assert result.exit_code == 0
    assert (shown["line"]["until"], shown["line"]["rates"]["MFN"]) == ("2021-12-31", "18%")
    assert [line["since"] for line in shown["history"]] == ["2021-04-01", "2022-01-01"]
    assert "MFN   18%" in run("show", "6109100022", "--on", "2026-03-02").output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "9999.99.99.99", "--on", "2026-03-02"), 1),
        (("show", "6109.10.00.22", "--on", "2020-01-01"), 1),
        (("show", "6109.10"), 0),
        (("show", "T-shirt"), 2),
        (("search", "t-shirts"), 0),
        (("search", "xyzzy"), 1),
    ],
)
@pytest.mark.usefixtures("elsewhere")
def test_exit_codes(arguments, code):
    assert run(*arguments).exit_code == code


def test_an_imported_tariff_is_used_in_its_folder(elsewhere):
    said = json.loads(run("import", str(SAMPLE), "--json").output)
    assert (said["rows"], said["since"]) == (233, "2021-04-01")
    assert (elsewhere / "tariff.sqlite").is_file()
    shown = json.loads(run("show", "6109100022", "--on", "2026-03-02", "--json").output)
    assert shown["tariff"] == said["version"]


@pytest.mark.usefixtures("elsewhere")
def test_search_prints_number_unit_rate_and_description():
    said = run("search", "smartphones").output
    assert said.startswith("8517.13.00.00  NMB  Free")
    (found,) = run("search", "smartphones", "--json").output.splitlines()
    assert json.loads(found)["classification"] == "8517130000"


def test_a_broken_file_imports_nothing(elsewhere):
    (elsewhere / "broken.csv").write_text("hs10,from\n", encoding="utf-8")
    result = run("import", "broken.csv")
    assert isinstance(result.exception, CadlineError)
    assert not (elsewhere / "tariff.sqlite").exists()
