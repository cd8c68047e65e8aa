"""What excise duty and excise tax does an excise code stand for, on a day?

A line has one excise code; a code that stands for several charges has several rows. The rates behind the
codes of memorandum D18-5-1 have not been seen: the shipped `excise.csv` has none, the operator adds them.

base: what a percentage is taken of: `value-for-duty`, or `duty-paid` (value for duty and customs duty).
threshold_cad: for the luxury tax, the value of one article above which it is due; the rate is then the
lesser of `rate` of the value and twice that rate of the excess (Select Luxury Items Tax Act).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from schemas.csv_text import read_records
from schemas.rates.dated import Period, dated_records, text_of
from schemas.rates.numbers import decimal_of, one_of
from schemas.table_errors import TableError
from schemas.tariff import Rate, read_rate

FILE = "excise.csv"
HEADER = ("code", "charge", "rate", "base", "threshold_cad", "source", "evidence")
HEADINGS_FILE = "excise_headings.csv"
HEADINGS_HEADER = ("prefix", "goods_en", "goods_fr", "source", "evidence")

ExciseCharge = Literal["excise_duty", "excise_tax"]
ExciseBase = Literal["value-for-duty", "duty-paid"]


@dataclass(frozen=True, slots=True)
class ExciseRate:
    """One charge of an excise code. text: the rate as written."""

    code: str
    charge: ExciseCharge
    text: str
    rate: Rate
    base: ExciseBase
    threshold: Decimal | None
    period: Period
    source: str


@dataclass(frozen=True, slots=True)
class ExciseRates:
    """The charges by excise code, and the beginnings of the numbers of goods that bear excise."""

    _by_code: Mapping[str, tuple[ExciseRate, ...]]
    headings: Mapping[str, str]

    def of(self, code: str, day: date) -> tuple[ExciseRate, ...]:
        """Return the charges of a code on a day; none for a code without rates."""
        return tuple(rate for rate in self._by_code.get(code, ()) if rate.period.holds_on(day))

    def bears_excise(self, classification: str) -> str:
        """Return the goods of a classification that bear excise, in a word; "" when none are known to."""
        lengths = (4, 6)
        return next((g for n in lengths if (g := self.headings.get(classification[:n], ""))), "")


def read_excise(folder: Path | None = None) -> ExciseRates:
    """Read `excise.csv` and `excise_headings.csv`. Raises TableError with file, line and column."""
    by_code: dict[str, tuple[ExciseRate, ...]] = {}
    for line, cells, period in dated_records(text_of(FILE, folder), FILE, HEADER):
        rate = _rate(line, cells, period)
        by_code[rate.code] = (*by_code.get(rate.code, ()), rate)
    records = read_records(text_of(HEADINGS_FILE, folder), HEADINGS_FILE, HEADINGS_HEADER)
    return ExciseRates(by_code, {cells["prefix"]: cells["goods_en"] for _, cells in records})


def _rate(line: int, cells: Mapping[str, str], period: Period) -> ExciseRate:
    rate, charge, base, threshold = (
        read_rate(cells["rate"]),
        cells["charge"],
        cells["base"],
        cells["threshold_cad"],
    )
    if rate is None:
        raise TableError.at(file=FILE, line=line, column="rate", expected="a rate", found=cells["rate"])
    return ExciseRate(
        code=cells["code"],
        charge=one_of(charge, get_args(ExciseCharge), FILE, line, "charge"),
        text=cells["rate"],
        rate=rate,
        base=one_of(base, get_args(ExciseBase), FILE, line, "base"),
        threshold=decimal_of(threshold, FILE, line, "threshold_cad") if threshold else None,
        period=period,
        source=cells["source"],
    )
