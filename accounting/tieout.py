"""Do notices, statements and summaries say what the book says? Compared line by line and by figure.

The book is told as movements, and once more as plain sums of postings, so that a movement that was read
wrongly cannot hide. A paper that holds is the one that would be made of the same movements today.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from accounting.activities import AccountActivity
from accounting.billed import Billed
from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.shown import Posted, movements_of, shares
from accounting.statements import statement
from accounting.summaries import broker_summary
from accounting.verify import Problem
from schemas.billing import DueMove
from schemas.money import Cents, dollars
from schemas.papers import BrokerSummary, DailyNotice, Movement, SecurityState, Statement

Paper = DailyNotice | Statement | BrokerSummary
Movements = Sequence[AccountMovement]
Activities = Sequence[AccountActivity]


class Terms(NamedTuple):
    """What a statement says beside its entries."""

    security: SecurityState | None = None
    move: DueMove | None = None


def tie_notices(base: str, papers: Sequence[DailyNotice], posted: Posted) -> Iterator[Problem]:
    """Yield what is wrong with the notices of an account for a closed day: the first and its supplements.

    base: the key of the first. posted: to the account on that day, as far as the reader of the notices sees.
    """
    if not papers:
        yield from _without_paper(base, *posted)
    elif not any(posted):
        for paper in papers:
            if not paper.is_empty:
                yield stray(base, paper.account, paper.day)
    else:
        for place, (paper, part) in enumerate(zip(papers, shares(papers, posted), strict=True)):
            expected = daily_notice(
                paper.account,
                paper.name,
                paper.day,
                paper.issued,
                paper.number,
                *part,
                supplement=place,
                broker=paper.broker,
            )
            yield from _compared(_key(base, place), paper, expected)


def tie_summaries(
    base: str, papers: Sequence[BrokerSummary], filed: Movements, rejected: Mapping[str, int]
) -> Iterator[Problem]:
    """Yield what is wrong with the summaries of a broker for a closed span: the first and its supplements.

    filed: what the broker filed for clients that it may still see. rejected: counts by client.
    """
    if not papers:
        yield from _without_paper(base, filed, ())
        if rejected and not filed:
            yield Problem("paper", base, f"is missing; {sum(rejected.values())} rejections are on none")
        return
    left = Counter(rejected)
    for place, (paper, part) in enumerate(zip(papers, shares(papers, Posted(tuple(filed))), strict=True)):
        told = Counter({client.account: client.rejected for client in paper.clients if client.rejected})
        own = told if place < len(papers) - 1 else +left
        left -= told
        expected = broker_summary(
            paper.broker,
            paper.name,
            paper.first_day,
            paper.last_day,
            paper.issued,
            paper.number,
            part.movements,
            own,
            {client.account: client.name for client in paper.clients},
            supplement=place,
        )
        yield from _compared(_key(base, place), paper, expected)


def tie_statements(
    base: str, papers: Sequence[Statement], billed: Billed, sums: tuple[Cents, Cents], terms: Terms
) -> Iterator[Problem]:
    """Yield what is wrong with the statement of an account for a closed statement day.

    The latest version is what the book says; those before it were corrected. base: the key of the first.
    billed: what the book has for it. sums: the postings to the account's receivables and credits, for that
    statement date and for those before, as the database adds them up.
    """
    if not papers:
        yield from _without_paper(base, billed.movements, billed.activities)
        if not billed.movements and sums[1]:
            yield Problem("paper", base, f"is missing; {dollars(sums[1])} was unpaid")
        return
    for place, version in enumerate(papers):
        if version.version != place + 1:
            yield Problem("version", _key(base, place), f"calls itself version {version.version}")
    paper, key = papers[-1], _key(base, len(papers) - 1)
    expected = statement(
        paper.account,
        paper.name,
        paper.statement_date,
        paper.issued,
        paper.number,
        billed.movements,
        billed.opening,
        {share.broker: share.name for share in paper.brokers},
        billed.activities,
        *terms,
    ).model_copy(update={"version": paper.version, "correction": paper.correction})
    yield from _compared(key, paper, expected)
    for name, cents in (("new_cents", sums[0]), ("opening_cents", sums[1])):
        if getattr(paper, name) != cents:
            yield Problem("postings", key, f"{name} is {getattr(paper, name)}, the postings sum to {cents}")


def stray(key: str, account: str, day: date) -> Problem:
    """Return the problem of a paper for which the book has no reason."""
    return Problem("paper", key, f"exists, though the book has nothing for {account} on {day}")


def _without_paper(key: str, booked: Movements, acts: Activities) -> Iterator[Problem]:
    for each in booked:
        yield Problem("paper", key, f"is missing; {_words(each.movement)} is on none")
    for act in acts:
        yield Problem("paper", key, f"is missing; {act.activity.key} is on none")


def _key(base: str, place: int) -> str:
    """Return the key of a paper by its place behind the first, which is 0."""
    return f"{base}/{place + 1}" if place else base


def _compared(key: str, paper: Paper, expected: Paper) -> Iterator[Problem]:
    """Yield where a paper differs from the one that the book would make, line by line and by figure."""
    yield from _movements(key, movements_of(expected), movements_of(paper))
    yield from _figures(key, paper, expected)


def _movements(key: str, booked: Iterable[Movement], shown: Iterable[Movement]) -> Iterator[Problem]:
    """Yield each movement of the book that is not shown exactly once, and what is shown beside them."""
    wanted = Counter(movement.model_dump_json() for movement in booked)
    found = Counter(movement.model_dump_json() for movement in shown)
    for text in (wanted - found).elements():
        yield Problem("movement", key, f"does not show {_words(Movement.model_validate_json(text))}")
    for text in (found - wanted).elements():
        words = _words(Movement.model_validate_json(text))
        yield Problem("movement", key, f"shows {words}, which is not so in the book")


def _figures(key: str, paper: Paper, expected: Paper) -> Iterator[Problem]:
    """Yield each field in which a paper differs from the one that the book would make."""
    for name in type(paper).model_fields:
        says, book = getattr(paper, name), getattr(expected, name)
        if says != book:
            figures = f": {says}, the book says {book}" if isinstance(says, int) else ""
            yield Problem("figure", key, f"{name} differs from the book{figures}")


def _words(movement: Movement) -> str:
    number = f"{movement.transaction_number} version {movement.version}"
    return f"{number}, {dollars(movement.cents)} posted {movement.posted_day}"
