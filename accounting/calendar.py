"""When must goods be accounted for, on which statement do they stand, and when must they be paid?

    release day ──► period (18th to 17th, or calendar month)
                      └─► the 17th that closes the statement's cycle
                            ├─► statement on the 25th
                            └─► payment on the tenth weekday after

The numbers are data: `schemas/law/billing.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from accounting.days import ONE_DAY, business_day_after, month_end, next_month, weekday_after
from accounting.law import Rows, law, row_on
from schemas.billing import BillingDates
from schemas.registry import STREAMS, Stream

InterestRule = Literal["payment-due", "accounting-month", "accounting-period"]
"""From when does an unpaid amount bear interest? The day after

- `payment-due`: the payment due date (our default);
- `accounting-month`: the tenth weekday after the 17th of the month that follows the month of accounting
  (SOR/86-1062 s.2.1, read literally);
- `accounting-period`: the tenth weekday after the end of the 18th-to-17th period of accounting
  (Customs Act s.33.4(2)).

Accounting is the earlier of its day and the last day permitted for it. Goods that are accounted for at
release have no prescribed day: they bear interest from the day after release (s.33.4(1)(b)).

Why three, and why this default: `docs/decisions/0005-interest-start.md`.
"""

Case = Literal["ordinary", "low-value", "deficient"]
"""Goods of a stream that are billed otherwise: CSA goods of at most CAD 3,300, which may be accounted for by
the 24th (SOR/86-1062 s.10.31); goods released on an interim accounting because information lacks (s.12, 13).
"""

CASES: tuple[Case, ...] = ("ordinary", "low-value", "deficient")

INTEREST_RULES: tuple[InterestRule, ...] = ("payment-due", "accounting-month", "accounting-period")


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of the calendar that bind one release day, and how its stream is billed."""

    business_days_to_account: int
    monthly_accounting_day: int
    period_last_day: int
    weekdays_to_pay: int
    statement_day: int
    period: str
    accounting: str
    payment: str
    bucket: str


def billing_law() -> Mapping[str, Rows]:
    """Return the rows of `schemas/law/billing.toml`, by name."""
    return law("billing")


def rules_on(stream: Stream, release_date: date, case: Case = "ordinary") -> Rules:
    """Return the rules of a stream, or of a case of it, for goods released on a day.

    Raises ValueError, naming the streams that know the case, for another stream.
    """
    law = billing_law()
    billed = row_on([row for row in law["stream"] if row["name"] == stream], release_date)
    billed = {"bucket": "release", **billed, **_case_on(stream, release_date, case)}
    numbers = {
        name: row_on(rows, release_date)["value"] for name, rows in law.items() if name not in HOW_BILLED
    }
    return Rules(**numbers, **{name: billed[name] for name in ("period", "accounting", "payment", "bucket")})


HOW_BILLED = ("stream", "case")
"""The rows of the law that say how a stream is billed; the others are numbers."""


def streams_of(case: Case) -> tuple[Stream, ...]:
    """Return the streams whose goods a case can concern."""
    if case == "ordinary":
        return STREAMS
    known = {stream for row in billing_law()["case"] if row["name"] == case for stream in row["streams"]}
    return tuple(stream for stream in STREAMS if stream in known)


def _case_on(stream: Stream, release_date: date, case: Case) -> dict[str, Any]:
    if case == "ordinary":
        return {}
    if stream not in streams_of(case):
        raise ValueError(
            f"goods of stream {stream} have no case {case}; of {', '.join(streams_of(case))} only"
        )
    return row_on([row for row in billing_law()["case"] if row["name"] == case], release_date)


