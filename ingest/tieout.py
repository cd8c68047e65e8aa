"""Are the papers complete, and do they agree with the book? Reads both, a day at a time.

posted       every accepted declaration of a closed day is in the book
paper        each account that has something on a closed day has its notice; so with statements
movement     each version in the book is on exactly one notice and one statement, word for word
figure       totals and balances are those of the book
postings     a statement's totals are the sums of the ledger's postings
numbers      control references, and the numbers of papers, have no gaps
bytes        what was sent is stored unchanged, and its value too
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from accounting import activities, movements
from accounting.billed import billed_to
from accounting.ledger import STREAM_ROWS
from accounting.tables import chain, journal_entry, posting
from accounting.tieout import stray, tie_notice, tie_statement
from accounting.verify import Problem
from ingest import tables
from ingest.closed_days import ClosingKind, Due, closed, due_closes
from ingest.issued import READERS
from ingest.proofs import Proof, check_answers, check_control_references, check_paper_numbers
from outbound.completeness import Completeness, Listed, completeness
from outbound.tables import outbox
from schemas.days import eastern_day
from schemas.money import Cents
from schemas.papers import BrokerSummary, DailyNotice, Statement

ACCOUNTS_AT_ONCE = 500
"""How many accounts are read together."""


@dataclass(frozen=True, slots=True)
class TieOut:
    """What is looked at. recipient: a partner, for its papers and the accounts that it gets; None for all."""

    connection: Connection
    recipient: str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield everything that does not hold; nothing means that all is proven."""
        accounts = self._accounts()
        for day in closed(self.connection, "daily-notice"):
            yield from self._unposted(day, accounts)
            yield from self._notices(day, accounts)
        for day in closed(self.connection, "statement"):
            yield from self._statements(day, accounts)
        yield from self._numbers(accounts)
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

    def _accounts(self) -> set[str] | None:
        """Return the accounts whose papers the recipient gets; None for all."""
        if self.recipient is None:
            return None
        table = tables.importer.c
        return set(
            self.connection.scalars(select(table.account).where(table.statements_to == self.recipient))
        )

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

    def _notices(self, day: date, accounts: set[str] | None) -> Iterator[Problem]:
        posted = movements.by_account(movements.posted_on(self.connection, day))
        acts = activities.by_account(activities.posted_on(self.connection, day))
        held = self._papers("daily-notice", day)
        for account in _those(accounts, {*posted, *acts, *held}):
            key, paper = f"daily-notice/{account}/{day}", held.get(account)
            if account not in posted and account not in acts:
                yield stray(key, account, day)
            elif paper is None or isinstance(paper, DailyNotice):
                yield from tie_notice(key, paper, posted.get(account, ()), acts.get(account, ()))

    def _statements(self, day: date, accounts: set[str] | None) -> Iterator[Problem]:
        new = self._sums(journal_entry.c.statement_date == day)
        opening = self._sums(journal_entry.c.statement_date < day)
        held = self._papers("statement", day)
        wanted = _those(accounts, {*self.connection.scalars(select(chain.c.party)), *held})
        for first in range(0, len(wanted), ACCOUNTS_AT_ONCE):
            chunk = wanted[first : first + ACCOUNTS_AT_ONCE]
            for account, billed in billed_to(self.connection, day, chunk).items():
                key, paper = f"statement/{account}/{day}", held.get(account)
                if not billed.is_something:
                    if paper is not None:
                        yield stray(key, account, day)
                elif paper is None or isinstance(paper, Statement):
                    sums = new.get(account, 0), opening.get(account, 0)
                    yield from tie_statement(key, paper, billed, sums)

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

    def _papers(self, kind: ClosingKind, day: date) -> Mapping[str, DailyNotice | Statement | BrokerSummary]:
        """Return the papers of a kind for a day, by their subject."""
        table = tables.paper.c
        query = select(table.subject, table.content).where(table.kind == kind, table.day == day)
        return {row.subject: READERS[kind](row.content) for row in self.connection.execute(query)}

    def _numbers(self, accounts: set[str] | None) -> Iterator[Problem]:
        """Yield the gaps in the numbers; a number that is promised to an answer is none."""
        answers = Proof(self.connection)
        check_answers(answers)
        proof = Proof(self.connection, promised=answers.promised)
        check_control_references(proof)
        check_paper_numbers(proof)
        for problem in proof.problems:
            subject = problem.where.rpartition(" ")[2]
            if accounts is None or subject == self.recipient or subject in accounts:
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


def _those(accounts: set[str] | None, found: set[str]) -> list[str]:
    return sorted(found if accounts is None else found & accounts)


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
