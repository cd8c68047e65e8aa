"""What does chance decide? Prices and quantities, the same from the same seed on every Python."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """A seeded source of choices. Only `Random.random` is promised to stay the same between versions."""

    def __init__(self, seed: int):
        self._random = Random(seed)  # noqa: S311 - samples are no secrets

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to `limit` - 1."""
        return int(self._random.random() * limit)

    def between(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.below(len(items))]

    def price(self, least: int, most: int) -> Decimal:
        """Return a price with two decimals, from `least` to `most` whole units of a currency."""
        return Decimal(self.between(least * 100, most * 100)).scaleb(-2)
