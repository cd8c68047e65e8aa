"""The tie-out of the sample days holds, and says so when a paper, a number or a figure is not right."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, delete, select, update

from cadline.cli import cadline
from cadline.database import engine_of, writing
from ingest import tables
from outbound.completeness import Completeness, Listed, shortfall
from outbound.tables import delivery, outbox, paper_number

NOW = "2026-04-26T12:00:00Z"
paper = tables.paper


def verify(database: str, *arguments: str) -> tuple[int, dict]:
    options = ["--json", "--database", database, "--clock", NOW]
    result = CliRunner().invoke(cadline, ["papers", "verify", *(arguments or ["--all"]), *options])
    assert result.exit_code in {0, 1}, result.output
    return result.exit_code, json.loads(result.output)


def exceptions(database: str, *arguments: str) -> set[tuple[str, str]]:
    """The checks that fail, and where; and that the exit code says so."""
    code, proof = verify(database, *arguments)
    assert code == (1 if proof["exceptions"] else 0)
    assert proof["holds"] == (code == 0)
    return {(found["check"], found["where"]) for found in proof["exceptions"]}


def tamper(database: str, act) -> object:
    engine = engine_of(database)
    with writing(engine) as connection:
        found = act(connection)
    engine.dispose()
    return found


def one_of(connection: Connection, kind: str):
    """A paper with a number after it, so that its absence leaves a gap; and what it says."""
    query = select(paper).where(paper.c.kind == kind, paper.c.number == 1).order_by(paper.c.key).limit(1)
    row = connection.execute(query).one()
    return row, json.loads(row.content)


def rewrite(connection: Connection, kind: str, change) -> str:
    row, content = one_of(connection, kind)
    change(content)
    connection.execute(update(paper).where(paper.c.key == row.key).values(content=json.dumps(content)))
    return row.key


def test_the_sample_days_tie_out_for_all_and_for_each_recipient(played_url):
    code, proof = verify(played_url)
    assert (code, proof["exceptions"]) == (0, [])
    recipients = {day["recipient"] for day in proof["sent"]}
    assert recipients == {"AGATECB", "BOREALCD", "CEDARCC", "MAPLETD", "SWIFTRC"}
    for recipient in recipients:
        assert exceptions(played_url, "--recipient", recipient) == set()
    assert {(due["kind"], due["day"]) for due in proof["not_closed"]} >= {("daily-notice", "2026-03-19")}
    assert "statement" not in {due["kind"] for due in proof["not_closed"]}


def test_a_recipient_can_compute_the_digests_of_its_days_from_what_it_holds(played_url):
    _, proof = verify(played_url, "--recipient", "MAPLETD")
    days = [Completeness.model_validate(day) for day in proof["sent"]]
    totals = {"daily-notice": "cents", "statement": "payable_cents", "broker-summary": "cents"}

    def held(connection: Connection) -> list[tuple[str, Listed]]:
        contents = {row.key: json.loads(row.content) for row in connection.execute(select(paper))}
        rows = connection.execute(select(outbox).where(outbox.c.recipient == "MAPLETD"))
        return [
            (
                f"{row.created_at:%Y-%m-%d}",
                Listed(
                    number=int(row.control_reference),
                    kind=row.kind,
                    subject=row.subject,
                    digest=row.digest,
                    cents=contents[row.key][totals[row.kind]] if row.key in contents else 0,
                ),
            )
            for row in rows
        ]

    mine = tamper(played_url, held)
    assert days
    for day in days:
        listed = [found for written, found in mine if written == day.day.isoformat()]
        assert shortfall(day, listed).complete
        assert not shortfall(day, listed[1:]).complete


@pytest.mark.parametrize("kind", ["daily-notice", "statement"])
def test_a_paper_that_is_removed_is_missed(played_url, kind):
    def remove(connection: Connection):
        row, content = one_of(connection, kind)
        connection.execute(delete(paper).where(paper.c.key == row.key))
        return row, content

    row, _ = tamper(played_url, remove)
    found = exceptions(played_url)
    assert found == {("paper", row.key), ("numbers", f"{kind} {row.subject}"), ("bytes", row.key)}


def test_a_paper_that_is_removed_with_every_trace_is_missed_all_the_same(played_url):
    def remove(connection: Connection) -> str:
        last = select(paper).where(paper.c.kind == "statement", paper.c.number == 2).limit(1)
        row = connection.execute(last).one()
        sent = select(outbox.c.id).where(outbox.c.key == row.key).scalar_subquery()
        connection.execute(delete(delivery).where(delivery.c.outbox_id == sent))
        connection.execute(delete(outbox).where(outbox.c.key == row.key))
        connection.execute(delete(paper).where(paper.c.key == row.key))
        same = (paper_number.c.kind == "statement") & (paper_number.c.subject == row.subject)
        connection.execute(update(paper_number).where(same).values(last=1))
        return row.key

    key = tamper(played_url, remove)
    assert ("paper", key) in exceptions(played_url)


def test_a_number_that_is_skipped_is_told(played_url):
    def skip(connection: Connection) -> str:
        row = connection.execute(
            select(paper).where(paper.c.kind == "statement", paper.c.number == 2)
        ).first()
        content = json.loads(row.content) | {"number": 3}
        values = {"number": 3, "content": json.dumps(content)}
        connection.execute(update(paper).where(paper.c.key == row.key).values(values))
        same = (paper_number.c.kind == "statement") & (paper_number.c.subject == row.subject)
        connection.execute(update(paper_number).where(same).values(last=3))
        return row.subject

    subject = tamper(played_url, skip)
    assert exceptions(played_url) == {("numbers", f"statement {subject}")}


def test_a_control_reference_that_was_never_sent_is_told_to_its_recipient_alone(played_url):
    def lose(connection: Connection) -> str:
        row = connection.execute(select(outbox).where(outbox.c.kind == "broker-summary")).first()
        connection.execute(delete(delivery).where(delivery.c.outbox_id == row.id))
        connection.execute(delete(outbox).where(outbox.c.id == row.id))
        return row.recipient, row.key

    recipient, key = tamper(played_url, lose)
    assert exceptions(played_url, "--recipient", recipient) == {("numbers", recipient), ("sent", key)}
    other = "MAPLETD" if recipient != "MAPLETD" else "AGATECB"
    assert exceptions(played_url, "--recipient", other) == set()


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("daily-notice", "cents"),
        ("daily-notice", "late_count"),
        ("statement", "new_cents"),
        ("statement", "opening_cents"),
        ("statement", "payable_cents"),
    ],
)
def test_a_total_that_was_changed_is_told(played_url, kind, field):
    def change(content: dict) -> None:
        content[field] += 1

    key = tamper(played_url, lambda connection: rewrite(connection, kind, change))
    checks = {"figure", "postings"} if field in {"new_cents", "opening_cents"} else {"figure"}
    assert exceptions(played_url) == {(check, key) for check in checks}


def test_a_movement_that_is_left_out_or_shown_twice_is_told(played_url):
    def leave_out(content: dict) -> None:
        content["sections"][0]["movements"].pop()

    def double(content: dict) -> None:
        content["parts"][0]["movements"].append(content["parts"][0]["movements"][0])

    for kind, act in (("daily-notice", leave_out), ("statement", double)):
        key = tamper(played_url, lambda connection, kind=kind, act=act: rewrite(connection, kind, act))
        assert {("movement", key), ("figure", key)} <= exceptions(played_url)


def test_a_movement_that_was_changed_is_told_as_it_is_and_as_it_should_be(played_url):
    def change(content: dict) -> None:
        content["parts"][0]["movements"][0]["charges"]["gst"] += 1

    key = tamper(played_url, lambda connection: rewrite(connection, "statement", change))
    _, proof = verify(played_url)
    said = " ".join(found["message"] for found in proof["exceptions"] if found["where"] == key)
    assert "does not show" in said
    assert "which is not so in the book" in said


def test_a_paper_without_a_reason_is_told(played_url):
    def move(connection: Connection) -> str:
        row, _ = one_of(connection, "daily-notice")
        connection.execute(update(paper).where(paper.c.key == row.key).values(subject="999009999RM0001"))
        return row.key

    key = tamper(played_url, move)
    assert ("paper", key) in exceptions(played_url)


def test_bytes_that_were_changed_are_told(played_url):
    def change(connection: Connection) -> str:
        key = connection.scalar(select(outbox.c.key).where(outbox.c.kind == "answer"))
        connection.execute(update(outbox).where(outbox.c.key == key).values(payload=b"other"))
        return key

    key = tamper(played_url, change)
    assert exceptions(played_url) == {("bytes", key)}


def test_an_accepted_declaration_that_is_not_in_the_book_is_told(played_url):
    def accept(connection: Connection) -> str:
        row = connection.execute(
            select(tables.decision).where(tables.decision.c.verdict == "rejected")
        ).first()
        same = (tables.decision.c.interchange == row.interchange) & (
            tables.decision.c.position == row.position
        )
        values = {"verdict": "accepted", "version": 77}
        connection.execute(update(tables.decision).where(same).values(values))
        return f"{row.transaction_number} version 77"

    declaration = tamper(played_url, accept)
    assert ("posted", declaration) in exceptions(played_url)


def test_a_person_is_told_in_lines(played_url):
    result = CliRunner().invoke(
        cadline, ["papers", "verify", "--all", "--database", played_url, "--clock", NOW]
    )
    assert result.exit_code == 0
    assert "not closed yet: daily-notice of" in result.output
    assert result.output.splitlines()[-1] == "Nothing is missing; papers and book agree."


@pytest.mark.parametrize("arguments", [[], ["--all", "--recipient", "AGATECB"]])
def test_whose_papers_is_said_in_one_way(played_url, arguments):
    result = CliRunner().invoke(cadline, ["papers", "verify", *arguments, "--database", played_url])
    assert result.exit_code == 2
    assert "say --recipient, or --all" in result.output