@cache
def billing_dates(  # noqa: PLR0913 - the words of a question, each named by the caller
    stream: Stream,
    release_date: date,
    accounting_date: date | None = None,
    *,
    interest_rule: InterestRule = "payment-due",
    case: Case = "ordinary",
    accounting_limit: date | None = None,
) -> BillingDates:
    """Return the dates that bind goods of a stream released on an Eastern day.

    accounting_date: the Eastern day of accounting; the two interest rules that are named after it and the
    case `deficient` read it, and take the last permitted day where that is earlier or nothing else is known.
    accounting_limit: the last permitted day, where it is not the stream's own. Raises ValueError for a case
    that goods of the stream cannot have.
    """
    rules = rules_on(stream, release_date, case)
    limit = accounting_limit or _limit(stream, release_date, case)
    accounted = min(accounting_date or limit, limit)
    bucket = {"release": release_date, "accounting": accounted}[rules.bucket]
    period_start, period_end, cycle_end = PERIODS[rules.period](bucket, rules)
    payment_due = PAYMENT[rules.payment](release_date, cycle_end, rules)
    accounting_due = ACCOUNTING[rules.accounting](release_date, payment_due, rules)
    return BillingDates(
        accounting_due=accounting_due,
        period_start=period_start,
        period_end=period_end,
        statement_date=cycle_end.replace(day=rules.statement_day),
        payment_due=payment_due,
        interest_from=_interest_after(interest_rule, accounted, payment_due, rules) + ONE_DAY,
    )


def _limit(stream: Stream, release_date: date, case: Case) -> date:
    """Return the last permitted day of accounting: of deficient information, the stream's ordinary one."""
    rules = rules_on(stream, release_date, "ordinary" if case == "deficient" else case)
    payment_due = PAYMENT[rules.payment](release_date, PERIODS[rules.period](release_date, rules)[2], rules)
    return ACCOUNTING[rules.accounting](release_date, payment_due, rules)


def _interest_after(rule: InterestRule, accounted: date, payment_due: date, rules: Rules) -> date:
    """Return the last day without interest: of goods paid at release, the day of release in any reading."""
    if rules.payment == "release":
        return payment_due
    return INTEREST[rule](accounted, payment_due, rules)


Period = tuple[date, date, date]
"""First day, last day, and the 17th on which the statement's cycle ends."""


def cycle_period(day: date, rules: Rules) -> Period:
    """Return the 18th-to-17th period of a day."""
    last = rules.period_last_day
    end = (day if day.day <= last else next_month(day)).replace(day=last)
    start = (end.replace(day=1) - ONE_DAY).replace(day=last) + ONE_DAY
    return start, end, end


def month_period(day: date, rules: Rules) -> Period:
    """Return the calendar month of a day; it is billed with the 17th of the next month."""
    return day.replace(day=1), month_end(day), next_month(day).replace(day=rules.period_last_day)


PERIODS: Mapping[str, Callable[[date, Rules], Period]] = {
    "18th-to-17th": cycle_period,
    "calendar-month": month_period,
}

# Each takes the release day, the end of the statement's cycle, and the rules.
PAYMENT: Mapping[str, Callable[[date, date, Rules], date]] = {
    "weekdays": lambda _release, cycle_end, rules: weekday_after(cycle_end, rules.weekdays_to_pay),
    "release": lambda release, _cycle_end, _rules: release,
}

# Each takes the release day, the payment due date, and the rules.
ACCOUNTING: Mapping[str, Callable[[date, date, Rules], date]] = {
    "business-days": lambda release, _due, rules: business_day_after(release, rules.business_days_to_account),
    "monthly": lambda release, _due, rules: next_month(release).replace(day=rules.monthly_accounting_day),
    "payment": lambda _release, due, _rules: due,
    "release": lambda release, _due, _rules: release,
}

# Each takes the day of accounting, the payment due date, and the rules; interest starts the day after.
INTEREST: Mapping[InterestRule, Callable[[date, date, Rules], date]] = {
    "payment-due": lambda _accounted, due, _rules: due,
    "accounting-month": lambda accounted, _due, rules: weekday_after(
        month_period(accounted, rules)[2], rules.weekdays_to_pay
    ),
    "accounting-period": lambda accounted, _due, rules: weekday_after(
        cycle_period(accounted, rules)[2], rules.weekdays_to_pay
    ),
}
