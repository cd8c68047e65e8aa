"""What does `cadline certify` do? Runs, resumes, repeats what failed, reports; production is left alone."""

import csv
import json
from shutil import copytree

import pytest
from click.testing import CliRunner
from lxml import etree
from test_certification_suites import GROUP, SUITE, SUITES

from cadline.certification.library import SHIPPED, Library
from cadline.certification.reports import page
from cadline.certification.running import FINISHED, PROGRESS, read_run
from cadline.cli import cadline


@pytest.fixture
def folder(tmp_path):
    copied = tmp_path / "suites"
    copytree(SHIPPED, copied, ignore=lambda _where, names: [name for name in names if name in SUITES])
    (copied / "mine").mkdir()
    (copied / "mine" / "suite.toml").write_text(SUITE, encoding="utf-8")
    (copied / "mine" / "one.toml").write_text(GROUP, encoding="utf-8")
    return copied


@pytest.fixture
def certify(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        own = ["--out", "out"] if arguments[0] in {"run", "report"} else []
        own += [] if arguments[0] == "report" else ["--suites", str(folder)]
        jobs = ["--jobs", "1"] if arguments[0] == "run" else []
        return CliRunner().invoke(cadline, ["certify", *arguments, *own, *jobs])

    return called


def spoil(folder):
    """The first scenario expects what does not come; so the second, which needs it, is blocked."""
    text = GROUP.replace('verdict = "accepted"', 'verdict = "rejected"', 1)
    (folder / "mine" / "one.toml").write_text(text, encoding="utf-8")


def test_a_suite_that_passes(certify, tmp_path):
    result = certify("run", "mine")
    assert result.exit_code == 0, result.output
    assert "mine: 2 scenarios: 2 passed" in result.output
    names = {file.name for file in (tmp_path / "out" / "mine").iterdir()}
    assert names == {"run.json", "results.csv", "junit.xml", "report.en.html", "report.fr.html"}


def test_what_fails_is_told_and_what_needs_it_is_blocked(certify, folder):
    spoil(folder)
    result = certify("run", "mine", "--json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.output)
    assert told["counts"] == {"passed": 0, "failed": 1, "blocked": 1, "waiting": 0}
    assert told["results"][0]["failures"] == [
        "Answer to message 1: verdict: expected rejected, found accepted"
    ]


def test_one_check_that_does_not_hold_fails_a_scenario_whatever_else_holds(certify, folder):
    text = GROUP.replace('verdict = "accepted"', 'verdict = "accepted"\nfigures = { total_cents = 1 }', 1)
    (folder / "mine" / "one.toml").write_text(text, encoding="utf-8")
    result = certify("run", "mine", "--json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.output)
    assert told["results"][0]["status"] == "failed"
    assert [failure.partition(",")[0] for failure in told["results"][0]["failures"]] == [
        "Figure total_cents: expected 1"
    ]


def test_only_what_failed_is_run_again(certify, folder, tmp_path):
    second = GROUP.replace('verdict = "rejected"', 'verdict = "accepted"').replace('needs = ["A-1"]\n', "")
    (folder / "mine" / "one.toml").write_text(second, encoding="utf-8")
    assert certify("run", "mine").exit_code == 1
    before = read_run(tmp_path / "out" / "mine")
    assert certify("run", "mine", "--failed").exit_code == 1
    after = read_run(tmp_path / "out" / "mine")
    assert after.results[0] == before.results[0]  # its milliseconds and digests too: it was not run
    assert [result.status for result in after.results] == ["passed", "failed"]


def test_failed_of_another_version_of_the_suite_is_refused(certify, folder):
    assert certify("run", "mine").exit_code == 0
    spoil(folder)
    result = certify("run", "mine", "--failed")
    assert result.exit_code == 2
    assert "run it first" in result.output


def test_an_interrupted_run_goes_on_where_it_stopped(certify, tmp_path):
    assert certify("run", "mine").exit_code == 0
    out = tmp_path / "out" / "mine"
    first = read_run(out).results[0]
    release = read_run(out).release
    mark = f"mine {Library(tmp_path / 'suites').suite('mine').digest} {release}"
    cut = '{"suite": "mine", "gro'  # the line that was being written
    (out / PROGRESS).write_text(f"{mark}\n{first.model_dump_json()}\n{cut}", encoding="utf-8")
    (out / FINISHED).unlink()
    result = certify("run", "mine")
    assert result.exit_code == 0, result.output
    assert "1 of 2 kept" in result.stderr
    assert read_run(out).results[0] == first
    assert not (out / PROGRESS).exists()


def test_progress_of_another_suite_is_not_believed(certify, tmp_path):
    assert certify("run", "mine").exit_code == 0
    out = tmp_path / "out" / "mine"
    first = read_run(out).results[0]
    (out / PROGRESS).write_text(f"mine otherdigest 0.0\n{first.model_dump_json()}\n", encoding="utf-8")
    assert "kept" not in certify("run", "mine").stderr


def test_production_is_left_alone(certify, tmp_path, monkeypatch):
    ledger = tmp_path / "production.sqlite"
    monkeypatch.setenv("CADLINE_DATABASE", f"sqlite:///{ledger}")
    assert certify("run", "mine").exit_code == 0
    assert not ledger.exists()
    assert not (tmp_path / "cadline.sqlite").exists()


def test_junit_and_csv_say_the_same(certify, folder, tmp_path):
    spoil(folder)
    certify("run", "mine")
    out = tmp_path / "out" / "mine"
    root = etree.parse(out / "junit.xml").getroot()
    suite = root.find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")
    assert "expected rejected, found accepted" in suite.find("testcase/failure").text
    rows = list(csv.DictReader((out / "results.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["status"] for row in rows] == ["failed", "blocked"]


@pytest.mark.parametrize(("language", "word"), [("en", "What to do"), ("fr", "Que faire")])
def test_the_page_sets_expected_beside_found_and_marks_the_difference(
    certify, folder, tmp_path, language, word
):
    spoil(folder)
    certify("run", "mine")
    html = page(read_run(tmp_path / "out" / "mine"), language)
    assert "<mark>rejected</mark>" in html or "<mark>rej" in html
    assert word in html
    assert "UNB+UNOC:3+NORTHSTAR" in html
    assert "http" not in html.replace("http-equiv", "")
    assert certify("report", "mine", "--language", language).output.strip() == html.strip()


def test_an_unknown_suite_is_refused_with_the_names_there_are(certify):
    result = certify("run", "yours")
    assert result.exit_code == 2
    assert "mine" in result.output


def test_scenarios_are_listed_by_rule():
    result = CliRunner().invoke(cadline, ["certify", "list", "cad", "--rule", "HDR-013", "--json"])
    assert result.exit_code == 0, result.output
    ids = [json.loads(line)["scenario"] for line in result.output.splitlines()]
    assert ids == ["NEG-HDR-013-E", "NEG-HDR-013-X"]


def test_the_matrix_is_complete():
    result = CliRunner().invoke(cadline, ["certify", "matrix", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["uncovered_rules"] == []


def test_the_matrix_of_a_suite_with_gaps_fails(certify):
    result = certify("matrix")
    assert result.exit_code == 1
    assert "reject rule HDR-013 has no scenario" in result.output


@pytest.mark.parametrize(
    "name",
    [
        "daily-notice",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("statement", "broker-summary")),
    ],
)
def test_the_shipped_suites_of_papers_pass(tmp_path, name):
    result = CliRunner().invoke(cadline, ["certify", "run", name, "--out", str(tmp_path), "--jobs", "1"])
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_the_shipped_suite_of_declarations_passes(tmp_path):
    result = CliRunner().invoke(cadline, ["certify", "run", "cad", "--out", str(tmp_path), "--jobs", "2"])
    assert result.exit_code == 0, result.output
