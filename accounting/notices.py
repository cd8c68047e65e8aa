"""What was posted to an account on a day? The daily notice: declarations by due date, then the rest."""

from collections.abc import Sequence
from datetime import date

from accounting.activities import AccountActivity
from accounting.movements import AccountMovement, add_charges, add_credits
from schemas.papers import DailyNotice, DueSection, Movement


def daily_notice(  # noqa: PLR0913, PLR0917 - the words of a paper's head, each named by the caller
    account: str,
    name: str,
    day: date,
    issued: date,
    number: int,
    movements: Sequence[AccountMovement],
    activities: Sequence[AccountActivity] = (),
    *,
    supplement: int = 0,
    broker: str = "",
) -> DailyNotice:
    """Return the notice of what was posted to an account on an Eastern day, in sections by due date.

    movements, activities: those of the account on that day, which no earlier notice of the day shows, and
    which the broker sees whose view it is. number: counts the notices of the account, or of that broker.
    """
    found = [each.movement for each in sorted(movements, key=lambda each: each.natural_key)]
    acts = [each.activity for each in sorted(activities, key=lambda each: each.natural_key)]
    return DailyNotice(
        number=number,
        account=account,
        name=name,
        day=day,
        issued=issued,
        sections=tuple(
            _section(due, [movement for movement in found if movement.due == due])
            for due in sorted({movement.due for movement in found})
        ),
        activities=tuple(acts),
        charges=add_charges((*(each.charges for each in found), *(act.charges for act in acts))),
        credits=add_credits(act.credits for act in acts),
        disbursed_cents=sum(act.disbursed_cents for act in acts),
        cents=sum(each.cents for each in found) + sum(act.cents for act in acts),
        late_count=sum(movement.late for movement in found),
        supplement=supplement,
        broker=broker,
    )


def _section(due: date, movements: Sequence[Movement]) -> DueSection:
    return DueSection(
        due=due, movements=tuple(movements), cents=sum(movement.cents for movement in movements)
    )
