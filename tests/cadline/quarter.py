"""A quarter in the life of nine accounts: what they file, pay, get back, and what officers decide about it.

Every stream, every kind of act that the book knows. Days are closed by the clock alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, event

from accounting import ledger
from cadline.clock import FixedClock
from cadline.database import writing
from cadline.sample_days import SAMPLE_DAYS
from cadline.samples import people
from cadline.samples.chance import Chance
from cadline.samples.diary import CLOTHES, FURNITURE, LITTLE_THINGS, TOOLS
from cadline.samples.drafts import Desk, changed
from cadline.samples.mishaps import with_invoices
from cadline.settings import Settings
from cadline.wiring import House
from ingest import adjustments, due_moves, payments, recipients, registry, rulings, security
from ingest.audit import Author
from ingest.bank_files import import_file
from ingest.doors import inbound
from ingest.opening import read_items, take_in
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.acts import CreditDisbursed, CreditGranted, PaymentMethod
from schemas.billing import DueMove
from schemas.cad import ChangeReason, Declaration
from schemas.days import EASTERN
from schemas.identifiers import printed_number
from schemas.money import Cents
from schemas.papers import Header
from schemas.recipients import Profile
from schemas.registry import Importer, Partner, Stream
from schemas.registry_files import read_registry
from schemas.security import Instrument

FIRST, LAST = date(2026, 3, 3), date(2026, 5, 26)
NOON = time(12)

RATES = """\
quarter,prescribed_pct,specified_pct,since,until,source,evidence
2025Q4,2.9,8.9,2025-10-01,2025-12-31,invented,inferred
2026Q1,3.0,9.0,2026-01-01,2026-03-31,invented,inferred
2026Q2,2.6,8.6,2026-04-01,2026-06-30,invented,inferred
"""

OPENING = """\
account,reference,type,amount,due,arose,explanation
999002017RM0001,OLD-1,gst,120.50,2026-02-27,2026-02-03,unpaid B3 of February
999002017RM0001,OLD-2,penalty,75.00,2026-02-27,2026-02-03,unpaid penalty of February
999002082RM0001,OLD-3,opening,20.00,,2024-08-12,unapplied payment of August 2024
"""

BANK = """\
record,reference,account,amount,currency,payer,method,received_at,for,reason
payment,B-1,999002066RM0001,2500.00,CAD,Prairie Example Metals,electronic,2026-04-06T09:00:00-04:00,,
payment,B-2,,7310.44,CAD,A Payer Without Account,electronic,2026-04-06T09:05:00-04:00,,
total,2,,9810.44,CAD,,,,,
"""

MOVE = DueMove(
    stream="commercial",
    due=date(2026, 5, 1),
    moved_to=date(2026, 5, 8),
    since=date(2026, 4, 20),
    source="bulletin of 20 April",
    reason="outage",
)

DEPOSIT = Instrument(
    id="DEP-1",
    form="deposit",
    holder=people.ORCHARD.account,
    amount_cents=5_000_000,
    valid_from=date(2026, 3, 4),
    since=date(2026, 3, 4),
    method="electronic",
    moved_cents=5_000_000,
    reference="DEP-1",
)


def billed(importer: Importer, stream: Stream) -> Importer:
    return importer.model_copy(update={"stream": stream})


ORCHARD, MAPLE, COUTURE = people.ORCHARD, people.TOOL_AND_DIE, people.COUTURE
NORTHERN = billed(people.NORTHERN, "non-rpp")
FUNDY = billed(people.FUNDY, "ctc")
PACIFIC = billed(people.PACIFIC, "csa1")
PRAIRIE = billed(people.PRAIRIE, "csa2")
SWIFT = people.CONSOLIDATED
LAKESIDE = next(each for each in people.IMPORTERS if each.account == "999002108RM0001")
CHANGED = (NORTHERN, FUNDY, PACIFIC, PRAIRIE)

DAMAGED = ChangeReason(code="R5-00-COT", pointer="1", explanation="as the invoice says")


class PowerCut(BaseException):
    """What a kill is to a process: nothing catches it."""


@dataclass
class Cuts:
    """Cuts the power before every so many commits. every: 0 for never."""

    every: int = 0
    seen: int = 0
    made: int = 0

    def before_commit(self, _connection: Connection) -> None:
        self.seen += 1
        if self.every and self.seen % self.every == 0:
            self.made += 1
            raise PowerCut


@dataclass
class Quarter:
    """The house through which the quarter goes, with a clock that is led, and power that may be cut."""

    folder: Path
    cuts: Cuts = field(default_factory=Cuts)
    filed: list[tuple[datetime, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        tables = self.folder / "tables"
        tables.mkdir(parents=True)
        (tables / "interest.csv").write_text(RATES)
        self.clock = FixedClock(noon(FIRST))
        self.settings = Settings(database=f"sqlite:///{self.folder / 'book.sqlite'}", tables=tables)
        self.house = House(self.settings)
        self.house.__dict__["clock"] = self.clock
        with writing(self.house.engine) as connection:
            known = read_registry(SAMPLE_DAYS / "registry")
            importers = {**known.importers, **{each.account: each for each in CHANGED}}
            registry.write(connection, known.model_copy(update={"importers": importers}))
        event.listen(self.house.engine, "commit", self.cuts.before_commit)

    def start_again(self) -> None:
        """Begin as a new process does: only what was committed is left."""
        kept = {
            name: vars(self.house)[name] for name in ("engine", "tables", "clock") if name in vars(self.house)
        }
        self.house = House(self.settings)
        self.house.__dict__ |= kept

    def surely(self, act: Callable[[], object]) -> None:
        """Do something again until the power holds."""
        while True:
            try:
                act()
            except PowerCut:
                self.start_again()
            else:
                return

    def work(self) -> None:
        """Work until nothing is due."""
        self.surely(lambda: self.house.shift(closing=True).until_idle())

    def act(self, at: datetime, what: Callable[["Quarter", Connection], object]) -> None:
        """Let the clock come to an instant, and somebody do something."""
        self.clock.instant = max(self.clock.instant, at)

        def once() -> None:
            with writing(self.house.engine) as connection:
                what(self, connection)

        self.surely(once)
        self.work()

    def play(self) -> None:
        """Live through the quarter, day by day."""
        for day in days():
            for at, what in STORY.get(day, ()):
                self.act(datetime.combine(day, at, EASTERN).astimezone(UTC), what)
            self.clock.instant = datetime.combine(day + timedelta(1), time(0, 30), EASTERN).astimezone(UTC)
            self.work()

    def play_again(self) -> None:
        """Do everything once more, at the end."""
        for day in days():
            for at, what in STORY.get(day, ()):
                self.act(datetime.combine(day, at, EASTERN).astimezone(UTC), what)

    @property
    def officer(self) -> Author:
        return Author("A. Officer", "documents seen", self.clock.instant)


def days() -> list[date]:
    return [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]


def noon(day: date) -> datetime:
    return datetime.combine(day, NOON, EASTERN).astimezone(UTC)


# ---- what is filed ----------------------------------------------------------------------------------


def in_dollars(cad: Declaration) -> Declaration:
    """Without foreign currency: exchange rates are another test's."""
    return with_invoices(cad, currency="CAD")


