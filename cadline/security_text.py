"""How is what security comes to told to a person? In lines: requirement, review, use, demand, instrument."""

from collections.abc import Iterator

from accounting.demand import Demand
from accounting.security import Requirement, Review, Utilisation
from schemas.money import Cents, dollars
from schemas.security import Instrument


def requirement_lines(required: Requirement, whose: str) -> Iterator[str]:
    """Say how much security is required, and how that came about."""
    yield f"{whose}: {required.form} of {dollars(required.required_cents)} required ({required.bound})"
    for month in required.months:
        span = f"{month.first_day} to {month.last_day}" if month.last_day else "month"
        yield _sum(f"  {span}", month.cents)
    for step in required.working:
        yield _sum(step.figure.replace("_", " "), step.cents, f"  {step.formula}")
        if step.source:
            yield f"      {step.source}"


def review_lines(found: Review, whose: str) -> Iterator[str]:
    """Say what a year's review means on a day."""
    days, required = found.days, found.requirement
    yield f"{whose}: review of {days.reviewed} over {days.window_first} to {days.window_last}"
    yield _sum(f"{required.form} required", required.required_cents, f"  ({required.bound})")
    yield _sum(f"in force on {days.reviewed}", found.held_cents)
    if found.is_notified:
        yield _sum("increase, notified", found.increase_cents, f"  to be met by {days.meet_by}")
        yield _sum(f"in force on {found.on}", found.later_cents)
    yield f"  on {found.on}: {found.status}{_suspension(found)}"


def _suspension(found: Review) -> str:
    if found.status == "to be met":
        return f"; if it is not, release prior to payment is suspended from {found.suspended_from}"
    return f"; no release prior to payment since {found.suspended_from}" if found.suspended_from else ""


def utilisation_lines(used: Utilisation) -> Iterator[str]:
    """Say how far security is used, and by which thresholds."""
    percent = f"{used.percent} %" if used.percent is not None else "no security in force"
    reached = f", has reached {', '.join(f'{each} %' for each in used.reached)}" if used.reached else ""
    yield f"{used.account}: {percent}{reached}" + (f" on {used.day}" if used.day else "")
    yield _sum("receivable", used.receivable_cents)
    yield _sum("free credits", -used.credits_cents)
    yield _sum("outstanding", used.outstanding_cents)
    for cover in used.covers:
        yield _sum(f"{cover.form} {cover.instrument}", cover.cents)
    yield _sum("security in force", used.security_cents)
    if used.excess_cents:
        yield (
            f"  not adequate: notice to give {dollars(used.excess_cents)} more; if it is not given, that is "
            "payable at once (Customs Act s.3.4)"
        )


def demand_lines(found: Demand) -> Iterator[str]:
    """Say what may be demanded, until when, and for which debts."""
    until = f"until {found.valid_until}" if found.valid_until else "without end"
    by = f", demand by {found.demand_by}" if found.demand_by else ""
    yield f"{found.instrument} for {found.account} on {found.on}: {found.refusal or dollars(found.cents)}"
    yield f"  valid from {found.valid_from} {until}{by}"
    for each in found.debts:
        debt = each.debt
        days = f"accrued {debt.accrued} due {debt.due}"
        named = f"{debt.reference} {debt.charge}".strip()
        yield f"    {named:<30} {days}{dollars(debt.cents):>14}  {each.verdict}"
    yield _sum("owed, of debts that count", found.owed_cents)
    yield _sum("security", found.security_cents)
    if found.respond_by:
        yield f"  to be paid or rebutted by {found.respond_by}, when sent on {found.on}"


def _sum(label: str, cents: Cents, more: str = "") -> str:
    """Say an amount in a line of its own."""
    return f"  {label:<28}{dollars(cents):>16}{more}"


def instrument_line(each: Instrument) -> str:
    """Say an instrument in a line, as it stands."""
    until = f"until {each.valid_until}" if each.valid_until else "without end"
    shares = "".join(f"  {share.account}={dollars(share.cents)}" for share in each.shares)
    provider = f"  {each.provider}" if each.provider else ""
    return (
        f"{each.id:<20} {each.form:<9} {each.holder:<15} {dollars(each.amount_cents):>16}  "
        f"from {each.valid_from} {until}{provider}{shares}"
    )


def version_line(each: Instrument) -> str:
    """Say a version of an instrument in a line: from when, what happened, and what money moved."""
    moved = f"  moved {dollars(each.moved_cents)}" if each.moved_cents else ""
    reference = f" {each.reference}" if each.reference else ""
    account = f" for {each.account}" if each.account else ""
    return (
        f"  version {each.version} since {each.since}: {each.step}{reference}{account}{moved}; {_state(each)}"
    )


def _state(each: Instrument) -> str:
    until = f" until {each.valid_until}" if each.valid_until else ""
    noticed = f", notice given {each.noticed}" if each.noticed else ""
    return f"{dollars(each.amount_cents)}{until}{noticed}"
