"""How fast do we read EDIFACT, beside pydifact, in the same run?

    python benchmarks/parse.py [--messages 2000] [--rounds 3] [--memory]

Every measurement runs in a fresh process, in turn with its peers; the medians and the ratio to pydifact
are printed with the machine. Times are processor time: other work on the machine then matters less.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from parsers.edifact import write_interchange
from parsers.edifact.interchanges import InterchangeReader
from parsers.edifact.reading import MessageReader, our_guides
from parsers.edifact.tokenised import tokenise
from schemas.cad import Declaration, Declared, Invoice, Line, Party
from schemas.envelope import Message
from schemas.money import to_dollars
from schemas.papers import Header

TARGETS = {"tokens": 25, "full read": 8}
"""How many times faster than pydifact each should be."""


def specimen(number: int) -> Declaration:
    """A CAD of three lines, as a broker would send it; about 60 segments. No two have the same figures."""
    rng = random.Random(number)  # noqa: S311 - figures for a benchmark, the same in every run
    country = rng.choice(("CN", "DE", "FR", "GB", "IT", "JP", "KR", "MX", "TW", "VN"))
    shipped = date(2026, 6, 1) + timedelta(rng.randrange(25))
    cents = [rng.randrange(1_000, 10_000_000) for _ in range(3)]
    lines = tuple(
        Line(
            number=line,
            invoice=f"INV-{number}",
            classification=f"{rng.randrange(10**10):010}",
            description=f"Bedroom furniture of oak, article {number}-{line}",
            origin=country,
            treatment="2",
            quantity=rng.randrange(1, 10_000),
            unit="NMB",
            value=to_dollars(cents[line - 1]),
            value_for_duty_code="13",
            gst_code="51",
            surtax_subject=False,
            declared=Declared(
                value_for_duty_cents=cents[line - 1],
                customs_duty_cents=rng.randrange(cents[line - 1]),
                gst_cents=cents[line - 1] // 20,
            ),
        )
        for line in range(1, 4)
    )
    return Declaration(
        transaction_number=f"12345{number:09}",
        version=1,
        function="original",
        type="AB",
        importer=Party(
            identifier=f"{rng.randrange(10**9):09}RM0001",
            name=f"ACME + SONS {rng.randrange(10**5)} LTD",
            country="CA",
            region="ON",
        ),
        broker=Party(identifier="987654324RM0001", name="O'BRIEN CUSTOMS", country="CA", region="QC"),
        office="0497",
        release_date="2026-07-02",
        mode_of_transport="9",
        port_of_unlading="0809",
        carrier_code="9ABC",
        cargo_control_numbers=(f"9ABCPARS{number:06}",),
        gross_weight_kg=f"{rng.randrange(10**5)}.5",
        control_lines=3,
        invoices=(
            Invoice(
                number=f"INV-{number}",
                issued=shipped,
                vendor=Party(name=f"VENDOR {rng.randrange(10**6)} LTD", country=country),
                export=country,
                direct_shipment=shipped,
                currency=rng.choice(("CAD", "USD", "EUR")),
                total=to_dollars(sum(cents)),
            ),
        ),
        lines=lines,
    )


def corpus(messages: int) -> bytes:
    header = Header(
        sender="BROKER1",
        recipient="CARM",
        control_reference="1",
        prepared=datetime(2026, 7, 2, 12, 0, tzinfo=UTC),
    )
    return write_interchange("cusdec_d13a", header, [specimen(number) for number in range(1, messages + 1)])


def pydifact_full(path: Path) -> int:
    from pydifact.segmentcollection import Interchange  # noqa: PLC0415 - a peer, imported where measured

    warnings.simplefilter("ignore")
    return sum(1 for _ in Interchange.from_str(path.read_text("latin-1")).get_messages())


def pydifact_tokens(path: Path) -> int:
    from pydifact.parser import Parser  # noqa: PLC0415 - a peer, imported where measured

    warnings.simplefilter("ignore")
    return sum(segment.tag == "UNH" for segment in Parser().parse(path.read_text("latin-1")))


def our_tokens(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(message[0][0] == "UNH" for message in tokenise(stream))


def our_full_read(path: Path) -> int:
    with path.open("rb") as stream:
        read = InterchangeReader(stream, MessageReader(our_guides))
        return sum(isinstance(item, Message) and item.accepted and item.cad is not None for item in read)


RUNS: dict[str, dict[str, Callable[[Path], int]]] = {
    "tokens": {"pydifact": pydifact_tokens, "cadline": our_tokens},
    "full read": {"pydifact": pydifact_full, "cadline": our_full_read},
}


def child(task: str, who: str, path: Path) -> None:
    run = RUNS[task][who]
    warm = path.with_name("warm.edi")
    run(warm)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    found = run(path)
    seconds = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "found": found, "grown_mb": (after - before) / 1024}))


def measure(task: str, who: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", task, who, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(folder: Path, messages: int, rounds: int) -> None:
    path = folder / "cads.edi"
    path.write_bytes(corpus(messages))
    size = path.stat().st_size
    print(f"{messages} CADs, {size / 1e6:.1f} MB, {rounds} rounds, processor time")
    print(f"{'task':<12}{'reader':<10}{'MB/s':>8}{'CADs/s':>9}{'x pydifact':>12}{'grown MB':>10}")
    for task, readers in RUNS.items():
        results: dict[str, list[dict[str, float]]] = {who: [] for who in readers}
        for _ in range(rounds):
            for who in readers:
                results[who].append(measure(task, who, path))
        median = {who: statistics.median(r["seconds"] for r in rs) for who, rs in results.items()}
        for who, seconds in median.items():
            if {r["found"] for r in results[who]} != {messages}:
                raise SystemExit(f"{who} did not find every message")
            ratio = median["pydifact"] / seconds
            target = f"  (target {TARGETS[task]})" if who == "cadline" else ""
            grown = statistics.median(r["grown_mb"] for r in results[who])
            print(
                f"{task:<12}{who:<10}{size / seconds / 1e6:>8.2f}{messages / seconds:>9.0f}"
                f"{ratio:>11.1f}x{grown:>10.1f}{target}"
            )


def memory(folder: Path, megabytes: list[int]) -> None:
    """Print how much our reader grows by while it reads files of different sizes."""
    part = corpus(500)
    start, end = part.index(b"UNH"), part.index(b"UNZ")
    body = part[start:end]
    for size in megabytes:
        path = folder / f"{size}mb.edi"
        with path.open("wb") as file:
            times = max(1, size * 1_000_000 // len(part))
            for _ in range(times):  # an interchange each: references must differ inside one
                file.write(part[:start] + body + part[end:])
        result = measure("full read", "cadline", path)
        print(
            f"full read of {path.stat().st_size / 1e6:8.1f} MB: grown by {result['grown_mb']:.1f} MB, "
            f"{result['found'] / result['seconds']:.0f} CADs/s"
        )
        path.unlink()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--memory", action="store_true")
    options.add_argument("--sizes", type=int, nargs="*", default=[1, 10, 100])
    options.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.child:
        task, who, path = asked.child
        child(task, who, Path(path))
        return
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "warm.edi").write_bytes(corpus(2))
        compare(folder, asked.messages, asked.rounds)
        if asked.memory:
            memory(folder, asked.sizes)


if __name__ == "__main__":
    main()
