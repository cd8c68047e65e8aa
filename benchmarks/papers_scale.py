"""How long does a close of the whole country take, and how much memory? Papers from the book, read to stored.

A book is built in bulk by the database itself: accounts with as many declarations each, three charges a
declaration, recipients of EDIFACT and of XML, some of which want JSON, CSV or a page beside it. Then
the days are closed as `cadline run --close` closes them: read, numbered, written in every form of each
recipient's profile, stored and committed, portion by portion. The memory is told as it goes, to be seen flat.

    python benchmarks/papers_scale.py --postgresql URL                         50,000 notices of 150,000 lines
    python benchmarks/papers_scale.py --postgresql URL --statements            227,000 statements, 3.3 million
    python benchmarks/papers_scale.py --postgresql URL --long 100000           one statement, in every form

URL names an empty database of its own, whose user may switch triggers off (they would look at each row).
Options: --accounts N --lines M --owing PERCENT (of accounts, with a debt from before).
"""

import argparse
import os
import resource
import time
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection, select, text

from accounting.bulk import insert_rows
from cadline.database import reading, writing
from cadline.settings import Settings
from cadline.wiring import House
from ingest import tables
from ingest.closed_days import Due
from ingest.issued import READERS
from outbound.forms import WRITABLE, writer
from schemas.papers import Header
from schemas.recipients import Form, Profile

POSTED, BEFORE = date(2026, 3, 16), date(2026, 2, 16)
NOTICES, STATEMENTS = Due(POSTED, "daily-notice"), Due(date(2026, 3, 25), "statement")
NIGHT = "2026-03-25T05:00:00Z"
PARTNERS = 1000
CHARGES = {"customs_duty": 81250, "surtax": 100, "gst": 66563}
BESIDE: dict[int, Form] = {0: "json", 1: "csv", 2: "html"}
"""What a tenth of the recipients each wants beside its EDIFACT or XML."""

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

ACCOUNT = "lpad((:first + g % :accounts)::text, 9, '0') || 'RM0001'"
ENTRIES = f"""
INSERT INTO journal_entry
SELECT :offset + g, {ACCOUNT}, :place + g / :accounts + 1,
  'cad/' || lpad((:offset + g)::text, 14, '0') || '/1', 'declaration', '',
  lpad((:offset + g)::text, 14, '0'), 1, lpad((900000000 + g % {PARTNERS})::text, 9, '0') || 'RM0001',
  'commercial', :day, :day, :day + time '15:00', :day, :day - 26, :day + 1, :day + 15, :statement,
  false, 1250000, repeat('0', 64), repeat('0', 64), ''
FROM generate_series(0, :lines - 1) g
"""  # noqa: S608 - our own figures
CHARGED = ", ".join(str((place, name, cents)) for place, (name, cents) in enumerate(CHARGES.items()))
POSTINGS = f"""
INSERT INTO posting
SELECT :offset + g, 2 * c.place + side, CASE side WHEN 0 THEN 'receivable.' ELSE 'revenue.' END || c.charge,
  CASE side WHEN 0 THEN c.cents ELSE -c.cents END
FROM generate_series(0, :lines - 1) g, (VALUES {CHARGED}) c (place, charge, cents), generate_series(0, 1) side
"""  # noqa: S608 - our own figures
ITEMS = f"""
INSERT INTO open_item SELECT :offset + g, c.place, c.charge, c.cents, :day + 15, :statement
FROM generate_series(0, :lines - 1) g, (VALUES {CHARGED}) c (place, charge, cents)
"""  # noqa: S608 - our own figures
DEBTS = f"""
INSERT INTO debt
SELECT {ACCOUNT}, lpad((:offset + g)::text, 14, '0'), c.charge, :day + 15, c.cents
FROM generate_series(0, :lines - 1) g, (VALUES {CHARGED}) c (place, charge, cents)
"""  # noqa: S608 - our own figures
CHAINS = f"""
INSERT INTO chain SELECT {ACCOUNT}, 10000, repeat('0', 64), '{{}}'
FROM generate_series(0, :accounts - 1) g
"""  # noqa: S608 - our own figures
IMPORTERS = f"""
INSERT INTO importer
SELECT {ACCOUNT}, 'Érablière Beauséjour ' || g || ' Ltée', 'importer', 'commercial',
  'PARTNER' || g % {PARTNERS}, 'fr'
FROM generate_series(0, :accounts - 1) g
"""  # noqa: S608 - our own figures
DELEGATIONS = f"""
INSERT INTO delegation
SELECT {ACCOUNT}, lpad((900000000 + g % {PARTNERS})::text, 9, '0'), '2020-01-01', NULL, 'program',
  'file correct adjust view', 'balances'
FROM generate_series(0, :accounts - 1) g
"""  # noqa: S608 - our own figures


# ---- the book -------------------------------------------------------------------------------------


