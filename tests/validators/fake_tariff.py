"""A tariff that a test writes down: lines by classification number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.codes import Codes
from schemas.tariff.line import TariffLine


@dataclass(frozen=True)
class FakeTariff:
    """Lines by classification number, oldest first. Satisfies `schemas.tariff.line.Tariff`."""

    lines: dict[str, tuple[TariffLine, ...]]
    version: str = "tariff:fake"
    since: date = date(2021, 4, 1)

    def line(self, classification: str, day: date) -> TariffLine | None:
        return next((line for line in self.lines.get(classification, ()) if line.holds_on(day)), None)

    def history(self, classification: str) -> tuple[TariffLine, ...]:
        return self.lines.get(classification, ())

    def search(self, words: str, limit: int = 20) -> Iterable[TariffLine]:
        found = (lines[-1] for lines in self.lines.values() if words in lines[-1].description)
        return list(found)[:limit]


@dataclass(frozen=True)
class FakeTables:
    """What the rules read of the tables."""

    codes: Codes
    tariff: FakeTariff


def tariff_line(classification: str, unit: str, since: date, until: date | None = None) -> TariffLine:
    return TariffLine(classification, since, until, "fake", unit, {}, "", "", "")
