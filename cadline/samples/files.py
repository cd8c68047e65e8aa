"""How do the sample days lie on disk? Registry, tables, one folder a day, and a list of what is expected."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from cadline.samples.chance import Chance
from cadline.samples.goods import EXCHANGE_RATES
from cadline.samples.guide import guide
from cadline.samples.parcels import Parcel
from cadline.samples.people import DELEGATIONS, IMPORTERS, PARTNERS
from schemas.base import Value

EXCHANGE_FIRST, EXCHANGE_LAST = date(2026, 2, 2), date(2026, 3, 18)
EXCHANGE_SOURCE = "INVENTED for the sample days; not a rate of the Bank of Canada"
EXPECTED_COLUMNS = ("file", "message", "transaction_number", "version", "lines", "becomes", "rule", "why")
SATURDAY = 5


def sample_files(parcels: Sequence[Parcel], seed: int) -> dict[str, bytes]:
    """Return every file of the samples by its path below the folder."""
    files = {
        "registry/partners.csv": _values(PARTNERS),
        "registry/importers.csv": _values(IMPORTERS),
        "registry/delegations.csv": _values(DELEGATIONS),
        "tables/exchange.csv": _exchange(seed),
        "expected.csv": _csv(EXPECTED_COLUMNS, _expected(parcels)),
        "README.md": guide(parcels, seed).encode(),
    }
    return files | {f"days/{parcel.file}": parcel.payload for parcel in parcels}


def write_samples(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files; what a former run wrote under other names is taken away."""
    for day in (folder / "days").glob("*/*"):
        if f"days/{day.parent.name}/{day.name}" not in files:
            day.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _values(values: Sequence[Value]) -> bytes:
    """Return values as a table of the fields that some of them say otherwise than by default."""
    rows = [value.model_dump(mode="json") for value in values]
    said = {name for value in values for name in value.model_fields_set}
    columns = [name for name in type(values[0]).model_fields if name in said]
    return _csv(columns, ([_text(row[name]) for name in columns] for row in rows))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _exchange(seed: int) -> bytes:
    """Draw a rate for each currency and weekday, within one per cent of the usual one."""
    chance = Chance(seed)
    days = (EXCHANGE_FIRST + timedelta(days=n) for n in range((EXCHANGE_LAST - EXCHANGE_FIRST).days + 1))
    rows = [
        (day, currency, _moved(usual, chance), EXCHANGE_SOURCE)
        for day in days
        if day.weekday() < SATURDAY
        for currency, usual in EXCHANGE_RATES.items()
    ]
    return _csv(("date", "currency", "cad_per_unit", "source"), rows)


def _moved(usual: Decimal, chance: Chance) -> Decimal:
    per_mille = chance.between(-10, 10)
    return (usual * (1000 + per_mille) / 1000).quantize(Decimal("0.0001"))


def _expected(parcels: Sequence[Parcel]) -> Iterable[Sequence[object]]:
    for parcel in parcels:
        for message, planned in enumerate(parcel.messages, start=1):
            becomes, rule, why = parcel.fate(message)
            cad = planned.cad
            yield (
                parcel.file,
                message,
                cad.transaction_number,
                cad.version,
                len(cad.lines),
                becomes,
                rule,
                why,
            )
