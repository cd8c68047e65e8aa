"""What comes back to a payload? A house of its own takes many in at once, and tells it for each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

import parsers
from cadline.certification.evidence import Got, Seen, Sent, broken_rules
from cadline.certification.stage import OwnHouse
from cadline.database import reading, writing
from cadline.logs.tables import log_record
from cadline.settings import Settings
from cadline.wiring import House
from ingest import registry, tables
from ingest.answers import answer_key
from ingest.doors import inbound
from ingest.records import INBOUND
from schemas.envelope import Interchange
from schemas.registry import Registry

BATCH = 1000
"""How many payloads are taken in at once: a batch is one transaction of each stage."""


NEXT_INBOUND = select(func.max(log_record.c.record_offset) + 1).where(log_record.c.topic == INBOUND)

Outcome = tuple[int, str, str]
"""Place of an interchange in its payload, the key under which it was received, and what became of it."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes that somebody sent, under a name such as their file's."""

    name: str
    content: bytes


@dataclass
class Desk:
    """Takes payloads in, in their order."""

    own: OwnHouse
    _got: dict[str, Got] = field(default_factory=dict)

    def take(self, payloads: Sequence[Payload]) -> Iterator[Seen]:
        """Let payloads arrive and yield for each what was sent and what came back to it."""
        for start in range(0, len(payloads), BATCH):
            yield from self._batch(payloads[start : start + BATCH])

    def _batch(self, payloads: Sequence[Payload]) -> Iterator[Seen]:
        now, house = self.own.now, self.own.house
        with reading(house.engine) as connection:
            first = connection.scalar(NEXT_INBOUND) or 0
        with writing(house.engine) as connection:
            house.log.publish(connection, [inbound(each.content, now) for each in payloads])
        self._got |= {got.key: got for got in self.own.work()}
        outcomes = self._outcomes(f"{INBOUND}/0/{place}" for place in range(first, first + len(payloads)))
        for place, payload in enumerate(payloads, start=first):
            yield self._seen(payload, outcomes.get(f"{INBOUND}/0/{place}", ()))

    def _seen(self, payload: Payload, outcomes: Sequence[Outcome]) -> Seen:
        interchanges = parsers.read(payload.content)
        keys = [
            key
            for (ordinal, received, outcome) in outcomes
            for key in _keys(interchanges[ordinal], payload.content, received, outcome)
        ]
        back = tuple(replace(self._got[key], to=payload.name) for key in keys if key in self._got)
        return Seen(sent=(_sent(payload, interchanges, self.own.now),), got=back)

    def _outcomes(self, positions: Iterable[str]) -> Mapping[str, list[Outcome]]:
        """Return what became of each interchange of some inbound records."""
        found: dict[str, list[Outcome]] = defaultdict(list)
        receipt = tables.receipt.c
        query = select(receipt.position, receipt.ordinal, receipt.interchange, receipt.outcome)
        with reading(self.own.house.engine) as connection:
            wanted = receipt.position.in_(list(positions)) & receipt.interchange.is_not(None)
            for row in connection.execute(query.where(wanted).order_by(receipt.ordinal)):
                found[row.position].append((row.ordinal, row.interchange, row.outcome))
        return found


@contextmanager
def desk(known: Registry, tables_folder: Path, clock: datetime) -> Iterator[Desk]:
    """Open a desk in a house of its own, and take both away at the end."""
    with TemporaryDirectory(prefix="cadline-certify-") as folder:
        settings = Settings(
            database=f"sqlite:///{folder}/ledger.sqlite",
            tables=tables_folder,
            clock=clock.isoformat(),
            log="json",
            batch_records=BATCH,
        )
        house = House(settings)
        shift = house.shift()
        try:
            with writing(house.engine) as connection:
                registry.write(connection, known)
            yield Desk(OwnHouse(house, shift))
        finally:
            shift.close()
            house.close()


def _sent(payload: Payload, interchanges: Sequence[Interchange], at: datetime) -> Sent:
    envelope = next((each.envelope for each in interchanges if each.envelope), None)
    return Sent(
        name=payload.name,
        partner=envelope.sender if envelope else "",
        syntax=parsers.syntax_of(payload.content),
        at=at,
        payload=payload.content,
        reference=envelope.control_reference if envelope else "",
        rules=broken_rules(interchanges),
    )


def _keys(interchange: Interchange, content: bytes, received: str, outcome: str) -> Iterator[str]:
    """Yield the keys of what may come back to an interchange that was received under a key."""
    if outcome == "conflict":
        start, end = interchange.byte, interchange.byte + interchange.length
        yield f"contrl/{received}/{sha256(content[start:end] or content).hexdigest()[:16]}"
        return
    yield f"contrl/{received}"
    for position in range(1, len(interchange.messages) + 1):
        yield answer_key(received, position)
