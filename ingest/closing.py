"""Which papers does a closed day owe? Builds them from the ledger and the registry, in one sorted order.

A close that runs again finds its papers written and changes nothing, unless something was posted after them:
that comes on a supplementary notice or summary, or on a corrected statement. A day that is over is noted as
closed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from accounting import activities, movements
from accounting.billed import Billed, billed_to
from accounting.corrections import corrected
from accounting.days import month_end
from accounting.notices import daily_notice
from accounting.shown import Movements, Posted, unshown
from accounting.statements import statement
from accounting.summaries import broker_summary
from ingest import closed_days, registry
from ingest.audit import Act, Author, lock, note
from ingest.closed_days import ClosingKind, Due
from ingest.decisions import rejected_counts
from ingest.issued import Series, issued, next_key
from ingest.issuing import Draft, Issue
from ingest.portions import Portions
from ingest.recipients import NO_PROFILES, Profiles
from ingest.statement_terms import due_move, security_states
from ingest.views import View, seen, views_by_account
from schemas.billing import DueMove
from schemas.days import eastern_day
from schemas.identifiers import bn9_of
from schemas.papers import BrokerSummary, DailyNotice, SecurityState, Statement
from schemas.recipients import Profile
from schemas.registry import Partner, Registry

UNNUMBERED = 0
"""The number of a preliminary statement. Numbers that are drawn start at 1."""

Page = Iterator[Draft]
"""What is due of some accounts, written together."""


class Filed(NamedTuple):
    """What a broker filed: what was posted of it, and how many declarations were rejected, by client."""

    movements: Movements
    rejected: Mapping[str, int]


class Terms(NamedTuple):
    """What statements of a day say beside their entries: names of brokers, security, a moved due date."""

    names: Mapping[str, str]
    security: Mapping[str, SecurityState]
    move: DueMove | None


class Slot(NamedTuple):
    """Whose notice of an account it is: its own, or a broker's (BN9) view of it."""

    account: str
    recipient: Profile | None
    broker: str = ""

    @property
    def subject(self) -> str:
        """Whose notices are numbered together."""
        return self.broker or self.account

    def base(self, day: date) -> str:
        """Return the key of the first notice of a day."""
        parts = filter(None, ("daily-notice", self.broker, self.account, str(day)))
        return "/".join(parts)


class NothingIssued(Exception):  # noqa: N818 - named as a sentence
    """There is no statement that could be corrected."""


