"""What does the book say that security is about? Monthly receivables, what is outstanding, open debts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from accounting.accounts import Moment, open_parts_at
from accounting.bulk import among
from accounting.demand import SecuredDebt
from accounting.journal import read
from accounting.security import Month, window_before
from accounting.tables import balance, item_of_entry, journal_entry, open_item, posting, posting_of_entry
from schemas.acts import BroughtForward
from schemas.assessment import CHARGES
from schemas.book import DECLARED
from schemas.money import Cents

Exposure = tuple[Cents, Cents]
"""What is receivable of an account, and what it has in free credits; cents, both positive."""

NOT_ACCRUED_WITH_GOODS = ("interest", "penalty")
"""Charges that accrue on their own day, not on that of the goods."""


def months_before(
    connection: Connection, account: str, day: date, *, running: bool = True
) -> tuple[Month, ...]:
    """Return what became receivable of an account, by billing period, in the twelve months before a day.

    Duties and taxes of declarations: the periods whose last day lies in those twelve months, with all that
    was posted before the day. running: also the period that is not over, and what was posted on the day.
    """
    first, last = window_before(day)
    known_by = day if running else last
    entry = journal_entry.c
    ended = and_(entry.period_end >= first, entry.period_end <= last)
    wanted = (
        select(entry.period_start, entry.period_end, func.sum(open_item.c.cents))
        .join_from(journal_entry, open_item, item_of_entry)
        .where(
            entry.party == account,
            entry.kind.in_(DECLARED),
            entry.posted_day <= known_by,
            open_item.c.charge.in_(CHARGES),
            (ended | (entry.period_end > last)) if running else ended,
        )
        .group_by(entry.period_start, entry.period_end)
        .order_by(entry.period_end)
    )
    return tuple(
        Month(first_day=start, last_day=end, cents=int(cents))
        for start, end, cents in connection.execute(wanted)
    )


def exposures(
    connection: Connection, accounts: Sequence[str], day: date | None = None
) -> dict[str, Exposure]:
    """Return what is receivable of accounts and what they have free, those to which anything was posted.

    day: as the book stood at the end of that Eastern day; without it as it stands now. The past is what is
    there now less what was posted since, so that a day just over is not added up from the beginning.
    """
    now = select(balance.c.party, *_sums(balance.c.account, balance.c.cents)).where(
        among(connection, balance.c.party, accounts)
    )
    found = {party: (int(owed), int(free)) for party, owed, free in connection.execute(now.group_by("party"))}
    if day is None:
        return found
    since = (
        select(journal_entry.c.party, *_sums(posting.c.account, posting.c.cents))
        .join_from(posting, journal_entry, posting_of_entry)
        .where(among(connection, journal_entry.c.party, accounts), journal_entry.c.posted_day > day)
        .group_by(journal_entry.c.party)
    )
    for party, owed, free in connection.execute(since):
        owed_now, free_now = found[party]
        found[party] = owed_now - int(owed), free_now - int(free)
    return found


def _sums(account: ColumnElement[str], cents: ColumnElement[int]) -> tuple[ColumnElement[int], ...]:
    """Return the sums of receivables, debit positive, and of free credits, credit positive."""
    receivable = func.sum(case((account.startswith("receivable."), cents), else_=0))
    return receivable, -func.sum(case((account.startswith("credit."), cents), else_=0))


def debts_of(connection: Connection, account: str, day: date) -> tuple[SecuredDebt, ...]:
    """Return the debts of an account that stand open on an Eastern day, with the day on which each accrued.

    Duties and taxes accrue with the release of the goods; interest and penalties on their own day; what was
    brought forward when it arose.
    """
    accrued = _accruals(connection, account)
    return tuple(
        SecuredDebt(
            reference=reference,
            charge=charge,
            accrued=accrued[reference, charge in NOT_ACCRUED_WITH_GOODS],
            due=due,
            cents=cents,
        )
        for reference, charge, due, cents in open_parts_at(connection, account, Moment(as_of_day=day))
    )


def _accruals(connection: Connection, account: str) -> dict[tuple[str, bool], date]:
    """Return the first day of each reference, once with goods and once of interest and penalties."""
    entry = journal_entry.c
    heads = entry.reference, entry.transaction_number, entry.kind
    wanted = (
        select(*heads, func.min(entry.release_date))
        .where(entry.party == account, entry.kind.in_((*DECLARED, *NOT_ACCRUED_WITH_GOODS)))
        .group_by(*heads)
    )
    found: dict[tuple[str, bool], date] = {}
    for reference, transaction_number, kind, day in connection.execute(wanted):
        place = reference or transaction_number, kind in NOT_ACCRUED_WITH_GOODS
        found[place] = min(day, found.get(place, day))
    openings = select(entry.content).where(entry.party == account, entry.kind == "opening")
    for content in connection.scalars(openings):
        opening = read(content)
        if isinstance(opening.act, BroughtForward):
            found[opening.debt_reference, False] = found[opening.debt_reference, True] = opening.act.arose
    return found
