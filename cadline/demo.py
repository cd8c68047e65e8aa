"""How is the main job run on the sample days? Submit, work, close each day; statements at the end.

The steps are the same for the embedded run and for servers. Who works the stages is told by `work`: it
returns when every stage is idle.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cadline.database import writing
from cadline.sample_days import SAMPLE_DAYS, SampleDay, sample_days, statement_instant
from cadline.wiring import House
from ingest import registry_changes
from ingest.audit import Author
from ingest.doors import inbound
from schemas.registry_files import read_registry

STATEMENT_DAYS = (date(2026, 3, 25), date(2026, 4, 25))
"""The sample days cross the 17th: what they hold falls on two statements."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The sample days on a house. set_clock: lets everybody know the instant. work: until all is idle."""

    house: House
    set_clock: Callable[[datetime], None]
    work: Callable[[], object]
    folder: Path = SAMPLE_DAYS

    def run(self) -> Iterator[str]:
        """Play everything, yielding a line for each step as it is done."""
        self.load_registry()
        for day in sample_days(self.folder):
            yield from self._play(day)
        for statement_day in STATEMENT_DAYS:
            self.set_clock(statement_instant(statement_day))
            with writing(self.house.engine) as connection:
                written = self.house.close_of_day(connection).statements(statement_day)
            self.work()
            yield f"{statement_day:%a %d %b}  {len(written)} statements of account"

    def load_registry(self) -> None:
        """Store the partners, importers and delegations of the sample days."""
        with writing(self.house.engine) as connection:
            author = Author("demo", "the sample days", self.house.clock.now())
            registry_changes.store(connection, read_registry(self.folder / "registry"), author)

    def _play(self, day: SampleDay) -> Iterator[str]:
        for received_at, file in day.arrivals():
            self.set_clock(received_at)
            self.submit(file, received_at)
            self.work()
        yield f"{day.day:%a %d %b}  {len(day.files)} interchanges worked"
        self.set_clock(day.closing)
        with writing(self.house.engine) as connection:
            close = self.house.close_of_day(connection)
            notices, summaries = close.notices(day.day), close.summaries(day.day)
        self.work()
        yield f"{day.day:%a %d %b}  {len(notices)} daily notices, {len(summaries)} broker summaries"

    def submit(self, file: Path, received_at: datetime) -> None:
        """Put a file on the inbound topic."""
        with writing(self.house.engine) as connection:
            self.house.log.publish(connection, [inbound(file.read_bytes(), received_at)])