def drafted() -> dict[str, tuple[Partner, Declaration]]:
    """The declarations of the quarter, by name; the same every time."""
    chance = Chance(7)
    agate, boreal, cedar = (Desk(each, chance) for each in (people.AGATE, people.BOREAL, people.CEDAR))
    swift, maple = Desk(people.COURIER, chance), Desk(people.MAPLE, chance)

    def one(
        desk: Desk, importer: Importer, kinds, released: date, type_: str = "AB"
    ) -> tuple[Partner, Declaration]:
        return desk.partner, in_dollars(
            desk.declare(importer, kinds, released=released, lines=2, type_=type_)
        )

    def day(month: int, number: int) -> date:
        return date(2026, month, number)

    made = {
        "orchard": one(agate, ORCHARD, TOOLS, day(3, 16)),
        "orchard-april": one(agate, ORCHARD, FURNITURE, day(4, 9)),
        "orchard-cancelled": one(agate, ORCHARD, TOOLS, day(4, 13)),
        "northern": one(agate, NORTHERN, TOOLS, day(3, 17)),
        "fundy": one(agate, FUNDY, CLOTHES, day(3, 17)),
        "pacific": one(cedar, PACIFIC, FURNITURE, day(3, 10), "TT"),
        "prairie": one(cedar, PRAIRIE, FURNITURE, day(3, 18), "TT"),
        "maple-late": one(maple, MAPLE, TOOLS, day(3, 4)),
        "maple": one(maple, MAPLE, TOOLS, day(5, 19)),
        "couture": one(boreal, COUTURE, CLOTHES, day(3, 17)),
        "swift": (people.COURIER, swift.consolidate(SWIFT, LITTLE_THINGS, released=day(2, 20), lines=6)),
    }
    made["orchard-up"] = later(made["orchard"], Decimal("1.25"))
    made["northern-down"] = later(made["northern"], Decimal("0.80"))
    made["couture-down"] = later(made["couture"], Decimal("0.90"))
    made["maple-adjusted"] = later(made["maple-late"], Decimal("0.50"))
    broker, cad = made["orchard-cancelled"]
    made["orchard-withdrawn"] = (
        broker,
        cad.model_copy(update={"version": 2, "function": "cancellation", "reasons": (DAMAGED,)}),
    )
    return made


