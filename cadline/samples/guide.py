"""What does a reader of the sample days need to know? The README beside them, written from the plan."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from cadline.samples.parcels import Parcel, numbers_of
from cadline.samples.people import DELEGATIONS, IMPORTERS, PARTNERS

INTRODUCTION = """\
# Sample days

Three days at a customs agency's electronic door, from Monday 16 to Wednesday 18 March 2026. **Everything
here is invented**: names, business numbers (all begin with 999), prices, quantities and exchange rates. The
classification numbers, tariff rates and surtaxes are those of the shipped sample tariff and tables.

Written by `python -m cadline.samples --seed {seed} --out fixtures/demo`; the same seed gives the same bytes,
and a test holds that. Do not edit by hand.

| here | what |
| --- | --- |
| `registry/` | {partners} partners, {importers} importer accounts, {delegations} delegations of authority |
| `tables/exchange.csv` | invented exchange rates for the days of direct shipment; each row says so |
| `days/` | {files} files, {declarations} declarations under {numbers} transaction numbers, as they arrive |
| `expected.csv` | what should become of each message, by which rule, and why |

Declarations become: {fates}.

- `accepted`: answered with its duties and taxes, and posted.
- `rejected`: answered with everything found wrong; nothing is posted.
- `unread`: its syntax is broken; the CONTRL says where.
- `repeated`: an exact repeat; the first CONTRL goes out again, and nothing else happens.

The 17th is the last day of a billing period: goods released on it are billed on 25 March, goods released on
the 18th on 25 April.
"""

DAY = """
## {day:%A} {day.day} {day:%B} {day.year}

| file | declarations | what it shows |
| --- | --- | --- |
"""


def guide(parcels: Sequence[Parcel], seed: int) -> str:
    """Write the README."""
    fates = Counter(fate for parcel in parcels for fate, _, _ in _fates(parcel))
    text = INTRODUCTION.format(
        seed=seed,
        partners=len(PARTNERS),
        importers=len(IMPORTERS),
        delegations=len(DELEGATIONS),
        files=len(parcels),
        declarations=sum(len(parcel.messages) for parcel in parcels),
        numbers=len(numbers_of(parcels)),
        fates=", ".join(f"{count} {fate}" for fate, count in sorted(fates.items())),
    )
    return text + "".join(_day(list(files)) for _, files in groupby(parcels, key=lambda parcel: parcel.day))


def _day(parcels: Sequence[Parcel]) -> str:
    return DAY.format(day=parcels[0].day) + "".join(_row(parcel) for parcel in parcels)


def _row(parcel: Parcel) -> str:
    name = parcel.file.split("/")[1]
    rejections = (f"{why} (`{rule}`)" for fate, rule, why in _fates(parcel) if fate == "rejected")
    about = " ".join([parcel.about, *_listed(sorted(set(rejections)))])
    return f"| `{name}` | {len(parcel.messages)} | {about} |\n"


def _listed(reasons: Sequence[str]) -> list[str]:
    return [f"Rejected: {'; '.join(reasons)}."] if reasons else []


def _fates(parcel: Parcel) -> list[tuple[str, str, str]]:
    return [parcel.fate(message) for message in range(1, len(parcel.messages) + 1)]
