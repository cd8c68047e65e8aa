"""Killed at any moment and started again, the embedded house ends in the same book with the same papers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from accounting.tables import journal_entry
from accounting.verify import verify
from cadline.clock import instant_of
from cadline.database import engine_of, reading, upgrade, writing
from cadline.sample_days import SAMPLE_DAYS, sample_days
from cadline.settings import Settings
from cadline.wiring import House
from ingest import registry
from ingest.doors import inbound
from outbound.tables import outbox
from schemas.registry_files import read_registry

NOON = "2026-03-18T16:00:00Z"
KILLED_AFTER_SECONDS = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4)


def settings_of(folder: Path) -> Settings:
    return Settings(
        database=f"sqlite:///{folder / 'book.sqlite'}",
        tables=SAMPLE_DAYS / "tables",
        clock=NOON,
        batch_records=1,
    )


def submit_everything(settings: Settings) -> None:
    """Put all three days on the log at once, as if the house had been closed."""
    house = House(settings)
    upgrade(house.engine)
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
        records = [
            inbound(file.read_bytes(), instant_of(NOON)) for day in sample_days() for file in day.files
        ]
        house.log.publish(connection, records)
    house.close()


def start(settings: Settings) -> subprocess.Popen[bytes]:
    chosen = {f"CADLINE_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    return subprocess.Popen(
        [sys.executable, "-m", "cadline.cli", "run", "--until-idle"],
        env={**os.environ, **chosen},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(settings: Settings) -> None:
    process = start(settings)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()


def outcome(settings: Settings):
    engine = engine_of(settings.database)
    with reading(engine) as connection:
        assert verify(connection) == []
        book = connection.execute(select(journal_entry).order_by(journal_entry.c.key)).all()
        papers = connection.execute(select(outbox.c.key, outbox.c.payload).order_by(outbox.c.key)).all()
        waiting = connection.execute(select(outbox.c.key).where(outbox.c.relayed_at.is_(None))).all()
    engine.dispose()
    return book, papers, waiting


@pytest.mark.slow
def test_killed_six_times_the_book_and_the_papers_are_those_of_an_undisturbed_run(tmp_path):
    calm, rough = (settings_of(tmp_path / name) for name in ("calm", "rough"))
    for settings in (calm, rough):
        Path(settings.database.removeprefix("sqlite:///")).parent.mkdir()
        submit_everything(settings)
    finish(calm)
    cut_short = 0
    for seconds in KILLED_AFTER_SECONDS:
        process = start(rough)
        time.sleep(seconds)
        cut_short += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    finish(rough)
    assert cut_short, "every run had ended before it was killed: nothing was tried"
    assert outcome(rough) == outcome(calm)
