"""How are two transactions brought to want the same at once? The second begins while the first is open."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine, text

from cadline.database import writing

Act = Callable[[Connection], Any]

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
SECONDS_MAX = 20.0


def side_by_side(engine: Engine, first: Act, second: Act) -> tuple[Any, Any]:
    """Do the second in a transaction of its own while that of the first is open, and wait until it waits."""

    def alone() -> Any:
        with writing(engine) as connection:
            return second(connection)

    return begun_beside(engine, first, alone)


def begun_beside(engine: Engine, first: Act, second: Callable[[], Any]) -> tuple[Any, Any]:
    """Do the first in a transaction, and begin the second, which opens its own, before that ends."""
    with ThreadPoolExecutor() as pool:
        with writing(engine) as connection:
            done = first(connection)
            later = pool.submit(second)
            until_it_waits(engine)
            assert not later.done()
        return done, later.result(SECONDS_MAX)


def until_it_waits(engine: Engine) -> None:
    give_up = time.monotonic() + SECONDS_MAX
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
        while not watching.scalar(WAITING):
            assert time.monotonic() < give_up, "nobody waited for anybody"
            time.sleep(0.01)
