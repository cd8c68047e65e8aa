"""How does an act beside declarations become an entry? By what it does to debts and credits.

items        what is owed more (or less)        debit  receivable.<charge>
credit       what became available (or less)    credit credit.<kind>
allocations  which credit paid which debt       debit  credit.<kind>, credit receivable.<charge>
contra       the one account that takes the rest, such as cash or revenue

Nobody writes postings by hand: so receivables and credits always move by what explains them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from accounting.calendar import billing_dates
from accounting.journal import statement_date
from schemas.acts import Act
from schemas.assessment import Charge
from schemas.billing import BillingDates
from schemas.book import Allocation, Credit, Entry, OpenItem, Posting
from schemas.money import Cents
from schemas.registry import Stream

Owed = tuple[Charge, Cents, date]
"""A charge, what is owed more of it (negative: less), and the day on which it falls due."""


def act_entry(  # noqa: PLR0913 - the words of a header, each named by the caller
    act: Act,
    *,
    key: str,
    party: str,
    stream: Stream,
    event_day: date,
    posted_at: datetime,
    contra: str = "",
    moved_cents: Cents = 0,
    owed: Sequence[Owed] = (),
    credit: Credit | None = None,
    allocations: Sequence[Allocation] = (),
    reference: str = "",
    transaction_number: str = "",
) -> Entry:
    """Return the entry of an act, balanced by its contra account.

    event_day: the Eastern day as of which it counts. posted_at: the UTC instant of posting; the entry stands
    on the first statement after it. moved_cents: what is posted to no debt and no credit, such as a deposit:
    debit `cash.received`, credit the contra account. reference: names the debt of `owed`. Raises ValueError
    when postings are left over and no contra account is named.
    """
    dates = act_dates(event_day)
    on = statement_date(dates, posted_at)
    moves = [*_moves(owed, credit, allocations)]
    if moved_cents:
        moves.append(("cash.received", moved_cents))
    rest = -sum(cents for _, cents in moves)
    if rest and not contra:
        raise ValueError(f"{key}: {rest} cents have no contra account")
    return Entry(
        key=key,
        kind=act.act,
        party=party,
        transaction_number=transaction_number,
        stream=stream,
        release_date=event_day,
        event_day=event_day,
        posted_at=posted_at,
        dates=dates,
        postings=_postings([*moves, (contra, rest)]),
        items=tuple(
            OpenItem(charge=charge, cents=cents, due=due, statement_date=on) for charge, cents, due in owed
        ),
        reference=reference,
        credit=credit,
        allocations=tuple(allocations),
        act=act,
    )


def act_dates(event_day: date) -> BillingDates:
    """Return the billing dates of an act: those of the 18th-to-17th cycle of its day."""
    return billing_dates("commercial", event_day)


def _moves(
    owed: Iterable[Owed], credit: Credit | None, allocations: Iterable[Allocation]
) -> Iterator[tuple[str, Cents]]:
    """Yield what an act moves: account, cents with debits positive."""
    for charge, cents, _due in owed:
        yield f"receivable.{charge}", cents
    if credit is not None:
        yield f"credit.{credit.kind}", -credit.cents
    for each in allocations:
        yield f"credit.{each.kind}", each.cents
        if each.charge is not None:
            yield f"receivable.{each.charge}", -each.cents


def _postings(moves: Iterable[tuple[str, Cents]]) -> tuple[Posting, ...]:
    """Return one posting an account, by account, without those that come to nothing."""
    sums: dict[str, Cents] = {}
    for account, cents in moves:
        sums[account] = sums.get(account, 0) + cents
    return tuple(Posting(account=account, cents=cents) for account, cents in sorted(sums.items()) if cents)
