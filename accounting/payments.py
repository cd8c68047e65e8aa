"""What is written into the book when money comes, comes back, is granted or is paid out?

    payment        debit cash.received              credit credit.payment: it waits as a free credit
    in suspense    debit cash.received              credit suspense.unmatched, under the party SUSPENSE
    assignment     suspense is emptied, and the account gets the payment as of its own day
    dishonour      the payment taken back; what it had paid was undone before (`accounting.clearing`)
    grant          debit expense.refund             credit credit.<kind>
    disbursement   debit credit.<kind>, by credit   credit cash.disbursed

Everything is pure: entries are made here, `accounting.ledger.post` writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounting.acts import act_entry
from accounting.payment_rules import value_day
from schemas.acts import (
    CreditDisbursed,
    CreditGranted,
    CreditKind,
    PaymentAssigned,
    PaymentDishonoured,
    PaymentMethod,
    PaymentReceived,
)
from schemas.book import Allocation, Credit, Entry
from schemas.money import Cents
from schemas.registry import Stream

SUSPENSE = "SUSPENSE"
"""The party of money that came for nobody who is known. It is no program account and gets no papers."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Where and when an entry is made. party: the account. day: Eastern. posted_at: UTC instant."""

    party: str
    stream: Stream
    day: date
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class FreeCredit:
    """What is free of a credit. day: the Eastern day as of which it counts."""

    key: str
    kind: CreditKind
    cents: Cents
    day: date


def payment_key(method: PaymentMethod, account: str, reference: str) -> str:
    """Return the natural key of a payment's entry."""
    return f"payment/{method}/{account}/{reference}"


def disbursement_key(account: str, reference: str) -> str:
    """Return the natural key of a disbursement's entry; its allocations name it too."""
    return f"disbursement/{account}/{reference}"


def grant_key(kind: CreditKind, account: str, origin: str) -> str:
    """Return the natural key of a granted credit: a decision grants once."""
    return f"credit/{kind}/{account}/{origin}"


def received(  # noqa: PLR0913 - the words of a payment, each named by the caller
    *,
    reference: str,
    payer: str,
    method: PaymentMethod,
    received_at: datetime,
    requested: tuple[str, ...] = (),
    source: str = "",
    quoted: str = "",
) -> PaymentReceived:
    """Return the act of a payment, which counts as of the day that its method and instant give."""
    return PaymentReceived(
        reference=reference,
        payer=payer,
        method=method,
        received_at=received_at,
        value_day=value_day(method, received_at),
        requested=requested,
        source=source,
        quoted=quoted,
    )


def payment(account: str, stream: Stream, cents: Cents, act: PaymentReceived, posted_at: datetime) -> Entry:
    """Return the entry of money that came in for an account: a credit, until it pays a debt."""
    key = payment_key(act.method, account, act.reference)
    return act_entry(
        act,
        key=key,
        party=account,
        stream=stream,
        event_day=act.value_day,
        posted_at=posted_at,
        contra="cash.received",
        credit=Credit(key=key, kind="payment", cents=cents, day=act.value_day),
    )


def unmatched(cents: Cents, act: PaymentReceived, posted_at: datetime) -> Entry:
    """Return the entry of money that came in for nobody who is known."""
    return act_entry(
        act,
        key=payment_key(act.method, SUSPENSE, act.reference),
        party=SUSPENSE,
        stream="commercial",
        event_day=act.value_day,
        posted_at=posted_at,
        contra="suspense.unmatched",
        moved_cents=cents,
    )


def assigned(waiting: Entry, account: str, stream: Stream, posted_at: datetime) -> tuple[Entry, Entry]:
    """Return the two entries by which money leaves suspense for an account: it counts as of its own day."""
    act = received_act(waiting)
    cents = paid_cents(waiting)
    leaving = act_entry(
        PaymentAssigned(payment=waiting.key, account=account),
        key=assignment_key(waiting.key),
        party=SUSPENSE,
        stream="commercial",
        event_day=act.value_day,
        posted_at=posted_at,
        contra="suspense.unmatched",
        moved_cents=-cents,
    )
    return leaving, payment(account, stream, cents, act, posted_at)


def assignment_key(payment: str) -> str:
    """Return the natural key of what takes a payment out of suspense."""
    return f"assignment/{payment}"


def dishonour_key(payment: str) -> str:
    """Return the natural key of what takes a payment back."""
    return f"dishonour/{payment}"


def dishonoured(paid: Entry, reason: str, booking: Booking) -> Entry:
    """Return the entry that takes a payment back: its credit goes, or the money in suspense.

    What the payment paid of debts is undone before, so that the credit is free to be taken.
    """
    cents = paid_cents(paid)
    return act_entry(
        PaymentDishonoured(payment=paid.key, reason=reason),
        key=dishonour_key(paid.key),
        party=paid.party,
        stream=booking.stream,
        event_day=booking.day,
        posted_at=booking.posted_at,
        contra="cash.received" if paid.credit else "suspense.unmatched",
        moved_cents=0 if paid.credit else -cents,
        credit=Credit(key=paid.key, kind="payment", cents=-cents, day=booking.day) if paid.credit else None,
    )


def granted(kind: CreditKind, cents: Cents, act: CreditGranted, booking: Booking) -> Entry:
    """Return the entry of a credit that a decision gives: a drawback, a refund, a cancelled penalty."""
    key = grant_key(kind, booking.party, act.origin)
    return act_entry(
        act,
        key=key,
        party=booking.party,
        stream=booking.stream,
        event_day=booking.day,
        posted_at=booking.posted_at,
        contra="expense.refund",
        credit=Credit(key=key, kind=kind, cents=cents, day=booking.day),
    )


def disbursed(parts: Sequence[FreeCredit], act: CreditDisbursed, booking: Booking) -> Entry:
    """Return the entry by which parts of credits are paid out; each is linked to its credit."""
    key = disbursement_key(booking.party, act.reference)
    return act_entry(
        act,
        key=key,
        party=booking.party,
        stream=booking.stream,
        event_day=booking.day,
        posted_at=booking.posted_at,
        contra="cash.disbursed",
        allocations=[
            Allocation(credit=part.key, kind=part.kind, reference=key, cents=part.cents) for part in parts
        ],
    )


def oldest_first(credits_: Sequence[FreeCredit], cents: Cents) -> list[FreeCredit]:
    """Return the parts of credits that make up an amount, the oldest credit first, then by key."""
    parts = []
    for each in sorted(credits_, key=lambda credit: (credit.day, credit.key)):
        taken = min(each.cents, cents)
        if taken > 0:
            parts.append(FreeCredit(each.key, each.kind, taken, each.day))
            cents -= taken
    return parts


def received_act(entry: Entry) -> PaymentReceived:
    """Return the act of a payment's entry. Raises TypeError for another entry: a programmer's error."""
    if not isinstance(entry.act, PaymentReceived):
        raise TypeError(f"{entry.key} is no payment")
    return entry.act


def paid_cents(paid: Entry) -> Cents:
    """Return what a payment brought in."""
    return sum(found.cents for found in paid.postings if found.account == "cash.received")