class Builder:
    """Fills an empty database. first: the number of the first account."""

    def __init__(self, connection: Connection, first: int, accounts: int) -> None:
        self.connection = connection
        self.accounts = {"first": first, "accounts": accounts}
        connection.execute(text("SET LOCAL session_replication_role = replica"))

    def registry(self) -> None:
        for statement in (CHAINS, IMPORTERS, DELEGATIONS):
            self.connection.execute(text(statement), self.accounts)

    def post(self, lines: int, day: date, statement: date, *, offset: int, place: int) -> None:
        """Post declarations to all accounts in turn. offset: of ids and numbers. place: in the chains."""
        told = {**self.accounts, "lines": lines, "day": day, "statement": statement, "offset": offset}
        for each in (ENTRIES, POSTINGS, ITEMS, DEBTS):
            self.connection.execute(text(each), told | {"place": place})


def partners(connection: Connection) -> None:
    rows, profiles = [], []
    for number in range(PARTNERS):
        name, syntax = f"PARTNER{number}", ("edifact", "xml")[number // 10 % 2]
        rows.append((name, name, f"{900000000 + number}RM0001", "broker", "", syntax, "fr", ""))
        if beside := BESIDE.get(number % 10):
            since = date(2026, 1, 1)
            profile = Profile(recipient=name, since=since, forms=(syntax, beside), language="fr")
            profiles.append((name, since, "topic", profile.model_dump_json()))
    insert_rows(connection, tables.partner, rows)
    insert_rows(connection, tables.recipient, profiles)


def build(house: House, accounts: int, lines: int, owing: int) -> None:
    start = time.perf_counter()
    with writing(house.engine) as connection:
        partners(connection)
        builder = Builder(connection, 100_000_000, accounts)
        builder.registry()
        builder.post(lines, POSTED, STATEMENTS.day, offset=10**9, place=100)
        owing_builder = Builder(connection, 100_000_000, accounts * owing // 100)
        owing_builder.post(accounts * owing // 100, BEFORE, date(2026, 2, 25), offset=1, place=0)
    analyze(house)
    print(f"built {accounts:,} accounts, {lines:,} lines in {time.perf_counter() - start:.0f} s")


def analyze(house: House) -> None:
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


# ---- the measuring --------------------------------------------------------------------------------


def resident_mb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES // 2**20


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def server_seconds(house: House) -> float:
    """Return the processor time of the server's process that worked for us: it runs on this machine."""
    with reading(house.engine) as connection:
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    user, system = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def told(written: int, seconds: float) -> str:
    rate, load = written / seconds, os.getloadavg()[0]
    return f"{written:9,} papers {seconds:5.0f} s {rate:6,.0f} a second {resident_mb():5} MB, load {load:.1f}"


def close(house: House, due: Due) -> None:
    """Close a day, and tell how far it is every tenth of the way.

    Processor time is told beside the clock's: on a machine that others use it says more. One process and one
    connection work.
    """
    runs, written, start = house.close_runs(), 0, time.perf_counter()
    length = runs.length(due)
    for number, part in enumerate(runs.parts(due), start=1):
        written += len(part.keys)
        if number % max(1, length // 10) == 0:
            print(f"  {told(written, time.perf_counter() - start)}", flush=True)
    print(f"{due.kind}: {told(written, time.perf_counter() - start)}, peak {peak_mb()} MB")
    print(f"  processor time: ours {time.process_time():.0f} s, the database's {server_seconds(house):.0f} s")


def forms(database: str, form: Form) -> None:
    """Write the one statement in one form, and tell what it took."""
    house = house_of(database)
    with reading(house.engine) as connection:
        content = connection.execute(select(tables.paper.c.content)).scalar_one()
    house.close()
    paper, before, start = READERS["statement"](content), peak_mb(), time.perf_counter()
    profile = Profile(recipient="PARTNER0", since=POSTED, forms=(form,), language="fr")
    header = Header(sender="CARM", recipient="PARTNER0", control_reference="1", prepared=house.clock.now())
    size = len(writer(form, profile)(paper, header))
    seconds = time.perf_counter() - start
    print(f"  {form:8} {seconds:6.1f} s {size / 2**20:7.1f} MB long, peak {peak_mb()} MB ({before} before)")


def one_long(house: House, lines: int) -> None:
    """Close the statement of one account, then write it in every form, each in a process of its own."""
    with writing(house.engine) as connection:
        partners(connection)
        builder = Builder(connection, 100_000_000, 1)
        builder.registry()
        builder.post(lines, POSTED, STATEMENTS.day, offset=10**9, place=0)
    analyze(house)
    close(house, STATEMENTS)
    for form in WRITABLE:
        process = get_context("spawn").Process(target=forms, args=(house.settings.database, form))
        process.start()
        process.join()


def house_of(database: str) -> House:
    return House(Settings(database=database, clock=NIGHT))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgresql", metavar="URL", required=True)
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--lines", type=int)
    parser.add_argument("--owing", type=int, default=20, metavar="PERCENT")
    parser.add_argument("--build", action="store_true", help="only build the book")
    parser.add_argument("--built", action="store_true", help="the book is built: only close")
    parser.add_argument("--long", type=int, metavar="LINES")
    options = parser.parse_args()
    house = house_of(options.postgresql)
    if options.long:
        one_long(house, options.long)
    else:
        accounts, lines = (227_000, 3_300_000) if options.statements else (50_000, 150_000)
        if not options.built:
            build(house, options.accounts or accounts, options.lines or lines, options.owing)
        if not options.build:
            close(house, STATEMENTS if options.statements else NOTICES)
    house.close()


if __name__ == "__main__":
    main()
