"""Is this identifier well formed? Business numbers, transaction numbers, classification numbers.

Identifiers are opaque text once checked: never folded, trimmed or padded.

>>> is_bn9("123456782"), is_bn9("123456789")
(True, False)
>>> printed_number("12345000000017", 1)
'1234500000001700001'
>>> read_number("1234500000001700001"), read_number("12345000000017")
(('12345000000017', 1), ('12345000000017', None))
>>> printed_classification("9403501000")
'9403.50.10.00'
"""

import re

BN15_IMPORTER = re.compile(r"(\d{9})RM\d{4}", re.ASCII)
BN15_SHAPE = re.compile(r"(\d{9})(R[CMPRTZ])(\d{4})", re.ASCII)
TRANSACTION_NUMBER = re.compile(r"\d{14}", re.ASCII)
PRINTED_NUMBER = re.compile(r"(\d{14})(\d{5})?", re.ASCII)
CLASSIFICATION = re.compile(r"\d{10}", re.ASCII)

VERSION_FIRST = 1
VERSION_DIGITS = 5


def luhn_holds(digits: str) -> bool:
    """Return whether the last digit is the Luhn (mod 10) check digit of the others."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of a two-digit number
    return total % 10 == 0


def luhn_digit(digits: str) -> str:
    """Return the check digit that makes `digits` + it hold."""
    return next(d for d in "0123456789" if luhn_holds(digits + d))


def is_bn9(text: str) -> bool:
    """Return whether `text` is a business number: 9 digits with a Luhn check (trade: python-stdnum)."""
    return len(text) == 9 and text.isascii() and text.isdigit() and luhn_holds(text)  # noqa: PLR2004 - BN9


def is_bn15(text: str) -> bool:
    """Return whether `text` has the shape of a program account: BN9, two letters, four digits."""
    shape = BN15_SHAPE.fullmatch(text)
    return shape is not None and luhn_holds(shape[1])


def is_importer_account(text: str) -> bool:
    """Return whether `text` is a program account of the import/export kind (RM)."""
    return is_bn15(text) and text[9:11] == "RM"


def bn9_of(bn15: str) -> str:
    """Return the business number of a program account."""
    return bn15[:9]


def account_security_number(transaction_number: str) -> str:
    """Return the first five digits of a transaction number: who issued it."""
    return transaction_number[:5]


def printed_number(transaction_number: str, version: int) -> str:
    """Write a declaration's number as it is printed: 14 digits and the 5-digit version."""
    return f"{transaction_number}{version:0{VERSION_DIGITS}d}"


def read_number(text: str) -> tuple[str, int | None]:
    """Read a declaration's number, and the version where it is printed with one.

    Raises ValueError for a text that is neither 14 nor 19 digits.
    """
    printed = PRINTED_NUMBER.fullmatch(text)
    if printed is None:
        raise ValueError(f"{text!r} is no number of a declaration: 14 digits, or 19 with the version")
    return printed[1], int(printed[2]) if printed[2] else None


def printed_classification(classification: str) -> str:
    """Write a 10-digit classification number with its points: after the 4th, 6th and 8th digit."""
    return ".".join((classification[:4], classification[4:6], classification[6:8], classification[8:]))
