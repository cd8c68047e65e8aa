"""Are importer and broker who they must be, and may the one file for the other on the day of receipt?"""

from collections.abc import Iterator

from schemas.identifiers import BN15_SHAPE, bn9_of, is_bn15, is_importer_account, luhn_holds
from schemas.registry import RIGHTS, Delegation
from validators.case import Case, Hit

IMPORTER = "importer.identifier"
BROKER = "broker.identifier"
IMPORTER_FORM = "n9 RM n4"
BROKER_FORM = "n9 a2 n4"


def importer_check_digit(case: Case) -> Iterator[Hit]:
    """IMP-001: the ninth digit of a business number is a Luhn check digit."""
    yield from _check_digit(IMPORTER, case.cad.importer.identifier)


def importer_malformed(case: Case) -> Iterator[Hit]:
    """IMP-002: a program account has 9 digits, 2 letters and 4 digits."""
    yield from _malformed(IMPORTER, case.cad.importer.identifier, IMPORTER_FORM)


def importer_missing(case: Case) -> Iterator[Hit]:
    """IMP-003: an importer is named."""
    if not case.cad.importer.identifier:
        yield Hit(IMPORTER, "", IMPORTER_FORM)


def importer_not_rm(case: Case) -> Iterator[Hit]:
    """IMP-004: the importer's account is of the import/export program."""
    account = case.cad.importer.identifier
    if BN15_SHAPE.fullmatch(account) and account[9:11] != "RM":
        yield Hit(IMPORTER, account, f"{bn9_of(account)}RM{account[11:]}", {"program": account[9:11]})


def importer_is_exporter(case: Case) -> Iterator[Hit]:
    """IMP-005: an RM account of the exporter kind cannot import."""
    if case.importer and case.importer.kind == "exporter":
        yield Hit(IMPORTER, case.importer.account, values={"name": case.importer.name})


def importer_unregistered(case: Case) -> Iterator[Hit]:
    """IMP-006: the account is registered."""
    account = case.cad.importer.identifier
    if case.importer is None and is_importer_account(account):
        yield Hit(IMPORTER, account)


def broker_malformed(case: Case) -> Iterator[Hit]:
    """BRK-001: a broker is named by its BN15, not by its account security number."""
    yield from _malformed(BROKER, case.cad.broker.identifier, BROKER_FORM)


def broker_check_digit(case: Case) -> Iterator[Hit]:
    """BRK-002: the broker's business number has a Luhn check digit too."""
    yield from _check_digit(BROKER, case.cad.broker.identifier)


def broker_is_not_the_sender(case: Case) -> Iterator[Hit]:
    """BRK-003: a broker files in its own name; a provider sends for others, a consultant adjusts theirs."""
    named = case.cad.broker.identifier
    itself = case.sender is not None and case.sender.role in {"broker", "importer"}
    if case.sender and itself and is_bn15(named) and bn9_of(named) != case.filer:
        yield Hit(BROKER, named, case.sender.account, {"sender": case.sender.name})


def broker_not_named(case: Case) -> Iterator[Hit]:
    """BRK-004: a broker that files for an importer names itself."""
    if case.sender and case.sender.role == "broker" and not case.cad.broker.identifier:
        yield Hit(BROKER, "", case.sender.account, {"sender": case.sender.name})


def no_delegation(case: Case) -> Iterator[Hit]:
    """DEL-001: a broker files only for an importer that has delegated authority to it."""
    if _files_for_another_as_broker(case) and not _delegations(case):
        yield _unauthorized(case)


def delegation_not_on_the_day(case: Case) -> Iterator[Hit]:
    """DEL-002: the delegation is in force on the day of receipt."""
    if not _files_for_another_as_broker(case):
        return
    delegations = _delegations(case)
    if delegations and not any(each.holds_on(case.context.received_day) for each in delegations):
        last = max(delegations, key=lambda each: each.since)
        hit = _unauthorized(case)
        yield hit._replace(values={**hit.values, "period": f"{last.since}/{last.until or ''}"})


def right_not_delegated(case: Case) -> Iterator[Hit]:
    """DEL-005: the delegations in force allow what the filer does."""
    if not _files_for_another_as_broker(case):
        return
    held = [each for each in _delegations(case) if each.holds_on(case.context.received_day)]
    rights = [right for right in RIGHTS if any(right in each.rights for each in held)]
    if held and case.act not in rights:
        hit = _unauthorized(case)
        yield hit._replace(values={**hit.values, "act": case.act, "rights": ", ".join(rights)})


def consultant_only_adjusts(case: Case) -> Iterator[Hit]:
    """DEL-006: a trade consultant is no licensed broker; it asks for adjustments only."""
    if case.sender and case.sender.role == "consultant" and case.act != "adjust":
        yield Hit("function", case.cad.function, values={"sender": case.sender.name, "act": case.act})


def importer_files_for_another(case: Case) -> Iterator[Hit]:
    """DEL-003: who is no broker files for its own business number only."""
    account = case.cad.importer.identifier
    if case.sender and case.sender.role == "importer" and account and bn9_of(account) != case.filer:
        yield Hit(IMPORTER, account, bn9_of(case.sender.account), {"sender": case.sender.name})


def sender_unknown(case: Case) -> Iterator[Hit]:
    """DEL-004: the sender is a registered partner."""
    if case.sender is None:
        yield Hit("sender", case.context.sender)


def _check_digit(field: str, identifier: str) -> Iterator[Hit]:
    shape = BN15_SHAPE.fullmatch(identifier)
    if shape and not luhn_holds(shape[1]):
        yield Hit(field, identifier, values={"bn9": shape[1]})


def _malformed(field: str, identifier: str, form: str) -> Iterator[Hit]:
    if identifier and not BN15_SHAPE.fullmatch(identifier):
        yield Hit(field, identifier, form)


def _files_for_another_as_broker(case: Case) -> bool:
    """Whether a known sender acts as broker for a registered importer of another business number."""
    if case.sender is None or case.sender.role == "importer" or case.importer is None:
        return False
    return case.filer != bn9_of(case.importer.account)


def _delegations(case: Case) -> list[Delegation]:
    account = case.cad.importer.identifier
    known = case.context.registry.delegations
    return [each for each in known if each.broker == case.filer and each.covers(account)]


def _unauthorized(case: Case) -> Hit:
    importer = case.importer.name if case.importer else ""
    words = {"broker": case.filer, "importer": importer, "day": str(case.context.received_day)}
    return Hit(IMPORTER, case.cad.importer.identifier, values=words)
