"""A close that is killed at any of its commits, and started again, ends in the same papers byte for byte."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from accounting import ledger
from accounting.calendar import billing_dates
from accounting.journal import owed
from cadline.database import engine_of, reading, upgrade, writing
from ingest import portions, recipients, registry, tables
from ingest.audit import Author
from ingest.close_runs import CloseRuns
from ingest.closed_days import Due, closed
from ingest.closing import Close
from outbound.tables import control_reference, outbox, paper_number
from schemas.book import Entry
from schemas.days import EASTERN
from schemas.recipients import Profile
from schemas.registry import Delegation, Importer, Partner, Registry

DAY, STATEMENT_DAY = date(2026, 3, 16), date(2026, 3, 25)
NOON = datetime(2026, 3, 16, 16, tzinfo=UTC)
NIGHT = datetime(2026, 3, 25, 5, tzinfo=UTC)
BROKERS = {"FIRST": "999001019", "SECOND": "999001035"}
ACCOUNTS = [f"99900{number}RM0001" for number in range(2001, 2008)]
SILENT = ACCOUNTS[3]
"""Nothing was posted to it on the day, and its recipient wants that told."""

CLOSES = [Due(DAY, "daily-notice"), Due(DAY, "broker-summary"), Due(STATEMENT_DAY, "statement")]


class Killed(BaseException):
    """What a kill is to a process: nothing catches it."""


class Book:
    """A book with a day's postings of seven accounts, filed by two brokers, and its closes."""

    def __init__(self, url):
        self.engine = engine_of(url)
        upgrade(self.engine)
        self.now = NIGHT
        self.kill_at = None  # the commit, counted from 1, around which the process dies
        self.is_committed = False  # whether it dies after that commit, or before it
        self.commits = 0
        with writing(self.engine) as connection:
            registry.write(connection, known())
            author = Author("Ann", "agreed", NOON)
            for profile in profiles():
                recipients.agree(connection, profile, author)
            ledger.post(connection, [entry(number) for number in range(1, 36)])

    @contextmanager
    def transaction(self):
        self.commits += 1
        dies = self.commits == self.kill_at
        with writing(self.engine) as connection:
            yield connection
            if dies and not self.is_committed:
                raise Killed
        if dies:
            raise Killed

    def runs(self):
        return CloseRuns(self.transaction, self.close_of_day, lambda: self.now)

    def close_of_day(self, connection, instant):
        known_now, agreed = registry.read_all(connection), recipients.read(connection)
        return Close(connection, known_now, "CARM", instant, agreed)

    def close(self, due):
        return [key for part in self.runs().parts(due) for key in part.keys]

    def outcome(self):
        with reading(self.engine) as connection:
            return {
                table.name: [
                    tuple(value for name, value in row._mapping.items() if name != "id")
                    for row in connection.execute(select(table).order_by(*order))
                ]
                for table, order in (
                    (outbox, [outbox.c.recipient, outbox.c.control_reference]),
                    (tables.paper, [tables.paper.c.key]),
                    (paper_number, [*paper_number.primary_key]),
                    (control_reference, [*control_reference.primary_key]),
                    (tables.closed_day, [*tables.closed_day.primary_key]),
                    (tables.close_run, [*tables.close_run.primary_key]),
                )
            }


def known():
    partners = {
        name: Partner(id=name, name=name, account=f"{bn9}RM0001", role="broker", syntax=syntax)
        for (name, bn9), syntax in zip(BROKERS.items(), ("edifact", "xml"), strict=True)
    }
    importers = {
        account: Importer(account=account, name="Fictive Ltd.", statements_to=(*BROKERS,)[place % 2])
        for place, account in enumerate(ACCOUNTS)
    }
    delegations = tuple(
        Delegation(importer=account, broker=bn9, since=DAY - timedelta(days=100))
        for account in ACCOUNTS
        for bn9 in BROKERS.values()
    )
    return Registry(partners=partners, importers=importers, delegations=delegations)


def profiles():
    yield Profile(recipient="FIRST", since=DAY, forms=("edifact", "json"), client_notices=True)
    yield Profile(recipient="SECOND", since=DAY, forms=("xml", "csv", "html"), nothing_today=True)


