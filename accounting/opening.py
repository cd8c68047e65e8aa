"""What was unpaid or unused before a statement? Every debt and every free credit, never a bare total.

What is open now is kept (`accounting.tables.debt`, `credit`); what came on this statement and on later ones
is taken off again. So the work grows with what is open, not with an account's history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, union_all

from accounting.activities import since_statement
from accounting.bulk import among
from accounting.ledger import credit_moves
from accounting.tables import (
    allocation,
    allocation_of_entry,
    credit,
    debt,
    debt_reference,
    item_of_entry,
    journal_entry,
    open_item,
)
from schemas.acts import CreditKind
from schemas.assessment import BILLED, Charge
from schemas.book import DECLARED
from schemas.money import Cents
from schemas.papers import OpeningItem

Place = tuple[str, str]
"""An account, and the reference of a debt or the key of a credit."""


@dataclass(slots=True)
class Debt:
    """What is open under one reference: by charge, and when the last of it falls due."""

    due: date
    charges: dict[Charge, Cents] = field(default_factory=lambda: defaultdict(int))


def opening_items(
    connection: Connection, statement_date: date, accounts: Sequence[str]
) -> dict[str, tuple[OpeningItem, ...]]:
    """Return what was open before the period of a statement, by account; accounts without any are left out.

    Debts come first, by reference, then credits by key.
    """
    debts = _debts(connection, statement_date, accounts)
    unused = _credits(connection, statement_date, accounts)
    heads = _heads(connection, statement_date, [*debts, *unused])
    found: dict[str, list[OpeningItem]] = defaultdict(list)
    for place in sorted(debts):
        found[place[0]].append(_debt_item(place[1], debts[place], heads[place]))
    for place in sorted(unused):
        found[place[0]].append(_credit_item(place[1], *unused[place], heads[place]))
    return {account: tuple(items) for account, items in found.items()}


def _debts(connection: Connection, statement_date: date, accounts: Sequence[str]) -> dict[Place, Debt]:
    """Return the debts that were open, by account and reference."""
    head, items, used = journal_entry.c, open_item.c, allocation.c
    since = head.statement_date >= statement_date, among(connection, head.party, accounts)
    moves = union_all(
        select(debt).where(among(connection, debt.c.party, accounts)),
        select(head.party, debt_reference, items.charge, items.due, -items.cents)
        .join_from(open_item, journal_entry, item_of_entry)
        .where(*since),
        select(head.party, used.reference, used.charge, used.due, used.cents)
        .join_from(allocation, journal_entry, allocation_of_entry)
        .where(used.charge.is_not(None), *since),
    ).subquery()
    *place, cents = moves.c
    left = select(*place, func.sum(cents).label("cents")).group_by(*place).having(func.sum(cents) != 0)
    found: dict[Place, Debt] = {}
    for row in connection.execute(left):
        held = found.setdefault((row.party, row.reference), Debt(row.due))
        held.due = max(held.due, row.due)
        held.charges[row.charge] += int(row.cents)
    return {place: held for place, held in found.items() if any(held.charges.values())}


def _credits(
    connection: Connection, statement_date: date, accounts: Sequence[str]
) -> dict[Place, tuple[CreditKind, Cents]]:
    """Return the credits that were free, by account and key."""
    free: dict[tuple[str, str, CreditKind], Cents] = defaultdict(int)
    for party, key, kind, cents in connection.execute(
        select(credit).where(among(connection, credit.c.party, accounts))
    ):
        free[party, key, kind] += cents
    for party, key, kind, cents in credit_moves(since_statement(connection, statement_date, accounts)):
        free[party, key, kind] -= cents
    return {(party, key): (kind, cents) for (party, key, kind), cents in free.items() if cents}


def _heads(
    connection: Connection, statement_date: date, places: Iterable[Place]
) -> Mapping[Place, Row[*tuple[Any, ...]]]:
    """Return for each debt or credit the entry that speaks for it: the latest version, or the first act.

    A debt that was paid before it came on a statement has only entries of a later one.
    """
    held = list(places)
    if not held:
        return {}
    accounts, names = sorted({account for account, _ in held}), sorted({name for _, name in held})
    table = journal_entry.c
    named = (
        among(connection, each, names) for each in (table.transaction_number, table.reference, table.key)
    )
    # The last wins: what stood before the statement, a declaration, its latest version, else the first act.
    wanted = (
        select(
            table.party, table.key, table.kind, debt_reference.label("reference"), table.transaction_number
        )
        .add_columns(table.version, table.broker, table.payment_due, table.statement_date)
        .where(among(connection, table.party, accounts), or_(*named))
        .order_by(
            table.statement_date < statement_date,
            table.kind.in_(DECLARED),
            table.version,
            table.sequence.desc(),
        )
    )
    heads: dict[Place, Row[*tuple[Any, ...]]] = {}
    for row in connection.execute(wanted):
        heads[row.party, row.key] = heads[row.party, row.reference] = row
    return heads


def _debt_item(reference: str, held: Debt, head: Row[*tuple[Any, ...]]) -> OpeningItem:
    charges = {charge: held.charges[charge] for charge in BILLED if held.charges.get(charge)}
    return OpeningItem(
        transaction_number=head.transaction_number,
        version=head.version,
        broker=head.broker,
        due=head.payment_due if head.kind in DECLARED else held.due,
        statement_date=head.statement_date,
        reference=reference,
        charges=charges,
        cents=sum(charges.values()),
    )


def _credit_item(key: str, kind: CreditKind, cents: Cents, head: Row[*tuple[Any, ...]]) -> OpeningItem:
    return OpeningItem(due=None, statement_date=head.statement_date, reference=key, credit=kind, cents=-cents)
