"""How is a stage kept at work? Batch by batch: effects, then what goes on, then the place in the log.

    poll ──► one transaction: effects (+ embedded log) ──► commit ──► publish, commit offsets (Kafka)

Four kinds of trouble, four answers: findings are data and never get here; `Unavailable` is retried with
back-off; a defect of ours sets one record aside as a dead letter and goes on; a wrong set-up never starts.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from cadline.clock import Clock
from cadline.database import writing
from cadline.errors import CadlineError, Unavailable
from cadline.logs import Log, Reader
from cadline.logs.embedded import PlaceTaken
from cadline.metrics import BATCH_RECORDS, BATCH_SECONDS, RECORDS, UNAVAILABLE
from ingest import tables
from ingest.records import Outgoing, Record, dead_letters_of
from ingest.stages import Stage
from ingest.stages.notify import Notify
from outbound.upsert import DialectInsert, insert_into

LOST_RACES_MAX = 5
BACKOFF_SECONDS_MIN = 0.1
BACKOFF_SECONDS_MAX = 10.0

logger = structlog.get_logger()


class Worker(Protocol):
    """Something that can do a piece of work, and say whether there was any."""

    @property
    def name(self) -> str:
        """The stage's name."""

    def step(self) -> int:
        """Work one batch and return how many records it held."""

    def is_idle(self) -> bool:
        """Return whether nothing is left to do."""

    def close(self) -> None:
        """Stop: give back what is held."""


@dataclass
class StageWorker:
    """Works one stage: reads its topic, one transaction a batch."""

    stage: Stage
    engine: Engine
    log: Log
    reader: Reader
    clock: Clock

    @property
    def name(self) -> str:
        """The stage's name."""
        return self.stage.name

    def step(self) -> int:
        """Work the next batch. On `Unavailable` nothing is committed and the batch comes again."""
        batch = self.reader.poll()
        if not batch:
            return 0
        BATCH_RECORDS.labels(self.name).observe(len(batch))
        try:
            with BATCH_SECONDS.labels(self.name).time():
                self._work(batch)
        except PlaceTaken:
            return 0
        except CadlineError:
            self.reader.rewind()
            raise
        return len(batch)

    def is_idle(self) -> bool:
        """Return whether the topic holds nothing more for this stage."""
        return self.reader.is_idle()

    def close(self) -> None:
        """Leave the topic."""
        self.reader.close()

    def _work(self, batch: Sequence[Record]) -> None:
        """Work a batch; one bad record is set aside without harming its neighbours."""
        try:
            self._commit(batch)
        except (CadlineError, PlaceTaken):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a defect raises, its record is set aside
            if len(batch) == 1:
                self._set_aside(batch[0], error)
                return
            for record in batch:
                self._work([record])

    def _commit(self, batch: Sequence[Record]) -> None:
        """Commit a batch's effects. A lost race for a unique key starts again, and then finds the row."""
        for attempt in range(1, LOST_RACES_MAX + 1):
            try:
                with writing(self.engine) as connection:
                    outgoing = self.stage.handle(connection, batch, self.clock.now())
                    self.reader.finish_inside(connection, batch, outgoing)
                break
            except IntegrityError:
                if attempt == LOST_RACES_MAX:
                    raise
        self.reader.finish_after(batch, outgoing)
        RECORDS.labels(self.name, "worked").inc(len(batch))
        logger.debug("batch", stage=self.name, records=len(batch), outgoing=len(outgoing))

    def _set_aside(self, record: Record, error: Exception) -> None:
        """Keep a record that we could not work, say why, and go on behind it."""
        logger.error(
            "dead letter", stage=self.name, position=record.position, reason=repr(error), exc_info=error
        )
        letter = Outgoing(
            dead_letters_of(record.topic),
            record.key,
            record.value,
            {**record.headers, "stage": self.name, "reason": repr(error), "position": record.position},
        )
        with writing(self.engine) as connection:
            connection.execute(self._letter(connection, record, error))
            self.reader.finish_inside(connection, [record], [letter])
        self.reader.finish_after([record], [letter])
        RECORDS.labels(self.name, "dead-letter").inc()

    def _letter(self, connection: Connection, record: Record, error: Exception) -> DialectInsert:
        """Return what keeps a record; one that came again, after a crash, has failed once more."""
        table = tables.dead_letter
        failed = {"reason": repr(error), "failed_at": self.clock.now()}
        insert = insert_into(connection, table).values(
            position=record.position,
            stage=self.name,
            key=record.key,
            attempts=1,
            headers=json.dumps(dict(record.headers)),
            value=record.value,
            **failed,
        )
        return insert.on_conflict_do_update(
            index_elements=["position", "stage"], set_={**failed, "attempts": table.c.attempts + 1}
        )


@dataclass
class NotifyWorker:
    """Works the notify stage: relays the outbox, and fills the queues of those who get papers otherwise."""

    stage: Notify
    engine: Engine
    log: Log
    clock: Clock

    @property
    def name(self) -> str:
        """The stage's name."""
        return self.stage.name

    def step(self) -> int:
        """Relay what waits: publish, then mark, in one transaction."""
        with writing(self.engine) as connection:
            now = self.clock.now()
            papers = self.stage.waiting(connection)
            over_topic = self.stage.sort_out(connection, papers, now)
            self.log.publish(connection, self.stage.records(over_topic))
            self.stage.mark(connection, over_topic, now)
        RECORDS.labels(self.name, "worked").inc(len(papers))
        return len(papers)

    def is_idle(self) -> bool:
        """Return whether no paper waits."""
        with writing(self.engine) as connection:
            return not self.stage.waiting(connection)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Shift:
    """Some workers kept at work in one process, until told to stop or until nothing is left."""

    workers: Sequence[Worker]
    poll_seconds: float
    retry_seconds_max: float
    stop: threading.Event = field(default_factory=threading.Event)

    def until_idle(self) -> int:
        """Work until every stage is idle; return the number of records worked."""
        worked = 0
        while not self.stop.is_set():
            round_worked = sum(self._patiently(worker.step) for worker in self.workers)
            worked += round_worked
            if not round_worked and all(self._patiently(worker.is_idle) for worker in self.workers):
                break
        return worked

    def until_stopped(self) -> None:
        """Work until `stop` is set, resting when there is nothing to do."""
        while not self.stop.is_set():
            if not sum(self._patiently(worker.step) for worker in self.workers):
                self.stop.wait(self.poll_seconds)

    def close(self) -> None:
        """Let every worker give back what it holds."""
        for worker in self.workers:
            worker.close()

    def _patiently(self, act: Callable[[], int]) -> int:
        """Do something, trying again with growing rests while a server is away."""
        rest, rested = BACKOFF_SECONDS_MIN, 0.0
        while True:
            try:
                return act()
            except Unavailable as error:
                if rested >= self.retry_seconds_max or self.stop.is_set():
                    raise
                UNAVAILABLE.inc()
                logger.warning("waiting", reason=str(error), seconds=rest)
                self.stop.wait(rest)
                rest, rested = min(2 * rest, BACKOFF_SECONDS_MAX), rested + rest
