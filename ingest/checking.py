"""Would an interchange be accepted? Reads and judges a payload without registering anything."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

import parsers
from ingest import registry
from ingest.history import Versions, versions_of
from ingest.judging import Bench, examine
from ingest.originals import located
from schemas.cad import Declaration
from schemas.envelope import Interchange, Message
from schemas.findings import Finding
from schemas.registry import Registry
from schemas.rules import all_rules
from schemas.tables import Tables


@dataclass(frozen=True, slots=True)
class Checker:
    """Judges what a payload holds. received_day: the Eastern day that it is taken to arrive on.

    engine: the ledger database, which knows who is who and what was filed before; None where there is
    none, and then the rules that ask it are left out.
    """

    tables: Tables
    received_day: date
    engine: Engine | None

    def read(self, payload: bytes) -> list[Interchange]:
        """Return the payload's interchanges with every finding, of syntax and of the rules, in its place."""
        return [self._judged(payload, interchange) for interchange in parsers.read(payload)]

    def _judged(self, payload: bytes, interchange: Interchange) -> Interchange:
        sender = interchange.envelope.sender if interchange.envelope else ""
        messages = tuple(self._with_rules(payload, message, sender) for message in interchange.messages)
        return interchange.model_copy(update={"messages": messages})

    def _with_rules(self, payload: bytes, message: Message, sender: str) -> Message:
        if message.cad is None or not message.accepted:
            return message
        found, _assessment = examine(message.cad, sender, self.received_day, self._bench(message.cad, sender))
        kept = tuple(finding for finding in found if self.engine is not None or not asks_the_ledger(finding))
        return message.model_copy(update={"findings": (*message.findings, *located(payload, message, kept))})

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
        return Bench(self.tables, known, standing, versions.last)


def asks_the_ledger(finding: Finding) -> bool:
    """Return whether a finding's rule needs the registry, or what was filed before."""
    return all_rules()[finding.code].asks != ""