def entry(number):
    """A declaration that owes some GST, filed by one of the brokers, posted at noon or the day after."""
    account = ACCOUNTS[number % len(ACCOUNTS)]
    posted_at = NOON + timedelta(days=account == SILENT)
    day = posted_at.astimezone(EASTERN).date()
    return Entry(
        key=f"cad/{number:014d}/1",
        kind="declaration",
        party=account,
        broker=f"{(*BROKERS.values(),)[number % 2]}RM0001",
        transaction_number=f"{number:014d}",
        version=1,
        stream="commercial",
        release_date=day,
        event_day=day,
        posted_at=posted_at,
        dates=billing_dates("commercial", day),
        postings=owed("gst", 100 * number),
    )


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(portions, "ACCOUNTS_AT_ONCE", 2)


@pytest.fixture
def book(sqlite_url):
    book = Book(sqlite_url)
    yield book
    book.engine.dispose()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What an undisturbed run leaves, all accounts of a close in one portion."""
    book = Book(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'book.sqlite'}")
    for due in CLOSES:
        book.close(due)
    yield book.outcome()
    book.engine.dispose()


def go_on(book, due):
    """Start again after a kill: later, where something was committed."""
    if book.outcome()["close_run"]:
        book.now = NIGHT + timedelta(hours=3)
    book.close(due)
    book.now = NIGHT


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("is_committed", [False, True], ids=["before", "after"])
def test_killed_around_any_commit_it_ends_in_the_papers_of_an_undisturbed_run(tmp_path, whole, is_committed):
    for kill_at in count(1):
        book = Book(f"sqlite:///{tmp_path / f'{kill_at}.sqlite'}")
        book.kill_at, book.is_committed = kill_at, is_committed
        killed = 0
        for due in CLOSES:
            try:
                book.close(due)
            except Killed:
                killed += 1
                go_on(book, due)
        assert book.outcome() == whole
        book.engine.dispose()
        if not killed:
            break
    assert kill_at > 10, "there were few commits at which to kill"


def test_an_undisturbed_run_numbers_without_gaps_in_the_order_of_accounts(whole):
    for recipient in BROKERS:
        sent = [row for row in whole["outbox"] if row[1] == recipient]
        assert [int(row[5]) for row in sent] == [*range(1, len(sent) + 1)]
    own = [row[0] for row in whole["outbox"] if row[1] == "SECOND" and row[2] == "daily-notice"]
    assert own == sorted(own)
    assert f"daily-notice/{SILENT}/{DAY}" in own, "nothing was posted to it, and that is told"
    assert whole["close_run"] == []
    assert len(whole["closed_day"]) == len(CLOSES)


@pytest.mark.usefixtures("small_portions")
def test_the_day_is_closed_with_the_last_portion_only(book):
    parts = book.runs().parts(CLOSES[0])
    next(parts)
    assert [len(rows) for rows in (book.outcome()["close_run"], book.outcome()["closed_day"])] == [1, 0]
    list(parts)
    assert [len(rows) for rows in (book.outcome()["close_run"], book.outcome()["closed_day"])] == [0, 1]


@pytest.mark.usefixtures("small_portions")
def test_two_that_close_the_same_day_take_turns(book, whole):
    first, second = (book.runs().parts(CLOSES[0]) for _ in range(2))
    next(first)
    next(second)
    next(first)
    list(second)
    notices = [row for row in whole["outbox"] if row[2] == "daily-notice"]
    assert book.outcome()["outbox"] == notices
    assert not any(part.keys for part in first)


@pytest.mark.usefixtures("small_portions")
def test_a_run_that_began_before_the_day_was_over_begins_again_once_it_is(book):
    due = CLOSES[0]
    book.now = NOON
    next(book.runs().parts(due))
    with writing(book.engine) as connection:
        ledger.post(connection, [entry(100)])  # to an account whose notice was written
    book.now = NIGHT
    book.close(due)
    with reading(book.engine) as connection:
        assert closed(connection, "daily-notice") == [DAY]
        keys = set(connection.scalars(select(tables.paper.c.key)))
    party = entry(100).party
    assert {f"daily-notice/{account}/{DAY}" for account in ACCOUNTS} <= keys
    assert (f"daily-notice/{party}/{DAY}/2" in keys) == (party in ACCOUNTS[:2])


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("due", CLOSES)
def test_the_length_of_a_close_is_known_before(book, due):
    length = book.runs().length(due)
    assert length == len(list(book.runs().parts(due))) > 1
