"""What goes wrong on a working day? Declarations break rules, and payloads arrive damaged."""

import re
from typing import Any, TypeVar

from schemas.cad import Declaration, Invoice, Line, Party

Part = TypeVar("Part", Line, Invoice)

UNKNOWN_CLASSIFICATION = "6109100099"


def with_line(cad: Declaration, number: int = 1, /, **changes: Any) -> Declaration:
    """Return the declaration with fields of one line changed."""
    lines = tuple(_changed(line, changes) if line.number == number else line for line in cad.lines)
    return cad.model_copy(update={"lines": lines})


def with_invoices(cad: Declaration, **changes: Any) -> Declaration:
    """Return the declaration with fields of all its invoices changed."""
    invoices = tuple(_changed(invoice, changes) for invoice in cad.invoices)
    return cad.model_copy(update={"invoices": invoices})


def with_importer(cad: Declaration, account: str) -> Declaration:
    """Return the declaration for another importer's account."""
    return cad.model_copy(update={"importer": Party(identifier=account, name=cad.importer.name)})


def with_wrong_check_digit(cad: Declaration) -> Declaration:
    """Return the declaration with the importer's ninth digit mistyped."""
    account = cad.importer.identifier
    return with_importer(cad, account[:8] + str((int(account[8]) + 1) % 10) + account[9:])


def with_wrong_unt_count(payload: bytes, message: int) -> bytes:
    """Return the payload with one message claiming a segment more than it has (UNT, 0074)."""
    return re.sub(
        rb"UNT\+(\d+)\+%d'" % message,
        lambda found: b"UNT+%d+%d'" % (int(found[1]) + 1, message),
        payload,
    )


def cut_off(payload: bytes, share_percent: int) -> bytes:
    """Return the beginning of a payload, as a transmission leaves it that breaks down."""
    return payload[: len(payload) * share_percent // 100]


def _changed(part: Part, changes: dict[str, Any]) -> Part:
    return part.model_copy(update=changes)
