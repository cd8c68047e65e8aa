"""Stage 2: does each declaration hold, and what does it owe? Rejections are answered here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from accounting.moves import Moves
from ingest import due_moves, registry, tables
from ingest.answers import acceptance, ready, rejection
from ingest.effects import Effects
from ingest.handed import Handed
from ingest.history import History, filing_id, history_of
from ingest.judging import Bench, judge
from ingest.originals import placed
from ingest.records import PARSED, VALIDATED, Outgoing, Record
from schemas.days import eastern_day
from schemas.filing import Accepted, Filing
from schemas.findings import Finding
from schemas.registry import Registry
from schemas.tables import Tables

Decision = Literal["accepted", "rejected", "pending", "repeated"]
"""What became of a filing. pending: an adjustment that waits for approval. repeated: it stood already."""


@dataclass(frozen=True, slots=True)
class Validate:
    """The validate stage. Its decision on a filing is made once and kept for ever."""

    agency: str
    tables: Tables
    name: str = "validate"
    source: str = PARSED
    handed: Handed = field(default_factory=Handed)

    def handle(self, connection: Connection, batch: Sequence[Record], now: datetime) -> Sequence[Outgoing]:
        """Decide a batch. A filing that was decided before is handed on again as it was."""
        filings = [self.handed.take(record.value, Filing) for record in batch]
        history = history_of(connection, filings)
        work = Work(
            connection=connection,
            agency=self.agency,
            tables=self.tables,
            registry=_registry_for(connection, filings, history),
            history=history,
            moves=due_moves.moves(connection),
            now=now,
            effects=Effects(),
            handed=self.handed,
        )
        for filing in filings:
            work.decide(filing)
        return work.effects.write(connection, now)


@dataclass(frozen=True, slots=True)
class Work:
    """What deciding one batch needs at hand."""

    connection: Connection
    agency: str
    tables: Tables
    registry: Registry
    history: History
    moves: Moves
    now: datetime
    effects: Effects
    handed: Handed

    def decide(self, filing: Filing) -> None:
        """Decide one filing, or repeat what was decided."""
        if filing_id(filing) in self.history.decided:
            self._hand_again(self.history.decided[filing_id(filing)])
            return
        versions = self.history.of(filing)
        first = versions.of(filing.cad.version)
        if first is not None and is_repeat(filing, first.filing):
            self._repeat(filing, first)
            return
        bench = Bench(self.tables, self.registry, versions.standing, versions.last, self.moves)
        judged = judge(filing, bench)
        if isinstance(judged, Accepted):
            self._accept(judged)
        else:
            self._reject(filing, judged)

    def _accept(self, accepted: Accepted) -> None:
        """Keep the decision. Tests and adjustments stop here with their answer; all else is handed on."""
        waits = accepted.adjustment and not accepted.filing.test
        content = accepted.model_dump_json()
        self._note(accepted.filing, "pending" if waits else "accepted", content)
        self.history.decided[filing_id(accepted.filing)] = None
        if not accepted.filing.test:
            self.history.of(accepted.filing).contents[accepted.filing.cad.version] = content
        if stops_here(accepted):
            answer = acceptance(accepted)
            self.effects.papers.append(ready(answer, accepted.filing, self.agency, self.now))
        else:
            self._hand_on(accepted, content)

    def _repeat(self, filing: Filing, first: Accepted) -> None:
        """Give the first answer again to a version that is here already, word for word; post nothing."""
        answer = acceptance(first.model_copy(update={"filing": filing}))
        self._note(filing, "repeated", answer.model_dump_json())
        self.history.decided[filing_id(filing)] = None
        self.effects.papers.append(ready(answer, filing, self.agency, self.now))

    def _reject(self, filing: Filing, findings: Sequence[Finding]) -> None:
        """Keep the decision and answer with every finding and its place in the original."""
        answer = rejection(filing, placed(self.connection, filing, findings))
        self._note(filing, "rejected", answer.model_dump_json())
        self.history.decided[filing_id(filing)] = None
        self.effects.papers.append(ready(answer, filing, self.agency, self.now))

    def _hand_again(self, accepted: Accepted | None) -> None:
        """Hand on once more what was decided before: a crash may have come before it was published."""
        if accepted is not None and not stops_here(accepted):
            self._hand_on(accepted, accepted.model_dump_json())

    def _hand_on(self, accepted: Accepted, content: str) -> None:
        value = content.encode()
        self.handed.keep(value, accepted)
        self.effects.outgoing.append(Outgoing(VALIDATED, accepted.filing.key, value))

    def _note(self, filing: Filing, verdict: Decision, content: str) -> None:
        cad = filing.cad
        self.effects.add(
            tables.decision,
            interchange=filing.interchange,
            position=filing.position,
            transaction_number=cad.transaction_number,
            version=cad.version,
            importer=cad.importer.identifier,
            broker=self._broker(filing),
            verdict=verdict,
            test=filing.test,
            decided_day=eastern_day(self.now),
            decided_at=self.now,
            tables=self.tables.version,
            content=content,
        )

    def _broker(self, filing: Filing) -> str:
        """Return the account of the broker who sent a filing; empty when an importer files for itself."""
        partner = self.registry.partners.get(filing.sender)
        return partner.account if partner and partner.role == "broker" else ""


def is_repeat(filing: Filing, first: Filing) -> bool:
    """Return whether a filing says what its own sender has said before; nobody hears another's answer."""
    return filing.cad == first.cad and filing.sender == first.sender and not filing.test


def stops_here(accepted: Accepted) -> bool:
    """Return whether an accepted filing is answered here and not handed on: a test, an adjustment."""
    return accepted.filing.test or accepted.adjustment


def _registry_for(connection: Connection, filings: Sequence[Filing], history: History) -> Registry:
    """Read who is who for a batch; a change of importer needs the delegations of the old one too."""
    declared = [filing.cad for filing in filings]
    standing = [stands.filing.cad for each in history.versions.values() if (stands := each.standing)]
    return registry.read(
        connection,
        accounts={cad.importer.identifier for cad in (*declared, *standing)},
        senders={filing.sender for filing in filings},
        issued={filing.cad.transaction_number for filing in filings},
    )
