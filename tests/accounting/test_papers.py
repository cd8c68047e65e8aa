"""Notices, statements and summaries, as values: from movements that stand beside what is expected."""

from datetime import date

from accounting.activities import AccountActivity
from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.statements import payment_due, statement
from accounting.summaries import broker_summary
from schemas.book import EntryKind
from schemas.papers import Activity, BrokerShare, ChargeSums, CreditSums, Movement, OpeningItem
from schemas.registry import Stream

ACCOUNT, OTHER_ACCOUNT = "123456782RM0001", "123456782RM0002"
ALPHA, BETA = "876543214RM0001", "111111118RM0001"
DAY = date(2026, 3, 17)
STATEMENT = date(2026, 3, 25)


def moved(  # noqa: PLR0913 - each has a default
    number: str,
    charges: ChargeSums,
    *,
    version: int = 1,
    account: str = ACCOUNT,
    broker: str = ALPHA,
    due: date = date(2026, 3, 31),
    statement_date: date = STATEMENT,
    late: bool = False,
    stream: Stream = "commercial",
    period_start: date = date(2026, 2, 18),
) -> AccountMovement:
    return AccountMovement(
        account=account,
        stream=stream,
        period_start=period_start,
        period_end=DAY,
        movement=Movement(
            transaction_number=number,
            version=version,
            broker=broker,
            release_date=DAY,
            accounting_date=DAY,
            posted_day=DAY,
            due=due,
            statement_date=statement_date,
            late=late,
            charges=charges,
            after_cents=sum(charges.values()),
        ),
    )


LATER_DUE = date(2026, 5, 1)
MOVEMENTS = (
    moved("3", {"gst": 500}, due=LATER_DUE, late=True),
    moved("2", {"customs_duty": 100, "gst": 50}, broker=BETA),
    moved("1", {"customs_duty": -100}, version=2),
)


UNPAID = OpeningItem(
    transaction_number="8",
    version=2,
    broker=ALPHA,
    due=date(2026, 3, 3),
    statement_date=date(2026, 2, 25),
    reference="8",
    charges={"gst": 50},
    cents=50,
)
UNUSED = OpeningItem(
    due=None,
    statement_date=date(2026, 2, 25),
    reference="payment/cheque/1/A",
    credit="payment",
    cents=-20,
)


def acted(kind: EntryKind, day: date, charges: ChargeSums, credited: CreditSums) -> AccountActivity:
    return AccountActivity(
        ACCOUNT,
        Activity(
            kind=kind,
            key=f"{kind}/1",
            event_day=day,
            posted_day=DAY,
            statement_date=STATEMENT,
            charges=charges,
            credits=credited,
        ),
    )


INTEREST = acted("interest", DAY, {"interest": 3}, {})
PAYMENT = acted("payment", date(2026, 3, 16), {}, {"payment": -40})


def test_a_notice_has_a_section_a_due_date() -> None:
    notice = daily_notice(ACCOUNT, "Maple", DAY, date(2026, 3, 18), 7, MOVEMENTS)
    assert (notice.number, notice.account, notice.name, notice.day) == (7, ACCOUNT, "Maple", DAY)
    sections = [
        (section.due, [movement.transaction_number for movement in section.movements], section.cents)
        for section in notice.sections
    ]
    assert sections == [(date(2026, 3, 31), ["1", "2"], 50), (LATER_DUE, ["3"], 500)]
    assert (notice.charges, notice.cents, notice.late_count) == ({"gst": 550}, 550, 1)


def test_a_statement_adds_opening_and_new() -> None:
    paper = statement(
        ACCOUNT,
        "Maple",
        STATEMENT,
        STATEMENT,
        2,
        MOVEMENTS,
        opening=[UNPAID, UNUSED],
        activities=[INTEREST, PAYMENT],
        names={ALPHA[:9]: "Alpha Brokers"},
    )
    assert paper.opening_items == (UNPAID, UNUSED)
    assert [act.key for act in paper.activities] == [PAYMENT.activity.key, INTEREST.activity.key]
    assert paper.charges == {"gst": 550, "interest": 3}
    assert paper.credits == {"payment": -40}
    assert (paper.opening_cents, paper.new_cents, paper.payable_cents) == (30, 513, 543)
    assert paper.payment_due == date(2026, 3, 31)
    assert paper.brokers == (
        BrokerShare(broker=BETA[:9], count=1, cents=150),
        BrokerShare(broker=ALPHA[:9], name="Alpha Brokers", count=2, cents=400),
    )


def test_a_notice_tells_declarations_and_everything_else() -> None:
    notice = daily_notice(ACCOUNT, "Maple", DAY, date(2026, 3, 18), 7, MOVEMENTS, [INTEREST, PAYMENT])
    assert [act.kind for act in notice.activities] == ["payment", "interest"]
    assert (notice.charges, notice.credits) == ({"gst": 550, "interest": 3}, {"payment": -40})
    assert notice.cents == 513


def test_a_statement_keeps_kinds_of_period_apart() -> None:
    month = moved("0", {"sima": 9}, stream="csa1", period_start=date(2026, 2, 1))
    paper = statement(ACCOUNT, "Maple", STATEMENT, STATEMENT, 1, (*MOVEMENTS, month))
    parts = [(part.stream, part.period_start, len(part.movements), part.cents) for part in paper.parts]
    assert parts == [("csa1", date(2026, 2, 1), 1, 9), ("commercial", date(2026, 2, 18), 3, 550)]
    assert paper.charges == {"sima": 9, "gst": 550}


def test_what_an_importer_files_itself_is_a_share_without_a_broker() -> None:
    paper = statement(ACCOUNT, "Maple", STATEMENT, STATEMENT, 1, [moved("1", {"gst": 5}, broker="")])
    assert paper.brokers == (BrokerShare(broker="", count=1, cents=5),)


def test_a_statement_is_paid_by_the_tenth_weekday_after_the_17th() -> None:
    assert payment_due(date(2026, 4, 25)) == date(2026, 5, 1)


def test_a_summary_groups_by_client_and_counts_rejections() -> None:
    others = moved("4", {"gst": 1}, account=OTHER_ACCOUNT)
    paper = broker_summary(
        "876543214",
        "Alpha",
        DAY,
        DAY,
        DAY,
        1,
        (others, *MOVEMENTS),
        rejected={ACCOUNT: 2, "no-account": 1, "nothing": 0},
        names={ACCOUNT: "Maple"},
    )
    clients = [
        (client.account, client.name, client.accepted, client.rejected, client.late, client.cents)
        for client in paper.clients
    ]
    assert clients == [
        (ACCOUNT, "Maple", 3, 2, 1, 550),
        (OTHER_ACCOUNT, "", 1, 0, 0, 1),
        ("no-account", "", 0, 1, 0, 0),
    ]
    assert (paper.accepted, paper.rejected, paper.cents, paper.charges) == (4, 3, 551, {"gst": 551})


def test_no_movements_make_empty_papers() -> None:
    notice = daily_notice(ACCOUNT, "", DAY, DAY, 1, ())
    paper = statement(ACCOUNT, "", STATEMENT, STATEMENT, 1, ())
    assert (notice.sections, notice.cents) == ((), 0)
    assert (paper.parts, paper.payable_cents) == ((), 0)
