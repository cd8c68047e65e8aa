"""What does a bank say came in? Payments and returns as a file tells them, before any book knows of them."""

from datetime import datetime
from typing import Literal

from schemas.acts import PaymentMethod
from schemas.base import Value
from schemas.findings import Finding, Where
from schemas.money import Cents
from schemas.rules import all_rules

BankFormat = Literal["camt.054", "x12-820", "csv", "unknown"]

REFERENCE_LENGTH_MAX = 50
"""The longest reference of a payment: that of X12 (TRN02); ISO 20022 has 35."""


class BankLine(Value):
    """One payment that came in, or one that came back.

    number: its place in the file, from 1. reference: unique for the bank. account: the one RM account that
    the line quotes, empty when it quotes none or several; quoted: what it says instead. received_at: UTC
    instant. requested: the references of the debts that the payer wants paid, in that order. Of a return:
    originals are the references under which the payment may be known, and reason is why it came back.
    """

    sort: Literal["payment", "return"]
    number: int
    where: Where = Where()
    reference: str
    account: str = ""
    quoted: str = ""
    cents: Cents
    payer: str = ""
    method: PaymentMethod = "electronic"
    received_at: datetime
    requested: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    reason: str = ""


class BankFile(Value):
    """What a file holds, and everything that is wrong with it. message: how the bank names the file."""

    format: BankFormat
    message: str = ""
    lines: tuple[BankLine, ...] = ()
    findings: tuple[Finding, ...] = ()


def payment_finding(
    code: str,
    *,
    where: Where | None = None,
    field: str = "",
    found: str = "",
    expected: str = "",
    **values: str,
) -> Finding:
    """Return a finding of a rule of `rules/payments.toml`; its severity is the rule's."""
    place = where or Where()
    return Finding(
        code=code,
        severity=all_rules()[code].severity,
        where=place.model_copy(update={"field": field}) if field else place,
        found=found or None,
        expected=expected or None,
        values=values,
    )
