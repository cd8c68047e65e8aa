"""How many declarations a second go through the whole house, in one process on SQLite?

Interchanges of declarations of 5 lines are submitted, and worked until nothing is left to do: parse,
validate, post, notify, every commit synced to disk. One declaration in ten is rejected, one in twenty
corrects an earlier one. Every declaration must get its answer, and every interchange its acknowledgement; the
book must hold exactly the accepted ones. What is sent in is made before the clock starts.

Beside the time on the wall stands the processor's own: on a machine with other work trust the latter.

    python benchmarks/e2e.py                       2,000 declarations, 20 an interchange
    python benchmarks/e2e.py --declarations 20000
    python benchmarks/e2e.py --functions 30        also: where the time goes, by function (slower)

Aim: 1,000 declarations a second on one machine.
"""

import argparse
import cProfile
import logging
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import structlog
from sqlalchemy import func, select

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from accounting.tables import journal_entry  # noqa: E402 - also runs as a script
from cadline.clock import clock_of  # noqa: E402
from cadline.database import reading, writing  # noqa: E402
from cadline.samples import diary, people  # noqa: E402
from cadline.samples.chance import Chance  # noqa: E402
from cadline.samples.drafts import Desk, changed  # noqa: E402
from cadline.samples.mishaps import with_importer  # noqa: E402
from cadline.settings import Settings  # noqa: E402
from cadline.wiring import House  # noqa: E402
from ingest import registry_changes, tables  # noqa: E402
from ingest.audit import Author  # noqa: E402
from ingest.doors import inbound  # noqa: E402
from outbound.tables import outbox  # noqa: E402
from parsers.edifact import write_interchange  # noqa: E402
from schemas.cad import ChangeReason, Declaration  # noqa: E402
from schemas.papers import Header  # noqa: E402
from schemas.registry import Importer  # noqa: E402

INSTANT = "2026-03-17T15:00:00Z"
LINES = 5
REJECTED_EACH, CORRECTED_EACH = 10, 20
DESKS = {
    people.AGATE: ((people.ORCHARD, diary.FOOD), (people.NORTHERN, diary.HARDWARE)),
    people.BOREAL: ((people.COUTURE, diary.CLOTHES), (people.MEUBLES, diary.FURNITURE)),
    people.CEDAR: ((people.PRAIRIE, diary.METALS), (people.HARBOUR, diary.BOOKS_AND_TOYS)),
}
MISTYPED = ChangeReason(code="R2-74-1-D.Typo", pointer="value", explanation="A price was mistyped")


@dataclass
class Sender:
    """A partner's desk that declares for its importers in turn, corrects and errs now and then."""

    desk: Desk
    clients: Sequence[tuple[Importer, Sequence[str]]]
    correctable: list[Declaration] = field(default_factory=list)
    made: int = 0

    def next(self) -> Declaration:
        """Draw up a declaration: every tenth is rejected, every twentieth corrects an earlier one."""
        self.made += 1
        if self.made % CORRECTED_EACH == 0:
            return changed(self.correctable.pop(0), reason=MISTYPED, value_times=Decimal("1.10"))
        importer, kinds = self.clients[self.made % len(self.clients)]
        cad = self.desk.declare(importer, kinds, released=diary.MONDAY, lines=LINES)
        if self.made % REJECTED_EACH == 1:
            return with_importer(cad, people.UNREGISTERED)
        if self.made % CORRECTED_EACH == CORRECTED_EACH // 2:
            self.correctable.append(cad)
        return cad


