"""Are the papers complete, and do they agree with the book? Reads both, a day at a time.

posted       every accepted declaration of a closed day is in the book
paper        each account that has something on a closed day has its notice, and each broker its view and
             its summary, of the month too; so with statements; who wants to be told of nothing is told
movement     each version in the book is on exactly one notice (or supplement), one statement and, where
             the client lets it see, one summary, word for word
version      the versions of a corrected statement follow one another; the latest is held against the book
figure       totals and balances are those of the book
postings     a statement's totals are the sums of the ledger's postings
numbers      control references, and the numbers of papers, have no gaps
sent         each paper is in the outbox in every form of its recipient's profile
bytes        what was sent is stored unchanged, and its value too
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from accounting import activities, movements
from accounting.billed import billed_to
from accounting.ledger import STREAM_ROWS
from accounting.payments import SUSPENSE
from accounting.shown import Posted, unshown
from accounting.statements import payment_due
from accounting.tables import chain, journal_entry, posting
from accounting.tieout import Terms, stray, tie_notices, tie_statements, tie_summaries
from accounting.verify import Problem
from ingest import recipients, registry, tables
from ingest.closed_days import ClosingKind, Due, closed, due_closes
from ingest.decisions import rejected_counts
from ingest.due_moves import moves
from ingest.issued import READERS, Series, series
from ingest.proofs import Proof, check_answers, check_control_references, check_paper_numbers
from ingest.recipients import Profiles
from ingest.statement_terms import STREAM_OF_STATEMENTS, security_states
from ingest.views import seen, views_by_account
from outbound.completeness import Completeness, Listed, completeness
from outbound.tables import outbox
from schemas.days import eastern_day
from schemas.identifiers import bn9_of
from schemas.money import Cents
from schemas.papers import BrokerSummary, DailyNotice, PaperKind, Statement
from schemas.registry import Registry

ACCOUNTS_AT_ONCE = 500
"""How many accounts are read together."""


SUMMARIES: tuple[ClosingKind, ...] = ("broker-summary", "monthly-summary")


class Scope(NamedTuple):
    """Whose papers are looked at. accounts: None for all. broker: BN9 of the recipient."""

    recipient: str | None = None
    accounts: set[str] | None = None
    broker: str = ""

    def those(self, found: set[str]) -> list[str]:
        """Return those accounts that are looked at, in order; money in suspense is nobody's yet."""
        return sorted((found if self.accounts is None else found & self.accounts) - {SUSPENSE})

    def has_broker(self, broker: str) -> bool:
        """Return whether the papers of a broker (BN9) are looked at."""
        return self.recipient is None or broker == self.broker


