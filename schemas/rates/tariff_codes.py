"""What customs duty do goods bear that enter under a tariff code of chapter 99?

The goods keep their classification in chapters 1 to 97 and bear the rate of the tariff code instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.rates.dated import Period, dated_records, text_of

FILE = "chapter99.csv"
HEADER = ("code", "tariff_item", "MFN", "description", "source", "evidence")


@dataclass(frozen=True, slots=True)
class TariffCode:
    """A tariff code. rates: by the abbreviation of the treatment; "" where it gives nothing."""

    code: str
    tariff_item: str
    period: Period
    rates: Mapping[str, str]
    description: str
    source: str


@dataclass(frozen=True, slots=True)
class TariffCodes:
    """The tariff codes with their history."""

    _by_code: Mapping[str, tuple[TariffCode, ...]]

    def of(self, code: str, day: date) -> TariffCode | None:
        """Return a code as it stands on a day; None for an unknown code or a day without it."""
        return next((row for row in self._by_code.get(code, ()) if row.period.holds_on(day)), None)

    def since(self, code: str) -> date | None:
        """Return the first day of a code; None for an unknown one."""
        return min((row.period.since for row in self._by_code.get(code, ())), default=None)


def read_tariff_codes(folder: Path | None = None) -> TariffCodes:
    """Read `chapter99.csv`. Raises TableError with file, line and column."""
    by_code: dict[str, tuple[TariffCode, ...]] = {}
    for _, cells, period in dated_records(text_of(FILE, folder), FILE, HEADER):
        code, item = cells["code"], cells["tariff_item"]
        row = TariffCode(code, item, period, cells, cells["description"], cells["source"])
        by_code[code] = (*by_code.get(code, ()), row)
    return TariffCodes(by_code)
