"""How much security does release prior to payment take, and does what was given suffice?

    monthly receivables ──► highest ──► percent by form ──► minimum, cap ──► required
                                                                               └─► review, once a year
    receivable less free credits ──► outstanding ÷ security in force ──► utilisation ──► thresholds

The numbers are data: `schemas/law/security.toml`. What may be demanded of a provider: `accounting.demand`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from accounting.days import ONE_DAY
from accounting.law import Rows, law, row_on
from schemas.assessment import Step
from schemas.base import Value
from schemas.money import Cents, dollars, to_cents, to_dollars
from schemas.security import THRESHOLDS, Instrument, SecurityForm

WINDOW_YEARS = 1


def security_law() -> Mapping[str, Rows]:
    """Return the rows of `schemas/law/security.toml`, by name."""
    return law("security")


def law_on(name: str, day: date) -> dict[str, Any]:
    """Return the row of a name in force on a day."""
    return row_on(security_law()[name], day)


# ---- what is required -----------------------------------------------------------------------------


class Month(Value):
    """What became receivable in one month, GST included; negative after corrections downwards.

    first_day, last_day: of the billing period; None when only amounts were told.
    """

    cents: Cents
    first_day: date | None = None
    last_day: date | None = None


Bound = Literal["nothing receivable", "percent", "minimum", "cap"]
"""What decided the amount."""


class Requirement(Value):
    """How much security one RM account is asked for, with its working.

    highest_cents: the highest monthly receivable. percent: of it, by form. bound: what decided the amount.
    """

    form: SecurityForm
    day: date
    months: tuple[Month, ...]
    highest_cents: Cents
    percent: int
    bound: Bound
    required_cents: Cents
    working: tuple[Step, ...]


def requirement(months: Sequence[Month], form: SecurityForm, day: date) -> Requirement:
    """Return the security that one RM account needs, by the law of an Eastern day.

    months: what became receivable in each of the months that count. Nothing receivable, nothing needed;
    else a percentage of the highest month by form, at least the minimum and at most the cap.
    """
    percent = row_on([row for row in security_law()["percent"] if row["form"] == form], day)
    highest = max((month.cents for month in months), default=0)
    part = to_cents(to_dollars(max(highest, 0)) * percent["value"] / 100)
    bound, cents = _bounded(highest, part, day)
    return Requirement(
        form=form,
        day=day,
        months=tuple(months),
        highest_cents=highest,
        percent=percent["value"],
        bound=bound,
        required_cents=cents,
        working=(
            _highest_step(months, highest, day),
            _percent_step(percent, highest, part),
            _deciding_step(bound, cents, day),
        ),
    )


def _highest_step(months: Sequence[Month], highest: Cents, day: date) -> Step:
    """Return the first step of a requirement: which month was the highest."""
    return Step(
        figure="highest_monthly_receivable",
        rule="security.highest",
        formula=f"the highest month of {len(months)}",
        inputs={_named(month, number): dollars(month.cents) for number, month in enumerate(months, 1)},
        source=law_on("monthly_receivable", day)["source"] if _are_billed(months) else "",
        cents=highest,
    )


def _percent_step(percent: Mapping[str, Any], highest: Cents, part: Cents) -> Step:
    """Return the second step of a requirement: the percentage of the highest month."""
    return Step(
        figure="percentage",
        rule="security.percent",
        formula=f"{dollars(max(highest, 0))} x {percent['value']} %",
        rate=f"{percent['value']} %",
        source=percent["source"],
        since=percent["since"],
        cents=part,
    )


def _bounded(highest: Cents, part: Cents, day: date) -> tuple[Bound, Cents]:
    """Return what decides the amount, and the amount."""
    minimum, cap = law_on("minimum", day)["value"], law_on("cap", day)["value"]
    if highest <= law_on("none_needed", day)["value"]:
        return "nothing receivable", 0
    if part < minimum:
        return "minimum", minimum
    return ("cap", cap) if part > cap else ("percent", part)


DECIDING: Mapping[Bound, tuple[str, str]] = {
    "nothing receivable": ("none_needed", "nothing was receivable: no security is needed"),
    "percent": ("percent", "the percentage stands: it is neither below the minimum nor above the cap"),
    "minimum": ("minimum", "the percentage is below the minimum of an RM account"),
    "cap": ("cap", "the percentage is above the cap of an RM account"),
}
"""Of each bound: the row of the law that decides, and why."""


def _deciding_step(bound: Bound, cents: Cents, day: date) -> Step:
    """Return the last step of a requirement: which of the numbers decided."""
    name, why = DECIDING[bound]
    row = law_on(name, day)
    return Step(
        figure="required",
        rule=f"security.{name}",
        formula=why,
        source=row["source"],
        since=row["since"],
        cents=cents,
    )


def _are_billed(months: Sequence[Month]) -> bool:
    """Return whether the months are billing periods of the book, and not told."""
    return any(month.last_day for month in months)


def _named(month: Month, number: int) -> str:
    """Name a month by its billing period, or by its place."""
    return f"{month.first_day} to {month.last_day}" if month.last_day else f"month {number}"


def window_before(day: date) -> tuple[date, date]:
    """Return the twelve months that end the day before: first and last day."""
    return years_after(day, -WINDOW_YEARS), day - ONE_DAY


def years_after(day: date, years: int) -> date:
    """Return the same day some years later (or before); the last of February for a 29th that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# ---- the yearly review ----------------------------------------------------------------------------

