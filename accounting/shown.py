"""What does a paper show, and which of several papers of a day shows it? Declarations and other acts."""

from collections.abc import Sequence
from typing import NamedTuple

from accounting.activities import AccountActivity
from accounting.movements import AccountMovement
from schemas.papers import BrokerSummary, DailyNotice, Movement, Statement

ClosingPaper = DailyNotice | Statement | BrokerSummary

Movements = tuple[AccountMovement, ...]
Activities = tuple[AccountActivity, ...]
Place = tuple[str, int, bool]


class Posted(NamedTuple):
    """What was posted to an account on a day, or a part of it."""

    movements: Movements = ()
    activities: Activities = ()


def movements_of(paper: ClosingPaper) -> tuple[Movement, ...]:
    """Return the declarations that a paper shows."""
    match paper:
        case DailyNotice():
            groups = [section.movements for section in paper.sections]
        case Statement():
            groups = [part.movements for part in paper.parts]
        case BrokerSummary():
            groups = [client.movements for client in paper.clients]
    return tuple(movement for group in groups for movement in group)


def place_of(movement: Movement) -> Place:
    """Return what tells a movement of an account apart: its version, and whether it only left the account."""
    left = movement.after_cents == 0 and movement.before_cents is not None
    return movement.transaction_number, movement.version, left


def unshown(before: Sequence[ClosingPaper], posted: Posted) -> Posted:
    """Return what was posted and no paper of a series shows."""
    shown = {place_of(movement) for paper in before for movement in movements_of(paper)}
    told = {act.key for paper in before if not isinstance(paper, BrokerSummary) for act in paper.activities}
    return Posted(
        tuple(each for each in posted.movements if place_of(each.movement) not in shown),
        tuple(each for each in posted.activities if each.activity.key not in told),
    )


def shares(papers: Sequence[ClosingPaper], posted: Posted) -> list[Posted]:
    """Share out what was posted to the papers of a series: what each shows, of what none before it shows.

    What none shows falls to the last, which should have shown it.
    """
    found, rest = [], posted
    for paper in papers[:-1]:
        left = unshown([paper], rest)
        found.append(
            Posted(
                tuple(each for each in rest.movements if each not in left.movements),
                tuple(each for each in rest.activities if each not in left.activities),
            )
        )
        rest = left
    return [*found, rest]
