"""How does an account stand on a day? What it owes by charge, what is overdue, what is free, what is left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from accounting.clearing import BILLED_PLACES, Debt, FreeCredit
from schemas.acts import CreditKind
from schemas.assessment import BILLED, Charge
from schemas.base import Value
from schemas.identifiers import TRANSACTION_NUMBER
from schemas.money import Cents
from schemas.registry import Stream


class OwedItem(Value):
    """What is owed under one reference by one day; negative when a correction left too much paid there.

    transaction_number: the reference, where it is that of a declaration.
    """

    reference: str
    transaction_number: str
    due: date
    charges: dict[Charge, Cents]
    cents: Cents
    days_overdue: int


class HeldCredit(Value):
    """What is free of a credit. day: the Eastern day from which it counts."""

    key: str
    kind: CreditKind
    type: str
    day: date
    cents: Cents


class OpenDebt(Value):
    """One open amount, as the list of open items shows it. stream and later: None where nothing tells."""

    reference: str
    charge: Charge
    type: str
    due: date
    cents: Cents
    days_overdue: int
    broker: str
    statement_date: date | None
    accounted: date | None
    stream: Stream | None
    period_start: date | None
    period_end: date | None


class Position(Value):
    """How an account stands on an Eastern day.

    owed_cents: all that is open, due or not. overdue_cents: of it, what fell due before the day.
    free_cents: all free credits. total_cents: what is owed less what is free.
    """

    account: str
    day: date
    charges: dict[Charge, Cents]
    owed_cents: Cents
    overdue_cents: Cents
    free_cents: Cents
    total_cents: Cents
    items: tuple[OwedItem, ...]
    credits: tuple[HeldCredit, ...]


def position(account: str, day: date, debts: Sequence[Debt], free: Sequence[FreeCredit]) -> Position:
    """Return how an account stands on an Eastern day, with the debts and free credits that it has."""
    owed = sum(debt.cents for debt in debts)
    held = sum(credit.cents for credit in free)
    return Position(
        account=account,
        day=day,
        charges=by_charge(debts),
        owed_cents=owed,
        overdue_cents=sum(debt.cents for debt in debts if debt.due < day),
        free_cents=held,
        total_cents=owed - held,
        items=tuple(_items(debts, day)),
        credits=tuple(
            HeldCredit(key=each.key, kind=each.kind, type=each.type, day=each.day, cents=each.cents)
            for each in free
        ),
    )


def by_charge(debts: Iterable[Debt]) -> dict[Charge, Cents]:
    """Return the sum of each charge, in the vocabulary's order, without charges that come to nothing."""
    sums: dict[Charge, Cents] = defaultdict(int)
    for debt in debts:
        sums[debt.charge] += debt.cents
    return {charge: sums[charge] for charge in BILLED if sums[charge]}


def days_overdue(due: date, day: date) -> int:
    """Return for how many days something has been overdue on a day; zero until its due day is over."""
    return max((day - due).days, 0)


def _items(debts: Iterable[Debt], day: date) -> Iterator[OwedItem]:
    """Put the charges of a reference that fall due on one day together; by due day, then reference."""
    together = attrgetter("due", "reference")
    for (due, reference), group in groupby(sorted(debts, key=together), key=together):
        found = sorted(group, key=lambda debt: BILLED_PLACES[debt.charge])
        yield OwedItem(
            reference=reference,
            transaction_number=reference if TRANSACTION_NUMBER.fullmatch(reference) else "",
            due=due,
            charges={debt.charge: debt.cents for debt in found},
            cents=sum(debt.cents for debt in found),
            days_overdue=days_overdue(due, day),
        )
