"""Where does a scenario take place? In a house of its own: ledger, clock, registry and control numbers.

The house is production's, wired by settings of its own; nothing here opens the database of the settings that
the process was started with. The ledger is a copy of an empty one that was migrated and given its registry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile

from sqlalchemy import select

from cadline.certification.evidence import Got
from cadline.certification.library import Library
from cadline.certification.model import People, Scenario
from cadline.clock import FixedClock
from cadline.database import engine_of, reading, writing
from cadline.logs.tables import log_record
from cadline.settings import Settings
from cadline.wiring import House
from cadline.worker import Shift
from ingest import registry
from ingest.records import OUTBOUND
from schemas.registry import Registry
from schemas.tables import Tables

EMPTY = "empty.sqlite"


@dataclass(frozen=True)
class Stage:
    """An empty ledger to copy, and the tables, read once. folder: for the ledgers of the scenarios."""

    library: Library
    folder: Path
    tables: Tables

    @classmethod
    def built(cls, library: Library, folder: Path) -> "Stage":
        """Migrate an empty ledger and store the suites' registry, unless that is done."""
        house = House(_settings(library, folder / EMPTY, "2000-01-01T00:00:00Z"))
        if not (folder / EMPTY).exists():
            with writing(house.engine) as connection:
                registry.write(connection, library.registry)
            house.close()
        return cls(library, folder, house.tables)

    @contextmanager
    def house(self, scenario: Scenario) -> Iterator["OwnHouse"]:
        """Give a scenario its house, and take it away at the end."""
        ledger = self.folder / f"{scenario.id}.sqlite"
        copyfile(self.folder / EMPTY, ledger)
        house = House(_settings(self.library, ledger, scenario.clock.isoformat()))
        house.tables = self.tables
        house.engine = engine_of(house.settings.database)
        shift = house.shift()
        try:
            with writing(house.engine) as connection:
                registry.write(connection, _registry(scenario.people))
            yield OwnHouse(house, shift)
        finally:
            shift.close()
            house.close()
            for file in self.folder.glob(f"{ledger.name}*"):
                file.unlink()


@dataclass
class OwnHouse:
    """A house whose clock is led by its scenario. relayed: first place of the outbound log not yet read."""

    house: House
    shift: Shift
    relayed: int = 0

    @property
    def now(self) -> datetime:
        """Return the instant to which the clock was led."""
        return self.house.clock.now()

    def lead(self, to: datetime) -> None:
        """Lead the clock on. Raises ValueError backwards: no clock goes there."""
        clock = self.house.clock
        if not isinstance(clock, FixedClock):
            raise TypeError("a scenario leads a clock that can be set")
        if to < clock.instant:
            raise ValueError(
                f"the clock stands at {clock.instant:%Y-%m-%dT%H:%MZ} and does not go back to {to}"
            )
        clock.instant = to

    def work(self, to: str = "") -> tuple[Got, ...]:
        """Work until all is idle, and return what has left the house since; `to`: the send it came upon."""
        self.shift.until_idle()
        with reading(self.house.engine) as connection:
            rows = connection.execute(
                select(log_record)
                .where(log_record.c.topic == OUTBOUND, log_record.c.record_offset >= self.relayed)
                .order_by(log_record.c.record_offset)
            ).all()
        self.relayed += len(rows)
        return tuple(
            Got(
                key=row.headers["key"],
                to=to,
                partner=row.key,
                kind=row.headers["kind"],
                syntax=row.headers["syntax"],
                at=self.now,
                payload=row.value,
            )
            for row in rows
        )


def _settings(library: Library, ledger: Path, clock: str) -> Settings:
    return Settings(database=f"sqlite:///{ledger}", tables=library.tables, clock=clock, log="json")


def _registry(people: People) -> Registry:
    return Registry(
        partners={partner.id: partner for partner in people.partners},
        importers={importer.account: importer for importer in people.importers},
        delegations=people.delegations,
    )
