"""How much may an account still pay by card? Debts and security deposits of a billing cycle together.

Until 27 September 2025 the limit was one of each transaction; since then it is one of each cycle (18th to
17th) and program account. The numbers: `schemas/law/payments.toml`.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from accounting import ledger
from accounting.acts import act_dates
from accounting.journal import read
from accounting.payment_rules import card_rule
from accounting.payments import dishonour_key, paid_cents
from accounting.tables import journal_entry
from schemas.acts import PaymentReceived, SecurityMoved
from schemas.book import Entry
from schemas.money import Cents

BY_CARD = ("payment", "security")
"""The kinds of entries that money by card can make."""


@dataclass(frozen=True, slots=True)
class CardRoom:
    """What an account may pay by card. span: of the limit, in words. used_cents: what is gone of it."""

    limit_cents: Cents
    used_cents: Cents
    span: str

    @property
    def left_cents(self) -> Cents:
        """What is left of the limit; never less than nothing."""
        return max(self.limit_cents - self.used_cents, 0)


def card_room(connection: Connection, account: str, day: date) -> CardRoom:
    """Return what an account may pay by card as of an Eastern day.

    Whoever pays by it locks the account first (`ledger.lock`), so that no two payments see the same room.
    """
    rule = card_rule(day)
    if rule["per"] == "transaction":
        return CardRoom(rule["cents_max"], 0, "each transaction")
    dates = act_dates(day)
    used = _used_cents(connection, account, max(dates.period_start, rule["since"]), dates.period_end)
    return CardRoom(rule["cents_max"], used, f"billing cycle {dates.period_start} to {dates.period_end}")


def _used_cents(connection: Connection, account: str, first: date, last: date) -> Cents:
    """Return what was paid by card as of some days, without what came back."""
    columns = journal_entry.c
    packed = connection.scalars(
        select(columns.content).where(
            columns.party == account, columns.kind.in_(BY_CARD), columns.event_day.between(first, last)
        )
    )
    paid = {entry.key: paid_cents(entry) for entry in map(read, packed) if _is_by_card(entry)}
    back = ledger.held_keys(connection, [dishonour_key(key) for key in paid])
    return sum(max(cents, 0) for key, cents in paid.items() if dishonour_key(key) not in back)


def _is_by_card(entry: Entry) -> bool:
    return isinstance(entry.act, PaymentReceived | SecurityMoved) and entry.act.method == "card"
