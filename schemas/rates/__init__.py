"""What do the law and the market say in numbers? Exchange, sales taxes, tariff codes, surtaxes and more.

Each topic is a file of its own beside this one, read by the module of its name.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from schemas.rates.exchange import Exchange, ExchangeRate, read_exchange
from schemas.rates.excise import ExciseRates, read_excise
from schemas.rates.interest import InterestRates, read_interest
from schemas.rates.mfn import MfnExceptions, read_mfn_exceptions
from schemas.rates.relief import Reliefs, read_reliefs
from schemas.rates.remissions import SurtaxRemissions, read_remissions
from schemas.rates.sales_taxes import SalesTax, SalesTaxes, read_sales_taxes
from schemas.rates.sima import SimaMeasures, read_sima
from schemas.rates.surtax import Surtaxes, SurtaxItem, SurtaxOrder, read_surtaxes
from schemas.rates.tariff_codes import TariffCode, TariffCodes, read_tariff_codes

__all__ = [
    "Exchange",
    "ExchangeRate",
    "ExciseRates",
    "InterestRates",
    "MfnExceptions",
    "Rates",
    "Reliefs",
    "SalesTax",
    "SalesTaxes",
    "SimaMeasures",
    "SurtaxItem",
    "SurtaxOrder",
    "SurtaxRemissions",
    "Surtaxes",
    "TariffCode",
    "TariffCodes",
    "load_rates",
]

DATA_SUFFIXES = (".csv", ".gz", ".toml")


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates. version: a digest of the files that they were read from."""

    version: str
    exchange: Exchange
    sales_taxes: SalesTaxes
    tariff_codes: TariffCodes
    mfn_exceptions: MfnExceptions
    surtaxes: Surtaxes
    surtax_remissions: SurtaxRemissions
    sima: SimaMeasures
    excise: ExciseRates
    reliefs: Reliefs
    interest: InterestRates


def load_rates(folder: Path | None = None) -> Rates:
    """Load the shipped rates; a file of the same name in `folder` stands in the place of ours.

    Only `exchange.csv` adds to the shipped rates instead, and stands before them day by day. Raises
    TableError when a file cannot be read as a table.
    """
    return Rates(
        version=_version(folder),
        exchange=read_exchange(folder),
        sales_taxes=read_sales_taxes(folder),
        tariff_codes=read_tariff_codes(folder),
        mfn_exceptions=read_mfn_exceptions(folder),
        surtaxes=read_surtaxes(folder),
        surtax_remissions=read_remissions(folder),
        sima=read_sima(folder),
        excise=read_excise(folder),
        reliefs=read_reliefs(folder),
        interest=read_interest(folder),
    )


def _version(folder: Path | None) -> str:
    """Digest the shipped files, and those of the operator that stand in their place."""
    shipped = [
        file for file in resources.files("schemas.rates").iterdir() if file.name.endswith(DATA_SUFFIXES)
    ]
    names = {file.name for file in shipped} | {"exchange.csv"}
    ours = [(file.name, file.read_bytes()) for file in shipped]
    theirs = [(name, (folder / name).read_bytes()) for name in names if folder and (folder / name).is_file()]
    digest = hashlib.sha256()
    for name, data in sorted([*ours, *theirs]):
        digest.update(name.encode() + b"\0" + data)
    return f"rates:{digest.hexdigest()[:12]}"
