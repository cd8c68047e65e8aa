"""Which credit pays which debt? By the order that binds on the day, each choice with its reason.

Credits are taken one after the other, and each runs through the debts that it may pay, one after the other,
until it is used up. What both are sorted by is a strategy (`accounting.strategies`); what it leaves equal
goes by natural keys, so that the same debts and credits always come out the same, however they are given.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from accounting.acts import Owed, act_entry
from accounting.days import ONE_DAY
from accounting.schedule import statement_day
from accounting.strategies import SortedBy, Strategy, strategies, strategy_on
from schemas.acts import Cleared, CreditGranted, CreditKind
from schemas.assessment import BILLED, Charge
from schemas.book import Allocation, Credit, Entry
from schemas.identifiers import bn9_of
from schemas.money import Cents
from schemas.registry import Stream

UNDONE = "undone"
"""The strategy of a clearing that takes others back."""

REQUESTED = "requested"
"""The strategy of a clearing that somebody asked for."""

CONSULTANT = "consultant"
"""In place of a broker: the credit is a consultant's."""

BILLED_PLACES: Mapping[str, int] = {charge: place for place, charge in enumerate(BILLED)}


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of one charge that falls due on one day, in positive cents.

    type: B3, B2, interest ... broker: BN9 or BN15 of who accounted for it, or empty. statement: the day of
    the statement on which it stands. accounted: the Eastern day of accounting.
    """

    reference: str
    charge: Charge
    due: date
    cents: Cents
    type: str
    broker: str = ""
    statement: date | None = None
    accounted: date | None = None

    @property
    def place(self) -> tuple[str, date, int]:
        """What debts are sorted by when nothing else tells them apart."""
        return self.reference, self.due, BILLED_PLACES[self.charge]

    @property
    def stands_on(self) -> date:
        """The day of its statement; where that is not known, the last statement day until it is due."""
        return self.statement or latest_statement(self.due)


@dataclass(frozen=True, slots=True)
class FreeCredit:
    """What is free of a credit, in positive cents. day: the Eastern day from which it counts.

    type: PMT, `B2 refund` ... broker: BN9 or BN15 to whom it is tied, CONSULTANT, or empty.
    """

    key: str
    kind: CreditKind
    cents: Cents
    day: date
    type: str
    broker: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A credit pays so many cents of a debt. Both stand as they were before the clearing.

    left_cents: what is open of the debt behind it.
    """

    credit: FreeCredit
    debt: Debt
    cents: Cents
    left_cents: Cents

    @property
    def allocation(self) -> Allocation:
        """The match as a row of the book."""
        return Allocation(
            credit=self.credit.key,
            kind=self.credit.kind,
            reference=self.debt.reference,
            charge=self.debt.charge,
            due=self.debt.due,
            cents=self.cents,
        )


# ---- the matching ---------------------------------------------------------------------------------


def match(
    debts: Iterable[Debt], credits_: Iterable[FreeCredit], day: date, strategy: Strategy
) -> Iterator[Match]:
    """Yield which credit pays how much of which debt on an Eastern day, in the order of the strategy."""
    held = list(debts)
    tied = strategy.ties == "broker" and not in_collection(held, day, strategy)
    waiting = [
        _Waiting(debt, debt.cents)
        for debt in sorted((each for each in held if clears(each, day, strategy)), key=_order_of(strategy))
    ]
    for credit in sorted((each for each in credits_ if each.day <= day), key=_credit_order(strategy)):
        yield from _used(credit, waiting, tied=tied)
        del waiting[: next((place for place, each in enumerate(waiting) if each.left), len(waiting))]


@dataclass(slots=True)
class _Waiting:
    """A debt in its turn, and what is left of it."""

    debt: Debt
    left: Cents


def _used(credit: FreeCredit, waiting: Iterable[_Waiting], *, tied: bool) -> Iterator[Match]:
    """Yield what one credit pays, and take it from what waits."""
    rest = credit.cents
    for each in waiting:
        if not rest:
            return
        cents = min(rest, each.left) if not tied or may_pay(credit, each.debt) else 0
        if cents:
            each.left -= cents
            rest -= cents
            yield Match(credit, each.debt, cents, each.left)


