"""Does it all hold together? A quarter of nine accounts: book, papers, kills, and all of it once more."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import quarter
from quarter import Cuts, Quarter
from sqlalchemy import select

from accounting import ledger
from accounting.tables import credit, debt, journal_entry
from accounting.verify import verify
from cadline.database import reading
from ingest import tables
from ingest.closed_days import Due
from ingest.issued import READERS
from ingest.tieout import TieOut
from outbound.tables import outbox
from parsers.xml import read_paper
from schemas.book import Entry
from schemas.papers import BrokerSummary, DailyNotice, Statement
from tests.outbound.paper_readback import read_back

STATEMENT_DAYS = (date(2026, 3, 25), date(2026, 4, 25), date(2026, 5, 25))

Figures = dict[str, list[Any]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    """The quarter, undisturbed."""
    found = Quarter(tmp_path_factory.mktemp("calm"))
    found.play()
    return found


def everything(lived: Quarter) -> Figures:
    """The book, the papers, and what went out: every byte of it."""
    with reading(lived.house.engine) as connection:
        return {
            "book": [
                tuple(row) for row in connection.execute(select(journal_entry).order_by("party", "sequence"))
            ],
            "debts": sorted(tuple(row) for row in connection.execute(select(debt).where(debt.c.cents != 0))),
            "credits": sorted(
                tuple(row) for row in connection.execute(select(credit).where(credit.c.cents != 0))
            ),
            "papers": [
                tuple(row)
                for row in connection.execute(
                    select(tables.paper.c.key, tables.paper.c.number, tables.paper.c.content).order_by("key")
                )
            ],
            "sent": [
                tuple(row)
                for row in connection.execute(
                    select(
                        outbox.c.recipient, outbox.c.key, outbox.c.control_reference, outbox.c.payload
                    ).order_by("recipient", "key", "control_reference")
                )
            ],
        }


def papers(lived: Quarter, kind: str) -> Iterator[DailyNotice | Statement | BrokerSummary]:
    with reading(lived.house.engine) as connection:
        table = tables.paper.c
        rows = connection.execute(
            select(table.kind, table.content).where(table.kind == kind).order_by(table.key)
        )
        yield from [READERS[row.kind](row.content) for row in rows]


def statements(lived: Quarter) -> dict[str, list[Statement]]:
    """The statements of each account, oldest first; of corrected ones the last version."""
    last: dict[tuple[str, date], Statement] = {}
    for paper in papers(lived, "statement"):
        assert isinstance(paper, Statement)
        last[paper.account, paper.statement_date] = paper
    found = defaultdict(list)
    for (account, _), paper in sorted(last.items()):
        found[account].append(paper)
    return found


def entries(lived: Quarter) -> list[Entry]:
    with reading(lived.house.engine) as connection:
        return list(ledger.entries(connection))


def test_every_kind_of_act_came_about_and_the_book_is_proven(lived):
    with reading(lived.house.engine) as connection:
        assert [str(problem) for problem in verify(connection)] == []
        assert connection.execute(select(tables.dead_letter)).all() == []
        verdicts = Counter(connection.scalars(select(tables.decision.c.verdict)))
    assert verdicts == {"accepted": 14, "pending": 2}  # one of them was approved since
    assert {entry.kind for entry in entries(lived)} == {
        "declaration", "reversal", "opening", "payment", "assignment", "dishonour", "credit", "disbursement",
        "interest", "penalty", "waiver", "clearing", "security",
    }  # fmt: skip


def test_the_papers_tie_out_with_the_book(lived):
    with reading(lived.house.engine) as connection:
        assert [str(problem) for problem in TieOut(connection).problems()] == []


def test_every_version_is_on_one_notice_and_on_one_statement(lived):
    posted = Counter(entry.key for entry in entries(lived) if entry.kind == "declaration")
    noticed = Counter(
        movement.entry
        for notice in papers(lived, "daily-notice")
        if isinstance(notice, DailyNotice) and not notice.broker
        for section in notice.sections
        for movement in section.movements
    )
    assert noticed == posted
    billed = Counter(
        movement.entry
        for series in statements(lived).values()
        for paper in series
        for part in paper.parts
        for movement in part.movements
    )
    # What falls on the statement of June was not billed yet.
    awaited = {entry.key for entry in entries(lived) if entry.dates.statement_date > STATEMENT_DAYS[-1]}
    assert billed == {key: 1 for key in posted if key not in awaited}


def test_what_is_payable_is_what_the_book_says_and_what_the_next_statement_opens_with(lived):
    series = statements(lived)
    assert sum(map(len, series.values())) >= 3 * 7
    with reading(lived.house.engine) as connection:
        rows = connection.execute(select(journal_entry.c.key, journal_entry.c.statement_date))
        stated = {row.key: row.statement_date for row in rows}
    moved = [
        (entry.party, stated[entry.key], posting.cents)
        for entry in entries(lived)
        for posting in entry.postings
        if posting.account.startswith(("receivable.", "credit."))
    ]
    for account, found in series.items():
        for paper in found:
            due = sum(
                cents for party, day, cents in moved if party == account and day <= paper.statement_date
            )
            assert paper.payable_cents == due
            assert sum(item.cents for item in paper.opening_items) == paper.opening_cents
            assert paper.opening_cents + paper.new_cents == paper.payable_cents
        for before, after in pairwise(found):
            assert after.opening_cents == before.payable_cents


def test_what_was_sent_is_read_back_to_the_same_value(lived):
    with reading(lived.house.engine) as connection:
        rows = connection.execute(
            select(outbox.c.payload, tables.paper.c.kind, tables.paper.c.content).join_from(
                outbox, tables.paper, tables.paper.c.key == outbox.c.paper
            )
        ).all()
    read: Counter[str] = Counter()
    for row in rows:
        value = READERS[row.kind](row.content)
        if row.payload.startswith(b"UN"):
            assert read_back(row.payload) == value
            read["edifact " + row.kind] += 1
        elif row.payload.startswith(b"<?xml"):
            assert read_paper(row.payload).documents == (value,)
            read["xml " + row.kind] += 1
    kinds = ("daily-notice", "statement", "broker-summary")
    assert set(read) == {f"{syntax} {kind}" for syntax in ("edifact", "xml") for kind in kinds}


@pytest.mark.slow
def test_killed_again_and_again_it_ends_in_the_same_bytes(lived, tmp_path):
    rough = Quarter(tmp_path, Cuts(every=13))
    rough.play()
    assert rough.cuts.made > 80
    assert everything(rough) == everything(lived)
    rough.house.close()


def test_done_once_more_it_stays_as_it_is(lived):
    before = everything(lived)
    lived.play_again()
    lived.house.daily_run().close(quarter.LAST)
    dues = [Due(day, "daily-notice") for day in quarter.days()]
    for due in [*dues, *(Due(day, "statement") for day in STATEMENT_DAYS)]:
        for _ in lived.house.close_runs().parts(due):
            pass
    after = everything(lived)
    for name, rows in before.items():
        assert [row for row in after[name] if row not in rows] == []
        assert len(after[name]) == len(rows)
