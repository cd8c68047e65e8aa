"""Does a later version fit what came before: version and function, every line, a reason for each change?"""

import re
from collections.abc import Iterator

from schemas.cad import Declaration, Line
from schemas.identifiers import VERSION_DIGITS, VERSION_FIRST, bn9_of, printed_number
from validators.case import Case, Commodity, Hit
from validators.reasons import folded, known_reasons
from validators.spans import months_later

QUOTED_NUMBER = re.compile(r"(?<!\d)\d{14}(?:\d{5})?(?!\d)", re.ASCII)

ZEROING_CORRECTION, ZEROING_ADJUSTMENT = "R5-00-COT", "R2-74-1-D.Typo"
"""The reasons for bringing a declaration to zero, until the payment due date and after it (bulletin 5401)."""

CHANGE_MONTHS = 48
"""Four years from accounting: Customs Act, s. 32.2(4) and 74(3)."""


def nothing_to_change(case: Case) -> Iterator[Hit]:
    """CHG-001: a change or a cancellation is of an accepted declaration."""
    if case.cad.function != "original" and case.context.previous is None:
        yield Hit("function", case.cad.function, "original", {"number": case.cad.transaction_number})


def already_accounted(case: Case) -> Iterator[Hit]:
    """CHG-002: a transaction is opened once."""
    previous = case.context.previous
    if case.cad.function == "original" and previous:
        words = {"number": previous.transaction_number, "version": _version(previous.version)}
        yield Hit("function", "original", "change", words)


def version_not_next(case: Case) -> Iterator[Hit]:
    """CHG-003: a change has the version after the last one taken."""
    previous = case.context.previous
    if case.cad.function == "original" or previous is None:
        return
    last = case.context.last_version or previous.version
    if case.cad.version != last + 1:
        words = {"last": printed_number(previous.transaction_number, last)}
        yield Hit("version", _version(case.cad.version), _version(last + 1), words)


def original_not_first(case: Case) -> Iterator[Hit]:
    """CHG-004: the version that opens a transaction is 00001."""
    if case.first and case.cad.version > VERSION_FIRST:
        yield Hit("version", _version(case.cad.version), _version(VERSION_FIRST))


def line_missing(case: Case) -> Iterator[Hit]:
    """CHG-005: a change carries every line of the former version; each missing one is named."""
    previous = _changed_from(case)
    if previous is None:
        return
    carried = {line.number for line in case.cad.lines}
    for line in previous.lines:
        if line.number not in carried:
            yield Hit("lines", "", str(line.number), {"line": str(line.number)})


def reason_missing(case: Case) -> Iterator[Hit]:
    """CHG-006: a change says why, on the line or for the whole."""
    if _changed_from(case) and not case.cad.reasons and not any(line.reasons for line in case.cad.lines):
        yield Hit("reasons", "")


def line_changed_without_reason(case: Case) -> Iterator[Hit]:
    """CHG-007: each changed line has a reason, its own or one for the whole."""
    if case.cad.reasons or not any(line.reasons for line in case.cad.lines):
        return
    for item in _changed_lines(case):
        if not item.line.reasons:
            yield item.hit("reasons", "")


def pointer_missing(case: Case) -> Iterator[Hit]:
    """CHG-008: a reason for the whole points at what was changed."""
    if _changed_from(case) is None:
        return
    for index, reason in enumerate(case.cad.reasons):
        if not reason.pointer:
            yield Hit(f"reasons[{index}].pointer", "", values={"reason": reason.code})


def nothing_changed(case: Case) -> Iterator[Hit]:
    """CHG-009: a new version differs from the one before."""
    previous = _changed_from(case)
    if previous and _substance(case.cad) == _substance(previous):
        yield Hit("version", _version(case.cad.version), values={"before": _version(previous.version)})


def after_withdrawal(case: Case) -> Iterator[Hit]:
    """CHG-010: what was withdrawn is not changed any more."""
    previous = case.context.previous
    if previous and previous.function == "cancellation" and case.cad.function != "original":
        yield Hit("function", case.cad.function, values={"number": previous.transaction_number})


def importer_changed(case: Case) -> Iterator[Hit]:
    """CHG-011: the importer stays, in a withdrawal too; who is authorized for both may move it."""
    previous, account = case.context.previous, case.cad.importer.identifier
    if case.cad.function == "original" or previous is None or previous.importer.identifier == account:
        return
    if not all(_may_act(case, each) for each in (previous.importer.identifier, account)):
        yield Hit("importer.identifier", account, previous.importer.identifier)


def type_changed(case: Case) -> Iterator[Hit]:
    """CHG-012: the type stays from version to version."""
    previous = _changed_from(case)
    if previous and previous.type != case.cad.type:
        yield Hit("type", case.cad.type, previous.type)


