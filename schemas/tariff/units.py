"""How much is a quantity in another unit? Units of one dimension convert by their factors.

The factors stand in `units.csv`; the codes are those of CBSA's list 3. A pair is not two of a number, and
a kilogram of named substance is no kilogram: they have dimensions of their own.

>>> convert(Decimal("2.5"), "TNE", "KGM")
Decimal('2500.0')
>>> convert(Decimal(1), "PAR", "NMB") is None
True
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures, and how much of the dimension's base unit it is."""

    dimension: str
    factor: Decimal


def convert(quantity: Decimal, unit: str, into: str) -> Decimal | None:
    """Return a quantity in another unit; None when the two do not measure the same thing."""
    if unit == into:
        return quantity
    factor = _factor(unit, into)
    return None if factor is None else quantity * factor


@lru_cache(maxsize=1024)
def _factor(unit: str, into: str) -> Decimal | None:
    units = _units()
    if unit not in units or into not in units or units[unit].dimension != units[into].dimension:
        return None
    return units[unit].factor / units[into].factor


@cache
def _units() -> Mapping[str, Unit]:
    text = resources.files("schemas.tariff").joinpath("units.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Unit(row["dimension"], Decimal(row["factor"])) for row in rows}
