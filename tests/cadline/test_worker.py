"""The worker loop: one transaction a batch, poison set aside, lost races and absent servers survived."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from cadline.clock import FixedClock
from cadline.database import engine_of, reading, upgrade, writing
from cadline.errors import SettingsError, Unavailable
from cadline.logs.embedded import EmbeddedLog, PlaceTaken
from cadline.logs.tables import log_place
from cadline.worker import Shift, StageWorker
from ingest import tables
from ingest.records import Outgoing

NOW = datetime(2026, 3, 16, 15, tzinfo=UTC)


@dataclass
class Copying:
    """A small stage: copies what it reads, and fails as it is told."""

    poison: bytes = b"poison"
    away: int = 0
    batches: list[int] = field(default_factory=list)
    name: str = "copying"
    source: str = "in"

    def handle(self, connection, batch, now):  # noqa: ARG002 - the stages' signature
        if self.away:
            self.away -= 1
            raise Unavailable("the server is away")
        if any(record.value == self.poison for record in batch):
            raise ZeroDivisionError("a defect of ours")
        self.batches.append(len(batch))
        return [Outgoing("out", record.key, record.value) for record in batch]


@pytest.fixture
def log(sqlite_url):
    engine = engine_of(sqlite_url)
    upgrade(engine)
    yield EmbeddedLog(engine, batch_records=3)
    engine.dispose()


def worker_of(log, stage):
    return StageWorker(stage, log.engine, log, log.reader(stage.name, stage.source), FixedClock(NOW))


def put(log, *values):
    with writing(log.engine) as connection:
        log.publish(connection, [Outgoing("in", "key", value) for value in values])


def values_in(log, topic):
    return [record.value for record in EmbeddedLog(log.engine, 100).reader("test", topic).poll()]


def test_records_go_through_in_order_batch_by_batch(log):
    put(log, b"1", b"2", b"3", b"4")
    stage = Copying()
    assert Shift([worker_of(log, stage)], 0.01, 1.0).until_idle() == 4
    assert values_in(log, "out") == [b"1", b"2", b"3", b"4"]
    assert stage.batches == [3, 1]


def test_one_bad_record_is_set_aside_and_its_neighbours_go_on(log):
    put(log, b"1", b"poison", b"3", b"4")
    Shift([worker_of(log, Copying())], 0.01, 1.0).until_idle()
    assert values_in(log, "out") == [b"1", b"3", b"4"]
    assert values_in(log, "in.dlq") == [b"poison"]
    with reading(log.engine) as connection:
        letter = connection.execute(select(tables.dead_letter)).one()
    assert (letter.position, letter.stage, letter.value) == ("in/0/1", "copying", b"poison")
    assert "a defect of ours" in letter.reason


def test_a_server_that_is_away_is_waited_for(log):
    put(log, b"1")
    stage = Copying(away=2)
    Shift([worker_of(log, stage)], 0.01, 5.0).until_idle()
    assert values_in(log, "out") == [b"1"]


def test_a_server_that_stays_away_stops_the_worker_and_loses_nothing(log):
    put(log, b"1")
    with pytest.raises(Unavailable):
        Shift([worker_of(log, Copying(away=1000))], 0.01, 0.05).until_idle()
    Shift([worker_of(log, Copying())], 0.01, 1.0).until_idle()
    assert values_in(log, "out") == [b"1"]


def test_of_two_processes_on_one_place_only_one_commits(log):
    put(log, b"1", b"2")
    slow, fast = worker_of(log, Copying()), worker_of(log, Copying())
    held = slow.reader.poll()
    assert fast.step() == 2
    with pytest.raises(PlaceTaken), writing(log.engine) as connection:
        slow.reader.finish_inside(connection, held, [Outgoing("out", "key", b"again")])
    assert values_in(log, "out") == [b"1", b"2"]


def test_a_wrong_set_up_stops_the_worker_at_once_and_sets_nothing_aside(log):
    put(log, b"1")
    with writing(log.engine) as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO gone"))

    class Auditing(Copying):
        def handle(self, connection, batch, now):
            connection.execute(select(tables.audit))
            return super().handle(connection, batch, now)

    started = time.monotonic()
    with pytest.raises(SettingsError, match="audit"):
        Shift([worker_of(log, Auditing())], 0.01, 30.0).until_idle()
    assert time.monotonic() - started < 5
    with writing(log.engine) as connection:
        assert connection.scalar(select(tables.dead_letter.c.position)) is None


def test_a_bad_record_that_comes_again_after_a_crash_is_counted_and_passed(log):
    put(log, b"poison", b"2")
    worker = worker_of(log, Copying())
    worker.step()
    with writing(log.engine) as connection:  # the place was not kept: as when Kafka was not told
        connection.execute(log_place.update().values(next_offset=0))
    worker.step()
    with reading(log.engine) as connection:
        letter = connection.execute(select(tables.dead_letter)).one()
    assert (letter.position, letter.attempts) == ("in/0/0", 2)
    assert worker.is_idle()
