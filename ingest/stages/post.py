"""Stage 3: what does an accepted declaration change in the book? Posts it and answers, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from accounting import journal, ledger
from ingest.answers import acceptance, ready
from ingest.effects import Effects
from ingest.handed import Handed
from ingest.records import VALIDATED, Outgoing, Record
from schemas.book import Entry
from schemas.filing import Accepted


@dataclass(frozen=True, slots=True)
class Post:
    """The post stage: the only one that moves money."""

    agency: str
    name: str = "post"
    source: str = VALIDATED
    handed: Handed = field(default_factory=Handed)

    def handle(self, connection: Connection, batch: Sequence[Record], now: datetime) -> Sequence[Outgoing]:
        """Post what is not in the book yet, and answer it. A repeat finds its entry and changes nothing.

        Raises ValueError for a version that comes behind a later one: it must never be skipped in silence.
        """
        accepted = [self.handed.take(record.value, Accepted) for record in batch]
        posted = ledger.held_keys(connection, [_key(one) for one in accepted])
        standing = ledger.latest_entry(connection, sorted({_number(one) for one in accepted}))
        effects = Effects()
        entries: list[Entry] = []
        for one in accepted:
            if _key(one) in posted:
                continue
            posted.add(_key(one))
            made = entries_of(one, standing.get(_number(one)), now)
            standing[_number(one)] = made[-1]
            entries += made
            if not one.adjustment:
                effects.papers.append(ready(acceptance(one), one.filing, self.agency, now))
        ledger.post(connection, entries)
        return effects.write(connection, now)


def entries_of(accepted: Accepted, replaced: Entry | None, now: datetime) -> tuple[Entry, ...]:
    """Return the entries of a version. replaced: the entry of the version before it, None for a first one."""
    return journal.accept(
        accepted.filing.cad,
        accepted.assessment,
        stream=accepted.stream,
        dates=accepted.dates,
        event_day=accepted.event_day,
        posted_at=now,
        late=accepted.late,
        replaced=replaced,
    )


def _key(accepted: Accepted) -> str:
    return journal.entry_key(accepted.filing.cad)


def _number(accepted: Accepted) -> str:
    return accepted.filing.cad.transaction_number
