"""Which remission orders name the goods of a surtax? A number alone never proves that goods are relieved.

Goods, importer, use and dates matter as well, so nothing is remitted by these tables: the explanation of a
surtax names the orders, for the filer to read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.csv_text import read_records
from schemas.rates.dated import Period, dated_records, text_of

ORDERS_FILE = "surtax_remissions.csv"
ORDERS_HEADER = ("order", "instrument", "relieves", "terms", "source", "evidence")
ITEMS_FILE = "surtax_remission_items.csv"
ITEMS_HEADER = ("order", "schedule", "tariff_number", "source", "evidence")

NUMBER_LENGTHS = (6, 8, 10)


@dataclass(frozen=True, slots=True)
class RemissionOrder:
    """A remission order. relieves: in words, the surtax orders. terms: what else must hold, in short."""

    id: str
    instrument: str
    relieves: str
    terms: str
    period: Period


@dataclass(frozen=True, slots=True)
class SurtaxRemissions:
    """The remission orders, by the tariff numbers (6, 8 or 10 digits) that their schedules name."""

    _orders: Mapping[str, RemissionOrder]
    _by_number: Mapping[str, frozenset[str]]

    def naming(self, classification: str, day: date) -> tuple[RemissionOrder, ...]:
        """Return the orders in force that name a 10-digit classification or a beginning of it."""
        named = [self._by_number.get(classification[:length], frozenset()) for length in NUMBER_LENGTHS]
        orders = (self._orders[order] for order in sorted(frozenset().union(*named)))
        return tuple(order for order in orders if order.period.holds_on(day))


def read_remissions(folder: Path | None = None) -> SurtaxRemissions:
    """Read the remission orders and the numbers of their schedules. Raises TableError."""
    orders = {
        cells["order"]: RemissionOrder(
            cells["order"], cells["instrument"], cells["relieves"], cells["terms"], period
        )
        for _, cells, period in dated_records(text_of(ORDERS_FILE, folder), ORDERS_FILE, ORDERS_HEADER)
    }
    by_number: dict[str, frozenset[str]] = {}
    for _, cells in read_records(text_of(ITEMS_FILE, folder), ITEMS_FILE, ITEMS_HEADER):
        number = cells["tariff_number"]
        by_number[number] = by_number.get(number, frozenset()) | {cells["order"]}
    return SurtaxRemissions(orders, by_number)
