"""Which real things stand behind the names? The only place that chooses database, log, clock and tables."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url

from cadline.checked import Judge
from cadline.clock import Clock, clock_of
from cadline.closing_worker import ClosingWorker
from cadline.database import engine_of, upgrade, writing
from cadline.errors import SettingsError
from cadline.logs import Log
from cadline.logs.embedded import EmbeddedLog
from cadline.logs.kafka import KafkaLog
from cadline.pushing import PushWorker
from cadline.settings import Settings
from cadline.tariff_file import tariff_in_use
from cadline.worker import NotifyWorker, Shift, StageWorker, Worker
from ingest import recipients, registry
from ingest.checking import Checker
from ingest.close_runs import CloseRuns
from ingest.closing import Close
from ingest.daily_run import DailyRun
from ingest.handed import Handed
from ingest.stages import Stage
from ingest.stages.notify import Notify
from ingest.stages.parse import Parse
from ingest.stages.post import Post
from ingest.stages.validate import Validate
from parsers.limits import Limits
from schemas.days import eastern_day
from schemas.registry import Registry
from schemas.table_errors import TableError
from schemas.tables import Tables, load_tables

STAGES = ("parse", "validate", "post", "notify")

COLLECTED_AFTER = (10_000, 20, 20)
"""When Python looks for circles of garbage. Frozen values form none, and a batch is thousands of them:
looking after every 700 took a fifth of the time."""

HANDED_MOST = 1000
"""How many declarations are held between stages: beside the log, which holds all of them."""


@dataclass
class House:
    """The house, wired by its settings. Everything is made on first use and kept."""

    settings: Settings

    @cached_property
    def clock(self) -> Clock:
        """The clock that the settings name."""
        return clock_of(self.settings.clock)

    @cached_property
    def engine(self) -> Engine:
        """The ledger database, migrated to the newest form. Raises Unavailable when it does not answer."""
        engine = engine_of(self.settings.database)
        upgrade(engine)
        return engine

    @cached_property
    def tables(self) -> Tables:
        """The tables of the law and the trade. Raises SettingsError when one cannot be read."""
        try:
            return load_tables(self.settings.tables, tariff_in_use(self.settings.tariff))
        except TableError as error:
            raise SettingsError(f"CADLINE_TABLES or CADLINE_TARIFF: {error}") from None

    @cached_property
    def log(self) -> Log:
        """Kafka where servers are set, otherwise the log in the database."""
        if not self.settings.kafka:
            return EmbeddedLog(self.engine, self.settings.batch_records)
        return KafkaLog(
            servers=self.settings.kafka,
            prefix=self.settings.topic_prefix,
            batch_records=self.settings.batch_records,
            poll_seconds=self.settings.poll_seconds,
        )

    @cached_property
    def handed(self) -> Handed:
        """What one stage made and the next will read, where all work in this process."""
        return Handed(0 if self.settings.kafka else HANDED_MOST)

    def shift(self, stages: Sequence[str] = STAGES, *, closing: bool = False) -> Shift:
        """Put the named stages to work in this process. closing: and close days by the clock."""
        gc.set_threshold(*COLLECTED_AFTER)
        workers = [self.worker(stage) for stage in STAGES if stage in stages]
        if "notify" in stages:
            workers.append(PushWorker(self.engine, self.clock, self.settings.batch_records))
        if closing:
            workers.append(ClosingWorker(self.engine, self.clock, self._close, self.daily_run()))
        return Shift(workers, self.settings.poll_seconds, self.settings.retry_seconds_max)

    def worker(self, name: str) -> Worker:
        """Return the worker of one stage."""
        if name == "notify":
            return NotifyWorker(Notify(self.settings.batch_records), self.engine, self.log, self.clock)
        stage = self._stage(name)
        reader = self.log.reader(stage.name, stage.source)
        return StageWorker(stage, self.engine, self.log, reader, self.clock)

    def checker(self, limits: Limits | None = None) -> Judge:
        """Return what judges a file by all rules, without registering it. limits: None for the registry's."""
        database = make_url(self.settings.database)
        is_there = database.get_backend_name() != "sqlite" or Path(database.database or "").exists()
        return Checker(
            tables=self.tables,
            received_day=eastern_day(self.clock.now()),
            engine=self.engine if is_there else None,
            limits=limits,
        ).stream

    def close_of_day(self, connection: Connection) -> Close:
        """Return what makes the papers of a day, in the caller's transaction."""
        known = registry.read_all(connection)
        return replace(self._close(connection, self.clock.now()), registry=known)

    def close_runs(self) -> CloseRuns:
        """Return what makes the papers of a day in many transactions, and goes on after a kill."""
        return CloseRuns(lambda: writing(self.engine), self._close, self.clock.now)

    def _close(self, connection: Connection, instant: datetime) -> Close:
        """Return a close as at a UTC instant that knows nobody yet."""
        agreed = recipients.read(connection)
        return Close(connection, Registry(), self.settings.agency, instant, agreed)

    def daily_run(self) -> DailyRun:
        """Return what is done to the accounts when a day has ended."""
        return DailyRun(
            transaction=lambda: writing(self.engine),
            now=self.clock.now,
            rates=self.tables.rates.interest,
            charges=self.settings.charge,
            thresholds=self.settings.security_thresholds,
        )

    def close(self) -> None:
        """Let go of what was opened."""
        if "log" in vars(self):
            self.log.close()
        if "engine" in vars(self):
            self.engine.dispose()

    def _stage(self, name: str) -> Stage:
        agency = self.settings.agency
        if name == "validate":
            return Validate(agency, self.tables, handed=self.handed)
        stages: dict[str, Stage] = {
            "parse": Parse(agency, handed=self.handed),
            "post": Post(agency, handed=self.handed),
        }
        return stages[name]
