"""What is relieved, by which special authority; and on which types of declaration is nothing due?"""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from schemas.assessment import Charge
from schemas.base import Value
from schemas.rates.dated import text_of
from schemas.rules import Evidence
from schemas.table_errors import TableError

FILE = "relief.toml"


class Remission(Value):
    """The charges that a special authority relieves."""

    relieves: frozenset[Charge]
    source: str
    evidence: Evidence


class Deferral(Value):
    """Why nothing is due on a type of declaration."""

    why: str
    source: str
    evidence: Evidence


class Reliefs(Value):
    """Remissions by special authority, deferrals by type of declaration."""

    authority: dict[str, Remission]
    type: dict[str, Deferral]


def read_reliefs(folder: Path | None = None) -> Reliefs:
    """Read `relief.toml`. Raises TableError."""
    try:
        return Reliefs(**tomllib.loads(text_of(FILE, folder)))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise TableError.at(
            file=FILE, expected="tables [authority.*] and [type.*]", found=str(error)
        ) from None
