"""Which order of clearing binds on a day? Dated rows of `schemas/law/clearing.toml`, or one by its name."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from typing import Literal

from accounting.law import Rows, law
from schemas.acts import CreditKind
from schemas.assessment import Charge
from schemas.base import Value

SortedBy = Literal["oldest-due", "newest", "type"]
"""What debts are sorted by."""

Steps = tuple[tuple[str, ...], ...]
"""Types, first to last; those of one step are alike."""


class StrategyUnknown(Exception):  # noqa: N818 - named as the refusal it is
    """No order of that name, or none for that day. The message says which there are."""


class Strategy(Value):
    """An order of clearing; the fields are explained in the table. en, fr: what it does, in a sentence."""

    name: str
    chosen: Literal["by-day", "by-name"]
    since: date
    until: date | None = None
    clears: Literal["due", "latest-statement", "open"]
    ties: Literal["none", "broker"]
    collection_days: int | None = None
    credits: Steps
    order: tuple[SortedBy, ...]
    types: Steps
    en: str
    fr: str
    source: str
    evidence: str

    def binds(self, day: date) -> bool:
        """Return whether the order binds on an Eastern day by itself."""
        return self.chosen == "by-day" and self.since <= day <= (self.until or date.max)

    def debt_rank(self, debt_type: str) -> int:
        """Return the step of a type of debt, from 0; one that is not named comes last."""
        return self._debt_ranks.get(debt_type, len(self.types))

    def credit_rank(self, credit_type: str) -> int:
        """Return the step of a type of credit, from 0; one that is not named comes last."""
        return self._credit_ranks.get(credit_type, len(self.credits))

    @cached_property
    def reads_history(self) -> bool:
        """Whether the order asks when, on which statement or by whom a debt was accounted for."""
        return (
            self.ties != "none"
            or self.clears == "latest-statement"
            or "newest" in self.order
            or self.debt_rank("B2") != self.debt_rank("B3")
        )

    @cached_property
    def _debt_ranks(self) -> Mapping[str, int]:
        return {name: rank for rank, step in enumerate(self.types) for name in step}

    @cached_property
    def _credit_ranks(self) -> Mapping[str, int]:
        return {name: rank for rank, step in enumerate(self.credits) for name in step}


def clearing_law() -> Mapping[str, Rows]:
    """Return the rows of `schemas/law/clearing.toml`, by name."""
    return law("clearing")


@cache
def strategies() -> Mapping[str, Strategy]:
    """Return every order of clearing by its name."""
    return {row["name"]: Strategy.model_validate(row) for row in clearing_law()["strategy"]}


@cache
def strategy_on(day: date, name: str | None = None) -> Strategy:
    """Return the order that binds on an Eastern day, or the one of a name.

    Raises StrategyUnknown for a day before the first order, and for a name that none has.
    """
    if name is not None and name not in strategies():
        raise StrategyUnknown(f"no order of clearing is named {name}; there are {', '.join(strategies())}")
    if name is not None:
        return strategies()[name]
    found = next((each for each in strategies().values() if each.binds(day)), None)
    if found is None:
        first = min(each.since for each in strategies().values())
        raise StrategyUnknown(f"the orders of clearing begin on {first}; {day} is before that")
    return found


def debt_type(reference: str, charge: Charge, *, adjusted: bool = False) -> str:
    """Return the type of a debt, such as B3 or interest, by the first row of the table that fits.

    adjusted: its declaration was accounted for anew after the due day.
    """
    return next(
        str(row["name"])
        for row in clearing_law()["debt_type"]
        if row.get("charge", charge) == charge
        and row.get("adjusted", adjusted) == adjusted
        and re.match(row.get("reference", ""), reference)
    )


def credit_type(key: str, kind: CreditKind) -> str:
    """Return the type of a credit, such as PMT or `B2 refund`, by the first row of the table that fits."""
    return next(
        str(row["name"])
        for row in clearing_law()["credit_type"]
        if row["kind"] == kind and re.match(row.get("key", ""), key)
    )


def type_names(table: Literal["debt_type", "credit_type"]) -> tuple[str, ...]:
    """Return the types of debts or of credits that there are, each once."""
    return tuple(dict.fromkeys(row["name"] for row in clearing_law()[table]))
