"""What interest does a debt bear to date, and which penalty is due? The entries by which both are charged.

A debt is followed by its reference. What is owed of it bears interest from the day after its due date, and
what was paid lessens that from the day after the payment: together they are one balance, which compounds
daily. An entry posts only what no earlier entry has posted; after a correction that can be less than nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounting.acts import act_dates, act_entry
from accounting.days import ONE_DAY
from accounting.interest import PENALTY_FREE_DAYS, Interest, Payment, Rates, accrue, refund_interest
from accounting.penalties import Penalty, interest_relief_end
from schemas.acts import Basis, InterestCharged, PenaltyRaised
from schemas.book import Credit, Entry
from schemas.money import Cents
from schemas.registry import Stream

TOLD = Decimal("1e-12")
"""To how much of a dollar the working is told: what EDIFACT has room for in an amount."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An amount that bears interest from its first day on, unless it is paid before."""

    first_day: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class Debt:
    """Everything that was owed and paid under one reference, as far as interest asks.

    paid: by the day as of which each payment counts; of interest too. paid_principal_cents: of them, what
    paid the principal. charged_cents: the interest in the book; charged_on: the day of its last entry, None
    before the first. served: of a penalty, the day from which its 30 days count. extended_to: an extension
    of time, which bears the prescribed rate when it is met; allowed: an officer allows that rate anyway.
    """

    party: str
    reference: str
    stream: Stream
    principal: tuple[Principal, ...]
    paid: tuple[Payment, ...] = ()
    paid_principal_cents: Cents = 0
    charged_cents: Cents = 0
    charged_on: date | None = None
    served: date | None = None
    allowed: bool = False
    extended_to: date | None = None

    @property
    def principal_cents(self) -> Cents:
        """What was owed, before any payment and any interest."""
        return sum(each.cents for each in self.principal)

    @property
    def is_cleared(self) -> bool:
        """Whether nothing of the principal stands open."""
        return self.paid_principal_cents >= self.principal_cents

    @property
    def open_interest_cents(self) -> Cents:
        """What is open of the interest in the book."""
        paid_cents = sum(payment.cents for payment in self.paid) - self.paid_principal_cents
        return self.charged_cents - paid_cents

    @property
    def last_paid(self) -> date | None:
        """The day of the last payment."""
        return max((payment.day for payment in self.paid if payment.cents > 0), default=None)


def basis_of(debt: Debt, through: date) -> Basis:
    """Return the rate that a debt bears: prescribed for penalties, and where it was allowed (s.3.2, s.33.7).

    An extension that is not met makes the whole bear the specified rate.
    """
    if debt.served is not None or debt.allowed:
        return "prescribed"
    if debt.extended_to is None:
        return "specified"
    in_time = debt.is_cleared and debt.last_paid is not None and debt.last_paid <= debt.extended_to
    return "prescribed" if in_time or through <= debt.extended_to else "specified"


def interest_to_date(debt: Debt, through: date, rates: Rates) -> Interest:
    """Return all interest that a debt bears to an Eastern day, that day included. Raises RateUnknown.

    Days of a relief bear none. A penalty that is paid in full within 30 days of service bears none (s.109.5).
    """
    if _is_free(debt, through):
        return accrue(debt.principal_cents, first_day=through + ONE_DAY, last_day=through, rates=rates)
    changes = [
        *(Payment(day=_first_day(each.first_day) - ONE_DAY, cents=-each.cents) for each in debt.principal),
        *debt.paid,
    ]
    first_day = min((_first_day(each.first_day) for each in debt.principal), default=through + ONE_DAY)
    found = accrue(
        -sum(change.cents for change in changes if change.day < first_day),
        first_day=first_day,
        last_day=through,
        rates=rates,
        basis=basis_of(debt, through),
        payments=[change for change in changes if change.day >= first_day],
    )
    spans = tuple(span for span in found.spans if span.balance > 0)
    return found.model_copy(
        update={
            "base_cents": debt.principal_cents,
            "spans": spans,
            "days": sum(span.days for span in spans),
            "kind": "final" if debt.is_cleared else "interim",
        }
    )


def _first_day(day: date) -> date:
    """Return the first day that bears interest: not before a relief is over."""
    end = interest_relief_end(day)
    return day if end is None else end + ONE_DAY


def _is_free(debt: Debt, through: date) -> bool:
    """Return whether a penalty bears no interest: still, or because it was paid in time."""
    if debt.served is None:
        return False
    last = debt.served + timedelta(days=PENALTY_FREE_DAYS)
    paid_in_time = sum(payment.cents for payment in debt.paid if payment.day <= last) >= debt.principal_cents
    return through <= last or paid_in_time


