"""How much interest would an amount bear? What somebody asks, worked out with given or known rates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from accounting.days import ONE_DAY
from accounting.interest import (
    PENALTY_FREE_DAYS,
    REFUND_FREE_DAYS,
    Interest,
    Payment,
    Rates,
    accrue,
    accrue_monthly,
    prescribed_percent,
    specified_percent,
)
from schemas.acts import Basis, InterestSpan
from schemas.money import Cents, dollars
from schemas.rates.dated import Period
from schemas.rates.interest import InterestRate, InterestRates

Kind = Literal["debt", "penalty", "refund"]
Method = Literal["daily", "monthly"]

SHOWN = Decimal("0.00000001")
"""How exactly the working shows dollars."""


@dataclass(frozen=True, slots=True)
class GivenRates:
    """Rates that somebody gives, before those of the table. every_day: for all days that no quarter holds."""

    known: InterestRates
    quarters: Mapping[str, InterestRate] = field(default_factory=dict)
    every_day: Decimal | None = None

    def on(self, day: date) -> InterestRate | None:
        """Return the rates of a day."""
        quarter = f"{day.year}Q{(day.month + 2) // 3}"
        if quarter in self.quarters:
            return self.quarters[quarter]
        if self.every_day is not None:
            return given_rate(quarter, self.every_day, None)
        return self.known.on(day)


def given_rate(quarter: str, prescribed: Decimal, mean: Decimal | None) -> InterestRate:
    """Return the rates of a quarter that are given as a prescribed rate."""
    first = date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)
    last = (first + timedelta(days=92)).replace(day=1) - ONE_DAY
    return InterestRate(
        quarter=quarter,
        prescribed_percent=prescribed,
        specified_percent=specified_percent(prescribed),
        period=Period(first, last),
        source="given",
        evidence="operator",
        mean_yield=mean,
    )


def rate_of_mean(quarter: str, mean: Decimal) -> InterestRate:
    """Return the rates of a quarter whose Treasury-bill mean is given (SOR/86-1121 s.4)."""
    return given_rate(quarter, prescribed_percent(mean), mean)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. free_until: the last day without interest; of a penalty, the day of service.

    to: the last day that counts of what is open. paid_on: the day on which everything was paid, instead.
    payments: what was paid before.
    """

    amount_cents: Cents
    free_until: date
    to: date
    basis: Basis
    kind: Kind = "debt"
    method: Method = "daily"
    paid_on: date | None = None
    payments: tuple[Payment, ...] = ()

    def faults(self) -> Iterator[str]:
        """Yield everything that is wrong with the question."""
        if self.amount_cents <= 0:
            yield f"--amount is {dollars(self.amount_cents)}: interest is on an amount above nothing"
        if self.method == "monthly" and self.basis == "specified":
            yield "--method monthly knows the prescribed rate only: add --basis prescribed"
        yield from (
            f"--payment {payment.day}={dollars(payment.cents)}: a payment is above nothing"
            for payment in self.payments
            if payment.cents <= 0
        )

    @property
    def last_day(self) -> date:
        """The last day that can bear interest."""
        return self.paid_on or self.to

    def answer(self, rates: Rates) -> Interest:
        """Return the interest. Raises RateUnknown."""
        first_day = self.free_until + ONE_DAY
        before = sum(payment.cents for payment in self.payments if payment.day < first_day)
        later = tuple(payment for payment in self.payments if payment.day >= first_day)
        base_cents = 0 if self._is_forgiven() else max(self.amount_cents - before, 0)
        how = accrue_monthly if self.method == "monthly" else partial(accrue, basis=self.basis)
        found = how(base_cents, first_day=first_day, last_day=self.last_day, rates=rates, payments=later)
        return self._told(found)

    def _is_forgiven(self) -> bool:
        """Return whether a penalty was paid in full, or can be still, within its 30 days (s.109.5)."""
        if self.kind != "penalty":
            return False
        last = self.free_until + timedelta(days=PENALTY_FREE_DAYS)
        paid = sum(payment.cents for payment in self.payments if payment.day <= last)
        return self.last_day <= last or paid >= self.amount_cents

    def _told(self, found: Interest) -> Interest:
        """Return the interest on the amount that was asked about, without days on which nothing was owed."""
        spans = tuple(span for span in found.spans if span.balance > 0)
        is_final = self.paid_on is not None or found.kind == "final"
        return found.model_copy(
            update={
                "base_cents": self.amount_cents,
                "spans": spans,
                "days": sum(span.days for span in spans),
                "basis": self.basis,
                "kind": "final" if is_final else "interim",
            }
        )


def free_until(kind: Kind, day: date) -> date:
    """Return the last day without interest: of a refund, the 90th after the application."""
    return day + timedelta(days=REFUND_FREE_DAYS) if kind == "refund" else day


def as_json(asked: Question, found: Interest) -> dict[str, Any]:
    """Return the answer with its working."""
    return {
        "kind": found.kind,
        "on": asked.kind,
        "basis": found.basis,
        "method": asked.method,
        "amount_cents": asked.amount_cents,
        "interest_from": asked.free_until + ONE_DAY,
        "through": asked.last_day,
        "days": found.days,
        "interest_cents": found.cents,
        "interest": dollars(found.cents),
        "total_cents": asked.amount_cents + found.cents,
        "spans": [span_json(span) for span in found.spans],
    }


def span_json(span: InterestSpan) -> dict[str, Any]:
    """Return a stretch of the working, in exact dollars."""
    return {
        "first_day": span.first_day,
        "last_day": span.last_day,
        "days": span.days,
        "percent": str(span.percent),
        "balance": str(span.balance.quantize(SHOWN)),
        "interest": str(span.interest.quantize(SHOWN)),
    }


def as_text(asked: Question, found: Interest) -> Iterator[str]:
    """Yield lines for a person."""
    per = "month" if asked.method == "monthly" else "year"
    for span in found.spans:
        balance, interest = span.balance.quantize(SHOWN), span.interest.quantize(SHOWN)
        yield (
            f"{span.first_day} to {span.last_day}  {span.days:4} days  {span.percent} % a {per}"
            f"  on {balance:>20}  bears {interest:>16}"
        )
    yield f"{found.days} days at the {found.basis} rate, {found.kind}"
    yield f"{'amount':12}{dollars(asked.amount_cents):>20}"
    yield f"{'interest':12}{dollars(found.cents):>20}"
    yield f"{'together':12}{dollars(asked.amount_cents + found.cents):>20}"
