"""Every number of the law says since when it binds, where it stands and how well it is known."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

LAW = Path(__file__).parents[2] / "schemas" / "law"
EVIDENCE = {"law", "cbsa", "trade", "inferred"}
OURS = {"accounts.toml"}
"""What is our own and no law: the chart of accounts."""

NAMES = {"debt_type", "credit_type"}
"""Tables of what things are called: the orders that use them are dated."""

TEXTS = {"reason", "refusal"}
"""Tables of words that are ours, in both languages."""

FILES = sorted(path for path in LAW.glob("*.toml") if path.name not in OURS)


def rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a file, each with the name of its table."""
    law = tomllib.loads(path.read_text(encoding="utf-8"))
    return [(name, row) for name, found in law.items() for row in found]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_has_a_day_a_source_and_evidence(path: Path) -> None:
    for name, row in rows(path):
        if name in TEXTS:
            assert row.get("en"), (name, row)
            assert row.get("fr"), (name, row)
            continue
        assert type(row.get("since")) is date or name in NAMES, (name, row)
        assert row.get("source", "").strip(), (name, row)
        assert row.get("evidence") in EVIDENCE, (name, row)
        assert row.get("since", date.min) <= row.get("until", date.max), (name, row)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_number_is_a_float(path: Path) -> None:
    assert not [row for _, row in rows(path) if any(isinstance(value, float) for value in row.values())]


def test_the_law_is_there() -> None:
    assert {"billing", "penalties", "security"} <= {path.stem for path in FILES}
