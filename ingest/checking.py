"""Would an interchange be accepted? Reads and judges a file without registering anything."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

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

OPENING_BYTES = 10_000
"""How much of what stands before the first message is kept: the header, and the root of XML."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Judges what a file holds. received_day: the Eastern day that it is taken to arrive on.

    engine: the ledger database, which knows who is who and what was filed before; None where there is
    none, and then the rules that ask it are left out.
    """

    tables: Tables
    received_day: date
    engine: Engine | None

    def stream(self, file: BinaryIO) -> Iterator[Event]:
        """Yield what a file holds with every finding, of syntax and of the rules, in its place.

        Memory holds one message at a time: the bytes of a message are read again when a rule finds fault.
        """
        sender, opening, after = "", b"", 0
        for event in parsers.stream(file, limits=self._limits()):
            if isinstance(event, Envelope):
                sender, opening = event.sender, b""
            elif isinstance(event, Interchange):
                after = event.byte + event.length
            else:
                opening = opening or _bytes_of(file, after, min(event.byte, after + OPENING_BYTES))
                yield self._with_rules(event, sender, Excerpt(file, opening))
                continue
            yield event

    def _limits(self) -> parsers.Limits:
        if self.engine is None:
            return parsers.DEFAULT_LIMITS
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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A file of which only what is asked for is read. opening: the bytes of the interchange's header."""

    file: BinaryIO
    opening: bytes

    def located(self, message: Message, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings with their places in the file."""
        before = len(self.opening)
        part = _bytes_of(self.file, message.byte, message.byte + message.length)
        near = message.model_copy(update={"byte": before})
        return tuple(
            _moved(finding, message.byte - before) for finding in located(self.opening + part, near, findings)
        )


def _bytes_of(file: BinaryIO, start: int, end: int) -> bytes:
    """Return a part of a file without moving its place of reading."""
    return os.pread(file.fileno(), end - start, start)


def _moved(finding: Finding, by: int) -> Finding:
    where = finding.where
    if where.byte is None:
        return finding
    return finding.model_copy(update={"where": where.model_copy(update={"byte": where.byte + by})})


def asks_the_ledger(finding: Finding) -> bool:
    """Return whether a finding's rule needs the registry, or what was filed before."""
    return all_rules()[finding.code].asks != ""
