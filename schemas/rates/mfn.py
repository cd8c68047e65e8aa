"""On which goods does a country have MFN, although it is closed to that country's other goods?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.rates.dated import Period, dated_records, text_of

FILE = "mfn_exceptions.csv"
HEADER = ("tariff_item", "country", "source", "evidence")


@dataclass(frozen=True, slots=True)
class MfnExceptions:
    """The tariff items (8 digits) on which a country keeps MFN."""

    _periods: Mapping[tuple[str, str], tuple[Period, ...]]

    def has(self, classification: str, country: str, day: date) -> bool:
        """Return whether goods of a classification and country keep MFN on a day."""
        periods = self._periods.get((classification[:8], country), ())
        return any(period.holds_on(day) for period in periods)


def read_mfn_exceptions(folder: Path | None = None) -> MfnExceptions:
    """Read `mfn_exceptions.csv`. Raises TableError with file, line and column."""
    periods: dict[tuple[str, str], tuple[Period, ...]] = {}
    for _, cells, period in dated_records(text_of(FILE, folder), FILE, HEADER):
        key = cells["tariff_item"], cells["country"]
        periods[key] = (*periods.get(key, ()), period)
    return MfnExceptions(periods)
