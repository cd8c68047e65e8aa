"""What does an activity say in words? Its heading, and what else a person wants to know of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from outbound.words import long_date, money, words
from schemas import acts
from schemas.acts import CreditKind
from schemas.book import Allocation, EntryKind
from schemas.money import Cents
from schemas.papers import Activity
from schemas.rules import Language

GROUPS: Mapping[str, tuple[EntryKind, ...]] = {
    "payments": ("payment", "assignment", "dishonour", "credit", "disbursement"),
    "interests": ("interest",),
    "penalties": ("penalty", "waiver"),
    "others": ("opening", "security"),
}
"""The sections in which a page shows activities; what was cleared has a section of its own."""


@dataclass(frozen=True, slots=True)
class Group:
    """Activities of one section of a page."""

    name: str
    activities: tuple[Activity, ...]

    @property
    def cents(self) -> Cents:
        """Return what they change of what is payable."""
        return sum(activity.cents for activity in self.activities)


@dataclass(frozen=True, slots=True)
class Cleared:
    """One credit and the debts that it paid; the activity by which it did."""

    credit: str
    kind: CreditKind
    paid: tuple[tuple[Activity, Allocation], ...]

    @property
    def cents(self) -> Cents:
        """Return how much of it was used."""
        return sum(each.cents for _, each in self.paid)


def grouped(activities: Sequence[Activity]) -> list[Group]:
    """Return the sections of activities, in the order of a page; those without any are left out."""
    groups = (
        Group(name, tuple(each for each in activities if each.kind in kinds))
        for name, kinds in GROUPS.items()
    )
    return [group for group in groups if group.activities]


def cleared(activities: Iterable[Activity]) -> list[Cleared]:
    """Return what was cleared, credit by credit, in the order in which each was used first."""
    found: dict[tuple[str, CreditKind], list[tuple[Activity, Allocation]]] = {}
    for activity in activities:
        for each in activity.allocations:
            found.setdefault((each.credit, each.kind), []).append((activity, each))
    return [Cleared(*credit, tuple(paid)) for credit, paid in found.items()]


def remarks(activity: Activity, language: Language) -> list[str]:
    """Return what else an activity says, a line each; nothing that is not known."""
    tell = TOLD.get(activity.act.act) if activity.act else None
    if tell is None:
        return []
    return [text for text in tell(activity.act, words(language), partial(_shown, language=language)) if text]


def difference_of(field: str, language: Language) -> str:
    """Name a figure or line that a corrected statement states otherwise, in words.

    >>> difference_of("charge gst", "fr"), difference_of("declaration 12345000000017 version 2", "en")
    ('TPS', 'Transaction 12345000000017 version 2')
    """
    w = words(language)
    if field in FIGURES:
        return w[FIGURES[field]]
    kind, _, name = field.partition(" ")
    if kind == "charge":
        return w[name]
    if kind == "credit" and f"credit_{name}" in w:
        return f"{w['credit']} · {w[f'credit_{name}']}"
    spoken = LINES.get(kind, f"act_{kind}")
    return f"{w[spoken]} {name.removeprefix('item ').removeprefix('by ')}" if spoken in w else field


def stated(text: str, language: Language) -> str:
    """Write what a corrected statement states, with its amounts as a page writes them.

    >>> stated("-1234.50 due 2026-12-01", "fr")
    '(1\u202f234,50) dû le 2026-12-01'
    """
    spoken = AMOUNT.sub(lambda found: money(int(found[0].replace(".", "")), language), text)
    return spoken.replace(" due ", f" {words(language)['was_due']} ")


AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}\b")
FIGURES = {
    "payable": "payable",
    "opening": "opening",
    "new": "new_amount",
    "disbursed": "disbursed",
    "name": "importer",
    "payment_due": "payment_due",
    "payment_due_before": "moved_from",
    "payment_due_moved_by": "moved_by",
    "security": "security",
    "details": "difference",
}
"""The words of the figures that a corrected statement can state otherwise."""

LINES = {"opening": "opening", "declaration": "transaction", "filed": "by_broker"}
"""The words of the lines; every other is an activity."""

Show = Callable[[Any], str]
Words = Mapping[str, str]


def _shown(value: Any, *, language: Language) -> str:
    """Write an amount or a day."""
    return money(value, language) if isinstance(value, int) else long_date(value, language)


def _payment(act: acts.PaymentReceived, w: Words, show: Show) -> Iterator[str]:
    yield f"{w['method_' + act.method]}, {act.reference}"
    yield act.payer and f"{w['from']} {act.payer}"
    yield f"{w['counts_from']} {show(act.value_day)}"
    yield ", ".join(act.requested) and f"{w['asked_for']} {', '.join(act.requested)}"


def _assignment(act: acts.PaymentAssigned, _w: Words, _show: Show) -> Iterator[str]:
    yield act.payment


def _dishonour(act: acts.PaymentDishonoured, _w: Words, _show: Show) -> Iterator[str]:
    yield act.payment
    yield act.reason


def _credit(act: acts.CreditGranted, w: Words, show: Show) -> Iterator[str]:
    yield f"{w['comes_from']} {act.origin}"
    yield act.reason
    yield f"{w['applied_on']} {show(act.applied)}" if act.applied else ""


def _disbursement(act: acts.CreditDisbursed, w: Words, _show: Show) -> Iterator[str]:
    yield f"{w['method_' + act.method]}, {act.reference}"


def _interest(act: acts.InterestCharged, w: Words, show: Show) -> Iterator[str]:
    yield f"{w['on_debt']} {act.on}, {show(act.base_cents)}"
    yield f"{w[act.kind]} {show(act.through)}; {w[act.basis]}"
    yield f"{w['interest_to_date']} {show(act.to_date_cents)}"


def _penalty(act: acts.PenaltyRaised, w: Words, show: Show) -> Iterator[str]:
    yield f"{act.code}{w['colon']} {w['late_was']} {act.on}, {w['was_due']} {show(act.day)}"
    yield f"{w['served_on']} {show(act.served)}"
    yield act.source
    yield act.relief and f"{w['not_raised']} {act.relief}"


def _waiver(act: acts.Waived, w: Words, _show: Show) -> Iterator[str]:
    yield f"{w[act.manner]}{w['colon']} {act.entry}"
    yield act.reason
    yield f"{w['decided_by']} {act.person}"


def _opening(act: acts.BroughtForward, w: Words, show: Show) -> Iterator[str]:
    yield act.explanation
    yield f"{w['arose_on']} {show(act.arose)}"


def _security(act: acts.SecurityMoved, _w: Words, _show: Show) -> Iterator[str]:
    yield act.instrument
    yield act.reason


TOLD: Mapping[str, Callable[[Any, Words, Show], Iterator[str]]] = {
    "payment": _payment,
    "assignment": _assignment,
    "dishonour": _dishonour,
    "credit": _credit,
    "disbursement": _disbursement,
    "interest": _interest,
    "penalty": _penalty,
    "waiver": _waiver,
    "opening": _opening,
    "security": _security,
}
"""What each act says beside its amount, under its discriminator; a clearing is shown credit by credit."""
