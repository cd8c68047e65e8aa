"""Specimens of broken declarations: a clean one, a small patch, and what is then found.

The format is described in `fixtures/rules/README.md`. After a change of a rule's words, run

    python tests/validators/rule_specimens.py

to write the findings anew, and read the difference before you commit it.
"""

import json
import re
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from fake_tariff import FakeTables, FakeTariff, tariff_line  # noqa: E402 - also runs as a script

from schemas.cad import Declaration  # noqa: E402
from schemas.codes import Codes, load_codes  # noqa: E402
from schemas.codes.files import Row  # noqa: E402
from schemas.findings import Finding, describe  # noqa: E402
from schemas.registry import Registry  # noqa: E402
from validators import Context, validate  # noqa: E402

FOLDER = ROOT / "fixtures" / "rules"
STEP = re.compile(r"\.?([\w-]+)|\[(\d+)\]")

Json = dict[str, Any]


def specimen_ids() -> list[str]:
    """The ids of the rules that have a specimen."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read_specimen(rule_id: str) -> Json:
    specimen: Json = json.loads((FOLDER / f"{rule_id}.json").read_text(encoding="utf-8"))
    return specimen


def clean(name: str) -> Json:
    """One of the clean declarations with its surroundings."""
    world: Json = json.loads((FOLDER / "clean" / f"{name}.json").read_text(encoding="utf-8"))
    return world


def broken(specimen: Json) -> tuple[Json, Json]:
    """The clean declaration with the patch applied, and what stood in the patched places before."""
    world = clean(specimen["base"])
    before = {path: put(world, path, value) for path, value in specimen["patch"].items()}
    return world, before


def put(world: Json, path: str, value: object) -> object:
    """Set the value at a path such as `cad.lines[0].origin`; return the value that stood there."""
    steps = [int(index) if index else name for name, index in STEP.findall(path)]
    *way, last = steps
    place: Any = world
    for step in way:
        place = place[step]
    before = place[last] if isinstance(last, int) else place.get(last)
    place[last] = value
    return before


def findings_of(world: Json) -> tuple[Finding, ...]:
    return validate(Declaration.model_validate(world["cad"]), context_of(world))


def context_of(world: Json) -> Context:
    facts = world["context"]
    return Context(
        tables=FakeTables(codes=codes_with(world["codes"]), tariff=tariff_of(world["tariff"])),
        registry=Registry.model_validate(world["registry"]),
        sender=facts["sender"],
        received_day=date.fromisoformat(facts["received_day"]),
        channel=facts["channel"],
        previous=Declaration.model_validate(world["previous"]) if world["previous"] else None,
        last_version=facts.get("last_version"),
        first_accounted=_day(facts["first_accounted"]),
        payment_due=_day(facts["payment_due"]),
        line_changes_cents=_cents(facts["line_changes_cents"]),
        transaction_last_used=_day(facts["transaction_last_used"]),
    )


@cache
def shipped_codes() -> Codes:
    return load_codes()


def codes_with(extra: dict[str, list[dict[str, str]]]) -> Codes:
    """The shipped code tables with further rows."""
    codes = shipped_codes()
    tables = {name: codes.table(name) for name in codes.names()}
    for name, rows in extra.items():
        added = {row["code"]: (Row(0, row, date.min, date.max),) for row in rows}
        tables[name] = replace(tables[name], _rows={**tables[name]._rows, **added})
    return Codes(version=codes.version, _tables=tables)


def tariff_of(rows: list[dict[str, str]]) -> FakeTariff:
    lines: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        line = tariff_line(
            row["number"], row["unit"], date.fromisoformat(row["since"]), _day(row.get("until"))
        )
        lines[row["number"]] = (*lines.get(row["number"], ()), line)
    return FakeTariff(lines)


def as_json(finding: Finding) -> Json:
    """A finding as the golden has it, with its words in both languages."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.where.field,
        "found": finding.found,
        "expected": finding.expected,
        "en": describe(finding, "en").model_dump(),
        "fr": describe(finding, "fr").model_dump(),
    }


def golden(specimen: Json) -> Json:
    """The specimen as it should stand: its patch, what was right before, and what is found."""
    world, before = broken(specimen)
    found = [as_json(finding) for finding in findings_of(world)]
    return {"base": specimen["base"], "patch": specimen["patch"], "right": before, "findings": found}


def write(rule_id: str) -> None:
    text = json.dumps(golden(read_specimen(rule_id)), ensure_ascii=False, indent=2)
    (FOLDER / f"{rule_id}.json").write_text(text + "\n", encoding="utf-8")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _cents(changes: dict[str, int] | None) -> dict[int, int] | None:
    return None if changes is None else {int(number): cents for number, cents in changes.items()}


if __name__ == "__main__":
    for each in specimen_ids():
        write(each)