def foresee(
    debts: Iterable[Debt], credits_: Iterable[FreeCredit], day: date, name: str | None = None
) -> Iterator[tuple[date, Match]]:
    """Yield what the daily clearing would do from an Eastern day on, if nothing else happened: day, match.

    name: of a strategy; without it each day is cleared by the order that binds on it.
    """
    open_, free = list(debts), list(credits_)
    for when in _turning_days(open_, free, day):
        found = list(match(open_, free, when, strategy_on(when, name)))
        yield from ((when, each) for each in found)
        open_, free = remaining_debts(open_, found), remaining_credits(free, found)


def _turning_days(debts: Iterable[Debt], credits_: Iterable[FreeCredit], day: date) -> list[date]:
    """Return the days, from one on, on which a clearing can come out differently than on the day before."""
    debts = list(debts)
    days = {debt.due for debt in debts} | {debt.stands_on for debt in debts} | {each.day for each in credits_}
    days |= {each.since for each in strategies().values()}
    return [day, *sorted(later for later in days if later > day)]


def remaining_debts(debts: Iterable[Debt], matches: Iterable[Match]) -> list[Debt]:
    """Return what is left of debts behind some matches."""
    paid: dict[tuple[str, date, int], Cents] = defaultdict(int)
    for each in matches:
        paid[each.debt.place] += each.cents
    left = (replace(debt, cents=debt.cents - paid[debt.place]) for debt in debts)
    return [debt for debt in left if debt.cents]


def remaining_credits(credits_: Iterable[FreeCredit], matches: Iterable[Match]) -> list[FreeCredit]:
    """Return what is left of credits behind some matches."""
    used: dict[str, Cents] = defaultdict(int)
    for each in matches:
        used[each.credit.key] += each.cents
    left = (replace(credit, cents=credit.cents - used[credit.key]) for credit in credits_)
    return [credit for credit in left if credit.cents]


def clears(debt: Debt, day: date, strategy: Strategy) -> bool:
    """Return whether a strategy lets a debt be cleared on a day."""
    return CLEARS[strategy.clears](debt, day)


CLEARS: Mapping[str, Callable[[Debt, date], bool]] = {
    "due": lambda debt, day: debt.due <= day,
    "latest-statement": lambda debt, day: debt.stands_on == latest_statement(day),
    "open": lambda _debt, _day: True,
}


def may_pay(credit: FreeCredit, debt: Debt) -> bool:
    """Return whether a tie lets a credit pay a debt; a credit that is tied to nobody pays any."""
    if credit.broker == CONSULTANT:
        return not debt.broker
    return not credit.broker or bn9_of(credit.broker) == bn9_of(debt.broker)


def in_collection(debts: Iterable[Debt], day: date, strategy: Strategy) -> bool:
    """Return whether a debt has been overdue for so long that it is in collection."""
    days = strategy.collection_days
    return days is not None and any((day - debt.due).days > days for debt in debts)


def latest_statement(day: date) -> date:
    """Return the day of the latest statement that was issued until an Eastern day."""
    issued = statement_day(day)
    return issued if issued <= day else statement_day(day.replace(day=1) - ONE_DAY)


Rank = tuple[Any, ...]

# Each takes a debt and the strategy.
RANKS: Mapping[SortedBy, Callable[[Debt, Strategy], Any]] = {
    "oldest-due": lambda debt, _strategy: debt.due,
    "newest": lambda debt, _strategy: -(debt.accounted or debt.due).toordinal(),
    "type": lambda debt, strategy: strategy.debt_rank(debt.type),
}


def _order_of(strategy: Strategy) -> Callable[[Debt], Rank]:
    ranks = [RANKS[name] for name in strategy.order]
    return lambda debt: (*(rank(debt, strategy) for rank in ranks), debt.place)


def _credit_order(strategy: Strategy) -> Callable[[FreeCredit], Rank]:
    return lambda credit: (strategy.credit_rank(credit.type), credit.day, credit.key)


