"""What was posted beside declarations, as the papers tell it? One activity for each entry of an act."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, select, true

from accounting.bulk import among
from accounting.journal import posted_day, read, statement_date
from accounting.movements import STREAM_ROWS
from accounting.payments import SUSPENSE
from accounting.tables import journal_entry
from schemas.assessment import BILLED
from schemas.book import DECLARED, Entry
from schemas.papers import Activity, ChargeSums


@dataclass(frozen=True, slots=True)
class AccountActivity:
    """An activity, and whose account it is in."""

    account: str
    activity: Activity

    @property
    def natural_key(self) -> tuple[str, date, str]:
        """What papers are sorted by; never the order of posting."""
        return self.account, self.activity.event_day, self.activity.key


def posted_on(
    connection: Connection, day: date, accounts: Sequence[str] | None = None
) -> tuple[AccountActivity, ...]:
    """Return what was posted on an Eastern day, to all accounts or to some."""
    return _activities(connection, journal_entry.c.posted_day == day, accounts)


def on_statement(
    connection: Connection, statement_date: date, accounts: Sequence[str] | None = None
) -> tuple[AccountActivity, ...]:
    """Return what stands on the statements of a date, of all accounts or of some."""
    return _activities(connection, journal_entry.c.statement_date == statement_date, accounts)


def since_statement(
    connection: Connection, statement_date: date, accounts: Sequence[str] | None = None
) -> Iterator[Entry]:
    """Yield the acts that stand on the statements of a date or later, of all accounts or of some."""
    return acts(connection, journal_entry.c.statement_date >= statement_date, accounts)


def by_account(found: Iterable[AccountActivity]) -> dict[str, tuple[AccountActivity, ...]]:
    """Return activities by account, accounts and activities sorted."""
    ordered = sorted(found, key=attrgetter("natural_key"))
    return {account: tuple(own) for account, own in groupby(ordered, key=attrgetter("account"))}


def acts(
    connection: Connection, condition: ColumnElement[bool], accounts: Sequence[str] | None
) -> Iterator[Entry]:
    """Yield the entries that no declaration made, by account and place in its chain.

    Money in suspense is nobody's yet: it is told when it is assigned, as its account's payment.
    """
    of_accounts = true() if accounts is None else among(connection, journal_entry.c.party, accounts)
    wanted = (
        select(journal_entry.c.content)
        .where(
            journal_entry.c.kind.not_in(DECLARED),
            journal_entry.c.party != SUSPENSE,
            condition,
            of_accounts,
        )
        .order_by(journal_entry.c.party, journal_entry.c.sequence)
    )
    return map(read, connection.scalars(wanted, execution_options={"yield_per": STREAM_ROWS}))


def _activities(
    connection: Connection, condition: ColumnElement[bool], accounts: Sequence[str] | None
) -> tuple[AccountActivity, ...]:
    found = (AccountActivity(entry.party, activity(entry)) for entry in acts(connection, condition, accounts))
    return tuple(sorted(found, key=lambda each: each.natural_key))


def activity(entry: Entry) -> Activity:
    """Return an act as papers tell it."""
    return Activity(
        kind=entry.kind,
        key=entry.key,
        reference=entry.reference,
        transaction_number=entry.transaction_number,
        event_day=entry.event_day,
        posted_day=posted_day(entry.posted_at),
        statement_date=statement_date(entry.dates, entry.posted_at),
        due=min((item.due for item in entry.items), default=None),
        charges=_charges(entry),
        credits={entry.credit.kind: -entry.credit.cents} if entry.credit else {},
        disbursed_cents=sum(each.cents for each in entry.allocations if each.charge is None),
        allocations=entry.allocations,
        act=entry.act,
    )


def _charges(entry: Entry) -> ChargeSums:
    """Return what is owed more by an act, in the order of the charges."""
    sums = {charge: sum(item.cents for item in entry.items if item.charge == charge) for charge in BILLED}
    return {charge: cents for charge, cents in sums.items() if cents}
