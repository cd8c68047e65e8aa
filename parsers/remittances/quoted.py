"""Whose is a payment, and what for? Accounts, references, amounts and instants in what a payer wrote.

>>> accounts_in(["for 12345 6782 RM0001, thanks"])
('123456782RM0001',)
>>> references_in(["12345000000017, and 1234500000002500002"])
('12345000000017', '12345000000025')
>>> cents_of("1500.5")
150050
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from schemas.days import EASTERN
from schemas.identifiers import is_importer_account, read_number
from schemas.money import CENT, Cents, to_cents

ACCOUNT = re.compile(r"(?<![0-9A-Za-z])(\d(?:[ -]?\d){8}[ -]?RM[ -]?\d{4})(?![0-9A-Za-z])", re.IGNORECASE)
REFERENCE = re.compile(
    r"penalty/C\d{3}/[0-9A-Z]+(?:/\d{4}-\d{2}-\d{2})?|(?<!\d)\d{14}(?:\d{5})?(?!\d)", re.ASCII
)
AMOUNT = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{1,5})?|\.\d{1,5})", re.ASCII)
"""X12 leaves the zero out of an amount below one dollar (R: no leading zeros)."""

NOON = time(12)
"""When a payment came of which the bank tells only the day: in time, by every method."""


def accounts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the different RM accounts in texts, in their order; blanks and hyphens in them are left out."""
    found = (re.sub(r"[ -]", "", match).upper() for text in texts for match in ACCOUNT.findall(text))
    return tuple(dict.fromkeys(account for account in found if is_importer_account(account)))


def references_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the different references of debts in texts, in their order: transaction numbers, penalties."""
    found = (match for text in texts for match in REFERENCE.findall(text))
    return tuple(dict.fromkeys(reference_of(each) for each in found))


def reference_of(text: str) -> str:
    """Return the reference of a debt; a declaration's number may be printed with its version."""
    try:
        return read_number(text)[0]
    except ValueError:
        return text


def cents_of(text: str) -> Cents | None:
    """Read an amount in dollars; None when it is none, or not of whole cents."""
    if not AMOUNT.fullmatch(text):
        return None
    amount = Decimal(text)
    try:
        return to_cents(amount) if amount == amount.quantize(CENT) else None
    except InvalidOperation:
        return None


def instant_of(text: str) -> datetime | None:
    """Read an ISO 8601 instant or day, as UTC; None when it is none. Without a zone it is Eastern."""
    try:
        moment = datetime.fromisoformat(text)
        if "T" not in text and " " not in text:
            return noon_of(moment.date())
        return (moment if moment.tzinfo else moment.replace(tzinfo=EASTERN)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def noon_of(day: date) -> datetime:
    """Return the UTC instant of an Eastern day's noon."""
    return datetime.combine(day, NOON, EASTERN).astimezone(UTC)
