"""How fast do we write papers and answers, beside pydifact's serializer, in the same run?

    python benchmarks/write.py [--interchanges 300] [--rounds 5]

pydifact has no guides: it is given finished segments, and only puts separators between their elements. We
start from the value (a notice, an answer, a CONTRL, a declaration), and choose, format, check and count too.
Rounds take turns; the best of them is printed, in processor time.
"""

import argparse
import os
import platform
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from papers import header, notice, statement
from parse import specimen
from pydifact.parser import Parser
from pydifact.serializer import Serializer

from outbound.contrl import contrl
from outbound.render import render
from parsers.edifact import read_edifact, write_interchange
from parsers.xml import write_xml
from schemas.assessment import AssessedLine, Assessment
from schemas.billing import BillingDates
from schemas.envelope import Interchange
from schemas.findings import Finding, Where
from schemas.papers import Answer, Header, Paper
from schemas.registry import Syntax

LINES = 5
ROWS = 5_000


class Task(NamedTuple):
    """What is written from a value, and how many rows or lines each interchange counts for."""

    name: str
    unit: str
    units: int
    value: Callable[[int], Any]
    edifact: Callable[[Any, Header], bytes]
    xml: Callable[[Any, Header], bytes]


def papers(name: str, unit: str, units: int, value: Callable[[int], Paper]) -> Task:
    return Task(
        name,
        unit,
        units,
        value,
        lambda paper, head: render(paper, head, "edifact", "en"),
        lambda paper, head: render(paper, head, "xml", "en"),
    )


def accepted(number: int) -> Answer:
    lines = tuple(
        AssessedLine(
            line=line,
            treatment="2",
            rate="6.5%",
            value_for_duty_cents=1_250_000 + number,
            customs_duty_cents=81_250,
            surtax_cents=312_500,
            value_for_tax_cents=1_643_750,
            gst_cents=82_188,
        )
        for line in range(1, LINES + 1)
    )
    return Answer(
        interchange=str(number),
        message="1",
        transaction_number=f"12345{number:09}",
        version=1,
        importer="123456782RM0001",
        verdict="accepted",
        accounting_date=date(2026, 11, 16),
        dates=BillingDates(
            accounting_due=date(2026, 11, 19),
            period_start=date(2026, 10, 18),
            period_end=date(2026, 11, 17),
            statement_date=date(2026, 11, 25),
            payment_due=date(2026, 12, 1),
            interest_from=date(2026, 12, 2),
        ),
        assessment=Assessment(lines=lines, tables="codes 2026-11, tariff 2026-T1"),
    )


def rejected(number: int) -> Answer:
    findings = tuple(
        Finding(
            code="LIN-004",
            where=Where(
                byte=120 + number,
                line=7,
                segment="NAD",
                segment_position=6 + place,
                element=3,
                component=1,
                field=f"lines[{place}].origin",
            ),
            found="123456789RM0001",
            expected="123456782RM0001",
            values={"line": str(place + 1), "known": "123456782RM0001"},
        )
        for place in range(3)
    )
    return Answer(
        interchange=str(number),
        message="1",
        transaction_number=f"12345{number:09}",
        version=1,
        importer="123456782RM0001",
        verdict="rejected",
        findings=findings,
    )


def arrived(number: int) -> dict[Syntax, Interchange]:
    """An interchange with three errors, as if it had come in each syntax."""
    sent = write_interchange("cusdec_d13a", header(number), [specimen(number)])
    (edifact,) = read_edifact(sent.replace(b":102'", b":999'", 3))
    envelope = edifact.envelope and edifact.envelope.model_copy(update={"syntax": "xml"})
    return {"edifact": edifact, "xml": edifact.model_copy(update={"envelope": envelope})}


def tasks() -> list[Task]:
    long = statement(ROWS)
    return [
        papers("daily notice of 3 movements", "movement", 3, notice),
        papers(f"statement of {ROWS:,} movements", "movement", ROWS, lambda _: long),
        papers(f"answer, accepted, {LINES} lines", "answer", 1, accepted),
        papers("answer, rejected, 3 findings", "answer", 1, rejected),
        Task(
            "CONTRL of 3 errors",
            "report",
            1,
            arrived,
            lambda both, head: contrl(both["edifact"], head),
            lambda both, head: contrl(both["xml"], head),
        ),
        Task(
            "declaration of 3 lines",
            "CAD",
            1,
            specimen,
            lambda cad, head: write_interchange("cusdec_d13a", head, [cad]),
            lambda cad, head: write_xml("declaration", head, [cad]),
        ),
    ]


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def best(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the least processor time of each, taken in turns."""
    return [min(times) for times in zip(*([seconds(w) for w in works] for _ in range(rounds)), strict=True)]


def measure(task: Task, interchanges: int, rounds: int) -> None:
    count = interchanges if task.units < ROWS else 1
    values = [(task.value(number), header(number)) for number in range(count)]
    segments = [list(Parser().parse(task.edifact(*value).decode("latin-1"))) for value in values]
    ours, xml, peer = best(
        [
            lambda: [task.edifact(*value) for value in values],
            lambda: [task.xml(*value) for value in values],
            lambda: [Serializer().serialize(each).encode("latin-1") for each in segments],
        ],
        rounds,
    )
    units = count * task.units
    size = sum(map(len, segments)) / count
    print(
        f"{task.name:<30}{size:>9.0f}{ours / units * 1e6:>10.1f}{units / ours:>11.0f}"
        f"{xml / units * 1e6:>10.1f}{peer / units * 1e6:>12.1f}{peer / ours:>8.1f}x  a {task.unit}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--interchanges", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    warnings.simplefilter("ignore")
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        f"{'':<30}{'segments':>9}{'EDIFACT µs':>11}{'a second':>10}{'XML µs':>10}"
        f"{'pydifact µs':>12}{'ratio':>8}"
    )
    for task in tasks():
        measure(task, asked.interchanges, asked.rounds)


if __name__ == "__main__":
    main()
