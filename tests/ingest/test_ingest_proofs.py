"""The proof of answers: it holds for worked interchanges, and sees whatever is taken away or put in."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from cadline.clock import FixedClock
from cadline.database import engine_of, reading, upgrade, writing
from cadline.logs.embedded import EmbeddedLog
from cadline.sample_days import SAMPLE_DAYS
from cadline.worker import Shift, StageWorker
from ingest import registry
from ingest.doors import inbound
from ingest.proofs import prove_answers
from ingest.stages.parse import Parse
from ingest.stages.post import Post
from ingest.stages.validate import Validate
from schemas.registry_files import read_registry
from schemas.tables import load_tables

NOW = datetime(2026, 3, 17, 15, tzinfo=UTC)
FIRST = (SAMPLE_DAYS / "days" / "2026-03-17" / "06-mapletd-own.xml").read_bytes()
OTHER = FIRST.replace(b"90208260000005", b"90208260000009")
KEY = "MAPLETD/CARM/26031706"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    engine = engine_of(request.getfixturevalue(request.param))
    upgrade(engine)
    with writing(engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    yield engine
    engine.dispose()


def work(engine, *payloads, stages=3):
    log = EmbeddedLog(engine, 100)
    with writing(engine) as connection:
        log.publish(connection, [inbound(payload, NOW) for payload in payloads])
    tables = load_tables(SAMPLE_DAYS / "tables", None)
    line = [Parse("CARM"), Validate("CARM", tables), Post("CARM")][:stages]
    workers = [
        StageWorker(stage, engine, log, log.reader(stage.name, stage.source), FixedClock(NOW))
        for stage in line
    ]
    Shift(workers, 0.01, 1.0).until_idle()


def proof_of(engine):
    with reading(engine) as connection:
        proof = prove_answers(connection)
    return dict(+proof.counts), [(found.invariant, found.where, found.message) for found in proof.problems]


def test_an_empty_house_has_answered_everything(engine):
    assert proof_of(engine) == ({}, [])


def test_what_has_been_worked_is_answered_once_and_numbered_without_gaps(engine):
    work(engine, FIRST, FIRST, OTHER, OTHER, b"rubbish")
    counts, problems = proof_of(engine)
    assert problems == []
    assert counts == {
        "interchanges": 1,
        "acknowledgements": 1,
        "refusals": 1,
        "declarations": 3,
        "answers": 3,
        "recipients": 1,
        "unreadable": 1,
    }


def test_what_waits_for_the_next_stage_is_not_answered_yet(engine):
    work(engine, FIRST, stages=2)
    _, problems = proof_of(engine)
    assert problems == [
        ("answered", f"{KEY} message 1", "has no answer; decided: accepted"),
        ("answered", f"{KEY} message 2", "has no answer; decided: accepted"),
    ]


CHANGES = [
    (
        "DELETE FROM outbox WHERE key = 'contrl/MAPLETD/CARM/26031706'",
        [("acknowledged", KEY, "has no CONTRL"), ("numbers", "MAPLETD", "nothing carries 1")],
    ),
    (
        "DELETE FROM outbox WHERE key = 'answer/MAPLETD/CARM/26031706/3'",
        [("answered", f"{KEY} message 3", "has no answer; decided: rejected")],
    ),
    (
        "UPDATE outbox SET recipient = 'AGATECB' WHERE key = 'answer/MAPLETD/CARM/26031706/2'",
        [
            (
                "answered",
                f"{KEY} message 2",
                "its answer is AGATECB 00000000000003, expected MAPLETD 00000000000003",
            ),
            ("numbers", "AGATECB", "3 was never drawn; the last number is 0"),
            ("numbers", "MAPLETD", "nothing carries 3"),
        ],
    ),
    (
        "UPDATE outbox SET key = replace(key, '06/2', '06/9') WHERE key LIKE 'answer/%/2'",
        [
            ("answered", f"{KEY} message 2", "has no answer; decided: accepted"),
            ("stray", f"answer/{KEY}/9", "answers nothing that was received"),
        ],
    ),
    (
        "UPDATE message SET answer_number = NULL WHERE position = 1",
        [
            (
                "answered",
                f"{KEY} message 1",
                "carries a declaration, and no number was drawn for its answer",
            )
        ],
    ),
    (
        "DELETE FROM decision WHERE position = 1",
        [("answered", f"{KEY} message 1", "has an answer, and nothing was decided")],
    ),
    (
        "UPDATE control_reference SET last = 7",
        [("numbers", "MAPLETD", "nothing carries 6-7")],
    ),
    (
        "DELETE FROM receipt WHERE outcome = 'conflict'",
        [("stray", f"contrl/{KEY}", "a CONTRL that acknowledges nothing that was received")],
    ),
    (
        "DELETE FROM outbox WHERE kind = 'contrl' AND control_reference = '00000000000005'",
        [
            ("acknowledged", KEY, "other content arrived 1 times, and was refused 0 times"),
            ("numbers", "MAPLETD", "nothing carries 5"),
        ],
    ),
    (
        "DELETE FROM quarantine",
        [("kept", "edi.inbound/0/2", "could not be read, and is not in quarantine")],
    ),
    (
        "INSERT INTO paper VALUES ('statement/1', 'statement', 'a', '2026-03-25', 2, '{}', '', '')",
        [("numbers", "statement a", "2 was never drawn; the last number is 0")],
    ),
    (
        "INSERT INTO paper_number VALUES ('statement', 'a', 2)",
        [("numbers", "statement a", "nothing carries 1-2")],
    ),
]


@pytest.mark.parametrize(("change", "seen"), CHANGES, ids=[change for change, _ in CHANGES])
def test_what_is_taken_away_or_put_in_is_seen(engine, change, seen):
    work(engine, FIRST, OTHER, b"rubbish")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("DELETE FROM delivery"))
        connection.execute(text(change))
    assert proof_of(engine)[1] == seen


def test_an_arrival_that_was_set_aside_is_seen_until_it_is_worked(engine):
    aside = "INSERT INTO dead_letter VALUES (:position, 'parse', '', 'a defect', 1, :failed_at, '{}', :value)"
    work(engine, FIRST)
    with engine.begin() as connection:
        for position in ("edi.inbound/0/0", "edi.inbound/0/7"):
            values = {"position": position, "failed_at": NOW.replace(tzinfo=None), "value": b""}
            connection.execute(text(aside), values)
    assert proof_of(engine)[1] == [
        ("kept", "edi.inbound/0/7", "was set aside by the parse stage: nobody has been answered")
    ]
