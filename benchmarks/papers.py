"""How many daily notices a second can one process render, and what does a statement of 100,000 lines cost?

`python benchmarks/papers.py [NOTICES]` prints a line for each form. Each notice has three movements.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import create_engine

from accounting.tables import metadata
from outbound import numbers, outbox, tables
from outbound.pages import page, page_parts
from outbound.plain import as_csv, as_json
from outbound.render import render
from schemas.papers import DailyNotice, DueSection, Header, Movement, Paper, PeriodPart, Statement

DAY = date(2026, 11, 16)
DUE = date(2026, 12, 1)
ISSUED = date(2026, 11, 17)
STATEMENT_DAY = date(2026, 11, 25)
INSTANT = datetime(2026, 11, 17, 5, 30, tzinfo=UTC)
CHARGES = {"customs_duty": 81250, "surtax": 100, "gst": 66563}
LINES = 100_000


def movement(number: int) -> Movement:
    return Movement(
        transaction_number=f"12345{number:09d}",
        version=1,
        broker="123456782",
        release_date=date(2026, 11, 12),
        accounting_date=DAY,
        posted_day=DAY,
        due=DUE,
        statement_date=STATEMENT_DAY,
        value_for_duty_cents=1250000,
        charges=CHARGES,
        after_cents=sum(CHARGES.values()),
    )


def notice(number: int) -> DailyNotice:
    movements = tuple(movement(3 * number + place) for place in range(3))
    cents = sum(each.cents for each in movements)
    return DailyNotice(
        number=number,
        account=f"{number:09d}RM0001",
        name="Érablière Beauséjour Ltd.",
        day=DAY,
        issued=ISSUED,
        sections=(DueSection(due=DUE, movements=movements, cents=cents),),
        charges={charge: 3 * amount for charge, amount in CHARGES.items()},
        cents=cents,
        late_count=0,
    )


def statement(lines: int) -> Statement:
    movements = tuple(movement(number) for number in range(lines))
    charges = {charge: lines * amount for charge, amount in CHARGES.items()}
    cents = sum(charges.values())
    part = PeriodPart(
        stream="commercial",
        period_start=date(2026, 10, 18),
        period_end=date(2026, 11, 17),
        movements=movements,
        charges=charges,
        cents=cents,
    )
    return Statement(
        number=1,
        account="100000009RM0001",
        name="Érablière Beauséjour Ltd.",
        statement_date=STATEMENT_DAY,
        issued=STATEMENT_DAY,
        payment_due=DUE,
        opening_items=(),
        opening_cents=0,
        parts=(part,),
        charges=charges,
        new_cents=cents,
        payable_cents=cents,
        brokers=(),
    )


def header(number: int) -> Header:
    reference = numbers.control_reference(number)
    return Header(sender="CARM", recipient="BROKER1", control_reference=reference, prepared=INSTANT)


FORMS: dict[str, Callable[[Paper, int], bytes]] = {
    "edifact": lambda paper, number: render(paper, header(number), "edifact", "en"),
    "xml": lambda paper, number: render(paper, header(number), "xml", "en"),
    "html": lambda paper, _number: page(paper, "en").encode(),
    "json": lambda paper, _number: as_json(paper, "en"),
    "csv": lambda paper, _number: as_csv(paper, "en"),
}


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def write_all(notices: list[DailyNotice]) -> None:
    """Number, render and store notices in an SQLite database, a batch of 500 a transaction."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine, tables=[tables.outbox, tables.delivery, tables.control_reference])
    for start in range(0, len(notices), 500):
        batch = notices[start : start + 500]
        with engine.begin() as connection:
            first = numbers.draw(connection, "BROKER1", len(batch))
            ready = [outgoing(paper, number) for number, paper in enumerate(batch, start=first)]
            outbox.put(connection, ready, INSTANT)


def outgoing(paper: DailyNotice, number: int) -> outbox.Outgoing:
    return outbox.Outgoing(
        key=f"daily-notice/{paper.account}/{paper.day}",
        recipient="BROKER1",
        kind="daily-notice",
        subject=paper.account,
        day=paper.day,
        control_reference=numbers.control_reference(number),
        syntax="edifact",
        payload=FORMS["edifact"](paper, number),
    )


def main(count: int) -> None:
    notices = [notice(number) for number in range(1, count + 1)]
    for name, form in FORMS.items():
        form(notices[0], 1)  # compiles guides, layouts and templates
        seconds = timed(lambda form=form: [form(paper, number) for number, paper in enumerate(notices, 1)])
        print(f"{name:8} {count / seconds:8.0f} notices/s of 3 movements")
    seconds = timed(lambda: write_all(notices))
    print(f"{'outbox':8} {count / seconds:8.0f} notices/s numbered, written as EDIFACT and stored in SQLite")
    long = statement(LINES)
    for name, form in FORMS.items():
        seconds = timed(lambda form=form: form(long, 1))
        print(f"{name:8} {seconds:8.1f} s for a statement of {LINES:,} lines")
    seconds = timed(lambda: sum(len(piece) for piece in page_parts(long, "en")))
    print(f"{'html':8} {seconds:8.1f} s for the same, piece by piece")
    print(f"memory   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8} MB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
