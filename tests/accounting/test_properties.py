"""What holds for every sequence of declarations, corrections and repeats, in whatever order they arrive?"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import attrgetter

import pytest
from books import IMPORTER, OTHER_IMPORTER, accepted, assessment, declaration
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Connection, create_engine

from accounting import ledger, movements
from accounting.tables import (
    allocation,
    chain,
    credit,
    debt,
    journal_entry,
    metadata,
    open_item,
    posting,
)
from accounting.verify import verify
from schemas.assessment import Assessment
from schemas.book import Entry
from schemas.cad import Declaration

BOOK = [allocation, chain, credit, debt, journal_entry, open_item, posting]

IMPORTERS = (IMPORTER, OTHER_IMPORTER)
# A slow machine is no defect.
quick = settings(max_examples=40, deadline=None)

START = datetime(2026, 3, 10, tzinfo=UTC)

cents = st.integers(0, 10**9)
assessments = st.builds(assessment, cents, cents, cents)
histories = st.lists(
    st.tuples(st.sampled_from(IMPORTERS), st.lists(assessments, min_size=1, max_size=3)), max_size=5
)
History = list[tuple[str, list[Assessment]]]
Filing = tuple[Declaration, Assessment]


@contextmanager
def empty_book() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine, BOOK)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def filings(history: History, order: random.Random) -> list[Filing]:
    """Every version of every declaration; declarations mixed at will, versions of each in their order."""
    waiting = [
        [
            (declaration(version, number=f"{place:014d}", importer=importer), assessed)
            for version, assessed in enumerate(versions, start=1)
        ]
        for place, (importer, versions) in enumerate(history)
    ]
    mixed = []
    while waiting:
        chosen = order.choice(waiting)
        mixed.append(chosen.pop(0))
        waiting = [rest for rest in waiting if rest]
    return mixed


def file(connection: Connection, batch: Sequence[Filing], posted_at: datetime) -> None:
    """Post a batch as the post stage does: each version on the one before it, wherever that stands."""
    standing = ledger.latest_entry(connection, [cad.transaction_number for cad, _ in batch])
    made: list[Entry] = []
    for cad, assessed in batch:
        replaced = standing.get(cad.transaction_number)
        made += accepted(cad, assessed, posted_at=posted_at, replaced=replaced)
        standing[cad.transaction_number] = made[-1]
    ledger.post(connection, made)


def batches(of: Sequence[Filing], order: random.Random) -> Iterator[Sequence[Filing]]:
    rest = list(of)
    while rest:
        size = order.randint(1, len(rest))
        yield rest[:size]
        rest = rest[size:]


def owed(history: History) -> dict[str, int]:
    """What each importer owes: the latest version of each of its declarations."""
    sums: Counter[str] = Counter(dict.fromkeys(IMPORTERS, 0))
    for importer, versions in history:
        sums[importer] += versions[-1].total_cents
    return dict(sums)


def told(connection: Connection) -> dict[str, int]:
    return {importer: ledger.receivable(ledger.balance(connection, importer)) for importer in IMPORTERS}


@quick
@given(histories, st.randoms(use_true_random=False))
def test_in_any_order_and_any_batches_the_book_says_the_latest_versions(
    history: History, order: random.Random
) -> None:
    with empty_book() as connection:
        for number, batch in enumerate(batches(filings(history, order), order)):
            file(connection, batch, START + timedelta(hours=7 * number))
        assert told(connection) == owed(history)
        assert sum(ledger.trial_balance(connection).values()) == 0
        assert verify(connection) == []


@quick
@given(histories, st.randoms(use_true_random=False), st.integers(2, 4))
def test_posted_several_times_is_posted_once(history: History, order: random.Random, times: int) -> None:
    with empty_book() as connection:
        entries: list[Entry] = []
        for cad, assessed in filings(history, order):
            latest = [entry for entry in entries if entry.transaction_number == cad.transaction_number]
            entries += accepted(cad, assessed, replaced=latest[-1] if latest else None)
        ledger.post(connection, entries)
        for _ in range(times - 1):
            assert ledger.post(connection, order.sample(entries, len(entries))) == ()
        assert told(connection) == owed(history)
        assert len(list(ledger.entries(connection))) == len(entries)
        assert verify(connection) == []


@quick
@given(histories, st.randoms(use_true_random=False))
def test_the_papers_do_not_show_the_order_of_posting(history: History, order: random.Random) -> None:
    papers = []
    for _ in range(2):
        with empty_book() as connection:
            for batch in batches(filings(history, order), order):
                file(connection, batch, START)
            papers.append(movements.posted_on(connection, START.date() - timedelta(days=1)))
    assert papers[0] == papers[1]


@quick
@given(histories, st.randoms(use_true_random=False))
def test_each_version_is_on_exactly_one_notice_and_one_statement(
    history: History, order: random.Random
) -> None:
    with empty_book() as connection:
        for number, batch in enumerate(batches(filings(history, order), order)):
            file(connection, batch, START + timedelta(days=9 * number))
        days = {
            entry.posted_at.date() + timedelta(days=off)
            for entry in ledger.entries(connection)
            for off in (-1, 0)
        }
        noticed = [each for day in days for each in movements.posted_on(connection, day)]
        stated = [
            each
            for number in range(24)
            for each in movements.on_statement(
                connection, START.date().replace(year=2026 + number // 12, month=1 + number % 12, day=25)
            )
        ]
    versions = sorted((each.movement.transaction_number, each.movement.version) for each in stated)
    assert versions == sorted(
        (f"{place:014d}", version)
        for place, (_, assessed) in enumerate(history)
        for version in range(1, len(assessed) + 1)
    )
    assert sorted(noticed, key=natural_key) == sorted(stated, key=natural_key)


natural_key = attrgetter("natural_key")


class Book(RuleBasedStateMachine):
    """Declarations come, change, end and come again; a dictionary says what must be owed."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = empty_book()
        self.connection = self.opened.__enter__()
        self.latest: dict[str, Filing] = {}
        self.now = START

    def file(self, cad: Declaration, assessed: Assessment) -> None:
        self.now += timedelta(hours=11)
        file(self.connection, [(cad, assessed)], self.now)
        self.latest[cad.transaction_number] = cad, assessed

    @rule(number=st.integers(1, 4), importer=st.sampled_from(IMPORTERS), assessed=assessments)
    def a_version_is_filed(self, number: int, importer: str, assessed: Assessment) -> None:
        name = f"{number:014d}"
        held = self.latest.get(name)
        version = held[0].version + 1 if held else 1
        self.file(declaration(version, number=name, importer=importer), assessed)

    @rule(number=st.integers(1, 4))
    def a_declaration_is_cancelled(self, number: int) -> None:
        held = self.latest.get(f"{number:014d}")
        if held:
            last = held[0].model_copy(update={"version": held[0].version + 1, "function": "cancellation"})
            self.file(last, assessment())

    @rule(number=st.integers(1, 4))
    def the_latest_version_is_posted_again(self, number: int) -> None:
        held = self.latest.get(f"{number:014d}")
        if held:
            self.file(*held)

    @rule(number=st.integers(1, 4))
    def the_latest_version_comes_with_other_amounts(self, number: int) -> None:
        held = self.latest.get(f"{number:014d}")
        if held and held[0].function != "cancellation":
            other = assessment(held[1].total_cents + 1)
            with pytest.raises(ledger.EntryConflict):
                file(self.connection, [(held[0], other)], self.now)

    @invariant()
    def the_book_says_what_is_owed(self) -> None:
        owing: Counter[str] = Counter(dict.fromkeys(IMPORTERS, 0))
        for cad, assessed in self.latest.values():
            owing[cad.importer.identifier] += assessed.total_cents
        assert told(self.connection) == dict(owing)

    @invariant()
    def the_balance_of_this_instant_is_the_balance(self) -> None:
        for importer in IMPORTERS:
            then = ledger.balance(self.connection, importer, self.now)
            assert ledger.receivable(then) == told(self.connection)[importer]

    def teardown(self) -> None:
        assert verify(self.connection) == []
        self.opened.__exit__(None, None, None)


TestBook = Book.TestCase
TestBook.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
