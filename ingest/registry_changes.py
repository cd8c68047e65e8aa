"""How does the registry change? By imports, delegations and revocations; each change leaves a note."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest import registry
from ingest.audit import Act, Author, lock, note
from ingest.statements_to import second_recipient
from schemas.base import Value
from schemas.identifiers import bn9_of, is_bn9, is_bn15
from schemas.registry import Delegation, Importer, Partner, Registry, Scope

WITHOUT_END = date.max

FOR_OTHERS = ("broker", "consultant")
"""The roles that an importer can delegate authority to."""

FOR_BROKERS = ("file", "correct")
"""The rights that only a licensed customs broker can hold for another; a trade consultant adjusts."""


class ChangeRefused(Exception):  # noqa: N818 - named as a sentence
    """The registry cannot change so. The message says everything that stands against it."""


def store(connection: Connection, new: Registry, author: Author) -> int:
    """Store partners, importers and delegations, and note each that is new or different; return how many.

    What has the same key is replaced, what is the same already is left alone, and the rest stays. Raises
    ChangeRefused, naming all faults, when a delegation cannot hold beside the others or names nobody known.
    """
    lock(connection)
    check(connection, new)
    acts = list(_differences(registry.read_all(connection), new))
    registry.write(connection, new)
    note(connection, author, acts)
    return len(acts)


def check(connection: Connection, new: Registry) -> None:
    """Raise ChangeRefused, naming all faults, when the database would not take what is new."""
    faults = list(import_faults(registry.read_all(connection), new))
    if faults:
        raise ChangeRefused("\n".join(faults))


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

    importer: who gave it, BN15 or, of scope business, BN9. broker: BN15 or BN9. Raises ChangeRefused, naming
    what there is, when none holds then.
    """
    lock(connection)
    number = business_number(broker)
    known = registry.read(connection, accounts={importer}, senders=())
    held = [each for each in known.delegations if (each.importer, each.broker) == (importer, number)]
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


def delegator(text: str, scope: Scope) -> str:
    """Return whom a delegation of a scope names: the account, or its business number."""
    return business_number(text) if scope == "business" else text


def delegation_faults(delegation: Delegation, known: Registry) -> Iterator[str]:
    """Yield everything that stands against a new delegation."""
    yield from _importer_faults(delegation, known, kinds=("importer",))
    yield from _holder_faults(delegation, known)
    if delegation.until is not None and delegation.until < delegation.since:
        yield f"it ends on {delegation.until}, before it begins on {delegation.since}"
    for other in known.delegations:
        if _meet(delegation, other):
            yield f"one {_span(other)} holds already: revoke it first, or choose other days"


def import_faults(known: Registry, new: Registry) -> Iterator[str]:
    """Yield everything that stands against what is imported, beside what stays of what is there."""
    both = Registry(
        partners={**known.partners, **new.partners}, importers={**known.importers, **new.importers}
    )
    kept = {**_by_key(known.delegations), **_by_key(new.delegations)}
    for delegation in new.delegations:
        faults = [
            *_importer_faults(delegation, both, kinds=("importer", "exporter")),
            *_holder_faults(delegation, both),
            *(f"one {_span(other)} holds on the same days" for other in _others(delegation, kept.values())),
        ]
        yield from (f"delegation of {delegation.importer} to {delegation.broker}: {each}" for each in faults)
    for importer in new.importers.values():
        if importer.statements_to and importer.statements_to not in both.partners:
            yield f"account {importer.account}: statements_to {importer.statements_to!r} is no partner known"
        held = known.importers.get(importer.account, importer).statements_to
        if held and importer.statements_to not in {held, ""}:
            yield second_recipient(importer.account, held, importer.statements_to)


def _importer_faults(delegation: Delegation, known: Registry, kinds: Sequence[str]) -> Iterator[str]:
    """Yield why nobody known could have given a delegation."""
    if delegation.scope == "business" and not is_bn9(delegation.importer):
        yield f"{delegation.importer} is no business number: expected 9 digits whose check digit holds"
        return
    if delegation.scope == "program" and is_bn9(delegation.importer):
        yield f"{delegation.importer} is a business number: name a program account, or choose scope business"
        return
    covered = _covered(delegation, known)
    if not covered:
        what = "account" if delegation.scope == "program" else "business number of an account"
        yield f"{delegation.importer} is no {what} of the registry: import it first"
    elif not any(importer.kind in kinds for importer in covered):
        yield f"{delegation.importer} is an {covered[0].kind}'s account: only an importer's can be filed for"


def _holder_faults(delegation: Delegation, known: Registry) -> Iterator[str]:
    """Yield why somebody cannot hold a delegation."""
    if not is_bn9(delegation.broker):
        yield f"{delegation.broker} is no business number: expected 9 digits whose check digit holds"
        return
    holders = [each for each in _partners_of(delegation.broker, known) if each.role in FOR_OTHERS]
    if not holders:
        yield f"{delegation.broker} is no broker or consultant of the registry: import the partner first"
    elif not any(each.role == "broker" for each in holders):
        excess = [right for right in delegation.rights if right in FOR_BROKERS]
        if excess:
            yield f"{delegation.broker} is a trade consultant, who only adjusts: not {', '.join(excess)}"


def _covered(delegation: Delegation, known: Registry) -> list[Importer]:
    return [each for account, each in known.importers.items() if delegation.covers(account)]


def _partners_of(number: str, known: Registry) -> list[Partner]:
    return [each for each in known.partners.values() if bn9_of(each.account) == number]


def _others(delegation: Delegation, kept: Iterable[Delegation]) -> Iterator[Delegation]:
    """Yield the other delegations with a day in common, of the same importer to the same broker."""
    return (each for each in kept if each.since != delegation.since and _meet(delegation, each))


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
