"""What does an account owe at the end of a billing cycle? The statement of account of the 25th."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from accounting.calendar import billing_dates
from accounting.movements import AccountMovement, add_charges
from schemas.identifiers import bn9_of
from schemas.papers import BrokerShare, Movement, OpeningItem, PeriodPart, Statement

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def statement(  # noqa: PLR0913, PLR0917 - the words of a paper's head, each named by the caller
    account: str,
    name: str,
    statement_date: date,
    issued: date,
    number: int,
    movements: Sequence[AccountMovement],
    earlier: Sequence[AccountMovement] = (),
    names: Mapping[str, str] = NO_NAMES,
) -> Statement:
    """Return the statement of an account.

    movements: those of the account with this statement date. earlier: those of all its statements before,
    of which each declaration that is still unpaid is listed. number: counts the statements of the account.
    names: of brokers, by BN9.
    """
    found = sorted(movements, key=attrgetter("natural_key"))
    opening = tuple(_opening(sorted(earlier, key=attrgetter("natural_key"))))
    opening_cents = sum(item.cents for item in opening)
    new_cents = sum(each.movement.cents for each in found)
    return Statement(
        number=number,
        account=account,
        name=name,
        statement_date=statement_date,
        issued=issued,
        payment_due=payment_due(statement_date),
        opening_items=opening,
        opening_cents=opening_cents,
        parts=tuple(_parts(found)),
        charges=add_charges(each.movement.charges for each in found),
        new_cents=new_cents,
        payable_cents=opening_cents + new_cents,
        brokers=tuple(_shares(found, names)),
    )


def payment_due(statement_date: date) -> date:
    """Return the day by which a statement is paid: the tenth weekday after the 17th of its month."""
    return billing_dates("commercial", statement_date.replace(day=17)).payment_due


def _opening(earlier: Sequence[AccountMovement]) -> Iterator[OpeningItem]:
    """Yield each declaration that is still unpaid, with the due date and statement of its latest version."""
    for transaction_number, found in groupby(
        (each.movement for each in earlier), key=attrgetter("transaction_number")
    ):
        versions: list[Movement] = list(found)
        latest, cents = versions[-1], sum(version.cents for version in versions)
        if cents:
            yield OpeningItem(
                transaction_number=transaction_number,
                version=latest.version,
                broker=latest.broker,
                due=latest.due,
                statement_date=latest.statement_date,
                cents=cents,
            )


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
