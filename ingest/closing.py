"""Which papers does a closed day owe? Builds them from the ledger and the registry, in one sorted order.

Numbers are drawn in the order of the papers' subjects, so that every run of a close draws the same ones. A
close that runs again finds its papers written and changes nothing. A day that is over is noted as closed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection, select

from accounting import activities, movements
from accounting.activities import AccountActivity
from accounting.billed import Billed, billed_to
from accounting.notices import daily_notice
from accounting.statements import statement
from accounting.summaries import broker_summary
from accounting.tables import chain
from ingest import closed_days, tables
from ingest.closed_days import ClosingKind, Due
from ingest.decisions import rejected_counts
from outbound import numbers, outbox
from outbound.render import render
from schemas.days import eastern_day
from schemas.identifiers import bn9_of
from schemas.papers import BrokerSummary, DailyNotice, Header, PaperKind, Statement
from schemas.registry import Partner, Registry

ClosingPaper = DailyNotice | Statement | BrokerSummary
Movements = tuple[movements.AccountMovement, ...]
Activities = tuple[AccountActivity, ...]
Counts = dict[str, int]

ACCOUNTS_AT_ONCE = 500
"""How many accounts are read together."""

UNNUMBERED = 0
"""The number of a preliminary statement. Numbers that are drawn start at 1."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that is due: everything but its number. recipient: who gets it by EDI, None for nobody."""

    kind: PaperKind
    subject: str
    day: date
    recipient: Partner | None
    build: Callable[[int], ClosingPaper]

    @property
    def key(self) -> str:
        """The natural key of the paper: it is written once."""
        return f"{self.kind}/{self.subject}/{self.day}"


