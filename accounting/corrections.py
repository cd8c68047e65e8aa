"""What does a corrected statement state otherwise than the version before it? A list of differences."""

from collections.abc import Iterator, Mapping

from schemas.money import dollars
from schemas.papers import Correction, Difference, Movement, OpeningItem, SecurityState, Statement

SINGLE = ("name", "payment_due", "payment_due_before", "payment_due_moved_by")
AMOUNTS = ("opening_cents", "new_cents", "disbursed_cents", "payable_cents")


def corrected(before: Statement, fresh: Statement, reason: str) -> Statement | None:
    """Return the next version of a statement, or None when there is nothing to correct.

    fresh: the statement as the book makes it now. reason: why it is issued again.
    """
    found = tuple(differences(before, fresh))
    if not found:
        return None
    correction = Correction(replaces=before.version, reason=reason, differences=found)
    return fresh.model_copy(update={"version": before.version + 1, "correction": correction})


def differences(before: Statement, after: Statement) -> Iterator[Difference]:
    """Yield each figure and each line that two statements of an account and date state otherwise."""
    was, now = _told(before), _told(after)
    for field in dict.fromkeys((*was, *now)):
        if was.get(field, "") != now.get(field, ""):
            yield Difference(field=field, before=was.get(field, ""), after=now.get(field, ""))
    if was == now and _content(before) != _content(after):
        yield Difference(field="details", before=f"of version {before.version}", after="as the book has them")


def _content(paper: Statement) -> Statement:
    """Return a statement without what every issue has for itself."""
    return paper.model_copy(
        update={"number": 0, "issued": paper.statement_date, "version": 1, "correction": None}
    )


def _told(paper: Statement) -> Mapping[str, str]:
    """Return everything that a statement states, by its name, in words."""
    told = {name: str(getattr(paper, name) or "") for name in SINGLE}
    told |= {name.removesuffix("_cents"): dollars(getattr(paper, name)) for name in AMOUNTS}
    told |= {f"charge {charge}": dollars(cents) for charge, cents in paper.charges.items()}
    told |= {f"credit {kind}": dollars(cents) for kind, cents in paper.credits.items()}
    told |= {f"opening item {_item_name(item)}": _item(item) for item in paper.opening_items}
    for part in paper.parts:
        for movement in part.movements:
            told[f"declaration {movement.transaction_number} version {movement.version}"] = _line(movement)
    told |= {f"{act.kind} {act.key}": dollars(act.cents) for act in paper.activities}
    told |= {
        f"filed by {share.broker or 'the importer'}": f"{share.count} for {dollars(share.cents)}"
        for share in paper.brokers
    }
    return told | {"security": _security(paper.security)}


def _item_name(item: OpeningItem) -> str:
    return item.reference or item.transaction_number


def _item(item: OpeningItem) -> str:
    return f"{dollars(item.cents)}{f' due {item.due}' if item.due else ''}"


def _line(movement: Movement) -> str:
    return f"{dollars(movement.cents)} due {movement.due}"


def _security(state: SecurityState | None) -> str:
    return f"{dollars(state.used_cents)} of {dollars(state.secured_cents)} used" if state else ""
