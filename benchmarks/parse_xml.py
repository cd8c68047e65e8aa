"""How fast is XML read beside EDIFACT, the same declarations in the same run, and in how much memory?

    python benchmarks/parse_xml.py [--megabytes 1 100 1000]

Every declaration is validated against the XSD and becomes a canonical CAD. Memory is measured in a fresh
process for each size: the peak of its resident memory above what it had before it began to read.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from parsers.edifact import read_edifact, write_interchange
from parsers.limits import Limits
from parsers.xml import read_xml, stream_xml, write_xml
from schemas.cad import Declaration, Invoice, Line, Party, Sima
from schemas.envelope import Interchange, Message
from schemas.papers import Header

HEADER = Header(
    sender="BROKER", recipient="CARM", control_reference="1", prepared=datetime(2026, 11, 16, tzinfo=UTC)
)
SHAPES = ((500, 1), (100, 10), (4, 300))
REPEATS = 9
MEGABYTE = 1_000_000


def declaration(lines: int) -> Declaration:
    """Return a CAD with as many lines as asked for and the fields that a furniture importer fills."""
    return Declaration(
        transaction_number="12345000000017",
        version=1,
        function="original",
        type="AB",
        importer=Party(identifier="123456782RM0001", name="Meubles Béland & Fils inc.", country="CA"),
        broker=Party(identifier="987654324RM0001", name="Courtage Exemple"),
        office="0497",
        release_date=date(2026, 11, 16),
        mode_of_transport="2",
        carrier_code="ABCD",
        cargo_control_numbers=("ABCD0000123",),
        gross_weight_kg=Decimal("1200.5"),
        control_lines=lines,
        invoices=(
            Invoice(
                number="INV-77",
                issued=date(2026, 11, 9),
                currency="USD",
                total=Decimal("3450.00"),
                vendor=Party(name="Hudson Desk Co.", country="US", region="NY"),
                export="UNY",
                direct_shipment=date(2026, 11, 12),
            ),
        ),
        lines=tuple(line(number) for number in range(1, lines + 1)),
    )


def line(number: int) -> Line:
    return Line(
        number=number,
        invoice="INV-77",
        classification="9403501000",
        description="Bedroom furniture, wood",
        origin="UNY",
        treatment="10",
        quantity=Decimal(5),
        unit="NMB",
        value=Decimal("1725.00"),
        value_for_duty_code="13",
        surtax_subject=False,
        sima=Sima(subject="non-subject"),
    )


def seconds(*works: Callable[[], object]) -> list[float]:
    """Return the best time of each of several works, run in turns so that other load hits all alike."""
    times = [[timed(work) for work in works] for _ in range(REPEATS)]
    return [min(of_one) for of_one in zip(*times, strict=True)]


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of a work: on an idle core it is the time on the wall."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(count: int, lines: int) -> None:
    """Print the speed of both syntaxes on the same declarations, after proving that both read them right."""
    cads = [declaration(lines)] * count
    xml = write_xml("declaration", HEADER, cads)
    edifact = write_interchange("cusdec_d13a", HEADER, cads)
    for [interchange] in (read_xml(xml), read_edifact(edifact)):
        if [message.cad for message in interchange.messages] != cads:
            raise SystemExit("the declarations were not read as they were written")
    xml_s, edifact_s = seconds(lambda: read_xml(xml), lambda: read_edifact(edifact))
    print(
        f"{count:>5} CADs of {lines:>3} lines:  XML {count / xml_s:>7,.0f} CADs/s"
        f" ({len(xml) / xml_s / MEGABYTE:.1f} MB/s)   EDIFACT {count / edifact_s:>7,.0f} CADs/s"
        f" ({len(edifact) / edifact_s / MEGABYTE:.1f} MB/s)   XML/EDIFACT {edifact_s / xml_s:.1f}"
    )


class Large(BytesIO):
    """An interchange as large as asked for, made while it is read: it needs no disk."""

    def __init__(self, megabytes: int) -> None:
        super().__init__()
        self.chunks = chunks(megabytes)

    def read(self, _size: int | None = -1) -> bytes:
        return next(self.chunks, b"")


def chunks(megabytes: int) -> Iterator[bytes]:
    """Yield the beginning of an interchange, its declarations by the hundred, and its end."""
    xml = write_xml("declaration", HEADER, [declaration(10)])
    start, end = xml.index(b"  <Declaration>"), xml.index(b"</DeclarationInterchange>")
    part = xml[start:end]
    hundreds = max(1, megabytes * MEGABYTE // len(part) // 100)
    yield xml[:start].replace(b"<DocumentQuantity>1<", b"<DocumentQuantity>%d<" % (hundreds * 100))
    reference = b"<FunctionalReferenceID>%d<"
    for hundred in range(hundreds):
        numbers = range(hundred * 100 + 1, hundred * 100 + 101)
        yield b"".join(part.replace(reference % 1, reference % number) for number in numbers)
    yield xml[end:]


def peak_mb() -> float:
    """Return the peak of this program's resident memory (Linux; getrusage would count the parent's, too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure_memory(megabytes: int) -> None:
    """Read one endless interchange in this process and print how memory and time went."""
    read_xml(write_xml("declaration", HEADER, [declaration(10)]))  # compile the schema before measuring
    before = peak_mb()
    start = time.perf_counter()
    cads = 0
    for event in stream_xml(Large(megabytes), Limits()):
        if isinstance(event, Interchange):
            if not event.accepted:
                raise SystemExit(f"not accepted: {event.findings}")
        elif isinstance(event, Message):
            cads += event.cad is not None
    took = time.perf_counter() - start
    print(
        f"{megabytes:>5} MB streamed: {cads:>7,} CADs in {took:6.1f} s,"
        f" peak memory {peak_mb():.0f} MB, {peak_mb() - before:.0f} MB above the start"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="*", default=[1, 100], help="sizes to stream")
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        measure_memory(arguments.memory)
        return
    print(
        f"XML beside EDIFACT: Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs"
    )
    for count, lines in SHAPES:
        compare(count, lines)
    for megabytes in arguments.megabytes:
        own = Path(__file__).resolve()
        subprocess.run([sys.executable, str(own), "--memory", str(megabytes)], check=True)


if __name__ == "__main__":
    main()
