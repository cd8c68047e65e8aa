"""A recipient that is slow or dead holds up nobody; what was written and not noted comes again, the same."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cadline.clock import FixedClock
from cadline.database import engine_of, reading, upgrade, writing
from cadline.pushing import ROUNDS_MAX, PushWorker
from ingest import recipients, registry
from ingest.audit import Author
from ingest.stages.notify import Notify
from outbound import outbox, queues
from outbound.outbox import Outgoing
from schemas.recipients import Profile
from schemas.registry import Partner, Registry

NOON = datetime(2026, 3, 16, 16, tzinfo=UTC)
NAMES = ("FAST", "SLOW")


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = engine_of(sqlite_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def worker(engine: Engine, tmp_path: Path) -> PushWorker:
    """A worker with two recipients, for each of whom five papers wait."""
    partners = {name: Partner(id=name, name=name, account="999001019RM0001", role="broker") for name in NAMES}
    with writing(engine) as connection:
        registry.write(connection, Registry(partners=partners))
        for name in NAMES:
            profile = Profile(
                recipient=name,
                since=date(2026, 3, 16),
                forms=("edifact",),
                channel="folder",
                folder=str(tmp_path / "out"),
            )
            recipients.agree(connection, profile, Author("Ann", "test", NOON))
        written = [
            Outgoing(
                key=f"answer/{name}/{number}",
                recipient=name,
                kind="answer",
                subject="1",
                control_reference=f"{number:014d}",
                syntax="edifact",
                payload=f"{name} {number}".encode(),
            )
            for number in range(1, 6)
            for name in NAMES
        ]
        outbox.put(connection, written, NOON)
        notify = Notify(100)
        assert notify.sort_out(connection, notify.waiting(connection), NOON) == []
    return PushWorker(engine, FixedClock(NOON), 2)


def waiting(worker: PushWorker) -> dict[str, int]:
    with reading(worker.engine) as connection:
        return {queue.recipient: queue.waiting for queue in queues.queues(connection)}


def until_idle(worker: PushWorker) -> None:
    while not worker.is_idle():
        worker.step()


def test_each_gets_its_papers_in_order_and_the_log_says_so(worker, tmp_path):
    until_idle(worker)
    assert waiting(worker) == {}
    for name in NAMES:
        files = sorted((tmp_path / "out" / name).iterdir())
        assert [file.read_text() for file in files] == [f"{name} {number}" for number in range(1, 6)]
    with reading(worker.engine) as connection:
        log = [each.control_reference for each in queues.deliveries(connection, recipient="SLOW")]
    assert log == sorted(log)
    assert len(log) == 5


def test_a_folder_that_hangs_holds_one_thread_and_nobody_else(worker):
    released = threading.Event()

    def start(work):
        push = next(each for each in worker.under_way.values() if each.rounds == 0 and each not in begun)
        begun.append(push)
        if push.recipient == "SLOW":
            threading.Thread(target=lambda: (released.wait(), work()), daemon=True).start()
        else:
            work()

    begun = []
    worker.start = start
    for _ in range(4):
        worker.step()
    assert waiting(worker) == {"SLOW": 5}
    assert not worker.is_idle()
    worker.under_way["SLOW"].rounds = ROUNDS_MAX - 1
    worker.step()
    assert worker.is_idle()
    with reading(worker.engine) as connection:
        [queue] = queues.queues(connection)
    assert (queue.failures, queue.reason) == (1, "it takes longer than anybody waits")
    released.set()
    while "SLOW" in worker.under_way:
        worker.step()
    assert waiting(worker) == {"SLOW": 3}
    until_idle(worker)
    assert waiting(worker) == {}


def test_rests_grow_to_an_hour_and_end_with_the_first_success(worker, tmp_path):
    (tmp_path / "out").write_text("no folder")
    rests = []
    for _ in range(9):
        until_idle(worker)
        with reading(worker.engine) as connection:
            retry_at = queues.queues(connection)[0].retry_at
        rests.append((retry_at - worker.clock.instant).total_seconds())
        worker.clock.instant = retry_at
    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    (tmp_path / "out").unlink()
    until_idle(worker)
    assert waiting(worker) == {}


def test_what_was_written_and_not_noted_comes_again_as_the_same_file(worker, tmp_path):
    class PowerCut(BaseException):
        """What a kill is to a process."""

    def cut(_push):
        raise PowerCut

    worker._note = cut
    with pytest.raises(PowerCut):
        worker.step()
    before = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*.edi")}
    again = PushWorker(worker.engine, FixedClock(NOON + timedelta(minutes=1)), 2)
    until_idle(again)
    after = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*.edi")}
    assert before.items() <= after.items()
    assert len(after) == 10
    with reading(worker.engine) as connection:
        assert len(list(queues.deliveries(connection))) == 10


def test_a_way_that_was_changed_takes_what_waits_along(worker):
    profile = Profile(recipient="SLOW", since=date(2026, 3, 16), forms=("edifact",), channel="pull")
    with writing(worker.engine) as connection:
        recipients.agree(connection, profile, Author("Ann", "test", NOON))
        notify = Notify(100)
        notify.sort_out(connection, notify.waiting(connection), NOON)
        assert len(queues.behind(connection, "SLOW", 10**9, 100)) == 5
    until_idle(worker)
    assert waiting(worker) == {"SLOW": 5}
