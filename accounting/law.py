"""What does the law say? Rows of numbers by name, dated, from the files of `schemas/law`."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

Rows = list[dict[str, Any]]


@cache
def law(file: str) -> Mapping[str, Rows]:
    """Return the rows of a file of `schemas/law`, by name."""
    return tomllib.loads((files("schemas") / "law" / f"{file}.toml").read_text(encoding="utf-8"))


def row_on(rows: Rows, day: date) -> dict[str, Any]:
    """Return the row in force on a day: the last that has begun, or the first of all before that."""
    begun = [row for row in rows if row["since"] <= day]
    return max(begun, key=lambda row: row["since"]) if begun else min(rows, key=lambda row: row["since"])
