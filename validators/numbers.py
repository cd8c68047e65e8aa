"""Is the transaction number good: its form, who issued it, whether it is free, its version?"""

from collections.abc import Iterator

from schemas.identifiers import TRANSACTION_NUMBER, VERSION_FIRST, account_security_number, bn9_of
from schemas.registry import Partner
from validators.case import Case, Hit
from validators.spans import months_later

REUSE_MONTHS = 7 * 12 + 3
"""A transaction number stays taken for 7 years and 3 months (trade: CARM common CAD errors, TCC24-144)."""

VERSION_LAST = 99_999
"""The version is printed with five digits."""


def not_fourteen_digits(case: Case) -> Iterator[Hit]:
    """TXN-001: a transaction number has 14 digits."""
    number = case.cad.transaction_number
    if not TRANSACTION_NUMBER.fullmatch(number):
        yield Hit("transaction_number", number, "n14")


def issued_by_nobody_known(case: Case) -> Iterator[Hit]:
    """TXN-002: the first five digits are the account security number of somebody."""
    if _opens_with_good_number(case) and not _issuers(case):
        yield Hit("transaction_number", case.cad.transaction_number, values=_prefix(case))


def issued_by_another(case: Case) -> Iterator[Hit]:
    """TXN-003: the number was issued by who files or by the importer; a change may come from others."""
    if case.sender is None or not _opens_with_good_number(case):
        return
    issuers = {bn9_of(partner.account) for partner in _issuers(case)}
    if issuers and issuers.isdisjoint({case.filer, bn9_of(case.cad.importer.identifier)}):
        own = case.sender.account_security_number or None
        yield Hit("transaction_number", case.cad.transaction_number, own, _prefix(case))


def used_before(case: Case) -> Iterator[Hit]:
    """TXN-004: a number is not used again within 7 years and 3 months."""
    used = case.context.transaction_last_used
    if used is None or case.cad.function != "original" or _is_its_own(case):
        return
    free = months_later(used, REUSE_MONTHS)
    if case.context.received_day < free:
        yield Hit(
            "transaction_number", case.cad.transaction_number, values={"used": str(used), "free": str(free)}
        )


def version_out_of_range(case: Case) -> Iterator[Hit]:
    """TXN-005: versions run from 00001 to 99999."""
    if not VERSION_FIRST <= case.cad.version <= VERSION_LAST:
        yield Hit("version", str(case.cad.version), f"{VERSION_FIRST}-{VERSION_LAST}")


def related_number_malformed(case: Case) -> Iterator[Hit]:
    """TXN-006: the number of a related declaration has 14 digits too."""
    number = case.cad.related_transaction_number
    if number and not TRANSACTION_NUMBER.fullmatch(number):
        yield Hit("related_transaction_number", number, "n14")


def _is_its_own(case: Case) -> bool:
    """Whether the number is taken by a declaration of the same importer: then CHG-002 says what to do."""
    previous = case.context.previous
    return previous is not None and previous.importer.identifier == case.cad.importer.identifier


def _opens_with_good_number(case: Case) -> bool:
    return case.first and TRANSACTION_NUMBER.fullmatch(case.cad.transaction_number) is not None


def _issuers(case: Case) -> list[Partner]:
    prefix = account_security_number(case.cad.transaction_number)
    partners = case.context.registry.partners.values()
    return [partner for partner in partners if partner.account_security_number == prefix]


def _prefix(case: Case) -> dict[str, str]:
    return {"prefix": account_security_number(case.cad.transaction_number)}
