"""Whatever is paid, undone, corrected and charged, in any order: the book holds, and interest too."""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from charging_books import DUE, IMPORTER, NUMBER, RATES, Compounded, at, clear, declared, pay
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import ingest.tables  # noqa: F401 - its tables belong to the metadata
from accounting import ledger
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of
from ingest.charging import post_interest
from ingest.late import post_penalties
from schemas.book import Entry

LAST = date(2026, 6, 20)

steps = st.lists(
    st.tuples(
        st.sampled_from(["pay", "undo", "correct", "interest", "penalties"]),
        st.integers(0, 12),
        st.integers(1, 600_000),
    ),
    max_size=8,
)


@dataclass
class Account:
    """One declaration, what happens to it day by day, and what its interest should be."""

    connection: Connection
    day: date = date(2026, 3, 25)
    latest: tuple[Entry, ...] = ()
    owed: int = 1_000_000
    paid: list[tuple[date, int]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        self.latest = declared(self.owed)
        ledger.post(self.connection, self.latest)

    def take(self, act: str, days: int, cents: int) -> None:
        self.day += timedelta(days=days)
        self.count[act] += 1
        getattr(self, act)(cents)

    def pay(self, cents: int) -> None:
        cents = min(cents, self.owed - sum(paid for _, paid in self.paid))
        if cents > 0:
            credit = pay(self.connection, cents, self.day, f"P{self.count['pay']}")
            clear(self.connection, credit, cents, self.day, name=f"pay-{self.count['pay']}")
            self.paid.append((self.day, cents))
            self.last = credit, cents, self.day

    def undo(self, _cents: int) -> None:
        if self.paid and self.paid[-1][1] == self.last[1]:
            credit, cents, day = self.last
            clear(self.connection, credit, -cents, self.day, name=f"undo-{self.count['undo']}")
            self.paid.remove((day, cents))

    def correct(self, cents: int) -> None:
        self.owed = max(cents, sum(paid for _, paid in self.paid))
        version = self.latest[-1].version + 1
        self.latest = declared(self.owed, version=version, accounted=self.day, replaced=self.latest[-1])
        ledger.post(self.connection, self.latest)

    def interest(self, _cents: int) -> None:
        post_interest(self.connection, self.day, at(self.day + timedelta(days=1)), RATES, interim=True)

    def penalties(self, _cents: int) -> None:
        post_penalties(self.connection, self.day, at(self.day + timedelta(days=1)))

    def interest_by_hand(self, through: date) -> int:
        """Day by day: what stands in the end, from the day after the due date."""
        sum_ = Compounded(Decimal(self.owed - sum(cents for day, cents in self.paid if day <= DUE)))
        day = DUE + timedelta(days=1)
        while day <= through:
            sum_.day("8.6")
            sum_.paid(sum(cents for paid, cents in self.paid if paid == day))
            day += timedelta(days=1)
        return sum_.cents


def interest_on(connection: Connection, reference: str) -> int:
    """What was charged on a debt; a penalty bears interest of its own."""
    made = (entry for entry in ledger.entries(connection, party=IMPORTER) if entry.kind == "interest")
    return sum(item.cents for entry in made if entry.reference == reference for item in entry.items)


@settings(deadline=None, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(steps)
def test_interest_is_that_of_what_stands_whatever_came_between(acts: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(f"sqlite:///{Path(folder) / 'book.sqlite'}")
        metadata.create_all(engine)
        with engine.connect() as connection:
            account = Account(connection)
            account.begin()
            for act in acts:
                account.take(*act)
            through = max(account.day, LAST)
            # Twice: a run that finds everything charged changes nothing.
            for _ in range(2):
                post_interest(connection, through, at(through + timedelta(days=1)), RATES, interim=True)
            balances = ledger.balance(connection, IMPORTER)
            paid_in_full = sum(cents for _, cents in account.paid) >= account.owed
            last = max((day for day, _ in account.paid), default=through)
            charged = interest_on(connection, NUMBER)
            assert account.interest_by_hand(last if paid_in_full else through) <= charged + 1
            assert charged <= account.interest_by_hand(through) + 1
            assert sum(balances.values()) == 0
            assert verify(connection) == []
            assert ledger.latest_entry(connection, [NUMBER])[NUMBER].version == account.latest[-1].version
        engine.dispose()
