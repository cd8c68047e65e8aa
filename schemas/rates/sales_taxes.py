"""What are GST, HST and the provinces' own taxes, on a day?

`CA` is the whole country and has GST; a province has HST (the whole rate, federal part included), a tax of
its own (PST, RST, QST), or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from schemas.rates.dated import Period, dated_records, text_of
from schemas.rates.numbers import decimal_of

FILE = "sales_taxes.csv"
HEADER = ("region", "tax", "rate_pct", "source", "evidence")
COUNTRY = "CA"
HARMONIZED = "HST"
NO_TAX = "NONE"


@dataclass(frozen=True, slots=True)
class SalesTax:
    """A tax of a region over a period. percent: of the value for tax; HST holds GST in it."""

    region: str
    tax: str
    percent: Decimal
    period: Period
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class SalesTaxes:
    """The sales taxes by region."""

    _by_region: Mapping[str, tuple[SalesTax, ...]]

    def gst(self, day: date) -> SalesTax | None:
        """Return GST on a day; None before the table starts."""
        return self.of(COUNTRY, day)

    def of(self, region: str, day: date) -> SalesTax | None:
        """Return the tax of a region on a day; None for an unknown region or before its table starts."""
        return next((tax for tax in self._by_region.get(region, ()) if tax.period.holds_on(day)), None)

    def since(self, region: str) -> date | None:
        """Return the day on which the table of a region starts; None for an unknown region."""
        return min((tax.period.since for tax in self._by_region.get(region, ())), default=None)


def read_sales_taxes(folder: Path | None = None) -> SalesTaxes:
    """Read `sales_taxes.csv`. Raises TableError with file, line and column."""
    by_region: dict[str, tuple[SalesTax, ...]] = {}
    for line, cells, period in dated_records(text_of(FILE, folder), FILE, HEADER):
        percent = decimal_of(cells["rate_pct"], FILE, line, "rate_pct")
        region = cells["region"]
        tax = SalesTax(region, cells["tax"], percent, period, cells["source"], cells["evidence"])
        by_region[region] = (*by_region.get(region, ()), tax)
    return SalesTaxes(by_region)
