"""What may be demanded of who guarantees payment, on a day and until when?

The provider of a security agreement owes, within its amount, what accrued to the debtor while the agreement
was valid and was not paid by the day on which it was payable (SOR/2024-42 s.4, 8 and 9). A deposit is money
in hand: of it the same debts may be met at any time.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from accounting.security import law_on, years_after
from schemas.base import Value
from schemas.money import Cents
from schemas.security import Instrument

Counted = Literal["counted", "not yet late", "accrued before validity", "accrued after validity"]
"""Whether a debt may be demanded, or why not."""

Refusal = Literal["", "not valid yet", "too late", "nothing owed", "nothing left of the security"]
"""Why nothing may be demanded; empty when something may."""


class SecuredDebt(Value):
    """A debt as it stands open. accrued: the Eastern day on which it arose. due: its last day in time."""

    reference: str
    charge: str = ""
    accrued: date
    due: date
    cents: Cents


class DebtJudged(Value):
    """A debt, and whether it may be demanded."""

    debt: SecuredDebt
    verdict: Counted


class Demand(Value):
    """What may be demanded for one account under an instrument, on an Eastern day.

    demand_by: the last day for a demand, None while no end is known. owed_cents: of the debts that count.
    security_cents: what there is to demand from. cents: the lesser of both, or nothing when refused.
    respond_by: the last day to pay or to rebut a demand that is sent on that day.
    """

    instrument: str
    account: str
    on: date
    valid_from: date
    valid_until: date | None
    demand_by: date | None
    respond_by: date | None
    debts: tuple[DebtJudged, ...]
    owed_cents: Cents
    security_cents: Cents
    cents: Cents
    refusal: Refusal


def demand_by(instrument: Instrument) -> date | None:
    """Return the last Eastern day on which a demand may be made; None where there is no last day."""
    if instrument.valid_until is None or instrument.form == "deposit":
        return None
    return years_after(instrument.valid_until, law_on("demand_years", instrument.valid_until)["value"])


def respond_by(sent: date) -> date:
    """Return the last day to pay or rebut a demand that was sent on an Eastern day."""
    return sent + timedelta(days=law_on("demand_response", sent)["value"])


def earliest_termination(noticed: date) -> date:
    """Return the first day with which an agreement can end of which notice is given on an Eastern day."""
    return noticed + timedelta(days=law_on("termination_notice", noticed)["value"])


def demand(instrument: Instrument, account: str, debts: Iterable[SecuredDebt], on: date) -> Demand:
    """Return what may be demanded for an account on an Eastern day.

    instrument: as it stands on that day, with what is left of it. debts: those of the account that are open.
    """
    judged = tuple(DebtJudged(debt=debt, verdict=_verdict(instrument, debt, on)) for debt in debts)
    owed = max(sum(each.debt.cents for each in judged if each.verdict == "counted"), 0)
    security, last = instrument.share_of(account), demand_by(instrument)
    refusal = _refusal(instrument, owed, security, on)
    is_answered = instrument.form == "agreement" and not refusal
    return Demand(
        instrument=instrument.id,
        account=account,
        on=on,
        valid_from=instrument.valid_from,
        valid_until=instrument.valid_until,
        demand_by=last,
        respond_by=respond_by(on) if is_answered else None,
        debts=judged,
        owed_cents=owed,
        security_cents=security,
        cents=0 if refusal else min(owed, security),
        refusal=refusal,
    )


def _verdict(instrument: Instrument, debt: SecuredDebt, on: date) -> Counted:
    """Say whether a debt counts; one that is negative, after a correction, counts like what it lowers."""
    if debt.accrued < instrument.valid_from:
        return "accrued before validity"
    if instrument.valid_until is not None and debt.accrued > instrument.valid_until:
        return "accrued after validity"
    return "counted" if debt.due < on else "not yet late"


def _refusal(instrument: Instrument, owed: Cents, security: Cents, on: date) -> Refusal:
    last = demand_by(instrument)
    if on < instrument.valid_from:
        return "not valid yet"
    if last is not None and on > last:
        return "too late"
    if not owed:
        return "nothing owed"
    return "" if security else "nothing left of the security"
