"""What do the law and the trade say on a day? All tables that judging and assessing a declaration need.

Loaded once per process, never changed after: reading a table is pure.
"""

from dataclasses import dataclass
from pathlib import Path

from schemas.codes import Codes, load_codes
from schemas.rates import Rates, load_rates
from schemas.table_errors import TableError
from schemas.tariff import Tariff, load_tariff


@dataclass(frozen=True, slots=True)
class Tables:
    """The code tables, the tariff, and the rates. Each knows its version and answers for a day."""

    codes: Codes
    tariff: Tariff
    rates: Rates

    @property
    def version(self) -> str:
        """Name the versions of all tables, as it is stored with every decision."""
        return f"{self.codes.version} {self.tariff.version} {self.rates.version}"


def load_tables(folder: Path | None = None, tariff: Path | None = None) -> Tables:
    """Load the shipped tables; files of the same name in `folder` stand in their place.

    tariff: an imported tariff (an indexed file), or a CSV in the documented format; the shipped sample
    otherwise. Raises TableError when a file cannot be read as a table, and for a folder that is not there:
    the shipped tables would judge in its place, and nobody would know.
    """
    if folder is not None and not folder.is_dir():
        raise TableError.at(file=str(folder), expected="a folder of tables", found="no such folder")
    return Tables(codes=load_codes(folder), tariff=load_tariff(tariff), rates=load_rates(folder))
