"""How does what is no declaration stand in STATAC? Activities, credits, security and corrections as rows.

A row with what belongs to it: its charges and credits, the facts of its act, the working of its interest. The
guide is `schemas/profiles/statac_d13a.toml`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.acts import Act, InterestCharged, InterestSpan
from schemas.book import Allocation
from schemas.papers import Activity, ChargeSums, Correction, CreditSums, OpeningItem, SecurityState

Document = Mapping[str, Any]
Block = Sequence[Document]
"""A row with the rows that belong to it: what stays together when a paper is split."""

TEXT_MAX = 70
"""Length of 1004, 1154 and 1366 in the directory."""


def charge_rows(charges: ChargeSums) -> list[Document]:
    """Return the rows of charges, which belong to the row before them."""
    return [{"kind": charge, "cents": cents} for charge, cents in charges.items()]


def credit_rows(credits_: CreditSums) -> list[Document]:
    """Return the rows of credits by kind, which belong to the row before them."""
    return [{"kind": "credit", "what": kind, "cents": cents} for kind, cents in credits_.items()]


def activity_blocks(activity: Activity) -> Iterator[Block]:
    """Yield the rows of an activity, then those of what it cleared, which the next part may begin with."""
    row = {
        **vars(activity),
        "kind": "activity",
        "what": activity.kind,
        **_named("key", activity.key),
        **_named("reference", activity.reference),
        "cents": activity.cents,
    }
    yield [row, *charge_rows(activity.charges), *credit_rows(activity.credits), *_act(activity.act)]
    yield from ([_allocation(each)] for each in activity.allocations)


def opening_item(item: OpeningItem) -> Block:
    """Return the rows of a debt or credit that was open before."""
    row = {
        "kind": "opening",
        **vars(item),
        "what": item.credit,
        **_named("reference", item.reference),
        "version": item.version or None,
    }
    return [row, *charge_rows(item.charges)]


def security(state: SecurityState) -> Block:
    """Return the row that says how much security is left, of how much."""
    used = {"secured_cents": state.secured_cents, "used_cents": state.used_cents}
    return [{"kind": "security", "cents": state.left_cents, **used}]


def correction(paper: Correction) -> Block:
    """Return the rows that say which version is replaced, why, and what is different."""
    head = {"kind": "correction", "version": paper.replaces, "cents": 0}
    differences = [
        row
        for each in paper.differences
        for row in (
            {"kind": "difference", "cents": 0},
            *_fact("field", each.field),
            *_fact("before", each.before),
            *_fact("after", each.after),
        )
    ]
    return [head, *_fact("reason", paper.reason), *differences]


def _allocation(each: Allocation) -> Document:
    return {
        **vars(each),
        "kind": "allocation",
        "what": each.kind,
        **_named("key", each.credit),
        **_named("reference", each.reference),
    }


def _act(act: Act | None) -> list[Document]:
    """Return the facts of an act under the names of its fields, then the working of its interest."""
    if act is None:
        return []
    fields = act.model_dump(mode="json", exclude={"act", "spans"}, exclude_defaults=True)
    facts = [row for name, value in {"act": act.act, **fields}.items() for row in _fact(name, value)]
    spans = act.spans if isinstance(act, InterestCharged) else ()
    return [*facts, *map(_span, spans)]


def _span(span: InterestSpan) -> Document:
    return {"kind": "span", **vars(span)}


def _fact(name: str, value: object) -> list[Document]:
    """Return the rows of a fact: one, or one for each of several values; a long text runs on."""
    if isinstance(value, list):
        return [row for each in value for row in _fact(name, each)]
    if name.endswith("_cents"):
        return [{"kind": "fact", "field": name, "cents": value}]
    first, *more = _pieces(str(value))
    runs_on = [{"kind": "more", "transaction_number": piece, "cents": 0} for piece in more]
    return [{"kind": "fact", "field": name, "transaction_number": first, "cents": 0}, *runs_on]


def _named(slot: str, text: str) -> dict[str, str]:
    """Return a name in two pieces, as one element does not hold the longest."""
    first, *more = _pieces(text)
    return {slot: first, f"{slot}_more": "".join(more)}


def _pieces(text: str) -> list[str]:
    """Cut a text into pieces that an element holds; none begins or ends with a blank, which would be lost."""
    pieces = []
    while len(text) > TEXT_MAX:
        good = (at for at in range(TEXT_MAX, 0, -1) if " " not in text[at - 1 : at + 1])
        end = next(good, TEXT_MAX)
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]
