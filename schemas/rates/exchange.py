"""What is one unit of a foreign currency worth in Canadian dollars, on the day of direct shipment?

The rates are daily averages of the Bank of Canada. It publishes none on weekends and holidays: such a day
has the rate of the last day published before it (inferred; the longest such gap in the series is five
days). After the last day of the series only the weekend that follows it is known to be such a gap. For
any other day there is no rate, and nothing is put in its place. The Canadian dollar needs none.
"""

import csv
import gzip
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path

from schemas.csv_text import day_of
from schemas.table_errors import TableError

SHIPPED_FILE = "exchange.csv.gz"
USER_FILE = "exchange.csv"
HEADER = ["date", "currency", "cad_per_unit"]
SOURCE = "Bank of Canada, daily average exchange rates (bankofcanada.ca, free use with attribution)"
GAP_DAYS_MAX = 5
SATURDAY = 5
ROW = re.compile(r"\d{4}-\d{2}-\d{2},[A-Z]{3},\d+(\.\d+)?(,.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """A rate as published. cad_per_unit: Canadian dollars for one unit, as text of the source."""

    currency: str
    published: date
    cad_per_unit: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The published rates by currency. Days are ISO text, in order, which compares as days do."""

    _days: Mapping[str, list[str]]
    _rates: Mapping[str, Mapping[str, tuple[str, str]]]

    def rate(self, currency: str, day: date) -> ExchangeRate | None:
        """Return the rate that holds on a day; None when none does."""
        days = self._days.get(currency, [])
        place = bisect_right(days, day.isoformat())
        if place == 0:
            return None
        published = date.fromisoformat(days[place - 1])
        if not _bridges(published, day, series_goes_on=place < len(days)):
            return None
        cad_per_unit, source = self._rates[currency][days[place - 1]]
        return ExchangeRate(currency, published, Decimal(cad_per_unit), source)

    def span(self, currency: str) -> tuple[date, date] | None:
        """Return the first and the last day on which a currency was published; None when it never was."""
        days = self._days.get(currency)
        return (date.fromisoformat(days[0]), date.fromisoformat(days[-1])) if days else None


def read_exchange(folder: Path | None = None) -> Exchange:
    """Read the shipped rates; rows of `exchange.csv` in `folder` are added and stand before ours.

    Raises TableError with file and line.
    """
    shipped = resources.files("schemas.rates").joinpath(SHIPPED_FILE).read_bytes()
    rates: dict[str, dict[str, tuple[str, str]]] = {}
    _add(rates, gzip.decompress(shipped).decode().splitlines(), SHIPPED_FILE)
    user = folder / USER_FILE if folder else None
    if user and user.is_file():
        _add(rates, user.read_text(encoding="utf-8-sig").splitlines(), str(user))
    return Exchange({currency: sorted(by_day) for currency, by_day in rates.items()}, rates)


def _bridges(published: date, day: date, *, series_goes_on: bool) -> bool:
    """Return whether a rate still holds on a later day for which none was published."""
    gap = (day - published).days
    if series_goes_on:
        return gap <= GAP_DAYS_MAX
    return all((published + timedelta(days=n)).weekday() >= SATURDAY for n in range(1, gap + 1))


def _add(rates: dict[str, dict[str, tuple[str, str]]], lines: Iterable[str], file: str) -> None:
    reader = csv.reader(lines)
    header = next(reader, [])
    if header[:3] != HEADER:
        expected = f"a header {','.join(HEADER)}, and source"
        raise TableError.at(file=file, line=1, expected=expected, found=",".join(header))
    for cells in reader:
        _check(cells, file, reader.line_num)
        day, currency, cad_per_unit, *source = cells
        rates.setdefault(currency, {})[day] = cad_per_unit, source[0] if source else SOURCE


def _check(cells: list[str], file: str, line: int) -> None:
    if not ROW.fullmatch(",".join(cells)) or day_of(cells[0]) is None:
        expected = "a row such as 2026-03-02,USD,1.3651,Bank of Canada"
        raise TableError.at(file=file, line=line, expected=expected, found=",".join(cells))