def through_day(debt: Debt, day: date, *, interim: bool = True) -> date:
    """Return to which day a run of an Eastern day charges interest.

    Of a debt that was cleared, to its last payment. When that is in the book and not paid, it bears interest
    itself (s.3.1), which an interim run charges to date.
    """
    if not debt.is_cleared or debt.last_paid is None:
        return day
    is_fixed = debt.charged_on is not None and debt.charged_on >= debt.last_paid
    if interim and is_fixed and debt.open_interest_cents > 0:
        return day
    return min(day, max(debt.last_paid, debt.charged_on or debt.last_paid))


def interest_key(party: str, reference: str, day: date) -> str:
    """Return the natural key of the interest that a day's run charges on a reference."""
    return f"interest/{party}/{reference}/{day}"


def interest_entry(
    debt: Debt, day: date, rates: Rates, posted_at: datetime, *, interim: bool = True
) -> Entry | None:
    """Return the entry by which the interest to date is in the book, or None when it is there already.

    day: the Eastern day of the run. interim: whether what is open is charged too, not only what was cleared;
    without it, None for what is open, or was paid as of a later day only. Raises RateUnknown.
    """
    is_paid_later = debt.last_paid is not None and debt.last_paid > day
    if not interim and (is_paid_later or not debt.is_cleared):
        return None
    through = through_day(debt, day, interim=interim)
    found = interest_to_date(debt, through, rates)
    missing = found.cents - debt.charged_cents
    if not missing:
        return None
    return act_entry(
        charged(debt.reference, found, through),
        key=interest_key(debt.party, debt.reference, day),
        party=debt.party,
        stream=debt.stream,
        event_day=day,
        posted_at=posted_at,
        contra="revenue.interest",
        owed=[("interest", missing, act_dates(day).payment_due)],
        reference=debt.reference,
    )


def charged(reference: str, found: Interest, through: date) -> InterestCharged:
    """Return the act of interest on something, with its working to so many decimals as papers carry."""
    spans = tuple(
        span.model_copy(
            update={"balance": span.balance.quantize(TOLD), "interest": span.interest.quantize(TOLD)}
        )
        for span in found.spans
    )
    return InterestCharged(
        on=reference,
        basis=found.basis,
        kind=found.kind,
        through=through,
        base_cents=found.base_cents,
        to_date_cents=found.cents,
        days=found.days,
        spans=spans,
    )


def refund_entry(granted: Entry, applied: date, rates: Rates, posted_at: datetime) -> Entry | None:
    """Return the entry that credits the interest on a refund, or None where there is none (s.80).

    granted: the entry that gave the credit. applied: the Eastern day of the complete application. Raises
    RateUnknown, and ValueError for an entry without a credit.
    """
    credit = granted.credit
    if credit is None:
        raise ValueError(f"{granted.key} gives no credit")
    found = refund_interest(credit.cents, applied=applied, granted=credit.day, rates=rates)
    if not found.cents:
        return None
    key = interest_key(granted.party, credit.key, credit.day)
    return act_entry(
        charged(credit.key, found.model_copy(update={"kind": "final"}), credit.day),
        key=key,
        party=granted.party,
        stream=granted.stream,
        event_day=credit.day,
        posted_at=posted_at,
        contra="expense.interest",
        credit=Credit(key=key, kind="refund", cents=found.cents, day=credit.day),
    )


@dataclass(frozen=True, slots=True)
class Missed:
    """An obligation that was missed, and its penalty. on: a transaction number or `statement/<date>`."""

    party: str
    stream: Stream
    on: str
    penalty: Penalty

    @property
    def key(self) -> str:
        """The natural key: an obligation is penalised once."""
        subject = f"{self.party}/{self.on.removeprefix('statement/')}" if "/" in self.on else self.on
        return f"penalty/{self.penalty.code}/{subject}"


def penalty_entry(missed: Missed, day: date, posted_at: datetime) -> Entry:
    """Return the entry of a penalty; under a relief it says so and moves no money.

    day: the Eastern day on which it is raised and served. It falls due with the statement of its cycle.
    """
    penalty = missed.penalty
    return act_entry(
        PenaltyRaised(
            code=penalty.code,
            on=missed.on,
            day=penalty.day,
            served=day,
            source=penalty.source,
            relief=penalty.relief,
        ),
        key=missed.key,
        party=missed.party,
        stream=missed.stream,
        event_day=day,
        posted_at=posted_at,
        contra="revenue.penalty",
        owed=[("penalty", penalty.due_cents, act_dates(day).payment_due)] if penalty.due_cents else [],
        reference=missed.key,
    )