ReviewStatus = Literal["not yet", "unchanged", "to be met", "met", "suspended"]


class ReviewDays(Value):
    """The days of a year's review: the window, its day, by when an increase is to be met."""

    window_first: date
    window_last: date
    reviewed: date
    meet_by: date


class Review(Value):
    """What a year's review comes to. held_cents: in force on the day of review; later_cents: on `on`.

    Only an increase is notified. status: `not yet` before the day of review; `unchanged` when what is held
    suffices; else `to be met` until the deadline, `met` once enough is held, `suspended` from the day after.
    """

    year: int
    days: ReviewDays
    requirement: Requirement
    held_cents: Cents
    later_cents: Cents
    increase_cents: Cents
    is_notified: bool
    suspended_from: date | None
    on: date
    status: ReviewStatus


def review_days(year: int) -> ReviewDays:
    """Return the days of the review that is made in a year."""
    reviewed = _in_year(year, law_on("review", date(year, 1, 1))["value"])
    first, last = window_before(reviewed)
    meet_by = _in_year(year + 1, law_on("review_deadline", reviewed)["value"])
    return ReviewDays(window_first=first, window_last=last, reviewed=reviewed, meet_by=meet_by)


def review(required: Requirement, *, year: int, held_cents: Cents, later_cents: Cents, on: date) -> Review:
    """Return what a year's review means on an Eastern day.

    held_cents: the security in force on the day of review. later_cents: the security in force on that day,
    or, when it is over, on `on`.
    """
    days = review_days(year)
    increase = max(required.required_cents - held_cents, 0)
    status = _review_status(days, required.required_cents, held_cents, later_cents, on)
    is_notified = status not in {"not yet", "unchanged"}
    return Review(
        year=year,
        days=days,
        requirement=required,
        held_cents=held_cents,
        later_cents=later_cents,
        increase_cents=increase,
        is_notified=is_notified,
        suspended_from=days.meet_by + ONE_DAY if status in {"to be met", "suspended"} else None,
        on=on,
        status=status,
    )


def _review_status(days: ReviewDays, required: Cents, held: Cents, later: Cents, on: date) -> ReviewStatus:
    if on < days.reviewed:
        return "not yet"
    if required <= held:
        return "unchanged"
    if later >= required:
        return "met"
    return "to be met" if on <= days.meet_by else "suspended"


