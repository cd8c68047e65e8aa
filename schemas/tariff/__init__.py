"""Which rates of customs duty does a classification number bear, on which day, under which treatment?"""

import gzip
import hashlib
import io
import os
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from schemas.table_errors import TableError
from schemas.tariff.build import build
from schemas.tariff.index import FORMAT, TariffIndex, open_index
from schemas.tariff.line import Tariff, TariffLine
from schemas.tariff.rate import NOT_SEEN, Amount, Rate, read_rate
from schemas.tariff.units import convert

__all__ = [
    "NOT_SEEN",
    "Amount",
    "Rate",
    "Tariff",
    "TariffLine",
    "convert",
    "import_tariff",
    "load_tariff",
    "read_rate",
]

SAMPLE_FILE = "sample.csv"
SQLITE_MAGIC = b"SQLite format 3\0"
GZIP_MAGIC = b"\x1f\x8b"


def load_tariff(path: Path | None = None) -> Tariff:
    """Open a tariff: the shipped sample, an imported (indexed) file, or a CSV, plain or gzipped.

    A CSV is indexed once into the cache of the user (`$XDG_CACHE_HOME/cadline`), and found there
    again by its digest. Raises TableError when the file cannot be read as a tariff.
    """
    if path is None:
        data = resources.files("schemas.tariff").joinpath(SAMPLE_FILE).read_bytes()
        return _in_memory(data, SAMPLE_FILE)
    if _head_of(path) == SQLITE_MAGIC:
        return open_index(path)
    return _cached(_bytes_of(path), path.name)


def import_tariff(source: Path, target: Path) -> TariffIndex:
    """Index a tariff in CSV, plain or gzipped, into the file `target`, replacing it in one move.

    Raises TableError when the source is no tariff; the target is then as it was.
    """
    return _indexed(_bytes_of(source), source.name, target)


def _head_of(path: Path) -> bytes:
    return _bytes_of(path, len(SQLITE_MAGIC))


def _bytes_of(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise TableError.at(file=str(path), expected="a tariff", found=error.strerror or str(error)) from None


def _text_of(data: bytes, file: str) -> io.StringIO:
    try:
        plain = gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data
        return io.StringIO(plain.decode("utf-8-sig"), newline="")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise TableError.at(
            file=file, expected="a CSV in UTF-8, plain or gzipped", found=str(error)
        ) from None


def _in_memory(data: bytes, file: str) -> TariffIndex:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    build(_text_of(data, file), file, _digest(data), connection)
    return TariffIndex(connection)


def _cached(data: bytes, file: str) -> TariffIndex:
    """Index a CSV in the user's cache, or in memory where the cache cannot be written."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cadline"
    target = cache / f"tariff-{_digest(data)[:16]}-{FORMAT}.sqlite"
    if target.is_file():
        return open_index(target)
    try:
        return _indexed(data, file, target)
    except OSError:
        return _in_memory(data, file)


def _indexed(data: bytes, file: str, target: Path) -> TariffIndex:
    """Build beside the target and move it there whole, so that nobody ever reads half a tariff."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(beside)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")  # a broken build is thrown away whole
            build(_text_of(data, file), file, _digest(data), connection)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return open_index(target)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
