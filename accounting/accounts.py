"""What does an account owe, declaration by declaration?"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, func, select

from accounting.tables import allocation, allocation_of_entry, item_of_entry, journal_entry, open_item
from schemas.assessment import CHARGES, Charge
from schemas.base import Value
from schemas.book import Allocation
from schemas.money import Cents


class OwedItem(Value):
    """What is owed for one declaration by one day; negative when a correction left a credit there."""

    transaction_number: str
    due: date
    charges: dict[Charge, Cents]
    cents: Cents


def owed_items(connection: Connection, account: str, as_of: datetime | None = None) -> tuple[OwedItem, ...]:
    """Return what an account owes, by due date and declaration; what cancels out is left out.

    as_of: what was owed at a UTC instant, that instant included; without it what is owed now.
    """
    conditions = [journal_entry.c.party == account]
    if as_of is not None:
        conditions.append(journal_entry.c.posted_at <= as_of)
    place = open_item.c.due, journal_entry.c.transaction_number
    cents = func.sum(open_item.c.cents).label("cents")
    wanted = (
        select(*place, open_item.c.charge, cents)
        .join_from(open_item, journal_entry, item_of_entry)
        .where(*conditions)
        .group_by(*place, open_item.c.charge)
        .having(cents != 0)
        .order_by(*place)
    )
    return tuple(_items(connection.execute(wanted)))


def paid_by(connection: Connection, party: str, credit: str) -> tuple[Allocation, ...]:
    """Return what a credit paid of debts, one allocation a debt; what was undone is left out.

    Sorted by debt: reference, charge, due day. What was paid out of the credit is not among them.
    """
    place = allocation.c.kind, allocation.c.reference, allocation.c.charge, allocation.c.due
    cents = func.sum(allocation.c.cents)
    found = connection.execute(
        select(*place, cents.label("cents"))
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(
            allocation.c.credit == credit,
            allocation.c.charge.is_not(None),
            journal_entry.c.party == party,
        )
        .group_by(*place)
        .having(cents != 0)
        .order_by(allocation.c.reference, allocation.c.charge, allocation.c.due, allocation.c.kind)
    )
    return tuple(Allocation(credit=credit, **{**row._mapping, "cents": int(row.cents)}) for row in found)


def _items(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[OwedItem]:
    """Put the charges of a declaration that fall due on one day together."""
    for (due, transaction_number), group in groupby(rows, key=attrgetter("due", "transaction_number")):
        found = {row.charge: int(row.cents) for row in group}
        yield OwedItem(
            transaction_number=transaction_number,
            due=due,
            charges={charge: found[charge] for charge in CHARGES if charge in found},
            cents=sum(found.values()),
        )