def _in_year(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")


# ---- what is in force, and how far it is used -----------------------------------------------------

Standing = Literal["secured", "transition", "not needed", "unsecured"]
"""Whether goods can be released prior to payment: by own security; without it, before the end of the
transition; because nothing is owed; or not."""


class Cover(Value):
    """How much an instrument covers of one account."""

    instrument: str
    form: SecurityForm
    cents: Cents


class Utilisation(Value):
    """How far the security of one RM account is used.

    day: the Eastern day as of which it is told, None for now. outstanding_cents: receivable less free
    credits, never below zero: a payment made meanwhile lowers it, before it is matched with debts too.
    percent: outstanding of security, rounded down to a hundredth so that it never shows a threshold that is
    not reached; None without security. reached: thresholds. excess_cents: outstanding above the security.
    """

    account: str
    day: date | None = None
    receivable_cents: Cents
    credits_cents: Cents
    outstanding_cents: Cents
    security_cents: Cents
    covers: tuple[Cover, ...]
    percent: Decimal | None
    reached: tuple[int, ...]
    excess_cents: Cents


class Crossing(Value):
    """A threshold that utilisation crossed, in percent."""

    threshold: int
    direction: Literal["above", "below"]


def standing(versions: Iterable[Instrument], day: date) -> Instrument | None:
    """Return the version of an instrument that holds on an Eastern day, valid or not; None before the first.

    versions: in their order.
    """
    begun = [version for version in versions if version.since <= day]
    return begun[-1] if begun else None


def covers(instruments: Iterable[Sequence[Instrument]], account: str, day: date) -> tuple[Cover, ...]:
    """Return what is in force for an account on an Eastern day. instruments: each with all its versions."""
    held = (standing(versions, day) for versions in instruments)
    return tuple(
        Cover(instrument=each.id, form=each.form, cents=cents)
        for each in held
        if each is not None and each.is_valid_on(day) and (cents := each.share_of(account))
    )


def utilisation(  # noqa: PLR0913 - the words of a sum, each named by the caller
    account: str,
    *,
    receivable_cents: Cents,
    credits_cents: Cents = 0,
    covered: Sequence[Cover],
    thresholds: Sequence[int] = THRESHOLDS,
    day: date | None = None,
) -> Utilisation:
    """Return how far an account's security is used. Without security, any debt reaches every threshold."""
    outstanding = max(receivable_cents - credits_cents, 0)
    security = sum(cover.cents for cover in covered)
    return Utilisation(
        account=account,
        day=day,
        receivable_cents=receivable_cents,
        credits_cents=credits_cents,
        outstanding_cents=outstanding,
        security_cents=security,
        covers=tuple(covered),
        percent=Decimal(outstanding * 10_000 // security).scaleb(-2) if security else None,
        reached=tuple(each for each in sorted(thresholds) if _reaches(outstanding, security, each)),
        excess_cents=max(outstanding - security, 0),
    )


def _reaches(outstanding: Cents, security: Cents, threshold: int) -> bool:
    """Return whether a threshold, in percent, is reached: by nothing never, whatever the security."""
    return outstanding > 0 and outstanding * 100 >= threshold * security


def crossings(
    was_above: Iterable[int], reached: Iterable[int], thresholds: Sequence[int]
) -> tuple[Crossing, ...]:
    """Return the thresholds that were crossed since utilisation was last looked at, lowest first.

    was_above: those that were reached then. A threshold that is no longer watched is crossed by nobody.
    """
    before, now = set(was_above), set(reached)
    return tuple(
        Crossing(threshold=each, direction="above" if each in now else "below")
        for each in sorted(thresholds)
        if (each in now) != (each in before)
    )


def transition_ended(instant: datetime) -> bool:
    """Return whether, at a UTC instant, release prior to payment takes the importer's own security."""
    return bool(instant >= law_on("transition", instant.date())["value"])


def rpp_standing(*, security_cents: Cents, required_cents: Cents, instant: datetime) -> Standing:
    """Return whether an account's goods can be released prior to payment at a UTC instant."""
    if required_cents <= 0:
        return "not needed"
    if security_cents >= required_cents:
        return "secured"
    return "unsecured" if transition_ended(instant) else "transition"
