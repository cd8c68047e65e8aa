"""How do an operator's tables get into their folder? Checked with those that are there, then moved."""

import shutil
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from cadline.errors import Refused
from schemas.codes import SPECS_FILE, Codes, load_codes
from schemas.rates import DATA_SUFFIXES, load_rates
from schemas.table_errors import TableError


def import_tables(files: Sequence[Path], folder: Path, *, dry_run: bool = False) -> tuple[Codes, Codes]:
    """Put files into the folder of tables; return the code tables before and after.

    Everything is read as it would be after the import before anything is moved. Raises Refused, with every
    fault of the first unreadable file, and then nothing is moved.
    """
    with tempfile.TemporaryDirectory(prefix="tables-") as name:
        trial = Path(name)
        for file in [*(folder.iterdir() if folder.is_dir() else ()), *files]:
            if file.is_file():
                shutil.copy(file, trial / file.name)
        before, after = _read(folder), _read(trial)
        _refuse_unknown(files, after)
        if not dry_run:
            _move([trial / file.name for file in files], folder)
    return before, after


def file_names(codes: Codes) -> set[str]:
    """Name the files that may stand in the folder: of code tables, and of rates."""
    of_codes = {SPECS_FILE, *(f"{name}.csv" for name in codes.names())}
    shipped = (file.name for file in resources.files("schemas.rates").iterdir())
    return of_codes | {name.removesuffix(".gz") for name in shipped if name.endswith(DATA_SUFFIXES)}


def _read(folder: Path) -> Codes:
    try:
        load_rates(folder)
        return load_codes(folder)
    except TableError as error:
        raise Refused(f"a table cannot be read:\n{error}") from None


def _refuse_unknown(files: Sequence[Path], codes: Codes) -> None:
    known = file_names(codes)
    unknown = [file.name for file in files if file.name not in known]
    if unknown:
        raise Refused(f"no table has a file {', '.join(unknown)}; there are: {', '.join(sorted(known))}")


def _move(files: Sequence[Path], folder: Path) -> None:
    """Move files into the folder; each appears there in one move, whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        waiting = folder / f".{file.name}.new"
        shutil.copy(file, waiting)
        waiting.replace(folder / file.name)
