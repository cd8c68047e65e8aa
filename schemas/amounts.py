r"""How is an amount of money typed by a person? In dollars with at most two decimals, read as whole cents.

>>> cents_of("1200.5"), cents_of("-3"), cents_of("1,200.00"), cents_of("12.345")
(120050, -300, 120000, None)
"""

import re

from schemas.money import Cents

AMOUNT = re.compile(r"(-?)(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
"""Fifteen digits of dollars at most: as cents they fit into the 64 bits of the book, and so do their sums."""


def cents_of(text: str) -> Cents | None:
    """Read dollars as cents; None for a text that is no amount. Commas may divide thousands."""
    found = AMOUNT.fullmatch(text)
    if found is None:
        return None
    sign, whole, rest = found.groups()
    cents = int(whole.replace(",", "")) * 100 + int((rest or "").ljust(2, "0"))
    return -cents if sign else cents
