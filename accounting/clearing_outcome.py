"""What would come of a clearing? Each payment of a debt with its day and reason, and what is left."""

from collections.abc import Sequence
from datetime import date

from accounting.clearing import (
    Debt,
    FreeCredit,
    Match,
    foresee,
    match,
    remaining_credits,
    remaining_debts,
)
from accounting.clearing_reasons import why_free, why_open, why_paid
from accounting.strategies import strategy_on
from schemas.assessment import Charge
from schemas.base import Value
from schemas.money import Cents
from schemas.rules import Language


class Paid(Value):
    """A credit pays a part of a debt on an Eastern day. left_cents: what is open of the debt behind it."""

    on: date
    credit: str
    reference: str
    charge: Charge
    type: str
    due: date
    cents: Cents
    left_cents: Cents
    strategy: str
    why: str


class StillOpen(Value):
    """What is left of a debt, and why."""

    reference: str
    charge: Charge
    type: str
    due: date
    cents: Cents
    why: str


class StillFree(Value):
    """What is left of a credit, and why."""

    credit: str
    type: str
    cents: Cents
    why: str


class Outcome(Value):
    """What comes of a clearing from an Eastern day on. strategy: the order of that day, by name."""

    day: date
    strategy: str
    paid: tuple[Paid, ...]
    open: tuple[StillOpen, ...]
    free: tuple[StillFree, ...]


def outcome(  # noqa: PLR0913 - what stands, and how it is to be looked at
    debts: Sequence[Debt],
    free: Sequence[FreeCredit],
    day: date,
    name: str | None = None,
    *,
    ahead: bool,
    language: Language = "en",
) -> Outcome:
    """Return what comes of a clearing on an Eastern day; ahead: and on every day after, if nothing happens.

    name: of a strategy; without it each day's own. Raises StrategyUnknown.
    """
    found = list(foresee(debts, free, day, name)) if ahead else _on(debts, free, day, name)
    matches = [each for _, each in found]
    strategy = strategy_on(day, name)
    debts_left, free_left = remaining_debts(debts, matches), remaining_credits(free, matches)
    return Outcome(
        day=day,
        strategy=strategy.name,
        paid=tuple(_paid(when, each, debts, name, language) for when, each in found),
        open=tuple(
            StillOpen(
                reference=debt.reference,
                charge=debt.charge,
                type=debt.type,
                due=debt.due,
                cents=debt.cents,
                why=why_open(debt, day, strategy, language),
            )
            for debt in sorted(debts_left, key=lambda debt: (debt.due, debt.place))
        ),
        free=tuple(
            StillFree(
                credit=credit.key,
                type=credit.type,
                cents=credit.cents,
                why=why_free(credit, debts_left, day, strategy, language),
            )
            for credit in sorted(free_left, key=lambda credit: (credit.day, credit.key))
        ),
    )


def _on(
    debts: Sequence[Debt], free: Sequence[FreeCredit], day: date, name: str | None
) -> list[tuple[date, Match]]:
    return [(day, each) for each in match(debts, free, day, strategy_on(day, name))]


def _paid(when: date, found: Match, debts: Sequence[Debt], name: str | None, language: Language) -> Paid:
    strategy = strategy_on(when, name)
    debt = found.debt
    return Paid(
        on=when,
        credit=found.credit.key,
        reference=debt.reference,
        charge=debt.charge,
        type=debt.type,
        due=debt.due,
        cents=found.cents,
        left_cents=found.left_cents,
        strategy=strategy.name,
        why=why_paid(found, debts, when, strategy, language),
    )
