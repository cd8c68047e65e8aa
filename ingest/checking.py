"""Would an interchange be accepted? Reads and judges a file without registering anything."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, NamedTuple

from sqlalchemy import Engine

import parsers
from ingest import due_moves, registry
from ingest.history import Versions, versions_of
from ingest.judging import Bench, examine
from ingest.originals import located
from schemas.cad import Declaration
from schemas.envelope import Envelope, Event, Interchange, Message
from schemas.findings import Finding
from schemas.registry import Registry
from schemas.rules import all_rules
from schemas.tables import Tables

OPENING_BYTES = 1 << 17
"""How much of what stands before the first message is kept: the header, and the root of XML."""

OF_HEADER = frozenset({"sender", "recipient", "control_reference"})
"""Fields that stand in the header, before any message."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Judges what a file holds. received_day: the Eastern day that it is taken to arrive on.

    engine: the ledger database, which knows who is who and what was filed before; None where there is
    none, and then the rules that ask it are left out. limits: of reading; None for those of the registry.
    """

    tables: Tables
    received_day: date
    engine: Engine | None
    limits: parsers.Limits | None = None

    def stream(self, file: BinaryIO) -> Iterator[Event]:
        """Yield what a file holds with every finding, of syntax and of the rules, in its place.

        Memory holds one message at a time: the bytes of a message are read again when a rule finds fault.
        """
        sender, opening, after = "", NOTHING, 0
        for event in parsers.stream(file, limits=self._limits()):
            if isinstance(event, Envelope):
                sender, opening = event.sender, NOTHING
            elif isinstance(event, Interchange):
                after = event.byte + event.length
            else:
                if not opening.text:
                    opening = _opening(file, after, event)
                yield self._with_rules(event, sender, Excerpt(file, opening))
                continue
            yield event

    def _limits(self) -> parsers.Limits:
        if self.limits is not None or self.engine is None:
            return self.limits or parsers.DEFAULT_LIMITS
        with self.engine.connect() as connection:
            return registry.limits(connection)

    def _with_rules(self, message: Message, sender: str, original: "Excerpt") -> Message:
        if message.cad is None or not message.accepted:
            return message
        found, _assessment = examine(message.cad, sender, self.received_day, self._bench(message.cad, sender))
        kept = tuple(finding for finding in found if self.engine is not None or not asks_the_ledger(finding))
        if not kept:
            return message
        return message.model_copy(update={"findings": (*message.findings, *original.located(message, kept))})

    def _bench(self, cad: Declaration, sender: str) -> Bench:
        if self.engine is None:
            return Bench(self.tables, Registry())
        with self.engine.connect() as connection:
            known_versions = versions_of(connection, {cad.transaction_number})
            versions = known_versions.get(cad.transaction_number, Versions())
            standing = versions.standing
            declared = [cad] if standing is None else [cad, standing.filing.cad]
            known = registry.read(
                connection,
                accounts={each.importer.identifier for each in declared},
                senders={sender},
                issued={cad.transaction_number},
            )
            return Bench(self.tables, known, standing, versions.last, due_moves.moves(connection))


class Opening(NamedTuple):
    """What stands before the first message of an interchange: its header, and where in the file that is."""

    text: bytes
    byte: int
    line: int


NOTHING = Opening(b"", 0, 1)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A file of which only what is asked for is read."""

    file: BinaryIO
    opening: Opening

    def located(self, message: Message, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings with their places in the file."""
        before = len(self.opening.text)
        part = _bytes_of(self.file, message.byte, message.byte + message.length)
        near = message.model_copy(update={"byte": before})
        found = located(self.opening.text + part, near, findings)
        return tuple(self._in_file(finding, message.byte - before) for finding in found)

    def _in_file(self, finding: Finding, moved: int) -> Finding:
        """Return a finding as it is in the file. moved: how far its message was; lines of that are right."""
        where = finding.where
        if where.field in OF_HEADER:
            line = where.line and where.line + self.opening.line - 1
            byte = None if where.byte is None else where.byte + self.opening.byte
            where = where.model_copy(update={"byte": byte, "line": line})
        elif where.byte is not None:
            where = where.model_copy(update={"byte": where.byte + moved})
        return finding.model_copy(update={"where": where})


def _opening(file: BinaryIO, start: int, first: Message) -> Opening:
    """Return what stands between a place in a file and the first message behind it."""
    text = _bytes_of(file, start, min(first.byte, start + OPENING_BYTES))
    return Opening(text, start, first.line - text.count(b"\n"))


def _bytes_of(file: BinaryIO, start: int, end: int) -> bytes:
    """Return a part of a file without moving its place of reading."""
    return os.pread(file.fileno(), end - start, start)


def asks_the_ledger(finding: Finding) -> bool:
    """Return whether a finding's rule needs the registry, or what was filed before."""
    return all_rules()[finding.code].asks != ""
