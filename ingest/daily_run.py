"""What is done to the accounts when a day has ended, and in which order?

    penalties    for what came late
    interest     on what is overdue, and on what was paid late
    clearing     of what fell due, with the credits that were there
    security     which thresholds were crossed

Each step does what is not done yet, so that a run that was cut short is simply run again. The papers of the
day come behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import Connection

from accounting.interest import Rates
from accounting.strategies import StrategyUnknown, strategy_on
from ingest.charging import post_interest
from ingest.clearing import clear_some
from ingest.late import post_penalties
from ingest.security_watch import note_crossings
from schemas.security import THRESHOLDS

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DailyRun:
    """A run over the accounts. transaction: opens one that writes. now: tells the UTC instant.

    charges: whether penalties and interest are posted. thresholds: percents of security.
    """

    transaction: Callable[[], AbstractContextManager[Connection]]
    now: Callable[[], datetime]
    rates: Rates
    charges: bool = True
    thresholds: Sequence[int] = THRESHOLDS

    def close(self, day: date) -> Mapping[str, int]:
        """Do all steps for an Eastern day that has ended; return how much each has written."""
        steps = STEPS if self.charges else STEPS[CHARGING:]
        return {name: step(self, day) for name, step in steps}


def _penalties(run: DailyRun, day: date) -> int:
    with run.transaction() as connection:
        return len(post_penalties(connection, day, run.now()))


def _interest(run: DailyRun, day: date) -> int:
    with run.transaction() as connection:
        found = post_interest(connection, day, run.now(), run.rates)
    for reason in found.unknown:
        logger.warning("interest waits for a rate", day=day.isoformat(), reason=reason)
    return len(found.keys)


def _clearing(run: DailyRun, day: date) -> int:
    """Clear some hundred accounts in a transaction; a day before the orders begin has nothing to clear."""
    try:
        strategy_on(day)
    except StrategyUnknown:
        return 0
    written, after = 0, ""
    while True:
        with run.transaction() as connection:
            chunk = clear_some(connection, after, day, run.now())
        if chunk is None:
            return written
        written, after = written + len(chunk.entries), chunk.last


def _security(run: DailyRun, day: date) -> int:
    with run.transaction() as connection:
        return note_crossings(connection, day, run.now(), run.thresholds)


STEPS: tuple[tuple[str, Callable[[DailyRun, date], int]], ...] = (
    ("penalties", _penalties),
    ("interest", _interest),
    ("clearing", _clearing),
    ("security", _security),
)

CHARGING = 2
"""How many of the steps charge something."""