def later(filed: tuple[Partner, Declaration], times: Decimal) -> tuple[Partner, Declaration]:
    return filed[0], changed(filed[1], reason=DAMAGED, value_times=times)


DECLARATIONS = drafted()


def file(name: str) -> Callable[[Quarter, Connection], None]:
    partner, cad = DECLARATIONS[name]
    number = list(DECLARATIONS).index(name) + 1

    def done(quarter: Quarter, connection: Connection) -> None:
        header = Header(
            sender=partner.id,
            recipient="CARM",
            control_reference=f"Q{number:06}",
            prepared=noon(FIRST),
        )
        write = (
            write_xml("declaration", header, [cad])
            if partner.syntax == "xml"
            else write_interchange("cusdec_d13a", header, [cad])
        )
        quarter.house.log.publish(connection, [inbound(write, quarter.clock.instant)])

    return done


# ---- what people do ---------------------------------------------------------------------------------

Doing = Callable[[Quarter, Connection], object]


def pay(importer: Importer, cents: Cents, reference: str, method: PaymentMethod, *at: int) -> Doing:
    """Record money that came at an Eastern instant of 2026."""
    received_at = datetime(2026, *at, tzinfo=EASTERN).astimezone(UTC)

    def done(quarter: Quarter, connection: Connection) -> None:
        act = payments.received(
            reference=reference, payer=importer.name, method=method, received_at=received_at, requested=()
        )
        payments.record(connection, importer.account, cents, act, quarter.officer)

    return done


def bring_forward(quarter: Quarter, connection: Connection) -> None:
    take_in(connection, read_items(OPENING, "old.csv"), quarter.officer)


def agree(quarter: Quarter, connection: Connection) -> None:
    """Two recipients want all forms, one of them in French, word of quiet days, and its clients' notices."""
    for recipient, forms in (
        ("BOREALCD", ("edifact", "xml", "json", "csv")),
        ("CEDARCC", ("xml", "edifact")),
    ):
        profile = Profile(
            recipient=recipient,
            since=FIRST,
            forms=forms,
            language="fr" if recipient == "BOREALCD" else "en",
            nothing_today=recipient == "CEDARCC",
            client_notices=True,
        )
        if quarter.clock.instant < noon(LAST):
            recipients.agree(connection, profile, quarter.officer)


def deposit(quarter: Quarter, connection: Connection) -> None:
    security.give(connection, [DEPOSIT], quarter.officer)


def give_back(quarter: Quarter, connection: Connection) -> None:
    security.release(
        connection, DEPOSIT.id, security.Moved(1_000_000, "REL-1", date(2026, 5, 20)), quarter.officer
    )


