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
from itertools import groupby, pairwise
from typing import Literal, Protocol

from accounting.days import ONE_DAY, month_end, next_month
from schemas.acts import Basis, InterestSpan
from schemas.base import Value
from schemas.money import Cents, to_cents, to_dollars

SPECIFIED_ABOVE_PRESCRIBED = Decimal(6)
"""Percentage points a year (Customs Act s.2, "specified rate")."""

TENTH = Decimal("0.1")
REFUND_FREE_DAYS = 90
PENALTY_FREE_DAYS = 30
DIGITS = 50
MONTHS_IN_QUARTER = 3


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

    @property
    def mean_percent(self) -> Decimal:
        """The mean yield of the Treasury bills, of which the monthly rate is made."""


class Rates(Protocol):
    """Knows the rates of a day."""

    def on(self, day: date) -> Rate | None:
        """Return the rates of the quarter of a day; None when they are not known."""


class Payment(Value):
    """A part payment: it takes effect at the end of its Eastern day. Negative: so much more is owed."""

    day: date
    cents: Cents


class Interest(Value):
    """The interest on an amount, with its working. interim: to date; final: the amount was paid in full.

    base_cents: what was owed at first. cents: the interest. spans: balances and interest in exact dollars.
    """

    base_cents: Cents
    cents: Cents
    days: int
    basis: Basis
    kind: Literal["interim", "final"]
    spans: tuple[InterestSpan, ...]


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


def accrue_monthly(
    base_cents: Cents, *, first_day: date, last_day: date, rates: Rates, payments: Sequence[Payment] = ()
) -> Interest:
    """Return the interest by the month: the prescribed monthly rate for each month or fraction of one.

    The method of provisions that count months, and of SIMA (SOR/86-1121 s.3). Months run from the first day
    that bears interest; each bears the rate of the quarter in which it begins, on what is owed of the base
    then. It does not compound: no text seen says that it does. Raises RateUnknown as `accrue` does.
    """
    with localcontext(Context(prec=DIGITS)):
        spans = tuple(
            _month_span(
                base_cents - sum(paid.cents for paid in payments if paid.day < first),
                first,
                last,
                monthly_percent(_rate(rates, first).mean_percent),
            )
            for first, last in _months(first_day, last_day)
        )
        interest = sum((span.interest for span in spans), Decimal(0))
    paid_cents = sum(paid.cents for paid in payments if paid.day <= last_day)
    return Interest(
        base_cents=base_cents,
        cents=to_cents(interest),
        days=sum(span.days for span in spans),
        basis="prescribed",
        kind="final" if paid_cents >= base_cents else "interim",
        spans=spans,
    )


def _month_span(owed_cents: Cents, first: date, last: date, percent: Decimal) -> InterestSpan:
    """Return the interest of a month or a fraction of one: the month's rate, whole."""
    balance = to_dollars(max(owed_cents, 0))
    return InterestSpan(
        first_day=first,
        last_day=last,
        days=(last - first).days + 1,
        percent=percent,
        balance=balance,
        interest=balance * percent / 100,
    )


def _months(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """Yield the months and the last fraction of one between two days, counted from the first."""
    first, count = first_day, 0
    while first <= last_day:
        count += 1
        following = _months_after(first_day, count)
        yield first, min(following - ONE_DAY, last_day)
        first = following


def _months_after(day: date, count: int) -> date:
    """Return the same day some months later; the last of the month where it is too short."""
    month = day.replace(day=1)
    for _ in range(count):
        month = next_month(month)
    return month.replace(day=min(day.day, month_end(month).day))


def _stretches(
    first_day: date, last_day: date, rates: Rates, basis: Basis, payments: Sequence[Payment]
) -> Iterator[tuple[date, date]]:
    """Yield stretches of days on which rate, year and balance stay the same: each ends with a payment."""
    pieces = _pieces(first_day, last_day, {paid.day for paid in payments})
    for _, stretch in groupby(
        pieces,
        key=lambda piece: (
            piece[0].year,
            _percent(rates, basis, piece[0]),
            sum(paid.day < piece[0] for paid in payments),
        ),
    ):
        held = list(stretch)
        yield held[0][0], held[-1][1]


def _pieces(first_day: date, last_day: date, cuts: set[date]) -> Iterator[tuple[date, date]]:
    """Yield the quarters between two days, cut behind some days; none when the last is before the first."""
    if last_day < first_day:
        return
    ends = {day for day in cuts if first_day <= day < last_day}
    end = quarter_end(first_day)
    while end < last_day:
        ends.add(end)
        end = quarter_end(end + ONE_DAY)
    for before, end in pairwise([first_day - ONE_DAY, *sorted(ends), last_day]):
        yield before + ONE_DAY, end


def quarter_end(day: date) -> date:
    """Return the last day of a day's quarter (SOR/86-1121 s.2)."""
    last_month = (day.month + MONTHS_IN_QUARTER - 1) // MONTHS_IN_QUARTER * MONTHS_IN_QUARTER
    return month_end(day.replace(day=1, month=last_month))


def _span(balance: Decimal, first: date, last: date, percent: Decimal) -> InterestSpan:
    """Return the interest of a stretch, compounded daily."""
    days = (last - first).days + 1
    daily = percent / 100 / (366 if isleap(first.year) else 365)
    interest = max(balance, Decimal(0)) * ((1 + daily) ** days - 1)
    return InterestSpan(
        first_day=first, last_day=last, days=days, percent=percent, balance=balance, interest=interest
    )


def _percent(rates: Rates, basis: Basis, day: date) -> Decimal:
    """Return the yearly rate of a day. Raises RateUnknown when the table has none."""
    rate = _rate(rates, day)
    return rate.specified_percent if basis == "specified" else rate.prescribed_percent


def _rate(rates: Rates, day: date) -> Rate:
    """Return the rates of a day. Raises RateUnknown when the table has none."""
    rate = rates.on(day)
    if rate is None:
        raise RateUnknown(
            f"no rate of interest is known for {day}: supply that quarter's with "
            "`cadline interest rates import`"
        )
    return rate
