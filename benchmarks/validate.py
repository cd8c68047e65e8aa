"""How many declarations of 5 lines does one core validate a second, and does time grow with lines only?

    python benchmarks/validate.py

Aims: at least 2,000 declarations of 5 lines a second; the time per line at 5,000 lines within a quarter of
that at 500.
"""

import json
import statistics
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from schemas.cad import Declaration, Line  # noqa: E402 - also runs as a script
from schemas.codes import Codes, load_codes  # noqa: E402
from schemas.registry import Registry  # noqa: E402
from schemas.tariff import Tariff, load_tariff  # noqa: E402
from validators import Context, validate  # noqa: E402

SPECIMEN = ROOT / "fixtures" / "rules" / "clean" / "release.json"
SECONDS = 2.0
AIM_PER_SECOND = 2_000
AIM_GROWTH = 1.25


@dataclass(frozen=True)
class Tables:
    """What the rules read: the shipped code tables and the shipped tariff."""

    codes: Codes
    tariff: Tariff


def clean_world() -> tuple[Declaration, Context]:
    """A declaration that breaks no rule, and what the rules are told beside it."""
    world = json.loads(SPECIMEN.read_text(encoding="utf-8"))
    context = Context(
        tables=Tables(load_codes(), load_tariff()),
        registry=Registry.model_validate(world["registry"]),
        sender=world["context"]["sender"],
        received_day=date.fromisoformat(world["context"]["received_day"]),
    )
    return Declaration.model_validate(world["cad"]), context


def with_lines(cad: Declaration, count: int) -> Declaration:
    """The same declaration with as many lines, copies of its own by turns."""
    lines: list[Line] = [
        cad.lines[index % len(cad.lines)].model_copy(update={"number": index + 1}) for index in range(count)
    ]
    invoice = cad.invoices[0].model_copy(update={"total": None})
    return cad.model_copy(update={"lines": tuple(lines), "invoices": (invoice,), "control_lines": count})


def seconds_each(cad: Declaration, context: Context) -> float:
    """The median time of a validation, in seconds."""
    times: list[float] = []
    begun = perf_counter()
    while perf_counter() - begun < SECONDS:
        start = perf_counter()
        validate(cad, context)
        times.append(perf_counter() - start)
    return statistics.median(times)


def main() -> int:
    cad, context = clean_world()
    findings = validate(with_lines(cad, 5), context)
    each = {count: seconds_each(with_lines(cad, count), context) for count in (5, 50, 500, 5_000)}
    for count, seconds in each.items():
        micros = seconds / count * 1e6
        print(f"{count:>5} lines: {1 / seconds:>8.0f} declarations/s, {micros:.1f} microseconds a line")
    growth = (each[5_000] / 5_000) / (each[500] / 500)
    print(f"findings: {[finding.code for finding in findings]}; growth per line 500 to 5,000: {growth:.2f}")
    return 0 if 1 / each[5] >= AIM_PER_SECOND and growth <= AIM_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
