"""Which measures of the Special Import Measures Act touch the goods, and what duty do they set?

A measure names goods and countries; the classification numbers are for reference and do not decide whether
goods are subject. They are those in force in January 2020: later ones are not known here. Normal values
and rates by exporter are not published as a table: the shipped `sima_duties.csv` has none, the operator
adds them.
"""

from collections.abc import Iterator, Mapping
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

MEASURES_FILE = "sima_measures.csv"
MEASURES_HEADER = ("measure", "goods", "kind", "country", "as_of", "source", "evidence")
NUMBERS_FILE = "sima_numbers.csv"
NUMBERS_HEADER = ("measure", "tariff_number", "as_of", "source", "evidence")
DUTIES_FILE = "sima_duties.csv"
DUTIES_HEADER = (
    "measure",
    "kind",
    "country",
    "exporter",
    "model",
    "rate",
    "normal_value_cad",
    "unit",
    "stage",
)

SimaKind = Literal["DUMPING", "SUBSIDY"]
SimaStage = Literal["provisional", "final"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure against goods of some countries. as_of: when it was seen to be in force."""

    id: str
    goods: str
    countries: frozenset[str]
    as_of: str


@dataclass(frozen=True, slots=True)
class SimaDuty:
    """A duty of a measure on one exporter's model; "" for exporter or model stands for all others.

    Either a rate on the export price or per unit, or a normal value in dollars per unit: then the duty is
    the margin of dumping, normal value less export price, never below nought.
    """

    measure: str
    kind: SimaKind
    country: str
    exporter: str
    model: str
    text: str
    rate: Rate | None
    normal_value: Decimal | None
    unit: str
    stage: SimaStage
    period: Period
    source: str


@dataclass(frozen=True, slots=True)
class SimaMeasures:
    """The measures, the classification numbers that they are said to reach, and the duties."""

    measures: Mapping[str, Measure]
    _numbers: Mapping[str, tuple[str, ...]]
    _duties: Mapping[str, tuple[SimaDuty, ...]]

    def touching(self, classification: str, country: str) -> tuple[Measure, ...]:
        """Return the measures that name a number and a country; the goods may still not be subject."""
        numbers = (*self._numbers.get(classification, ()), *self._numbers.get(classification[:8], ()))
        named = (self.measures[measure] for measure in dict.fromkeys(numbers))
        return tuple(measure for measure in named if country in measure.countries)

    def duties(
        self, measure: str, country: str, exporter: str, model: str, day: date
    ) -> tuple[SimaDuty, ...]:
        """Return the duties on a day: of each kind the one that fits exporter and model most closely."""
        fitting = [
            duty
            for duty in self._duties.get(measure, ())
            if duty.country in (country, "")
            and duty.period.holds_on(day)
            and duty.exporter in (exporter, "")
            and duty.model in (model, "")
        ]
        closest = sorted(fitting, key=lambda duty: (duty.exporter, duty.model), reverse=True)
        by_kind = {duty.kind: duty for duty in reversed(closest)}
        return tuple(by_kind[kind] for kind in sorted(by_kind))


def read_sima(folder: Path | None = None) -> SimaMeasures:
    """Read measures, numbers and duties. Raises TableError with file, line and column."""
    numbers: dict[str, tuple[str, ...]] = {}
    for _, cells in read_records(text_of(NUMBERS_FILE, folder), NUMBERS_FILE, NUMBERS_HEADER):
        number = cells["tariff_number"]
        numbers[number] = (*numbers.get(number, ()), cells["measure"])
    duties: dict[str, tuple[SimaDuty, ...]] = {}
    for duty in _read_duties(folder):
        duties[duty.measure] = (*duties.get(duty.measure, ()), duty)
    return SimaMeasures(_read_measures(folder), numbers, duties)


def _read_measures(folder: Path | None) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for _, cells in read_records(text_of(MEASURES_FILE, folder), MEASURES_FILE, MEASURES_HEADER):
        known = measures.get(cells["measure"])
        countries = (known.countries if known else frozenset()) | {cells["country"]}
        measures[cells["measure"]] = Measure(cells["measure"], cells["goods"], countries, cells["as_of"])
    return measures


def _read_duties(folder: Path | None) -> Iterator[SimaDuty]:
    for line, cells, period in dated_records(text_of(DUTIES_FILE, folder), DUTIES_FILE, DUTIES_HEADER):
        rate, normal_value = read_rate(cells["rate"]), cells["normal_value_cad"]
        if (rate is None) == (not normal_value):
            expected = "either a rate or a normal value"
            raise TableError.at(
                file=DUTIES_FILE, line=line, column="rate", expected=expected, found=cells["rate"]
            )
        yield SimaDuty(
            measure=cells["measure"],
            kind=one_of(cells["kind"], get_args(SimaKind), DUTIES_FILE, line, "kind"),
            country=cells["country"],
            exporter=cells["exporter"],
            model=cells["model"],
            text=cells["rate"] or f"normal value {normal_value}/{cells['unit']}",
            rate=rate,
            normal_value=decimal_of(normal_value, DUTIES_FILE, line, "normal_value_cad")
            if normal_value
            else None,
            unit=cells["unit"],
            stage=one_of(cells["stage"], get_args(SimaStage), DUTIES_FILE, line, "stage"),
            period=period,
            source=cells["source"],
        )