@dataclass(frozen=True, slots=True)
class Close:
    """A run over one Eastern day. agency: our identification. now: UTC instant of the run."""

    connection: Connection
    registry: Registry
    agency: str
    now: datetime

    def notices(self, day: date) -> list[str]:
        """Write the daily notices of a day: every account with postings. Return their keys."""
        return self.close(Due(day, "daily-notice"))

    def statements(self, day: date) -> list[str]:
        """Write the statements of a statement day: every account that owes or moved. Return their keys."""
        return self.close(Due(day, "statement"))

    def summaries(self, day: date) -> list[str]:
        """Write the summaries of a day: every broker who filed something. Return their keys."""
        return self.close(Due(day, "broker-summary"))

    def close(self, due: Due) -> list[str]:
        """Write what is made at a close, and note that it is done. Return the papers' keys."""
        drafts: dict[ClosingKind, Callable[[date], Iterator[Draft]]] = {
            "daily-notice": self._notice_drafts,
            "statement": self._statement_drafts,
            "broker-summary": self._summary_drafts,
        }
        closed_days.close(self.connection, due, self.now)
        return self._issue(list(drafts[due.kind](due.day)))

    def preliminary(self, account: str, statement_date: date) -> Statement:
        """Return the statement of an account as it would be now. Nothing is stored and no number is drawn."""
        found = billed_to(self.connection, statement_date, [account])[account]
        return self._statement(account, statement_date, found, UNNUMBERED)

    def _notice_drafts(self, day: date) -> Iterator[Draft]:
        found = movements.by_account(movements.posted_on(self.connection, day))
        acts = activities.by_account(activities.posted_on(self.connection, day))
        for account in sorted({*found, *acts}):
            build = partial(self._notice, account, day, found.get(account, ()), acts.get(account, ()))
            yield Draft("daily-notice", account, day, self._statement_recipient(account), build)

    def _notice(
        self, account: str, day: date, found: Movements, acts: Activities, number: int
    ) -> DailyNotice:
        return daily_notice(account, self._name(account), day, self._issued, number, found, acts)

    def _statement_drafts(self, day: date) -> Iterator[Draft]:
        parties = self.connection.scalars(select(chain.c.party).order_by(chain.c.party))
        for accounts in parties.partitions(ACCOUNTS_AT_ONCE):
            for account, billed in billed_to(self.connection, day, accounts).items():
                if billed.is_something:
                    build = partial(self._statement, account, day, billed)
                    yield Draft("statement", account, day, self._statement_recipient(account), build)

    def _statement(self, account: str, day: date, billed: Billed, number: int) -> Statement:
        name, names = self._name(account), self._broker_names()
        return statement(
            account,
            name,
            day,
            self._issued,
            number,
            billed.movements,
            billed.opening,
            names,
            billed.activities,
        )

    def _summary_drafts(self, day: date) -> Iterator[Draft]:
        rejected = rejected_counts(self.connection, day, day)
        for broker in self._brokers():
            bn9 = bn9_of(broker.account)
            found = self._visible(bn9, day, movements.filed_by(self.connection, bn9, day, day))
            refused = {client: count for (filer, client), count in rejected.items() if filer == bn9}
            if not found and not refused:
                continue

            def build(
                number: int, broker: Partner = broker, found: Movements = found, refused: Counts = refused
            ) -> BrokerSummary:
                return broker_summary(
                    bn9_of(broker.account),
                    broker.name,
                    day,
                    day,
                    self._issued,
                    number,
                    found,
                    refused,
                    {account: importer.name for account, importer in self.registry.importers.items()},
                )

            yield Draft("broker-summary", bn9, day, broker, build)

    def _issue(self, drafts: Sequence[Draft]) -> list[str]:
        """Number, render and store the drafts that are not written yet; return their keys."""
        written = set(
            self.connection.scalars(
                select(tables.paper.c.key).where(tables.paper.c.key.in_([draft.key for draft in drafts]))
            )
        )
        new = sorted((draft for draft in drafts if draft.key not in written), key=lambda draft: draft.key)
        if not new:
            return []
        papers = self._numbered(new)
        self._store(new, papers)
        references = self._references(new)
        outbox.put(
            self.connection,
            [
                self._ready(draft, paper, draft.recipient, next(references[draft.recipient.id]))
                for draft, paper in zip(new, papers, strict=True)
                if draft.recipient is not None
            ],
            self.now,
        )
        return [draft.key for draft in new]

    def _numbered(self, drafts: Sequence[Draft]) -> list[ClosingPaper]:
        """Build the papers, each with the next number of its subject."""
        subjects = [draft.subject for draft in drafts]
        drawn = numbers.draw_paper_numbers(self.connection, subjects, drafts[0].kind)
        return [draft.build(drawn[draft.subject]) for draft in drafts]

    def _references(self, drafts: Sequence[Draft]) -> dict[str, Iterator[int]]:
        """Draw control references: for each recipient as many as it gets papers, handed out in order."""
        counts = Counter(draft.recipient.id for draft in drafts if draft.recipient is not None)
        firsts = numbers.draw_all(self.connection, counts)
        return {
            recipient: iter(range(first, first + counts[recipient])) for recipient, first in firsts.items()
        }

    def _store(self, drafts: Sequence[Draft], papers: Sequence[ClosingPaper]) -> None:
        """Keep the papers as values: they can be shown again in any form, for ever."""
        rows = [
            {
                "key": draft.key,
                "kind": draft.kind,
                "subject": draft.subject,
                "day": draft.day,
                "number": paper.number,
                "content": paper.model_dump_json(),
            }
            for draft, paper in zip(drafts, papers, strict=True)
        ]
        self.connection.execute(tables.paper.insert(), rows)

    def _ready(self, draft: Draft, paper: ClosingPaper, recipient: Partner, number: int) -> outbox.Outgoing:
        header = Header(
            sender=self.agency,
            recipient=recipient.id,
            control_reference=numbers.control_reference(number),
            prepared=self.now,
        )
        return outbox.Outgoing(
            key=draft.key,
            recipient=recipient.id,
            kind=draft.kind,
            subject=draft.subject,
            day=draft.day,
            control_reference=header.control_reference,
            syntax=recipient.syntax,
            payload=render(paper, header, recipient.syntax, recipient.language),
        )

    @property
    def _issued(self) -> date:
        return eastern_day(self.now)

    def _name(self, account: str) -> str:
        importer = self.registry.importers.get(account)
        return importer.name if importer else ""

    def _statement_recipient(self, account: str) -> Partner | None:
        importer = self.registry.importers.get(account)
        return self.registry.partners.get(importer.statements_to) if importer else None

    def _brokers(self) -> list[Partner]:
        partners = (self.registry.partners[key] for key in sorted(self.registry.partners))
        return [partner for partner in partners if partner.role == "broker"]

    def _broker_names(self) -> dict[str, str]:
        return {bn9_of(broker.account): broker.name for broker in self._brokers()}

    def _visible(self, bn9: str, day: date, found: Movements) -> Movements:
        """Leave out the clients whose delegation to the broker has ended."""
        return tuple(each for each in found if self.registry.authority(bn9, each.account, day))
