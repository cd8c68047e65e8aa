"""What are the rates of interest for customs purposes, on a day? Yearly percentages, set by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from schemas.rates.dated import Period, dated_records, text_of
from schemas.rates.numbers import decimal_of

FILE = "interest.csv"
HEADER = ("quarter", "prescribed_pct", "specified_pct", "source", "evidence")
MEAN = "mean_yield_pct"
"""A column that may be there: what the prescribed rate was made of."""


@dataclass(frozen=True, slots=True)
class InterestRate:
    """The rates of a quarter, a year. specified: prescribed and six more (Customs Act s.2), on what is owed.

    mean_yield: of the Treasury bills behind it, percent a year; None where only the rate was published.
    """

    quarter: str
    prescribed_percent: Decimal
    specified_percent: Decimal
    period: Period
    source: str
    evidence: str
    mean_yield: Decimal | None = None

    @property
    def mean_percent(self) -> Decimal:
        """The mean yield; where it is not known, the published rate, which lies nearest to it."""
        return self.prescribed_percent if self.mean_yield is None else self.mean_yield


@dataclass(frozen=True, slots=True)
class InterestRates:
    """The rates of the quarters that are known; most are not."""

    quarters: tuple[InterestRate, ...]

    def on(self, day: date) -> InterestRate | None:
        """Return the rates of the quarter that a day lies in; None when they are not known."""
        return next((rate for rate in self.quarters if rate.period.holds_on(day)), None)


def read_interest(folder: Path | None = None) -> InterestRates:
    """Read `interest.csv`. Raises TableError with file, line and column."""
    records = dated_records(text_of(FILE, folder), FILE, HEADER)
    return InterestRates(
        tuple(
            InterestRate(
                quarter=cells["quarter"],
                prescribed_percent=decimal_of(cells["prescribed_pct"], FILE, line, "prescribed_pct"),
                specified_percent=decimal_of(cells["specified_pct"], FILE, line, "specified_pct"),
                period=period,
                source=cells["source"],
                evidence=cells["evidence"],
                mean_yield=_mean_of(cells, line),
            )
            for line, cells, period in records
        )
    )


def _mean_of(cells: Mapping[str, str], line: int) -> Decimal | None:
    """Return the mean yield of a row; its column may be missing or empty."""
    return decimal_of(cells[MEAN], FILE, line, MEAN) if cells.get(MEAN) else None
