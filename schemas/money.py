"""How is money written and rounded? As whole cents, rounded in one function of this file.

>>> to_cents(Decimal("10.005"))
1001
>>> dollars(-123456)
'-1234.56'
"""

from decimal import ROUND_HALF_UP, Decimal

Cents = int
"""An amount of Canadian money in whole cents. Never a float: 0.1 has no exact float."""

CENT = Decimal("0.01")

_HUNDREDTHS = tuple(f".{cents:02}" for cents in range(100))


def to_cents(amount: Decimal) -> Cents:
    """Round an exact amount in dollars to whole cents, half up (away from zero).

    Half up, per charge and per line, is what the published examples do (trade practice; no CBSA
    text on rounding has been seen). This is the only place in the project that rounds money.
    """
    return int(amount.quantize(CENT, rounding=ROUND_HALF_UP).scaleb(2))


def to_dollars(cents: Cents) -> Decimal:
    """Return the exact amount in dollars, with two decimals."""
    return Decimal(cents).scaleb(-2)


def dollars(cents: Cents) -> str:
    """Write cents as dollars with a point and two decimals, as the messages carry them."""
    whole, rest = divmod(abs(cents), 100)
    return f"-{whole}{_HUNDREDTHS[rest]}" if cents < 0 else f"{whole}{_HUNDREDTHS[rest]}"