def interchanges(declarations: int, each: int) -> list[bytes]:
    """Return the interchanges of all senders in turn; a correction comes after what it corrects."""
    chance = Chance(1)
    senders = [Sender(Desk(partner, chance), clients) for partner, clients in DESKS.items()]
    made = []
    for number in range(declarations // each):
        sender = senders[number % len(senders)]
        header = Header(
            sender=sender.desk.partner.id,
            recipient=people.AGENCY,
            control_reference=f"E{number:08d}",
            prepared=datetime.fromisoformat(INSTANT),
        )
        cads = [sender.next() for _ in range(each)]
        made.append(write_interchange("cusdec_d13a", header, cads))
    return made


def open_house(folder: Path) -> House:
    """Return an empty house on SQLite that knows who is who."""
    house = House(
        Settings(
            database=f"sqlite:///{folder}/house.sqlite",
            clock=INSTANT,
            tables=ROOT / "fixtures" / "demo" / "tables",
        )
    )
    with writing(house.engine) as connection:
        author = Author("benchmark", "an empty house", clock_of(INSTANT).now())
        registry_changes.store(connection, people.REGISTRY, author)
    return house


def submit(house: House, payloads: Sequence[bytes]) -> None:
    """Put interchanges on the inbound topic, a commit each, as a door does."""
    for payload in payloads:
        with writing(house.engine) as connection:
            house.log.publish(connection, [inbound(payload, house.clock.now())])


@dataclass
class Stopwatch:
    """The seconds of each stage, on the wall and of the processor."""

    wall: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        """Add the time of a block to a stage's."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[stage] = self.wall.get(stage, 0.0) + time.perf_counter() - wall
        self.processor[stage] = self.processor.get(stage, 0.0) + time.process_time() - processor

    def tell(self, declarations: int) -> None:
        """Print the rate, and where the time goes."""
        wall, processor = sum(self.wall.values()), sum(self.processor.values())
        print(f"{declarations / wall:,.0f} declarations/s ({declarations / processor:,.0f}/s of processor)")
        for stage, seconds in self.wall.items():
            each = f"{seconds / declarations * 1e6:6.0f} us each, {seconds / wall:4.0%}"
            print(f"  {stage:10}{each}   processor {self.processor[stage] / declarations * 1e6:6.0f} us")


def work(house: House, watch: Stopwatch) -> None:
    """Work until nothing is left to do."""
    workers = house.shift().workers
    worked = 1
    while worked:
        worked = 0
        for worker in workers:
            with watch.timing(worker.name):
                worked += worker.step()


def counted(house: House) -> dict[str, int]:
    """Return how many papers of each kind went out, what was decided, and how many entries the book holds."""
    with reading(house.engine) as connection:
        kinds = connection.execute(select(outbox.c.kind, func.count()).group_by(outbox.c.kind))
        verdict = tables.decision.c.verdict
        verdicts = connection.execute(select(verdict, func.count()).group_by(verdict))
        entries = connection.scalar(select(func.count()).select_from(journal_entry)) or 0
        return {**{row[0]: row[1] for row in (*kinds, *verdicts)}, "entries": entries}


def check(found: dict[str, int], declarations: int, sent: int) -> None:
    """Stop with the figures when something got no answer, or the book holds something else."""
    corrections = declarations // CORRECTED_EACH
    expected = {
        "contrl": sent,
        "answer": declarations,
        "rejected": declarations // REJECTED_EACH,
        "accepted": declarations - declarations // REJECTED_EACH,
        "entries": declarations - declarations // REJECTED_EACH + corrections,
    }
    if found != expected:
        sys.exit(f"found {found}, expected {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--declarations", type=int, default=2_000)
    parser.add_argument("--each", type=int, default=20, metavar="DECLARATIONS", help="in an interchange")
    parser.add_argument("--functions", type=int, default=0, metavar="LINES")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    payloads = interchanges(options.declarations, options.each)
    profile, watch = cProfile.Profile(), Stopwatch()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        house = open_house(Path(folder))
        _ = house.tables  # read before the clock starts, as a worker reads them once
        if options.functions:
            profile.enable()
        with watch.timing("submit"):
            submit(house, payloads)
        work(house, watch)
        profile.disable()
        found = counted(house)
        house.close()
    check(found, options.declarations, len(payloads))
    print(", ".join(f"{count} {kind}" for kind, count in found.items()))
    watch.tell(options.declarations)
    if options.functions:
        pstats.Stats(profile).sort_stats("tottime").print_stats(options.functions)


if __name__ == "__main__":
    main()