def import_bank_file(quarter: Quarter, connection: Connection) -> None:
    outcome = import_file(connection, BANK.encode(), "bank.csv", quarter.officer)
    assert outcome.imported.status in {"booked", "seen before"}, outcome


def assign(quarter: Quarter, connection: Connection) -> None:
    payments.assign(connection, "payment/electronic/SUSPENSE/B-2", PACIFIC.account, quarter.officer)


def bounce(quarter: Quarter, connection: Connection) -> None:
    key = payments.payment_key("electronic", ORCHARD.account, "O-1")
    payments.dishonour(connection, key, "not sufficient funds", quarter.officer, date(2026, 4, 13))


def approve(quarter: Quarter, connection: Connection) -> None:
    cad = DECLARATIONS["maple-adjusted"][1]
    number = printed_number(cad.transaction_number, cad.version)
    going_on = adjustments.rule(connection, number, "approved", quarter.officer)
    quarter.house.log.publish(connection, going_on)


def grant(quarter: Quarter, connection: Connection) -> None:
    act = CreditGranted(origin="K32-1", reason="re-exported", applied=date(2025, 12, 1))
    payments.grant(connection, FUNDY.account, act, quarter.officer, kind="drawback", cents=640_000)


def move(quarter: Quarter, connection: Connection) -> None:
    due_moves.add(connection, [MOVE], quarter.officer)


def waive(importer: Importer, kind: str) -> Doing:
    """Waive the first charge of a kind that an account was given."""

    def done(quarter: Quarter, connection: Connection) -> None:
        entries = ledger.entries(connection, party=importer.account)
        charged = [each for each in entries if each.kind == kind]
        rulings.waive(connection, charged[0].key, "waived", quarter.officer)

    return done


def disburse(quarter: Quarter, connection: Connection) -> None:
    act = CreditDisbursed(reference="CHQ-1")
    payments.disburse(connection, FUNDY.account, None, act, quarter.officer)


STORY: dict[date, list[tuple[time, Doing]]] = {}


def on(month: int, day: int, hour: int, what: Doing) -> None:
    STORY.setdefault(date(2026, month, day), []).append((time(hour), what))


on(3, 3, 12, agree)
on(3, 3, 13, bring_forward)
on(3, 4, 12, deposit)
on(3, 12, 10, file("pacific"))
on(3, 16, 10, file("orchard"))
on(3, 16, 11, file("maple-late"))
on(3, 17, 10, file("northern"))
on(3, 17, 11, file("fundy"))
on(3, 17, 12, file("swift"))
on(3, 17, 13, file("couture"))
on(3, 18, 10, file("orchard-up"))
on(3, 18, 11, pay(NORTHERN, 1_000_000, "N-1", "electronic", 3, 17, 23, 59))
on(3, 19, 10, file("prairie"))
on(3, 20, 10, file("couture-down"))
on(3, 20, 11, file("northern-down"))
on(3, 27, 10, pay(MAPLE, 400_000, "M-1", "card", 3, 27, 9))
on(3, 30, 17, pay(FUNDY, 500_000, "F-1", "cheque", 3, 30, 16, 1))
on(3, 31, 12, pay(ORCHARD, 900_000, "O-1", "electronic", 3, 31, 11))
on(4, 6, 10, import_bank_file)
on(4, 8, 10, assign)
on(4, 10, 10, file("orchard-april"))
on(4, 13, 10, bounce)
on(4, 13, 11, file("orchard-cancelled"))
on(4, 15, 10, file("maple-adjusted"))
on(4, 16, 10, file("orchard-withdrawn"))
on(4, 20, 10, approve)
on(4, 20, 11, move)
on(4, 22, 10, grant)
on(5, 4, 10, waive(COUTURE, "penalty"))
on(5, 4, 11, pay(ORCHARD, 3_000_000, "O-2", "electronic", 5, 4, 10))
on(5, 6, 10, waive(COUTURE, "interest"))
on(5, 12, 10, disburse)
on(5, 20, 10, give_back)
on(5, 20, 11, file("maple"))
on(5, 22, 10, pay(PACIFIC, 2_000_000, "P-1", "electronic", 5, 22, 9))
