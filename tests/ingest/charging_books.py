"""Declarations, payments and rates for the tests of what is charged, in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Connection

from accounting import ledger
from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.journal import accept
from schemas.acts import Cleared, PaymentReceived
from schemas.assessment import AssessedLine, Assessment, Charge
from schemas.book import Allocation, Credit, Entry
from schemas.cad import Declaration, Invoice, Line, Party
from schemas.money import Cents
from schemas.rates.dated import Period
from schemas.rates.interest import InterestRate, InterestRates
from schemas.registry import Stream

IMPORTER = "123456782RM0001"
OTHER_IMPORTER = "123456782RM0002"
NUMBER = "12345000000017"
RELEASED = date(2026, 3, 16)
DUE = date(2026, 3, 31)

RATES = InterestRates(
    tuple(
        InterestRate(quarter, Decimal(percent), Decimal(percent) + 6, Period(since, until), "test", "test")
        for quarter, percent, since, until in (
            ("2026Q1", "3.0", date(2026, 1, 1), date(2026, 3, 31)),
            ("2026Q2", "2.6", date(2026, 4, 1), date(2026, 6, 30)),
            ("2026Q3", "4.0", date(2026, 7, 1), date(2026, 9, 30)),
        )
    )
)


def at(day: date) -> datetime:
    """The instant of a run after the end of a day."""
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def declared(  # noqa: PLR0913 - each has a default
    cents: Cents = 1_000_000,
    *,
    number: str = NUMBER,
    version: int = 1,
    party: str = IMPORTER,
    stream: Stream = "commercial",
    released: date = RELEASED,
    accounted: date = date(2026, 3, 17),
    value: Cents = 10_000_000,
    replaced: Entry | None = None,
) -> tuple[Entry, ...]:
    cad = Declaration(
        transaction_number=number,
        version=version,
        function="original" if version == 1 else "change",
        type="AB",
        importer=Party(identifier=party),
        release_date=released,
        invoices=(Invoice(number="1"),),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )
    line = AssessedLine(line=1, treatment="2", rate="", value_for_duty_cents=value, customs_duty_cents=cents)
    return accept(
        cad,
        Assessment(lines=(line,)),
        stream=stream,
        dates=billing_dates(stream, released, accounted),
        event_day=accounted,
        posted_at=at(accounted),
        late=False,
        replaced=replaced,
    )


def pay(connection: Connection, cents: Cents, day: date, reference: str, party: str = IMPORTER) -> Credit:
    """Record money that came on a day, and return the credit."""
    key = f"payment/electronic/{party}/{reference}"
    credit = Credit(key=key, kind="payment", cents=cents, day=day)
    act = PaymentReceived(
        reference=reference, payer=party, method="electronic", received_at=at(day), value_day=day
    )
    entry = act_entry(
        act,
        key=key,
        party=party,
        stream="commercial",
        event_day=day,
        posted_at=at(day),
        contra="cash.received",
        credit=credit,
    )
    ledger.post(connection, [entry])
    return credit


def clear(  # noqa: PLR0913 - the words of an allocation
    connection: Connection,
    credit: Credit,
    cents: Cents,
    day: date,
    *,
    reference: str = NUMBER,
    charge: Charge = "customs_duty",
    due: date = DUE,
    party: str = IMPORTER,
    name: str = "1",
) -> None:
    """Let a credit pay a debt on a day."""
    paid = Allocation(
        credit=credit.key, kind=credit.kind, reference=reference, charge=charge, due=due, cents=cents
    )
    entry = act_entry(
        Cleared(strategy="requested", undone="dishonoured" if cents < 0 else ""),
        key=f"clearing/{party}/{day}/{name}",
        party=party,
        stream="commercial",
        event_day=day,
        posted_at=at(day),
        allocations=[paid],
    )
    ledger.post(connection, [entry])


@dataclass
class Compounded:
    """Interest by another method than the project's: day by day, in whole millionths of a cent."""

    balance: Decimal
    interest: Decimal = Decimal(0)

    def day(self, percent: str, days_of_year: int = 365) -> None:
        borne = max(self.balance, Decimal(0)) * Decimal(percent) / 100 / days_of_year
        self.balance += borne
        self.interest += borne

    def paid(self, cents: Cents) -> None:
        self.balance -= cents

    @property
    def cents(self) -> Cents:
        return int((self.interest + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))


def borne(cents: Cents, percents: Sequence[str]) -> Cents:
    """The interest on an amount over days with these rates."""
    sum_ = Compounded(Decimal(cents))
    for percent in percents:
        sum_.day(percent)
    return sum_.cents
