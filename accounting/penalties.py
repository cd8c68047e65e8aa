"""Which penalty does lateness bring? Rules over dates and amounts; the amounts are dated data.

The numbers, and the spans of days on which nothing is raised, stand in `schemas/law/penalties.toml`.
The contraventions' pages still speak of the form before the CAD; that they hold for it is taken for granted.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounting.calendar import billing_dates
from accounting.law import Rows, law
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.money import Cents
from schemas.registry import Stream

DAYS_OF_THE_CALENDAR: frozenset[Stream] = frozenset({"commercial", "non-rpp"})
"""Streams whose goods of more than the low value have the clock of five business days."""


INTEREST = "interest"
"""The code under which a relief lifts interest."""


class Penalty(Value):
    """A flat penalty. day: the Eastern day that was missed. relief: the measure that lifts it, or empty.

    Where a relief stands, `cents` is what would have been raised; nothing is due.
    """

    code: str
    cents: Cents
    day: date
    source: str
    relief: str = ""

    @property
    def due_cents(self) -> Cents:
        """What is raised: nothing under a relief."""
        return 0 if self.relief else self.cents


def penalty_law() -> Mapping[str, Rows]:
    """Return the rows of `schemas/law/penalties.toml`, by name."""
    return law("penalties")


def late_accounting(
    stream: Stream, dates: BillingDates, release_date: date, accounted: date, value_for_duty_cents: Cents
) -> Penalty | None:
    """Return the penalty for a declaration that came late, or None.

    Goods of the low value have until the 24th of the month after release whatever their stream: C330 for
    courier goods, C292 for others. Above it, C288 follows the five business days; the other streams have no
    penalty of this kind. accounted: the Eastern day on which the first version was received.
    """
    if stream == "clvs":
        return _penalty("C330", dates.accounting_due, accounted)
    if value_for_duty_cents <= _low_value(release_date):
        return _penalty("C292", billing_dates("clvs", release_date).accounting_due, accounted)
    if stream in DAYS_OF_THE_CALENDAR:
        return _penalty("C288", dates.accounting_due, accounted)
    return None


def late_payment(payment_due: date, paid_in_full: date | None, today: date) -> Penalty | None:
    """Return the penalty for a statement that was not paid in full in time, or None: C336, one a statement.

    paid_in_full: the Eastern day, None while something is open. today: the Eastern day of asking.
    """
    return _penalty("C336", payment_due, paid_in_full or today)


def interest_relief_end(day: date) -> date | None:
    """Return the last day of the relief from interest in which an Eastern day lies, or None."""
    reliefs = (row for row in penalty_law()["relief"] if INTEREST in row["codes"])
    return next((row["until"] for row in reliefs if _is_in_force(row, day)), None)


def _penalty(code: str, due: date, done: date) -> Penalty | None:
    """Return the penalty of a code when something due on a day was done after it."""
    row = _row(code, due)
    if done <= due or row is None:
        return None
    return Penalty(code=code, cents=row["cents"], day=due, source=row["source"], relief=_relief(code, due))


def _row(code: str, day: date) -> dict[str, Any] | None:
    rows = (row for row in penalty_law()["penalty"] if row["code"] == code)
    return next((row for row in rows if _is_in_force(row, day)), None)


def _relief(code: str, day: date) -> str:
    """Name the relief that covers a day, or return an empty text."""
    reliefs = (row for row in penalty_law()["relief"] if code in row["codes"])
    return next((str(row["name"]) for row in reliefs if _is_in_force(row, day)), "")


def _low_value(day: date) -> Cents:
    cents: Cents = next(row["cents"] for row in penalty_law()["low_value"] if _is_in_force(row, day))
    return cents


def _is_in_force(row: Mapping[str, Any], day: date) -> bool:
    until: date = row.get("until", date.max)
    return bool(row["since"] <= day <= until)
