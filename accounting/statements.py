"""What does an account owe at the end of a billing cycle? The statement of account of the 25th."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from accounting.activities import AccountActivity
from accounting.calendar import billing_dates
from accounting.movements import AccountMovement, add_charges, add_credits
from schemas.billing import DueMove
from schemas.identifiers import bn9_of
from schemas.papers import BrokerShare, OpeningItem, PeriodPart, SecurityState, Statement

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def statement(  # noqa: PLR0913, PLR0917 - the words of a paper's head, each named by the caller
    account: str,
    name: str,
    statement_date: date,
    issued: date,
    number: int,
    movements: Sequence[AccountMovement],
    opening: Sequence[OpeningItem] = (),
    names: Mapping[str, str] = NO_NAMES,
    activities: Sequence[AccountActivity] = (),
    security: SecurityState | None = None,
    move: DueMove | None = None,
) -> Statement:
    """Return the statement of an account.

    movements, activities: those of the account with this statement date. opening: every debt and credit
    that was open before (`accounting.opening`). number: counts the statements of the account. names: of
    brokers, by BN9. security: None for an account without any. move: of the day by which the statement is
    payable, None where no bulletin moved it.
    """
    found = sorted(movements, key=attrgetter("natural_key"))
    acts = [each.activity for each in sorted(activities, key=attrgetter("natural_key"))]
    opening_cents = sum(item.cents for item in opening)
    new_cents = sum(each.movement.cents for each in found) + sum(act.cents for act in acts)
    return Statement(
        number=number,
        account=account,
        name=name,
        statement_date=statement_date,
        issued=issued,
        payment_due=move.moved_to if move else payment_due(statement_date),
        opening_items=tuple(opening),
        opening_cents=opening_cents,
        parts=tuple(_parts(found)),
        activities=tuple(acts),
        charges=add_charges((*(each.movement.charges for each in found), *(act.charges for act in acts))),
        credits=add_credits(act.credits for act in acts),
        disbursed_cents=sum(act.disbursed_cents for act in acts),
        new_cents=new_cents,
        payable_cents=opening_cents + new_cents,
        brokers=tuple(_shares(found, names)),
        security=security,
        payment_due_before=move.due if move else None,
        payment_due_moved_by=": ".join(filter(None, (move.source, move.reason))) if move else "",
    )


def payment_due(statement_date: date) -> date:
    """Return the day by which a statement is paid: the tenth weekday after the 17th of its month."""
    return billing_dates("commercial", statement_date.replace(day=17)).payment_due


def _parts(found: Sequence[AccountMovement]) -> Iterator[PeriodPart]:
    """Yield the movements by billing period: one statement can mix 18th-to-17th with calendar months."""
    period = attrgetter("period_start", "period_end", "stream")
    for (start, end, stream), members in groupby(sorted(found, key=period), key=period):
        movements = tuple(each.movement for each in members)
        yield PeriodPart(
            stream=stream,
            period_start=start,
            period_end=end,
            movements=movements,
            charges=add_charges(movement.charges for movement in movements),
            cents=sum(movement.cents for movement in movements),
        )


def _shares(found: Sequence[AccountMovement], names: Mapping[str, str]) -> Iterator[BrokerShare]:
    """Yield what each broker filed; under an empty number, what the importer filed itself."""
    filed = sorted((bn9_of(each.movement.broker), each.movement.cents) for each in found)
    for broker, shares in groupby(filed, key=lambda share: share[0]):
        amounts = [cents for _, cents in shares]
        yield BrokerShare(broker=broker, name=names.get(broker, ""), count=len(amounts), cents=sum(amounts))
