"""How many lines a second does one core assess, with how large a tariff, and does it grow with the lines?

    python benchmarks/assess.py [TARIFF]

TARIFF: an imported tariff or a CSV; else one is made of the sample's rows, as many as a full tariff has.
"""

import csv
import itertools
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from accounting.assess import assess
from schemas.cad import Declaration, Invoice, Line, Party
from schemas.tables import Tables, load_tables
from schemas.tariff import import_tariff

SAMPLE = Path("schemas/tariff/sample.csv")
FULL_TARIFF_ROWS = 21_530
LINES_PER_DECLARATION = 20
SEED = 4
DAY = date(2026, 3, 2)
ORIGINS = ("CN", "UNY", "MX", "DE", "VN", "BD", "JP", "TR")


def full_sized_tariff(folder: Path) -> Path:
    """Repeat the sample's rows, under numbers of their own, until there are as many as in a full tariff."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    path = folder / "tariff.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number, row in zip(range(FULL_TARIFF_ROWS), itertools.cycle(rows), strict=False):
            writer.writerow([f"{number:010}", "2022-01-01", "", *row[3:]])
    return path


def declarations(numbers: list[str], lines: int) -> Iterator[Declaration]:
    chance = random.Random(SEED)  # noqa: S311 - a benchmark's goods
    invoice = Invoice(number="1", currency="USD", direct_shipment=date(2021, 6, 11))
    for _ in range(lines // LINES_PER_DECLARATION):
        yield Declaration(
            transaction_number="12345000000017",
            version=1,
            function="original",
            type="AB",
            importer=Party(identifier="123456782RM0001"),
            release_date=DAY,
            invoices=(invoice,),
            lines=tuple(
                Line(
                    number=number,
                    invoice="1",
                    classification=chance.choice(numbers),
                    origin=chance.choice(ORIGINS),
                    treatment="2",
                    value=Decimal(chance.randint(100, 10_000_000)) / 100,
                    quantity=Decimal(chance.randint(1, 5000)),
                    unit="KGM",
                )
                for number in range(1, LINES_PER_DECLARATION + 1)
            ),
        )


def lines_per_second(cads: list[Declaration], tables: Tables) -> float:
    started = time.process_time()
    for cad in cads:
        assess(cad, tables)
    return len(cads) * LINES_PER_DECLARATION / (time.process_time() - started)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else full_sized_tariff(folder)
        started = time.process_time()
        index = import_tariff(source, folder / "tariff.sqlite")
        print(f"import of {index.rows} rows: {time.process_time() - started:.2f} s")
        started = time.process_time()
        tables = load_tables(tariff=folder / "tariff.sqlite")
        print(f"loading all tables: {time.process_time() - started:.2f} s")
        numbers = list(index.numbers())
        for count in (1_000, 10_000, 50_000):
            speed = lines_per_second(list(declarations(numbers, count)), tables)
            print(f"{count} lines: {speed:,.0f} lines/s")
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
