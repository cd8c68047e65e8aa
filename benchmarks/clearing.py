"""How long does a clearing run take over many accounts, and how much memory?

    python benchmarks/clearing.py                               SQLite, 2,000 accounts
    python benchmarks/clearing.py --postgresql URL --accounts 200000

Builds a true book: each account has declarations of two charges that are due, and a payment for all of them
but a cent. Then it is cleared as of the due day, chunk by chunk, as `cadline clear run` does, and once more,
when there is nothing left to do. Prints seconds, and the memory after a tenth of the run and at its end.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from sqlalchemy import Engine, func, select

from accounting import journal, ledger
from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.tables import allocation, debt
from cadline.database import engine_of, upgrade
from ingest.clearing import clear_some
from schemas.acts import PaymentReceived
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Credit, Entry
from schemas.cad import Declaration, Party

RELEASED = date(2026, 3, 16)
POSTED = datetime(2026, 3, 17, 15, 0, tzinfo=UTC)
PAID = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
CLEARED = datetime(2026, 4, 1, 4, 30, tzinfo=UTC)
DATES = billing_dates("commercial", RELEASED)
CHARGES = 2
BATCH_ACCOUNTS = 400


def account(number: int) -> str:
    return f"{number:09d}RM0001"


def entries(number: int, declarations: int, chance: random.Random) -> Iterator[Entry]:
    """Yield what is owed by an account, and a payment of all but a cent of it."""
    owed = 0
    for place in range(declarations):
        duty, gst = chance.randrange(1, 10**6), chance.randrange(1, 10**6)
        owed += duty + gst
        line = AssessedLine(line=1, treatment="MFN", rate="5%", customs_duty_cents=duty, gst_cents=gst)
        cad = Declaration(
            transaction_number=f"{number * declarations + place:014d}",
            version=1,
            function="original",
            type="AB",
            importer=Party(identifier=account(number)),
            release_date=RELEASED,
            invoices=(),
            lines=(),
        )
        yield from journal.accept(
            cad,
            Assessment(lines=(line,)),
            stream="commercial",
            dates=DATES,
            event_day=RELEASED,
            posted_at=POSTED,
            late=False,
            replaced=None,
        )
    yield payment(account(number), owed - 1)


def payment(party: str, cents: int) -> Entry:
    act = PaymentReceived(
        reference="1", payer=party, method="electronic", received_at=PAID, value_day=PAID.date()
    )
    key = f"payment/electronic/{party}/1"
    return act_entry(
        act,
        key=key,
        party=party,
        stream="commercial",
        event_day=act.value_day,
        posted_at=PAID,
        contra="cash.received",
        credit=Credit(key=key, kind="payment", cents=cents, day=act.value_day),
    )


def build(engine: Engine, accounts: int, declarations: int) -> None:
    upgrade(engine)
    chance = random.Random(1)  # noqa: S311 - a benchmark, no secret
    start = time.perf_counter()
    for first in range(0, accounts, BATCH_ACCOUNTS):
        some = range(first, min(first + BATCH_ACCOUNTS, accounts))
        with engine.begin() as connection:
            ledger.post(connection, [each for n in some for each in entries(n, declarations, chance)])
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    print(f"built in {time.perf_counter() - start:,.0f} s")


def clear(engine: Engine, accounts: int) -> None:
    """Clear all accounts, and say how long it took and how much memory there was on the way."""
    start, after, seen, cleared, early = time.perf_counter(), "", 0, 0, 0
    while True:
        with engine.begin() as connection:
            chunk = clear_some(connection, after, DATES.payment_due, CLEARED)
        if chunk is None:
            break
        after, seen, cleared = chunk.last, seen + chunk.accounts, cleared + len(chunk.entries)
        if not early and seen >= accounts // 10:
            early = memory_mb()
    seconds = time.perf_counter() - start
    print(
        f"{seen:,} accounts looked at, {cleared:,} cleared in {seconds:,.1f} s ({seen / seconds:,.0f}/s);"
        f" peak memory {early:,} MB after a tenth, {memory_mb():,} MB at the end"
    )


def memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def count(engine: Engine) -> None:
    with engine.connect() as connection:
        items = connection.scalar(select(func.count()).select_from(debt).where(debt.c.cents > 0))
        paid = connection.scalar(select(func.count()).select_from(allocation))
    print(f"{items:,} open items, {paid:,} allocations")


def measure(name: str, url: str, accounts: int, declarations: int) -> None:
    print(f"{name}: {accounts:,} accounts, {accounts * declarations * CHARGES:,} open items")
    engine = engine_of(url)
    build(engine, accounts, declarations)
    count(engine)
    clear(engine, accounts)
    count(engine)
    clear(engine, accounts)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgresql", metavar="URL")
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--declarations", type=int, default=5, help="of each account")
    options = parser.parse_args()
    if options.postgresql:
        measure("PostgreSQL", options.postgresql, options.accounts, options.declarations)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/book.sqlite", options.accounts, options.declarations)


if __name__ == "__main__":
    main()
