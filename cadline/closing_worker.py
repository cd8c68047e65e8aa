"""How are days closed without anybody asking? A worker beside the stages: what is due, a portion at a time.

The papers of a close, and the run over the accounts, which comes before them, are many transactions. When
the process stops between two, the next one goes on with what is not closed yet: after an outage it catches
up day by day. When the clock steps back, nothing is due again.
"""

from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import Engine

from accounting.schedule import AFTER_MIDNIGHT
from cadline.clock import Clock
from cadline.database import reading, writing
from cadline.metrics import RECORDS
from ingest import closed_days
from ingest.close_runs import CloseOfDay, CloseRuns
from ingest.closed_days import Due, due_closes
from ingest.daily_run import DailyRun
from schemas.days import eastern_day

logger = structlog.get_logger()


@dataclass
class ClosingWorker:
    """Closes days by the clock. close_of_day: makes a day's papers in a transaction, as at a UTC instant.

    daily_run: what is done to the accounts before the papers of a day; None for nothing. settled_on: the day
    on which nothing was left to do; until it changes, the database is not asked again.
    """

    engine: Engine
    clock: Clock
    close_of_day: CloseOfDay
    daily_run: DailyRun | None = None
    name: str = "close"
    settled_on: date | None = None

    def step(self) -> int:
        """Do the first close that is due, or a portion of it: the stages beside it need not wait for the end.

        Return 1, or 0 where nothing is due.
        """
        due = self._next()
        if due is None:
            return 0
        if due.kind == "accounts":
            self._run(due)
        else:
            self._write(due)
        return 1

    def _run(self, due: Due) -> None:
        """Do what is done to the accounts; the day is noted when all of it is done."""
        written = self.daily_run.close(due.day) if self.daily_run else {}
        with writing(self.engine) as connection:
            closed_days.close(connection, due, self.clock.now())
        RECORDS.labels(self.name, "worked").inc(sum(written.values()))
        logger.info("closed", kind=due.kind, day=due.day.isoformat(), **written)

    def _write(self, due: Due) -> None:
        """Write the next papers of a close."""
        runs = CloseRuns(lambda: writing(self.engine), self.close_of_day, self.clock.now)
        part = runs.step(due)
        RECORDS.labels(self.name, "worked").inc(len(part.keys))
        said = "closed" if part.is_last else "closing"
        logger.info(said, kind=due.kind, day=due.day.isoformat(), papers=len(part.keys))

    def is_idle(self) -> bool:
        """Return whether no close is due."""
        return self._next() is None

    def close(self) -> None:
        """Nothing is held."""

    def _next(self) -> Due | None:
        """Return the first close that is due. What is due changes half an hour after midnight only."""
        now = self.clock.now()
        day = eastern_day(now - AFTER_MIDNIGHT)
        if day == self.settled_on:
            return None
        with reading(self.engine) as connection:
            due = due_closes(connection, now, accounts=self.daily_run is not None)
        if not due:
            self.settled_on = day
        return due[0] if due else None