# ---- what a clearing writes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose entries are written, and when. event_day: Eastern day as of which they count; posted_at: UTC."""

    party: str
    stream: Stream
    event_day: date
    posted_at: datetime


def clearing_key(party: str, day: date) -> str:
    """Return the natural key of an account's clearings on an Eastern day; `/1`, `/2` ... tell them apart."""
    return f"clearing/{party}/{day}"


def cleared(heading: Heading, key: str, strategy: str, allocations: Sequence[Allocation]) -> Entry:
    """Return the entry of a clearing. strategy: its name, or REQUESTED."""
    return _clearing(heading, key, Cleared(strategy=strategy), allocations)


def undoing(heading: Heading, key: str, reason: str, paid: Iterable[Allocation]) -> Entry:
    """Return the entry that takes allocations back: the debts stand open again, on their own due days."""
    back = [each.model_copy(update={"cents": -each.cents}) for each in paid]
    return _clearing(heading, key, Cleared(strategy=UNDONE, undone=reason), back)


def _clearing(heading: Heading, key: str, act: Cleared, allocations: Sequence[Allocation]) -> Entry:
    return act_entry(
        act,
        key=key,
        party=heading.party,
        stream=heading.stream,
        event_day=heading.event_day,
        posted_at=heading.posted_at,
        allocations=allocations,
    )


Open = tuple[str, Charge, date, Cents]
"""What is open by the book: reference, charge, due day, and cents, negative where too much was paid."""


@dataclass(frozen=True, slots=True)
class Lift:
    """What is done about the negative debts of one reference.

    owed: what takes them to zero, and takes as much from its positive ones. cents: what is left, and becomes
    a credit; zero when all of it was netted inside.
    """

    reference: str
    owed: tuple[Owed, ...]
    cents: Cents


def lifts(open_: Iterable[Open]) -> Iterator[Lift]:
    """Yield how the negative debts of an account are netted inside their reference, and lifted to credits."""
    by_reference: dict[str, list[Open]] = defaultdict(list)
    for each in open_:
        by_reference[each[0]].append(each)
    for reference, parts in sorted(by_reference.items()):
        if any(cents < 0 for *_, cents in parts):
            yield _lift(reference, sorted(parts, key=_by_due))


def _by_due(part: Open) -> tuple[date, int]:
    _reference, charge, due, _cents = part
    return due, BILLED_PLACES[charge]


def _lift(reference: str, parts: Sequence[Open]) -> Lift:
    """Return the lift of a reference: what was paid too much pays what is open of it, oldest due first."""
    over = -sum(cents for *_, cents in parts if cents < 0)
    netted = min(over, sum(cents for *_, cents in parts if cents > 0))
    owed: list[Owed] = [(charge, -cents, due) for _, charge, due, cents in parts if cents < 0]
    rest = netted
    for _, charge, due, cents in parts:
        if cents > 0 and rest:
            taken = min(cents, rest)
            owed.append((charge, -taken, due))
            rest -= taken
    return Lift(reference, tuple(owed), over - netted)


def lifted(heading: Heading, key: str, lift: Lift, kind: CreditKind) -> Entry:
    """Return the entry of a lift. kind: of the credit that it gives."""
    credit = Credit(key=key, kind=kind, cents=lift.cents, day=heading.event_day) if lift.cents else None
    return act_entry(
        CreditGranted(origin=lift.reference, reason="more was paid than is owed"),
        key=key,
        party=heading.party,
        stream=heading.stream,
        event_day=heading.event_day,
        posted_at=heading.posted_at,
        owed=lift.owed,
        credit=credit,
        reference=lift.reference,
    )


def kind_of_lift(reference: str, cancelled: Collection[str]) -> CreditKind:
    """Return what kind of credit a reference gives. cancelled: the declarations that were."""
    if reference.startswith("penalty/"):
        return "penalty"
    if reference.startswith("opening/"):
        return "opening"
    return "cancellation" if reference in cancelled else "refund"
