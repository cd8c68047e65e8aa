"""The two sizes of the house agree: embedded, and four worker processes on Apache Kafka and PostgreSQL.

The same sample days through both give the same book and the same papers, byte for byte. Nothing here is a
stand-in: the workers are processes started by the command line, and the clock is a file that they read.
"""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from accounting import ledger
from accounting.tables import journal_entry
from accounting.verify import verify
from cadline.cli import cadline
from cadline.database import engine_of, reading
from cadline.demo import Rehearsal
from cadline.logs.kafka import KafkaLog
from cadline.sample_days import SAMPLE_DAYS
from cadline.settings import Settings
from cadline.wiring import STAGES, House
from ingest import tables
from outbound.export import export
from outbound.tables import outbox

IDLE_SECONDS_MAX = 60.0


@dataclass
class Crew:
    """Four worker processes, one a stage."""

    environment: dict[str, str]
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, stage: str) -> None:
        with self.log.open("ab") as output:
            self.processes[stage] = subprocess.Popen(
                [sys.executable, "-m", "cadline.cli", "run", "--stage", stage],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def kill(self, stage: str) -> None:
        self.processes[stage].send_signal(signal.SIGKILL)
        self.processes[stage].wait()

    def check(self) -> None:
        for stage, process in self.processes.items():
            assert process.poll() is None, f"{stage} has stopped:\n{self.log.read_text()[-3000:]}"

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)


@contextmanager
def crew_at_work(environment: dict[str, str], log: Path) -> Iterator[Crew]:
    crew = Crew(environment, log)
    for stage in STAGES:
        crew.start(stage)
    try:
        yield crew
    finally:
        crew.stop()


def submitted(house: House) -> int:
    log = house.log
    assert isinstance(log, KafkaLog)
    return log.published


def wait_until_idle(house: House, crew: Crew) -> None:
    """Wait until every submitted interchange is registered, decided, posted, answered and relayed."""
    give_up = time.monotonic() + IDLE_SECONDS_MAX
    while not is_settled(house):
        crew.check()
        assert time.monotonic() < give_up, crew.log.read_text()[-3000:]
        time.sleep(0.05)


def is_settled(house: House) -> bool:
    with reading(house.engine) as connection:
        received = len(connection.execute(select(tables.receipt.c.position).distinct()).all())
        waiting = connection.execute(select(outbox.c.id).where(outbox.c.relayed_at.is_(None))).first()
        due = connection.scalars(
            select(tables.message.c.answer_number).where(tables.message.c.answer_number.is_not(None))
        ).all()
        answered = connection.scalars(select(outbox.c.key).where(outbox.c.kind == "answer")).all()
    return received == submitted(house) and waiting is None and len(due) == len(answered)


def book_of(engine):
    """The book by natural keys: every entry's exact text and hash, and the trial balance."""
    with reading(engine) as connection:
        entries = {
            row.key: (row.party, row.sequence, row.content, row.hash)
            for row in connection.execute(select(journal_entry))
        }
        assert verify(connection) == []
        return entries, ledger.trial_balance(connection)


def papers_of(engine, folder: Path) -> dict[str, bytes]:
    with reading(engine) as connection:
        export(connection, folder)
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """The book and the papers of the embedded run."""
    folder = tmp_path_factory.mktemp("embedded")
    result = CliRunner().invoke(cadline, ["demo", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    engine = engine_of(f"sqlite:///{folder / 'cadline.sqlite'}")
    return book_of(engine), papers_of(engine, folder / "again")


def settings_of(database: str, kafka: str, clock: Path) -> Settings:
    return Settings(
        database=database,
        kafka=kafka,
        tables=SAMPLE_DAYS / "tables",
        clock=f"file:{clock}",
        poll_seconds=0.1,
    )


def environment_of(settings: Settings) -> dict[str, str]:
    chosen = {f"CADLINE_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    return {**os.environ, **chosen}


@contextmanager
def house_on_servers(database: str, kafka: str, tmp_path: Path) -> Iterator[tuple[House, Crew]]:
    clock = tmp_path / "clock"
    clock.write_text("2026-03-16T12:00:00Z", encoding="utf-8")
    settings = settings_of(database, kafka, clock)
    applied = CliRunner().invoke(cadline, ["topics", "apply", "--kafka", kafka, "--partitions", "3"])
    assert applied.exit_code == 0, applied.output
    house = House(settings)
    assert house.engine
    try:
        with crew_at_work(environment_of(settings), tmp_path / "workers.log") as crew:
            yield house, crew
    finally:
        house.close()


def set_clock_of(tmp_path: Path):
    def set_clock(instant) -> None:
        half = tmp_path / "clock.part"
        half.write_text(instant.isoformat(), encoding="utf-8")
        half.replace(tmp_path / "clock")

    return set_clock


@pytest.mark.servers
def test_embedded_and_on_servers_the_same_book_and_papers(embedded, apache_kafka, postgres_url, tmp_path):
    with house_on_servers(postgres_url, apache_kafka, tmp_path) as (house, crew):
        steps = Rehearsal(house, set_clock_of(tmp_path), lambda: wait_until_idle(house, crew))
        list(steps.run())
        on_servers = book_of(house.engine), papers_of(house.engine, tmp_path / "papers")
    assert on_servers == embedded


KILLED = {2: "parse", 6: "validate", 9: "post", 13: "notify", 16: "post"}
"""Which worker is killed behind which interchange, while it works on it."""


@pytest.mark.servers
def test_killing_workers_in_the_middle_changes_nothing(embedded, apache_kafka, postgres_url, tmp_path):
    steps = itertools.count(1)

    def work() -> None:
        if stage := KILLED.get(next(steps)):
            crew.kill(stage)
            crew.start(stage)
        wait_until_idle(house, crew)

    with house_on_servers(postgres_url, apache_kafka, tmp_path) as (house, crew):
        list(Rehearsal(house, set_clock_of(tmp_path), work).run())
        on_servers = book_of(house.engine), papers_of(house.engine, tmp_path / "papers")
    assert on_servers == embedded
