"""Do notices and statements say what the book says? Compared movement by movement, and figure by figure.

The book is told as movements, and once more as plain sums of postings, so that a movement that was read
wrongly cannot hide. A paper that holds is the one that would be made of the same movements today.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from accounting.activities import AccountActivity
from accounting.billed import Billed
from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.statements import statement
from accounting.verify import Problem
from schemas.money import Cents, dollars
from schemas.papers import DailyNotice, Movement, Statement

Movements = Sequence[AccountMovement]
Activities = Sequence[AccountActivity]


def tie_notice(
    key: str, paper: DailyNotice | None, posted: Movements, acts: Activities = ()
) -> Iterator[Problem]:
    """Yield what is wrong with the notice of an account for a closed day. posted, acts: to it on that day."""
    if paper is None:
        yield from _without_paper(key, posted, acts)
        return
    expected = daily_notice(paper.account, paper.name, paper.day, paper.issued, paper.number, posted, acts)
    yield from _movements(key, _in_notice(expected), _in_notice(paper))
    yield from _figures(key, paper, expected)


def tie_statement(
    key: str, paper: Statement | None, billed: Billed, sums: tuple[Cents, Cents]
) -> Iterator[Problem]:
    """Yield what is wrong with the statement of an account for a closed statement day.

    billed: what the book has for it. sums: the postings to the account's receivables and credits, for that
    statement date and for those before, as the database adds them up.
    """
    if paper is None:
        yield from _without_paper(key, billed.movements, billed.activities)
        if not billed.movements and sums[1]:
            yield Problem("paper", key, f"is missing; {dollars(sums[1])} was unpaid")
        return
    names = {share.broker: share.name for share in paper.brokers}
    expected = statement(
        paper.account,
        paper.name,
        paper.statement_date,
        paper.issued,
        paper.number,
        billed.movements,
        billed.opening,
        names,
        billed.activities,
    )
    yield from _movements(key, _in_statement(expected), _in_statement(paper))
    yield from _figures(key, paper, expected)
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


def _in_notice(paper: DailyNotice) -> Iterator[Movement]:
    return (movement for section in paper.sections for movement in section.movements)


def _in_statement(paper: Statement) -> Iterator[Movement]:
    return (movement for part in paper.parts for movement in part.movements)


def _movements(key: str, booked: Iterable[Movement], shown: Iterable[Movement]) -> Iterator[Problem]:
    """Yield each movement of the book that is not shown exactly once, and what is shown beside them."""
    wanted = Counter(movement.model_dump_json() for movement in booked)
    found = Counter(movement.model_dump_json() for movement in shown)
    for text in (wanted - found).elements():
        yield Problem("movement", key, f"does not show {_words(Movement.model_validate_json(text))}")
    for text in (found - wanted).elements():
        words = _words(Movement.model_validate_json(text))
        yield Problem("movement", key, f"shows {words}, which is not so in the book")


def _figures(
    key: str, paper: DailyNotice | Statement, expected: DailyNotice | Statement
) -> Iterator[Problem]:
    """Yield each field in which a paper differs from the one that the book would make."""
    for name in type(paper).model_fields:
        says, book = getattr(paper, name), getattr(expected, name)
        if says != book:
            figures = f": {says}, the book says {book}" if isinstance(says, int) else ""
            yield Problem("figure", key, f"{name} differs from the book{figures}")


def _words(movement: Movement) -> str:
    number = f"{movement.transaction_number} version {movement.version}"
    return f"{number}, {dollars(movement.cents)} posted {movement.posted_day}"