@dataclass(frozen=True)
class TieOut:
    """What is looked at. recipient: a partner, for its papers and the accounts that it gets; None for all."""

    connection: Connection
    recipient: str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield everything that does not hold; nothing means that all is proven."""
        scope = self._scope()
        for day in closed(self.connection, "daily-notice"):
            yield from self._unposted(day, scope.accounts)
            yield from self._notices(day, scope)
        for kind in SUMMARIES:
            for day in closed(self.connection, kind):
                yield from self._summaries(kind, day, scope)
        for day in closed(self.connection, "statement"):
            yield from self._statements(day, scope)
        yield from self._numbers(scope)
        yield from self._sent(scope)
        yield from self._bytes()

    def sent(self) -> Iterator[Completeness]:
        """Yield the completeness digests of each recipient, by Eastern day of writing."""
        listed: dict[tuple[str, date], list[Listed]] = {}
        for row in self._outbox():
            day = eastern_day(row.created_at)
            listed.setdefault((row.recipient, day), []).append(_listed(row))
        for (recipient, day), papers in sorted(listed.items()):
            yield completeness(recipient, day, papers)

    def open_days(self, now: datetime) -> list[Due]:
        """Return the closes that are due at a UTC instant and not done: their papers are still to come."""
        return due_closes(self.connection, now)

    def _scope(self) -> Scope:
        """Return what concerns the recipient: the accounts whose papers it gets or got, and its own BN9."""
        if self.recipient is None:
            return Scope()
        table, papers = tables.importer.c, tables.paper.c
        gets = select(table.account).where(table.statements_to == self.recipient)
        got = select(papers.subject).where(
            papers.recipient == self.recipient, papers.kind != "broker-summary"
        )
        accounts = {*self.connection.scalars(gets), *self.connection.scalars(got.distinct())}
        partner = self._registry.partners.get(self.recipient)
        return Scope(self.recipient, accounts, bn9_of(partner.account) if partner else "")

    @cached_property
    def _registry(self) -> Registry:
        return registry.read_all(self.connection)

    @cached_property
    def _profiles(self) -> Profiles:
        return recipients.read(self.connection)

    def _unposted(self, day: date, accounts: set[str] | None) -> Iterator[Problem]:
        """Yield the accepted declarations of a day that are not in the book."""
        table, entry = tables.decision.c, journal_entry.c
        in_book = exists().where(
            entry.transaction_number == table.transaction_number,
            entry.version == table.version,
            entry.kind == "declaration",
        )
        accepted = (table.decided_day == day) & (table.verdict == "accepted") & ~table.test
        query = select(table.importer, table.transaction_number, table.version).where(accepted, ~in_book)
        for row in self.connection.execute(query.order_by(table.transaction_number, table.version)):
            if accounts is None or row.importer in accounts:
                where = f"{row.transaction_number} version {row.version}"
                yield Problem("posted", where, f"was accepted on {day} and is not in the book")

    def _notices(self, day: date, scope: Scope) -> Iterator[Problem]:
        """Yield what is wrong with the notices of a day: the accounts' own, and the views of brokers."""
        posted = self._posted(day)
        held = self._papers("daily-notice", day)
        views = views_by_account(self._registry, self._profiles, day)
        accounts = {*posted, *(paper.account for papers in held.values() for paper in _notices(papers))}
        for account in scope.those({*accounts, *self._told_of_nothing(day)}):
            base, all_of_it = f"daily-notice/{account}/{day}", posted.get(account, Posted())
            papers = _notices(held.get(base, ()))
            if not papers and not any(all_of_it):
                yield Problem(
                    "paper", base, "is missing; nothing was posted, and the recipient wants that told"
                )
            yield from tie_notices(base, papers, all_of_it)
        seen_now = {
            f"daily-notice/{view.broker}/{account}/{day}": seen(view, posted[account])
            for account in accounts & set(posted)
            for view in views(account)
            if view.profile.recipient != self._recipient_of(f"daily-notice/{account}/{day}")
        }
        shown = {base: _notices(papers) for base, papers in held.items() if _notices(papers)[0].broker}
        for base in sorted({*shown, *(base for base, part in seen_now.items() if any(part))}):
            if scope.has_broker(base.split("/")[1]):
                papers = shown.get(base, [])
                yield from tie_notices(base, papers, seen_now.get(base) or _as_shown(papers, posted))

    def _posted(self, day: date) -> dict[str, Posted]:
        found = movements.by_account(movements.posted_on(self.connection, day))
        acts = activities.by_account(activities.posted_on(self.connection, day))
        return {account: Posted(found.get(account, ()), acts.get(account, ())) for account in {*found, *acts}}

    def _told_of_nothing(self, day: date) -> Iterator[str]:
        """Yield the accounts whose recipient is told of each day, from the first notice that it got on."""
        for account, (recipient, first) in self._first_notices.items():
            importer = self._registry.importers.get(account)
            partner = self._registry.partners.get(recipient)
            gets_it = importer is not None and importer.statements_to == recipient and first <= day
            if gets_it and partner is not None and self._profiles.on(partner, day).nothing_today:
                yield account

    @cached_property
    def _first_notices(self) -> dict[str, tuple[str, date]]:
        """Return since when an account's present recipient gets its notices, by account."""
        table, importer = tables.paper.c, tables.importer.c
        rows = self.connection.execute(
            select(importer.account, importer.statements_to, func.min(table.day))
            .join(
                tables.paper,
                (table.subject == importer.account) & (table.recipient == importer.statements_to),
            )
            .where(table.kind == "daily-notice")
            .group_by(importer.account, importer.statements_to)
        )
        return {account: (recipient, first) for account, recipient, first in rows}

    def _recipient_of(self, key: str) -> str:
        """Return who got a paper; nobody, where there is none."""
        return self.connection.scalar(select(tables.paper.c.recipient).where(tables.paper.c.key == key)) or ""

    def _summaries(self, kind: ClosingKind, last: date, scope: Scope) -> Iterator[Problem]:
        """Yield what is wrong with the summaries of a day, or of the month that ends with it."""
        first, name = (
            (last.replace(day=1), f"{last:%Y-%m}") if kind == "monthly-summary" else (last, str(last))
        )
        rejected = rejected_counts(self.connection, first, last)
        held = self._papers("broker-summary", last)
        for broker in sorted(self._brokers()):
            base = f"broker-summary/{broker}/{name}"
            papers = [paper for paper in held.get(base, ()) if isinstance(paper, BrokerSummary)]
            shown = {client.account for paper in papers for client in paper.clients}
            filed = [
                each
                for each in movements.filed_by(self.connection, broker, first, last)
                if each.account in shown or self._registry.authority(broker, each.account, last)
            ]
            refused = {client: count for (filer, client), count in rejected.items() if filer == broker}
            if scope.has_broker(broker):
                yield from tie_summaries(base, papers, filed, refused)

    def _brokers(self) -> set[str]:
        partners = self._registry.partners.values()
        return {bn9_of(partner.account) for partner in partners if partner.role == "broker"}

    def _statements(self, day: date, scope: Scope) -> Iterator[Problem]:
        new = self._sums(journal_entry.c.statement_date == day)
        opening = self._sums(journal_entry.c.statement_date < day)
        held = self._papers("statement", day)
        known, due = moves(self.connection), payment_due(day)
        accounts = {base.split("/")[1] for base in held}
        wanted = scope.those({*self.connection.scalars(select(chain.c.party)), *accounts})
        for first in range(0, len(wanted), ACCOUNTS_AT_ONCE):
            chunk = wanted[first : first + ACCOUNTS_AT_ONCE]
            states = security_states(self.connection, day, chunk)
            for account, billed in billed_to(self.connection, day, chunk).items():
                base = f"statement/{account}/{day}"
                papers = [paper for paper in held.get(base, ()) if isinstance(paper, Statement)]
                if billed.is_something:
                    sums = new.get(account, 0), opening.get(account, 0)
                    move = known.of(STREAM_OF_STATEMENTS, due, papers[-1].issued) if papers else None
                    terms = Terms(states.get(account), move)
                    yield from tie_statements(base, papers, billed, sums, terms)
                elif papers:
                    yield stray(base, account, day)

    def _sent(self, scope: Scope) -> Iterator[Problem]:
        """Yield the papers that did not leave in every form that their recipient had agreed to.

        And those that are kept as another account's or broker's than they are.
        """
        table = tables.paper.c
        query = (
            select(
                table.key, table.subject, table.recipient, table.forms, func.count(outbox.c.id).label("sent")
            )
            .outerjoin(outbox, (outbox.c.paper == table.key) & (outbox.c.recipient == table.recipient))
            .group_by(table.key, table.subject, table.recipient, table.forms)
            .order_by(table.key)
        )
        for row in self.connection.execute(query, execution_options={"yield_per": STREAM_ROWS}):
            forms = row.forms.split()
            if f"/{row.subject}/" not in row.key:
                yield Problem("paper", row.key, f"is kept as one of {row.subject}, and is not")
            if row.sent != len(forms) and (scope.recipient in {None, row.recipient}):
                said = f"left for {row.recipient} in {row.sent} of {len(forms)} forms: {row.forms}"
                yield Problem("sent", row.key, said)

    def _sums(self, condition: ColumnElement[bool]) -> dict[str, Cents]:
        """Return the sum of the postings to the receivables and credits of each account."""
        query = (
            select(journal_entry.c.party, func.sum(posting.c.cents).label("cents"))
            .join(posting, posting.c.entry_id == journal_entry.c.id)
            .where(
                or_(posting.c.account.startswith("receivable."), posting.c.account.startswith("credit.")),
                condition,
            )
            .group_by(journal_entry.c.party)
        )
        return {row.party: int(row.cents) for row in self.connection.execute(query)}

    def _papers(self, kind: PaperKind, day: date) -> Mapping[str, Series]:
        """Return the papers of a kind for a day, by their base key."""
        table = tables.paper.c
        query = select(table.key, table.kind, table.content).where(table.kind == kind, table.day == day)
        return series(self.connection.execute(query))

    def _numbers(self, scope: Scope) -> Iterator[Problem]:
        """Yield the gaps in the numbers; a number that is promised to an answer is none."""
        answers = Proof(self.connection)
        check_answers(answers)
        proof = Proof(self.connection, promised=answers.promised)
        check_control_references(proof)
        check_paper_numbers(proof)
        for problem in proof.problems:
            subject = problem.where.rpartition(" ")[2]
            if scope.accounts is None or subject in {scope.recipient, scope.broker, *scope.accounts}:
                yield problem

    def _bytes(self) -> Iterator[Problem]:
        """Yield what was sent and is not stored as it was."""
        for row in self._outbox():
            if sha256(row.payload).hexdigest() != row.digest:
                yield Problem("bytes", row.key, "is not what was sent: its digest differs")
            if row.kind in READERS and row.content is None:
                yield Problem("bytes", row.key, "was sent, and its value is not stored")

    def _outbox(self) -> Iterator[Any]:
        """Yield the papers in the outbox, in the order of writing, with their values."""
        query = (
            select(outbox, tables.paper.c.content)
            .outerjoin(tables.paper, tables.paper.c.key == outbox.c.paper)
            .order_by(outbox.c.id)
        )
        if self.recipient is not None:
            query = query.where(outbox.c.recipient == self.recipient)
        return iter(self.connection.execute(query, execution_options={"yield_per": STREAM_ROWS}))


def _notices(papers: Series) -> list[DailyNotice]:
    return [paper for paper in papers if isinstance(paper, DailyNotice)]


def _as_shown(papers: Sequence[DailyNotice], posted: Mapping[str, Posted]) -> Posted:
    """Return what a view shows that nobody would be shown today, as the book has it."""
    account = papers[0].account
    all_of_it = posted.get(account, Posted())
    unseen = unshown(papers, all_of_it)
    return Posted(
        tuple(each for each in all_of_it.movements if each not in unseen.movements),
        tuple(each for each in all_of_it.activities if each not in unseen.activities),
    )


def _listed(row: Any) -> Listed:
    """Return a sent paper as both sides know it. Acknowledgements state no total."""
    return Listed(
        number=int(row.control_reference),
        kind=row.kind,
        subject=row.subject,
        digest=row.digest,
        cents=_total(READERS[row.kind](row.content)) if row.content else 0,
    )


def _total(paper: DailyNotice | Statement | BrokerSummary) -> Cents:
    """Return the total that a paper states: of a statement, what is payable."""
    return paper.payable_cents if isinstance(paper, Statement) else paper.cents
