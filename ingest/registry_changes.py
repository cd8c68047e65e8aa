"""How does the registry change? By imports, delegations and revocations; each change leaves a note."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest import registry
from ingest.audit import Act, Author, lock, note
from schemas.base import Value
from schemas.identifiers import bn9_of, is_bn9, is_bn15
from schemas.registry import Delegation, Registry

WITHOUT_END = date.max


class ChangeRefused(Exception):  # noqa: N818 - named as a sentence
    """The registry cannot change so. The message says everything that stands against it."""


def store(connection: Connection, new: Registry, author: Author) -> int:
    """Store partners, importers and delegations, and note each that is new or different; return how many.

    What has the same key is replaced, what is the same already is left alone, and the rest stays.
    """
    lock(connection)
    acts = list(_differences(registry.read_all(connection), new))
    registry.write(connection, new)
    note(connection, author, acts)
    return len(acts)


def delegate(connection: Connection, delegation: Delegation, author: Author) -> None:
    """Store a new delegation. Raises ChangeRefused, naming all faults, when it cannot hold."""
    lock(connection)
    known = registry.read_all(connection)
    faults = list(delegation_faults(delegation, known))
    if faults:
        raise ChangeRefused("\n".join(faults))
    registry.write(connection, Registry(delegations=(delegation,)))
    note(connection, author, [_act("delegate", delegation.importer, None, delegation)])


def revoke(connection: Connection, importer: str, broker: str, last_day: date, author: Author) -> Delegation:
    """End the delegation that holds on a day with that day, and return it as it then stands.

    importer: BN15. broker: BN15 or BN9. Raises ChangeRefused, naming what there is, when none holds then.
    """
    lock(connection)
    number = business_number(broker)
    known = registry.read(connection, accounts={importer}, senders=())
    held = [each for each in known.delegations if each.broker == number]
    standing = next((each for each in held if each.holds_on(last_day)), None)
    if standing is None:
        there_are = "; ".join(map(_span, held)) or "none at all"
        raise ChangeRefused(
            f"no delegation of {importer} to {number} holds on {last_day}; there are: {there_are}"
        )
    ended = standing.model_copy(update={"until": last_day})
    registry.write(connection, Registry(delegations=(ended,)))
    note(connection, author, [_act("revoke", importer, standing, ended)])
    return ended


def business_number(text: str) -> str:
    """Return the BN9 of a program account (BN15); any other text as it came, to be judged by others."""
    return bn9_of(text) if is_bn15(text) else text


def delegation_faults(delegation: Delegation, known: Registry) -> Iterator[str]:
    """Yield everything that stands against a new delegation."""
    importer = known.importers.get(delegation.importer)
    if importer is None:
        yield f"{delegation.importer} is no account of the registry: import it first"
    elif importer.kind != "importer":
        yield f"{delegation.importer} is an {importer.kind}'s account: only an importer's can be filed for"
    if not is_bn9(delegation.broker):
        yield f"{delegation.broker} is no business number: expected 9 digits whose check digit holds"
    elif (broker := known.partner_of(delegation.broker)) is None or broker.role != "broker":
        yield f"{delegation.broker} is no broker of the registry: import the partner first"
    if delegation.until is not None and delegation.until < delegation.since:
        yield f"it ends on {delegation.until}, before it begins on {delegation.since}"
    for other in known.delegations:
        if _meet(delegation, other):
            yield f"one {_span(other)} holds already: revoke it first, or choose other days"


def _meet(one: Delegation, other: Delegation) -> bool:
    """Return whether two delegations of the same importer and broker have a day in common."""
    return (
        (one.importer, one.broker) == (other.importer, other.broker)
        and one.since <= (other.until or WITHOUT_END)
        and other.since <= (one.until or WITHOUT_END)
    )


def _span(delegation: Delegation) -> str:
    until = f"until {delegation.until}" if delegation.until else "without end"
    return f"from {delegation.since} {until}"


def _differences(known: Registry, new: Registry) -> Iterator[Act]:
    """Yield an act for each member that is new or different."""
    yield from _changed("partner", known.partners, new.partners)
    yield from _changed("importer", known.importers, new.importers)
    before, after = _by_key(known.delegations), _by_key(new.delegations)
    for key, delegation in after.items():
        if before.get(key) != delegation:
            yield _act("import delegation", delegation.importer, before.get(key), delegation)


def _changed(kind: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Act]:
    for key, value in after.items():
        if before.get(key) != value:
            yield _act(f"import {kind}", key, before.get(key), value)


def _by_key(delegations: Sequence[Delegation]) -> dict[tuple[str, str, date], Delegation]:
    return {(each.importer, each.broker, each.since): each for each in delegations}


def _act(act: str, subject: str, before: Value | None, after: Value) -> Act:
    """Return an act with what was there before, and what is there now."""
    was = before.model_dump(mode="json") if before else None
    return Act(act, subject, {"before": was, "after": after.model_dump(mode="json")})
