"""The main job, end to end, embedded: the sample days give what their table expects, once and for ever."""

import csv
import json
from collections import Counter

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cadline.cli import cadline
from cadline.database import engine_of, reading
from cadline.sample_days import SAMPLE_DAYS, sample_days
from ingest import tables
from outbound.tables import outbox


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, CliRunner().invoke(cadline, ["demo", "--out", str(folder)])


def rows_of(folder, query):
    engine = engine_of(f"sqlite:///{folder / 'cadline.sqlite'}")
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    engine.dispose()
    return rows


def expected():
    with (SAMPLE_DAYS / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_demo_ends_well_and_tells_what_happened(played):
    _, result = played
    assert result.exit_code == 0, result.output
    for word in ("What went in", "What happened", "What was posted", "What came out", "proves itself: yes"):
        assert word in result.output


def test_every_declaration_becomes_what_the_table_expects(played):
    folder, _ = played
    decided = Counter(
        (row.transaction_number, row.version, row.verdict) for row in rows_of(folder, select(tables.decision))
    )
    wanted = Counter(
        (row["transaction_number"], int(row["version"]), row["becomes"])
        for row in expected()
        if row["becomes"] in {"accepted", "rejected"}
    )
    assert decided == wanted


def test_every_rejection_names_the_expected_rule(played):
    folder, _ = played
    query = select(tables.decision).where(tables.decision.c.verdict == "rejected")
    found = {
        (row.transaction_number, row.version): {
            finding["code"] for finding in json.loads(row.content)["findings"]
        }
        for row in rows_of(folder, query)
    }
    for row in expected():
        if row["becomes"] == "rejected":
            assert row["rule"] in found[row["transaction_number"], int(row["version"])]


def test_every_declaration_has_exactly_one_answer_and_no_number_is_missing(played):
    folder, _ = played
    papers = rows_of(folder, select(outbox))
    answers = [paper for paper in papers if paper.kind == "answer"]
    assert len(answers) == len(rows_of(folder, select(tables.decision)))
    by_recipient = {}
    for paper in papers:
        by_recipient.setdefault(paper.recipient, []).append(int(paper.control_reference))
    for recipient, numbers in by_recipient.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), recipient


def test_everything_has_left_the_house(played):
    folder, _ = played
    assert not [paper.key for paper in rows_of(folder, select(outbox)) if paper.relayed_at is None]


def test_a_second_run_on_the_same_database_changes_neither_book_nor_papers(played):
    folder, _ = played
    query = select(outbox.c.key, outbox.c.digest).order_by(outbox.c.key)
    before = rows_of(folder, query), (folder / "outbound" / "papers.csv").read_bytes()
    again = CliRunner().invoke(cadline, ["demo", "--out", str(folder), "--json"])
    assert again.exit_code == 0, again.output
    assert (rows_of(folder, query), (folder / "outbound" / "papers.csv").read_bytes()) == before
    assert (
        json.loads(again.output)["receipts"]["first"]
        == len({f for day in sample_days() for f in day.files}) - 1
    )


def test_the_ledger_verifies(played):
    folder, _ = played
    url = f"sqlite:///{folder / 'cadline.sqlite'}"
    result = CliRunner().invoke(cadline, ["ledger", "verify", "--database", url])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("instant", "warned"), [("2026-03-18T20:00:00Z", True), ("2026-03-19T05:00:00Z", False)]
)
def test_a_close_before_the_day_is_over_is_warned_of(tmp_path, instant, warned):
    arguments = [
        "notices",
        "--date",
        "2026-03-18",
        "--clock",
        instant,
        "--database",
        f"sqlite:///{tmp_path}/b.sqlite",
    ]
    result = CliRunner().invoke(cadline, arguments)
    assert result.exit_code == 0, result.output
    assert ("is not over" in result.stderr) == warned
