"""Several writers at once: every entry once, no deadlock, whatever parties they share."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from books import simple_entries
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from accounting import ledger
from accounting.tables import chain, journal_entry
from accounting.verify import verify
from schemas.book import Entry

PARTIES = [f"12345678{n}RM0001" for n in range(10)]
WRITERS = 4
NUMBERS = [f"{n:014d}" for n in range(240)]


def entries() -> list[Entry]:
    """An entry a number, for parties that all writers share."""
    return [
        entry
        for place, number in enumerate(NUMBERS)
        for entry in simple_entries([number], PARTIES[place % len(PARTIES)])
    ]


def write(engine: Engine, mine: Sequence[Entry], gate: Barrier) -> int:
    """Post entries in batches; a lost race for a key is started again, as the stages do."""
    written = 0
    gate.wait()
    for start in range(0, len(mine), 20):
        for _attempt in range(5):
            try:
                with engine.begin() as connection:
                    written += len(ledger.post(connection, mine[start : start + 20]))
                break
            except IntegrityError:
                continue
    return written


def by_writers(engine: Engine, shares: Sequence[Sequence[Entry]]) -> int:
    gate = Barrier(len(shares))
    with ThreadPoolExecutor(len(shares)) as pool:
        return sum(pool.map(lambda share: write(engine, share, gate), shares))


def assert_whole(engine: Engine) -> None:
    with engine.begin() as connection:
        assert verify(connection) == []
        assert connection.scalar(select(func.count()).select_from(journal_entry)) == len(NUMBERS)
        assert connection.scalar(select(func.sum(chain.c.sequence))) == len(NUMBERS)


def test_writers_with_shares_of_their_own_on_the_same_parties(engine: Engine) -> None:
    mixed = entries()
    random.Random(1).shuffle(mixed)  # noqa: S311 - a mix that is the same every time
    assert by_writers(engine, [mixed[place::WRITERS] for place in range(WRITERS)]) == len(NUMBERS)
    assert_whole(engine)


def test_writers_who_all_post_the_same(engine: Engine) -> None:
    shares = [entries() for _ in range(WRITERS)]
    for place, share in enumerate(shares):
        random.Random(place).shuffle(share)  # noqa: S311 - as above
    assert by_writers(engine, shares) == len(NUMBERS)
    assert_whole(engine)
