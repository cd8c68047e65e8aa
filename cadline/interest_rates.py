"""How do the rates of new quarters get into the operator's table? Merged with those that are known."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from cadline.commands.values import QUARTERLY
from cadline.errors import Refused
from cadline.interest_sum import given_rate, rate_of_mean
from schemas.csv_text import read_records
from schemas.rates.interest import FILE, HEADER, MEAN, InterestRate, InterestRates, read_interest
from schemas.table_errors import TableError, TableFault

COLUMNS = (*HEADER[:3], MEAN, "since", "until", *HEADER[3:])


def rates_in(folder: Path | None) -> InterestRates:
    """Return the rates in use. Raises Refused, naming file and place, when they cannot be read."""
    try:
        return read_interest(folder)
    except TableError as error:
        raise Refused(f"a table cannot be read:\n{error}") from None


def import_rates(file: Path, folder: Path, *, dry_run: bool = False) -> list[InterestRate]:
    """Take the rates of quarters into the folder's table; return them. Raises Refused with all faults."""
    try:
        new = list(_read(file))
    except (TableError, UnicodeDecodeError) as error:
        raise Refused(f"the rates cannot be read; nothing is imported:\n{error}") from None
    merged = {rate.quarter: rate for rate in (*rates_in(folder).quarters, *new)}
    if not dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f".{FILE}.new"
        waiting.write_text(_written(merged), encoding="utf-8")
        waiting.replace(folder / FILE)
    return new


def _read(file: Path) -> Iterator[InterestRate]:
    """Yield the rates of a file. Raises TableError with every fault."""
    faults: list[TableFault] = []
    for line, cells in read_records(file.read_text(encoding="utf-8-sig"), file.name, ("quarter", "source")):
        found = _faults(file.name, line, cells)
        faults += found
        if not found:
            yield _rate(cells)
    if faults:
        raise TableError(faults)


def _faults(file: str, line: int, cells: Mapping[str, str]) -> list[TableFault]:
    faults = []
    try:
        QUARTERLY.convert(cells["quarter"], None, None)
    except click.BadParameter:
        faults.append(TableFault(file, line, "quarter", cells["quarter"], "a quarter such as 2026Q2"))
    if not cells["source"].strip():
        faults.append(TableFault(file, line, "source", "", "where the rate is from"))
    given = [name for name in (MEAN, "prescribed_pct") if cells.get(name)]
    if not given:
        faults.append(TableFault(file, line, MEAN, "", "a figure here or in prescribed_pct"))
    wrong = (name for name in given if _decimal(cells[name]) is None)
    expected = "percent a year, such as 2.55"
    return faults + [TableFault(file, line, name, cells[name], expected) for name in wrong]


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None


def _rate(cells: Mapping[str, str]) -> InterestRate:
    """Return a row's rate: as it was published, or as the mean yields it."""
    quarter = QUARTERLY.convert(cells["quarter"], None, None)
    mean = _decimal(cells.get(MEAN, ""))
    published = _decimal(cells.get("prescribed_pct", ""))
    if published is None:
        made = rate_of_mean(quarter, mean or Decimal(0))
    else:
        made = given_rate(quarter, published, mean)
    return replace(made, source=cells["source"], evidence=cells.get("evidence") or "operator")


def _written(rates: Mapping[str, InterestRate]) -> str:
    """Return the table's text, by quarter."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for quarter in sorted(rates):
        rate = rates[quarter]
        writer.writerow(
            (
                quarter,
                rate.prescribed_percent,
                rate.specified_percent,
                "" if rate.mean_yield is None else rate.mean_yield,
                rate.period.since,
                rate.period.until or "",
                rate.source,
                rate.evidence,
            )
        )
    return out.getvalue()