@dataclass(frozen=True, slots=True)
class Close:
    """A run over one Eastern day. agency: our identification. now: UTC instant of the run."""

    connection: Connection
    registry: Registry
    agency: str
    now: datetime
    profiles: Profiles = NO_PROFILES

    def notices(self, day: date) -> list[str]:
        """Write the daily notices of a day: every account with postings. Return their keys."""
        return self.close(Due(day, "daily-notice"))

    def statements(self, day: date) -> list[str]:
        """Write the statements of a statement day: every account that owes or moved. Return their keys."""
        return self.close(Due(day, "statement"))

    def summaries(self, day: date) -> list[str]:
        """Write the summaries of a day: every broker who filed something. Return their keys."""
        return self.close(Due(day, "broker-summary"))

    def monthly_summaries(self, month: date) -> list[str]:
        """Write the summaries of a month: every broker who filed something in it. Return their keys."""
        return self.close(Due(month_end(month), "monthly-summary"))

    def close(self, due: Due) -> list[str]:
        """Write what is made at a close, and note that it is done. Return the papers' keys.

        All in the caller's transaction; `ingest.close_runs` commits one portion after the other.
        """
        keys: list[str] = []
        subjects = [""]
        while subjects:
            subjects = self.due(due).behind(subjects[-1])
            keys += self.write(due, subjects)
        closed_days.close(self.connection, due, self.now)
        return keys

    def due(self, due: Due) -> Portions:
        """Return whose papers are due at a close."""
        return Portions(self.connection, due, self.profiles, self.now)

    def write(self, due: Due, subjects: Sequence[str]) -> list[str]:
        """Write what is due at a close to some accounts, or brokers. Return the papers' keys."""
        return self._issue.write(list(self._drafts(due, subjects)))

    def _drafts(self, due: Due, subjects: Sequence[str]) -> Page:
        drafts: dict[ClosingKind, Callable[[date, Sequence[str]], Page]] = {
            "daily-notice": self._notice_drafts,
            "statement": self._statement_drafts,
            "broker-summary": lambda day, brokers: self._summary_drafts(day, day, str(day), brokers),
            "monthly-summary": lambda day, brokers: self._summary_drafts(
                day.replace(day=1), day, f"{day:%Y-%m}", brokers
            ),
        }
        return drafts[due.kind](due.day, subjects)

    # ---- statements ------------------------------------------------------------------------------

    def preliminary(self, account: str, statement_date: date) -> Statement:
        """Return the statement of an account as it would be now. Nothing is stored and no number is drawn."""
        return self._fresh(account, statement_date)

    def correct(self, account: str, statement_date: date, author: Author) -> Statement | None:
        """Issue the next version of a statement when the book says otherwise, note who asked and why.

        Return the version, or None when there is nothing to correct. Raises NothingIssued where no statement
        was.
        """
        lock(self.connection)
        base = f"statement/{account}/{statement_date}"
        before = issued(self.connection, [base]).get(base, ())
        if not before:
            raise NothingIssued(f"no statement of {account} was issued for {statement_date}")
        draft = self._correction(account, base, before, self._fresh(account, statement_date), author.reason)
        if draft is None:
            return None
        self._issue.write([draft])
        version = issued(self.connection, [base])[base][-1]
        assert isinstance(version, Statement)  # noqa: S101 - what a statement's base key holds
        content = {
            "statement": draft.key,
            "correction": version.correction and version.correction.model_dump(),
        }
        note(self.connection, author, [Act("correct statement", account, content)])
        return version

    def _statement_drafts(self, day: date, accounts: Sequence[str]) -> Page:
        before = issued(self.connection, [f"statement/{account}/{day}" for account in accounts])
        terms = self._terms(day, accounts)
        for account, billed in billed_to(self.connection, day, accounts).items():
            base = f"statement/{account}/{day}"
            if not billed.is_something:
                continue
            fresh = self._statement(account, day, billed, terms)
            if base not in before:
                yield Draft(
                    "statement", base, account, day, self._statement_recipient(account, day), _numbered(fresh)
                )
            elif before[base][-1].issued < day:
                early = f"issued on {before[base][-1].issued}, before its day"
                if draft := self._correction(account, base, before[base], fresh, early):
                    yield draft

    def _correction(
        self, account: str, base: str, before: Series, fresh: Statement, reason: str
    ) -> Draft | None:
        """Return the next version of a statement, None when there is nothing to correct."""
        last, day = before[-1], fresh.statement_date
        assert isinstance(last, Statement)  # noqa: S101 - what a statement's base key holds
        version = corrected(last, fresh, reason)
        if version is None:
            return None
        recipient = self._statement_recipient(account, day)
        return Draft("statement", next_key(base, before), account, day, recipient, _numbered(version))

    def _fresh(self, account: str, day: date) -> Statement:
        """Return the statement of an account as the book makes it now, without a number."""
        billed = billed_to(self.connection, day, [account])[account]
        return self._statement(account, day, billed, self._terms(day, [account]))

    def _terms(self, day: date, accounts: Sequence[str]) -> Terms:
        return Terms(
            self._broker_names(),
            security_states(self.connection, day, accounts),
            due_move(self.connection, day, self._issued),
        )

    def _statement(self, account: str, day: date, billed: Billed, terms: Terms) -> Statement:
        return statement(
            account,
            self._name(account),
            day,
            self._issued,
            UNNUMBERED,
            billed.movements,
            billed.opening,
            terms.names,
            billed.activities,
            terms.security.get(account),
            terms.move,
        )

    # ---- daily notices ---------------------------------------------------------------------------

    def _notice_drafts(self, day: date, accounts: Sequence[str]) -> Page:
        """Yield the notices of some accounts: the account's own, and the views of its brokers."""
        found = movements.by_account(movements.posted_on(self.connection, day, accounts))
        acts = activities.by_account(activities.posted_on(self.connection, day, accounts))
        views = views_by_account(self.registry, self.profiles, day)
        posted = {account: Posted(found.get(account, ()), acts.get(account, ())) for account in accounts}
        slots = [
            (slot, part)
            for account, all_of_it in posted.items()
            for slot, part in self._slots(account, day, all_of_it, views(account))
        ]
        before = issued(self.connection, [slot.base(day) for slot, _ in slots])
        for slot, part in slots:
            series = before.get(slot.base(day), ())
            new = unshown(series, part)
            if any(new) or not series:
                build = partial(self._notice, slot, day, new, len(series))
                key = next_key(slot.base(day), series)
                yield Draft("daily-notice", key, slot.subject, day, slot.recipient, build)

    def _slots(
        self, account: str, day: date, posted: Posted, views: Sequence[View]
    ) -> Iterator[tuple[Slot, Posted]]:
        """Yield whose notices an account's postings come on, and what each of them shows."""
        recipient = self._statement_recipient(account, day)
        yield Slot(account, recipient), posted
        for view in views:
            part = seen(view, posted)
            if any(part) and view.profile != recipient:
                yield Slot(account, view.profile, view.broker), part

    def _notice(self, slot: Slot, day: date, posted: Posted, supplement: int, number: int) -> DailyNotice:
        return daily_notice(
            slot.account,
            self._name(slot.account),
            day,
            self._issued,
            number,
            *posted,
            supplement=supplement,
            broker=slot.broker,
        )

    # ---- summaries -------------------------------------------------------------------------------

    def _summary_drafts(self, first: date, last: date, name: str, subjects: Sequence[str]) -> Page:
        """Yield the summaries of a span of days: those of some brokers (BN9) who filed something."""
        if not subjects:
            return
        rejected = rejected_counts(self.connection, first, last)
        known = {bn9_of(broker.account): broker for broker in reversed(self._brokers())}
        brokers = {bn9: known[bn9] for bn9 in subjects if bn9 in known}
        before = issued(self.connection, [f"broker-summary/{bn9}/{name}" for bn9 in brokers])
        for bn9, broker in sorted(brokers.items()):
            base = f"broker-summary/{bn9}/{name}"
            series = before.get(base, ())
            visible = self._visible(bn9, last, movements.filed_by(self.connection, bn9, first, last))
            filed = Filed(unshown(series, Posted(visible)).movements, _new_rejections(rejected, bn9, series))
            if any(filed):
                build = partial(self._summary, broker, (first, last), filed, len(series))
                profile = self.profiles.on(broker, last)
                yield Draft("broker-summary", next_key(base, series), bn9, last, profile, build)

    def _summary(
        self, broker: Partner, span: tuple[date, date], filed: Filed, supplement: int, number: int
    ) -> BrokerSummary:
        return broker_summary(
            bn9_of(broker.account),
            broker.name,
            *span,
            self._issued,
            number,
            *filed,
            registry.names(self.connection, {each.account for each in filed.movements} | {*filed.rejected}),
            supplement=supplement,
        )

    # ---- who is who ------------------------------------------------------------------------------

    @property
    def _issue(self) -> Issue:
        return Issue(self.connection, self.agency, self.now)

    @property
    def _issued(self) -> date:
        return eastern_day(self.now)

    def _name(self, account: str) -> str:
        importer = self.registry.importers.get(account)
        return importer.name if importer else ""

    def _statement_recipient(self, account: str, day: date) -> Profile | None:
        """Return the profile, on an Eastern day, of who gets the papers of an account; None for nobody."""
        importer = self.registry.importers.get(account)
        partner = self.registry.partners.get(importer.statements_to) if importer else None
        return self.profiles.on(partner, day) if partner else None

    def _brokers(self) -> list[Partner]:
        partners = (self.registry.partners[key] for key in sorted(self.registry.partners))
        return [partner for partner in partners if partner.role == "broker"]

    def _broker_names(self) -> dict[str, str]:
        return {bn9_of(broker.account): broker.name for broker in self._brokers()}

    def _visible(self, bn9: str, day: date, found: Movements) -> Movements:
        """Leave out the clients whose delegation to the broker has ended."""
        clients = {each.account for each in found}
        held = [each for each in self.registry.delegations if each.broker == bn9 and each.holds_on(day)]
        delegators = {each.importer for each in held}
        seen_still = {account for account in clients if {account, bn9_of(account)} & delegators}
        return tuple(each for each in found if each.account in seen_still)


def _new_rejections(rejected: Mapping[tuple[str, str], int], broker: str, before: Series) -> Counter[str]:
    """Return how many declarations of a broker were rejected, by client, that no summary before told."""
    counts = Counter({client: count for (filer, client), count in rejected.items() if filer == broker})
    for paper in before:
        for client in paper.clients if isinstance(paper, BrokerSummary) else ():
            counts[client.account] -= client.rejected
    return +counts


def _numbered(paper: Statement) -> Callable[[int], Statement]:
    """Return what gives a statement its number."""
    return lambda number: paper.model_copy(update={"number": number})