def too_late(case: Case) -> Iterator[Hit]:
    """CHG-013: changes and withdrawals end four years after accounting."""
    accounted = case.context.first_accounted
    if case.cad.function == "original" or accounted is None:
        return
    last = months_later(accounted, CHANGE_MONTHS)
    if case.context.received_day > last:
        yield Hit(
            "version", _version(case.cad.version), values={"accounted": str(accounted), "last": str(last)}
        )


def is_adjustment(case: Case) -> Iterator[Hit]:
    """CHG-014: after the payment due date a later version is an adjustment: it waits for approval."""
    if case.act == "adjust":
        due = case.context.payment_due
        yield Hit("version", _version(case.cad.version), values={"due": str(due)})


def refund_needs_evidence(case: Case) -> Iterator[Hit]:
    """CHG-015: a change that lowers the amount owed is to be supported by documents."""
    changes = case.context.line_changes_cents
    if case.cad.function == "change" and changes and sum(changes.values()) < 0:
        yield Hit("reasons")


def zeroed_without_reference(case: Case) -> Iterator[Hit]:
    """CHG-016: who zeroes a declaration for another business number quotes the one that replaces it."""
    previous = _changed_from(case)
    if previous is None or not case.cad.lines or any(line.value or line.quantity for line in case.cad.lines):
        return
    if any(line.value for line in previous.lines) and not _quotes_another(case.cad):
        adjusts = case.act == "adjust"
        reason = ZEROING_ADJUSTMENT if adjusts else ZEROING_CORRECTION
        yield Hit("related_transaction_number", case.cad.related_transaction_number, reason)


def cancelled_without_explanation(case: Case) -> Iterator[Hit]:
    """CAN-001: a withdrawal says why in words."""
    if case.cad.function == "cancellation" and not any(each.explanation for each in case.cad.reasons):
        yield Hit("reasons", "")


def cancelled_for_a_correction(case: Case) -> Iterator[Hit]:
    """CAN-002: what a correction or an adjustment can mend is not withdrawn."""
    if case.cad.function != "cancellation":
        return
    known = known_reasons(case)
    for index, reason in enumerate(case.cad.reasons):
        row = known.get(folded(reason.code))
        if row and row["effect"]:
            yield Hit(f"reasons[{index}].code", reason.code, values={"function": "change"})


def cancelled_outside_the_cases(case: Case) -> Iterator[Hit]:
    """CAN-003: a withdrawal names one of the cases in which there is one."""
    explained = [each.explanation for each in case.cad.reasons if each.explanation]
    if case.cad.function != "cancellation" or not explained:
        return
    table = case.table("withdrawal_cases")
    codes = table.codes(case.context.received_day)
    if not any(code in text.upper() for code in codes for text in explained):
        index = next(place for place, each in enumerate(case.cad.reasons) if each.explanation)
        hit = Hit(f"reasons[{index}].explanation", explained[0], ", ".join(codes))
        yield hit._replace(doubtful=not table.complete)


def _quotes_another(cad: Declaration) -> bool:
    """Whether a declaration names another one, as related or in the words of a reason."""
    reasons = [*cad.reasons, *(reason for line in cad.lines for reason in line.reasons)]
    quoted = {number for reason in reasons for number in QUOTED_NUMBER.findall(reason.explanation)}
    return bool(cad.related_transaction_number or quoted - {cad.transaction_number})


def _changed_from(case: Case) -> Declaration | None:
    """Return the version that a change replaces; None when this is no change of a known declaration."""
    return case.context.previous if case.cad.function == "change" else None


def _changed_lines(case: Case) -> Iterator[Commodity]:
    """Yield the lines that differ from the version before, new ones included."""
    previous = _changed_from(case)
    if previous is None:
        return
    before = {line.number: _content(line) for line in previous.lines}
    yield from (item for item in case.commodities if _content(item.line) != before.get(item.line.number))


def _may_act(case: Case, account: str) -> bool:
    if bn9_of(account) == case.filer:
        return True
    return case.context.registry.may(case.act, case.filer, account, case.context.received_day)


def _content(line: Line) -> Line:
    """Return what a line says of the goods, without the reasons given for it."""
    return line.model_copy(update={"reasons": ()})


def _substance(cad: Declaration) -> Declaration:
    """Return what a declaration says, without what every version has of its own."""
    own = {"version": 0, "function": "original", "reasons": (), "control_lines": None}
    return cad.model_copy(update={**own, "lines": tuple(_content(line) for line in cad.lines)})


def _version(version: int) -> str:
    return f"{version:0{VERSION_DIGITS}d}"
