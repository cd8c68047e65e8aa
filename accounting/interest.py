"""How much interest does an unpaid amount bear, and how was it worked out?

Interest compounds daily, from the first day after the free time to the day of payment, both included
(Customs Act s.3.1, s.33.4). Each day bears the yearly rate of its quarter, divided by the days of its year.
Nothing is rounded but the sum, once.

The day count (365, or 366 in a leap year) and the place of rounding are ours: no text of the agency's on
either has been seen. See `docs/decisions/0010-interest-arithmetic.md`.
"""

from calendar import isleap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import groupby
from typing import Literal, Protocol

from schemas.base import Value
from schemas.money import Cents, to_cents, to_dollars

Basis = Literal["specified", "prescribed"]
"""On what is owed late: specified. On refunds, on penalties, and where an officer allows it: prescribed."""

SPECIFIED_ABOVE_PRESCRIBED = Decimal(6)
"""Percentage points a year (Customs Act s.2, "specified rate")."""

TENTH = Decimal("0.1")
REFUND_FREE_DAYS = 90
PENALTY_FREE_DAYS = 30
DIGITS = 50
ONE_DAY = timedelta(days=1)


class RateUnknown(Exception):  # noqa: N818 - named as the refusal it is
    """The rate of a day is not in the table. The message says which day, and how to supply it."""


class Rate(Protocol):
    """The yearly percentages of a quarter."""

    @property
    def prescribed_percent(self) -> Decimal:
        """The prescribed rate."""

    @property
    def specified_percent(self) -> Decimal:
        """The specified rate."""


class Rates(Protocol):
    """Knows the rates of a day."""

    def on(self, day: date) -> Rate | None:
        """Return the rates of the quarter of a day; None when they are not known."""


class Payment(Value):
    """A part payment: it takes effect at the end of its Eastern day."""

    day: date
    cents: Cents


class Span(Value):
    """Days in a row, both ends included, that bear one rate on one balance at their start."""

    first_day: date
    last_day: date
    days: int
    percent: Decimal
    balance: Decimal
    interest: Decimal


class Interest(Value):
    """The interest on an amount, with its working. interim: to date; final: the amount was paid in full.

    base_cents: what was owed at first. cents: the interest. spans: balances and interest in exact dollars.
    """

    base_cents: Cents
    cents: Cents
    days: int
    basis: Basis
    kind: Literal["interim", "final"]
    spans: tuple[Span, ...]


def prescribed_percent(mean_yield: Decimal) -> Decimal:
    """Return the prescribed rate of a quarter, a year, in percent.

    mean_yield: of the three-month Treasury bills auctioned in the first month of the quarter before, in
    percent; rounded to the nearest tenth, halves up (SOR/86-1121 s.4).
    """
    return mean_yield.quantize(TENTH, rounding=ROUND_HALF_UP)


def monthly_percent(mean_yield: Decimal) -> Decimal:
    """Return the prescribed rate of a quarter, a month, in percent (SOR/86-1121 s.3)."""
    return (mean_yield / 12).quantize(TENTH, rounding=ROUND_HALF_UP)


def specified_percent(prescribed: Decimal) -> Decimal:
    """Return the specified rate that belongs to a prescribed one, both a year, in percent."""
    return prescribed + SPECIFIED_ABOVE_PRESCRIBED


def accrue(  # noqa: PLR0913 - the words of a sum, each named by the caller
    base_cents: Cents,
    *,
    first_day: date,
    last_day: date,
    rates: Rates,
    basis: Basis = "specified",
    payments: Sequence[Payment] = (),
) -> Interest:
    """Return the interest on an amount from its first day that bears any to the last, both included.

    payments: what was paid meanwhile; a payment on the last day or later does not lessen the interest.
    Raises RateUnknown for a day without a rate.
    """
    with localcontext(Context(prec=DIGITS)):
        balance = to_dollars(base_cents)
        spans = []
        for first, last in _stretches(first_day, last_day, rates, basis, payments):
            span = _span(balance, first, last, _percent(rates, basis, first))
            spans.append(span)
            balance += span.interest - to_dollars(sum(paid.cents for paid in payments if paid.day == last))
        interest = sum((span.interest for span in spans), Decimal(0))
    return Interest(
        base_cents=base_cents,
        cents=to_cents(interest),
        days=sum(span.days for span in spans),
        basis=basis,
        kind="final" if to_cents(balance) <= 0 else "interim",
        spans=tuple(spans),
    )


def refund_interest(cents: Cents, *, applied: date, granted: date, rates: Rates) -> Interest:
    """Return the interest on a refund: prescribed, from the 91st day after a complete application (s.80)."""
    first_day = applied + timedelta(days=REFUND_FREE_DAYS + 1)
    return accrue(cents, first_day=first_day, last_day=granted, rates=rates, basis="prescribed")


def penalty_interest(cents: Cents, *, served: date, paid: date, rates: Rates) -> Interest:
    """Return the interest on a penalty: prescribed, from the day after service (s.109.5).

    There is none when it is paid in full within 30 days of service.
    """
    is_early = (paid - served).days <= PENALTY_FREE_DAYS
    first_day = paid + ONE_DAY if is_early else served + ONE_DAY
    return accrue(
        cents,
        first_day=first_day,
        last_day=paid,
        rates=rates,
        basis="prescribed",
        payments=(Payment(day=paid, cents=cents),),
    )


def _stretches(
    first_day: date, last_day: date, rates: Rates, basis: Basis, payments: Sequence[Payment]
) -> Iterator[tuple[date, date]]:
    """Yield stretches of days on which rate, year and balance stay the same: each ends with a payment."""
    days = (first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1))
    for _, stretch in groupby(
        days,
        key=lambda day: (day.year, _percent(rates, basis, day), sum(paid.day < day for paid in payments)),
    ):
        held = list(stretch)
        yield held[0], held[-1]


def _span(balance: Decimal, first: date, last: date, percent: Decimal) -> Span:
    """Return the interest of a stretch, compounded daily."""
    days = (last - first).days + 1
    daily = percent / 100 / (366 if isleap(first.year) else 365)
    interest = max(balance, Decimal(0)) * ((1 + daily) ** days - 1)
    return Span(
        first_day=first, last_day=last, days=days, percent=percent, balance=balance, interest=interest
    )


def _percent(rates: Rates, basis: Basis, day: date) -> Decimal:
    """Return the rate of a day. Raises RateUnknown when the table has none."""
    rate = rates.on(day)
    if rate is None:
        raise RateUnknown(
            f"no rate of interest is known for {day}; supply interest.csv with the quarter that holds it"
        )
    return rate.specified_percent if basis == "specified" else rate.prescribed_percent
