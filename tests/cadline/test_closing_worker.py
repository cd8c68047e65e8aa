"""Days are closed by the clock: every one, once, after outages and kills, on nights when clocks change."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from accounting import ledger
from accounting.calendar import billing_dates
from accounting.journal import owed, statement_date
from cadline.clock import FixedClock
from cadline.closing_worker import ClosingWorker
from cadline.database import engine_of, reading, upgrade, writing
from cadline.sample_days import SAMPLE_DAYS, sample_days, statement_instant
from cadline.settings import Settings
from cadline.wiring import House
from cadline.worker import Shift
from ingest import registry, tables
from ingest.closed_days import Due, closed
from ingest.closing import Close
from ingest.doors import inbound
from outbound.tables import outbox, paper_number
from schemas.book import Entry
from schemas.days import EASTERN
from schemas.registry import Registry
from schemas.registry_files import read_registry

ACCOUNT = "123456782RM0001"
OTHER = "900000009RM0001"


def eastern(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=EASTERN).astimezone(UTC)


def entry(number: int, posted_at: datetime, account: str = ACCOUNT) -> Entry:
    """A declaration that owes a dollar of GST."""
    day = posted_at.astimezone(EASTERN).date()
    dates = billing_dates("commercial", day)
    assert statement_date(dates, posted_at)
    return Entry(
        key=f"cad/{number:014d}/1",
        kind="declaration",
        party=account,
        transaction_number=f"{number:014d}",
        version=1,
        stream="commercial",
        release_date=day,
        event_day=day,
        posted_at=posted_at,
        dates=dates,
        postings=owed("gst", 100),
    )


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = engine_of(sqlite_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(eastern(2026, 3, 16, 12))


@pytest.fixture
def worker(engine: Engine, clock: FixedClock) -> ClosingWorker:
    return worker_of(engine, clock)


def worker_of(engine: Engine, clock: FixedClock) -> ClosingWorker:
    def close_of_day(connection: Connection, instant: datetime | None = None) -> Close:
        return Close(connection, Registry(), "CARM", instant or clock.now())

    return ClosingWorker(engine, clock, close_of_day)


def post(worker: ClosingWorker, *entries: Entry) -> None:
    with writing(worker.engine) as connection:
        ledger.post(connection, entries)


def work(worker: ClosingWorker, *parts: int) -> int:
    """Set the clock to an Eastern time and work until nothing is due; return the number of closes."""
    worker.clock.instant = eastern(*parts)
    return Shift([worker], 0.01, 1.0).until_idle()


def papers(worker: ClosingWorker) -> list[tuple[str, int]]:
    with reading(worker.engine) as connection:
        return [(row.key, row.number) for row in connection.execute(select(tables.paper).order_by("key"))]


def closed_days(worker: ClosingWorker, kind="daily-notice") -> list[date]:
    with reading(worker.engine) as connection:
        return closed(connection, kind)


def test_before_anything_has_happened_nothing_is_closed(worker):
    assert work(worker, 2026, 3, 18, 1) == 0
    assert worker.is_idle()


def test_a_day_is_closed_half_an_hour_after_midnight_and_only_once(worker):
    post(worker, entry(1, eastern(2026, 3, 16, 23, 59)))
    assert work(worker, 2026, 3, 17, 0, 29) == 0
    assert work(worker, 2026, 3, 17, 0, 30) == 2
    assert papers(worker) == [(f"daily-notice/{ACCOUNT}/2026-03-16", 1)]
    assert work(worker, 2026, 3, 17, 23) == 0
    assert closed_days(worker) == closed_days(worker, "broker-summary") == [date(2026, 3, 16)]


def test_a_weekend_is_closed_with_monday(worker):
    post(worker, *(entry(day, eastern(2026, 3, day, 12)) for day in (20, 21, 22, 23)))
    work(worker, 2026, 3, 21, 0, 30)
    assert closed_days(worker) == [date(2026, 3, 20)]
    work(worker, 2026, 3, 23, 12)
    assert closed_days(worker) == [date(2026, 3, 20)]
    work(worker, 2026, 3, 24, 0, 30)
    assert papers(worker) == [
        (f"daily-notice/{ACCOUNT}/2026-03-{day}", number)
        for number, day in enumerate((20, 21, 22, 23), start=1)
    ]


def test_holidays_are_days_like_others_tuesday_to_saturday(worker):
    # Thanksgiving is Monday 12 October 2026; Christmas is a Friday, and Boxing Day a Saturday.
    post(worker, *(entry(day, eastern(2026, 10, day, 12)) for day in (9, 12, 13)))
    made = []
    for day in (10, 11, 12, 13, 14):
        work(worker, 2026, 10, day, 0, 30)
        made.append(len(papers(worker)))
    assert made == [1, 1, 1, 2, 3]
    post(worker, *(entry(100 + day, eastern(2026, 12, day, 12)) for day in (24, 25)))
    for day in (25, 26):
        work(worker, 2026, 12, day, 0, 30)
        assert closed_days(worker)[-1] == date(2026, 12, day - 1)


def test_an_outage_is_caught_up_day_by_day_with_its_statements(worker):
    post(worker, *(entry(day, eastern(2026, 3, day, 12)) for day in (16, 18, 26)))
    assert work(worker, 2026, 4, 28, 9) == 2 * 43 + 2 + 1  # a month has ended, too
    assert [key for key, _ in papers(worker)] == [
        f"daily-notice/{ACCOUNT}/2026-03-16",
        f"daily-notice/{ACCOUNT}/2026-03-18",
        f"daily-notice/{ACCOUNT}/2026-03-26",
        f"statement/{ACCOUNT}/2026-03-25",
        f"statement/{ACCOUNT}/2026-04-25",
    ]
    assert closed_days(worker) == [date(2026, 3, 16) + timedelta(days=n) for n in range(43)]


def test_statements_are_made_on_the_25th_though_it_be_a_sunday(worker):
    post(worker, entry(1, eastern(2026, 10, 14, 12)))
    work(worker, 2026, 10, 24, 23, 59)
    assert closed_days(worker, "statement") == []
    work(worker, 2026, 10, 25, 0, 30)
    assert closed_days(worker, "statement") == [date(2026, 10, 25)]
    assert (f"statement/{ACCOUNT}/2026-10-25", 1) in papers(worker)


@pytest.mark.parametrize(
    ("posted", "runs", "notices"),
    [
        # Clocks go from 2:00 to 3:00 on Sunday 8 March 2026: it lasts 23 hours.
        (
            [eastern(2026, 3, 7, 23, 59), eastern(2026, 3, 8, 3, 0), eastern(2026, 3, 8, 23, 59)],
            [(2026, 3, 8, 0, 30), (2026, 3, 9, 0, 30), (2026, 3, 10, 0, 30)],
            ["2026-03-07", "2026-03-08"],
        ),
        # 1:30 happens twice on Sunday 1 November 2026: it lasts 25 hours.
        (
            [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (3, 5, 6)],
            [(2026, 11, 1, 1, 30), (2026, 11, 2, 0, 30), (2026, 11, 3, 0, 30)],
            ["2026-10-31", "2026-11-01"],
        ),
    ],
    ids=["23 hours", "25 hours"],
)
def test_nights_on_which_clocks_are_changed_lose_and_double_nothing(worker, posted, runs, notices):
    post(worker, *(entry(number, instant) for number, instant in enumerate(posted, start=1)))
    made = []
    for run in runs:
        work(worker, *run)
        made.append(len(papers(worker)))
    assert made == [0, 0, len(notices)]
    assert [key for key, _ in papers(worker)] == [f"daily-notice/{ACCOUNT}/{day}" for day in notices]


def test_a_clock_that_steps_back_closes_nothing_again_and_misses_nothing(worker):
    post(worker, entry(1, eastern(2026, 3, 16, 12)))
    work(worker, 2026, 3, 17, 0, 31)
    before = papers(worker)
    assert work(worker, 2026, 3, 16, 23, 59) == 0
    assert work(worker, 2026, 3, 17, 0, 30) == 0
    assert papers(worker) == before
    post(worker, entry(2, eastern(2026, 3, 17, 12)))
    work(worker, 2026, 3, 18, 0, 30)
    assert papers(worker) == [*before, (f"daily-notice/{ACCOUNT}/2026-03-17", 2)]


def test_a_day_that_was_closed_by_hand_is_not_due(worker):
    post(worker, entry(1, eastern(2026, 3, 16, 12)), entry(2, eastern(2026, 3, 17, 12)))
    worker.clock.instant = eastern(2026, 3, 18, 0, 10)
    with writing(worker.engine) as connection:
        worker.close_of_day(connection).notices(date(2026, 3, 17))
    assert work(worker, 2026, 3, 18, 0, 30) == 3
    assert len(papers(worker)) == 2


def test_a_day_made_by_hand_before_its_end_is_made_again_for_those_who_came_later(worker):
    post(worker, entry(1, eastern(2026, 3, 16, 12)))
    with writing(worker.engine) as connection:
        worker.close_of_day(connection).close(Due(date(2026, 3, 16), "daily-notice"))
    assert closed_days(worker) == []
    post(worker, entry(2, eastern(2026, 3, 16, 13), OTHER))
    work(worker, 2026, 3, 17, 0, 30)
    assert papers(worker) == [
        (f"daily-notice/{ACCOUNT}/2026-03-16", 1),
        (f"daily-notice/{OTHER}/2026-03-16", 1),
    ]


class PowerCut(BaseException):
    """What a kill is to a process: nothing catches it."""


def test_cut_off_at_any_close_and_started_again_it_ends_in_the_same_papers(worker, clock):
    post(worker, *(entry(day, eastern(2026, 3, day, 12)) for day in (16, 17, 18, 19)))
    whole = worker.close_of_day

    def cut_before_the_commit(connection: Connection, instant: datetime | None = None) -> Close:
        class CutOff(Close):
            def write(self, due, subjects):
                super().write(due, subjects)
                raise PowerCut

        return CutOff(connection, Registry(), "CARM", instant or clock.now())

    clock.instant = eastern(2026, 3, 25, 1)
    for _ in range(21):
        worker.close_of_day = cut_before_the_commit
        if not worker.is_idle():
            with pytest.raises(PowerCut):
                worker.step()
        worker.close_of_day = whole
        worker.step()
    assert worker.is_idle()
    assert [number for key, number in papers(worker) if key.startswith("daily")] == [1, 2, 3, 4]
    with reading(worker.engine) as connection:
        assert {row.kind: row.last for row in connection.execute(select(paper_number))} == {
            "daily-notice": 4,
            "statement": 1,
        }


def test_several_closing_at_once_on_postgresql_wait_for_one_another(postgres_url):
    engine = engine_of(postgres_url)
    upgrade(engine)
    clock = FixedClock(eastern(2026, 3, 25, 1))
    crew = [worker_of(engine, clock) for _ in range(4)]
    accounts = [f"{number}0000002RM0001" for number in range(11, 31)]
    post(
        crew[0],
        *(
            entry(1000 * day + place, eastern(2026, 3, day, 12), account)
            for day in (16, 17, 18)
            for place, account in enumerate(accounts)
        ),
    )
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: Shift([one], 0.01, 1.0).until_idle(), crew))
    assert len(papers(crew[0])) == len(accounts) * 4
    assert {number for key, number in papers(crew[0]) if key.endswith("2026-03-18")} == {3}
    engine.dispose()


def outgoing(house: House) -> list[tuple[str, bytes]]:
    with reading(house.engine) as connection:
        rows = connection.execute(select(outbox.c.key, outbox.c.payload).order_by(outbox.c.key))
        return [(row.key, row.payload) for row in rows]


def play(house: House, *, by_clock: bool) -> list[tuple[str, bytes]]:
    """Work the sample days, closed by the clock or by hand; return what went out."""
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    shift = house.shift(closing=by_clock)
    for day in sample_days():
        house.clock.instant = day.closing - timedelta(hours=8)
        with writing(house.engine) as connection:
            arrivals = [inbound(file.read_bytes(), received_at) for received_at, file in day.arrivals()]
            house.log.publish(connection, arrivals)
        shift.until_idle()
        house.clock.instant = day.closing
        if not by_clock:
            with writing(house.engine) as connection:
                house.close_of_day(connection).notices(day.day)
                house.close_of_day(connection).summaries(day.day)
        shift.until_idle()
    for month in (3, 4):
        house.clock.instant = statement_instant(date(2026, month, 25))
        if not by_clock:
            with writing(house.engine) as connection:
                close = house.close_of_day(connection)
                if month == 4:
                    close.monthly_summaries(date(2026, 3, 1))
                close.statements(date(2026, month, 25))
        shift.until_idle()
    return outgoing(house)


def test_the_clock_makes_the_papers_that_are_made_by_hand_byte_for_byte(tmp_path):
    sent = []
    for name in ("clock", "hand"):
        house = House(
            Settings(
                database=f"sqlite:///{tmp_path / name}.sqlite",
                tables=SAMPLE_DAYS / "tables",
                clock="2026-03-16T12:00:00Z",
                charge=False,  # by hand, nobody charges for lateness
            )
        )
        sent.append(play(house, by_clock=name == "clock"))
        house.close()
    assert sent[0] == sent[1]
    assert {key.split("/")[0] for key, _ in sent[0]} >= {"daily-notice", "broker-summary", "statement"}
