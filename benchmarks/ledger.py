"""How many declarations a second does the book take, beside what the database itself can take?

The bound is the least a double-entry ledger can do: a header, six postings, and balances summed a batch, in
the fewest statements that the driver allows, without a check, a guard, an explanation or an answer. Ours is
`ledger.post` with all of those, and the answer in the outbox, in the same transaction.

Bound and book take turns in one run, on the same server: trust the ratio, never the digits. The making of
entries is not timed, as the making of rows is not.

    python benchmarks/ledger.py                                    SQLite, in a temporary folder
    python benchmarks/ledger.py --postgresql postgresql://u@h/db   an empty database of its own
    python benchmarks/ledger.py --history 1000000                  also: balance of an account so long
    python benchmarks/ledger.py --crowd 1000000 --postgresql URL   also: so many by two writers who meet

Options: --rounds 3 --seconds 2 --batch 100 --accounts 1000.
"""

import argparse
import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import psycopg

from accounting import journal, ledger
from accounting.calendar import billing_dates
from cadline.database import engine_of, upgrade
from outbound import outbox
from schemas.assessment import AssessedLine, Assessment, Step
from schemas.book import Entry
from schemas.cad import Declaration, Invoice, Line, Party

LINES = 5
POSTINGS = 6
"""How many postings each entry has: three charges, owed and earned."""
WRITERS = 2
STATISTICS_SECONDS = 2.0
"""After what time the server's counts are up to date."""
RELEASED = date(2026, 3, 16)
POSTED = datetime(2026, 3, 17, 15, 0, tzinfo=UTC)
DATES = billing_dates("commercial", RELEASED)

# ---- the bound ------------------------------------------------------------------------------------

BOUND_SQLITE = """
CREATE TABLE journal (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, booked TEXT NOT NULL,
  memo TEXT NOT NULL);
CREATE TABLE line (journal INTEGER NOT NULL REFERENCES journal (id), line INTEGER NOT NULL,
  account INTEGER NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY (journal, line)) WITHOUT ROWID;
CREATE INDEX line_account ON line (account);
CREATE TABLE total (account INTEGER PRIMARY KEY, cents INTEGER NOT NULL);
"""
BOUND_POSTGRESQL = """
CREATE TABLE journal (id bigint PRIMARY KEY, key text NOT NULL UNIQUE, booked timestamptz NOT NULL,
  memo text NOT NULL);
CREATE TABLE line (journal bigint NOT NULL REFERENCES journal (id), line int NOT NULL,
  account int NOT NULL, cents bigint NOT NULL, PRIMARY KEY (journal, line));
CREATE INDEX line_account ON line (account);
CREATE TABLE total (account int PRIMARY KEY, cents bigint NOT NULL);
"""

BoundBatch = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[int, int]]]


def bound_batches(size: int, accounts: int, first: int) -> Iterator[BoundBatch]:
    """Yield batches of headers, postings, and sums by account."""
    chance, numbers = random.Random(first), count(first)  # noqa: S311 - a benchmark, no secret
    while True:
        headers, lines, sums = [], [], dict[int, int]()
        for number in islice(numbers, size):
            headers.append((number, f"DECL-{number:012d}", POSTED.isoformat(), "customs duty assessment"))
            debtor, creditor = chance.sample(range(accounts), 2)
            for place in range(3):
                cents = chance.randrange(1, 10**7)
                lines += [(number, 2 * place, debtor, cents), (number, 2 * place + 1, creditor, -cents)]
                sums[debtor] = sums.get(debtor, 0) + cents
                sums[creditor] = sums.get(creditor, 0) - cents
        yield headers, lines, sorted(sums.items())


class SqliteBound:
    def __init__(self, path: Path, accounts: int) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -65536",
        ):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.executescript(BOUND_SQLITE)
        self.database.executemany("INSERT INTO total VALUES (?, 0)", [(n,) for n in range(accounts)])

    def __call__(self, batch: BoundBatch) -> None:
        headers, lines, sums = batch
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany("INSERT INTO journal VALUES (?, ?, ?, ?)", headers)
        self.database.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", lines)
        self.database.executemany(
            "UPDATE total SET cents = cents + ? WHERE account = ?",
            [(cents, account) for account, cents in sums],
        )
        self.database.execute("COMMIT")


class PostgresBound:
    def __init__(self, url: str, accounts: int) -> None:
        with psycopg.connect(url, autocommit=True) as making:
            making.execute("DROP SCHEMA IF EXISTS bound CASCADE")
            making.execute("CREATE SCHEMA bound")
            making.execute("SET search_path = bound")
            making.execute(BOUND_POSTGRESQL)
            making.execute("INSERT INTO total SELECT n, 0 FROM generate_series(0, %s) n", [accounts])
        self.database = psycopg.connect(url, autocommit=True, options="-c search_path=bound")

    def __call__(self, batch: BoundBatch) -> None:
        headers, lines, sums = batch
        accounts = [account for account, _ in sums]
        with self.database.pipeline(), self.database.transaction(), self.database.cursor() as cursor:
            cursor.execute(
                "INSERT INTO journal"
                " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[])",
                [list(column) for column in zip(*headers, strict=True)],
            )
            cursor.execute(
                "INSERT INTO line SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[])",
                [list(column) for column in zip(*lines, strict=True)],
            )
            cursor.execute(
                "SELECT 1 FROM total WHERE account = ANY(%s) ORDER BY account FOR UPDATE", [accounts]
            )
            cursor.execute(
                "UPDATE total t SET cents = t.cents + d.cents FROM unnest(%s::int[], %s::bigint[])"
                " AS d (account, cents) WHERE t.account = d.account",
                [accounts, [cents for _, cents in sums]],
            )


# ---- the book -------------------------------------------------------------------------------------


def step(figure: str, cents: int) -> Step:
    return Step(
        figure=figure,
        rule=f"{figure}.ad-valorem",
        formula=f"{cents / 100:.2f} = 2000.00 x 0.05",
        inputs={"value_for_duty": "2000.00", "rate": "0.05"},
        rate="5%",
        source="Customs Tariff, schedule, 9403.50.10.00",
        table="tariff T2026",
        since=date(2026, 1, 1),
        cents=cents,
    )


def explained_line(number: int, chance: random.Random) -> AssessedLine:
    """Return a line with the working of five figures, some 1.4 KB, as the lines of the sample days have."""
    duty, surtax, gst = (chance.randrange(1, 10**6) for _ in range(3))
    figures = ("value_for_duty", "customs_duty", "surtax", "value_for_tax", "gst")
    return AssessedLine(
        line=number,
        treatment="MFN",
        rate="5%",
        value_for_duty_cents=200_000,
        customs_duty_cents=duty,
        surtax_cents=surtax,
        gst_cents=gst,
        explanation=tuple(step(figure, duty) for figure in figures),
    )


Batch = tuple[Sequence[Entry], Sequence[outbox.Outgoing]]


def batches(size: int, accounts: int, first: int, offset: int = 0) -> Iterator[Batch]:
    """Yield batches of entries and of the answers to their declarations; accounts count from `offset`."""
    chance, numbers = random.Random(first), count(first)  # noqa: S311 - a benchmark, no secret
    while True:
        entries: list[Entry] = []
        answers: list[outbox.Outgoing] = []
        for number in islice(numbers, size):
            importer = f"{offset + chance.randrange(accounts):09d}RM0001"
            cad = Declaration(
                transaction_number=f"{number:014d}",
                version=1,
                function="original",
                type="AB",
                importer=Party(identifier=importer),
                broker=Party(identifier="876543214RM0001"),
                release_date=RELEASED,
                invoices=(Invoice(number="1"),),
                lines=(Line(number=1, invoice="1", classification="9403501000"),),
            )
            assessment = Assessment(lines=tuple(explained_line(place + 1, chance) for place in range(LINES)))
            entries += journal.accept(
                cad,
                assessment,
                stream="commercial",
                dates=DATES,
                event_day=RELEASED,
                posted_at=POSTED,
                late=False,
                replaced=None,
            )
            answers.append(
                outbox.Outgoing(
                    key=f"answer/{number}",
                    recipient=f"BROKER{offset}",
                    kind="answer",
                    subject=importer,
                    day=RELEASED,
                    control_reference=f"{number:014d}",
                    syntax="edifact",
                    payload=b"UNH+1+CUSRES:D:13A:UN'" * 30,
                )
            )
        yield entries, answers


class Book:
    def __init__(self, url: str) -> None:
        self.engine = engine_of(url)
        upgrade(self.engine)

    def __call__(self, batch: Batch) -> None:
        entries, answers = batch
        with self.engine.begin() as connection:
            ledger.post(connection, entries)
            outbox.put(connection, answers, POSTED)


# ---- the measuring --------------------------------------------------------------------------------


def rate(write: Callable[[Any], None], made: Iterator[Any], size: int, seconds: float) -> float:
    """Return rows a second of `write`; the making of batches is not timed, the first call warms up."""
    write(next(made))
    busy, calls = 0.0, 0
    while busy < seconds:
        batch = next(made)
        start = time.perf_counter()
        write(batch)
        busy += time.perf_counter() - start
        calls += 1
    return calls * size / busy


def one_of_several(  # noqa: PLR0913, PLR0917 - a process's arguments
    url: str, options: argparse.Namespace, first: int, offset: int, gate: Any, out: Any
) -> None:
    """Write in a process of its own, on accounts of its own, as one partition's worker does."""
    write = Book(url)
    made = batches(options.batch, options.accounts, first, offset)
    ready = list(islice(made, int(options.seconds * 60)))
    gate.wait()
    out.put(rate(write, iter(ready), options.batch, options.seconds))


def several(url: str, options: argparse.Namespace, writers: int, first: int) -> float:
    """Return the declarations a second of several writers together."""
    gate = multiprocessing.Barrier(writers)
    out: multiprocessing.Queue[float] = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(
            target=one_of_several, args=(url, options, first + n * 10**9, n * 10**6, gate, out)
        )
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    total = sum(out.get(timeout=600) for _ in processes)
    for process in processes:
        process.join()
    return total


def report(name: str, bounds: Sequence[float], books: Sequence[float]) -> None:
    ratios = [book / bound for book, bound in zip(books, bounds, strict=True)]
    print(
        f"{name:12} bound {statistics.median(bounds):9,.0f}/s   book {statistics.median(books):8,.0f}/s"
        f"   ratio {statistics.median(ratios):5.2f}  ({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
    )


def compare(name: str, bound: Any, book: Book, options: argparse.Namespace) -> None:
    """Let bound and book take turns, and print their ratio."""
    bounds, books = [], []
    for number in range(options.rounds):
        first = (number + 1) * 10**7
        bounds.append(
            rate(bound, bound_batches(options.batch, options.accounts, first), options.batch, options.seconds)
        )
        books.append(
            rate(book, batches(options.batch, options.accounts, first), options.batch, options.seconds)
        )
    report(name, bounds, books)


def compare_writers(url: str, options: argparse.Namespace) -> None:
    """Print how two writers on accounts of their own compare with one."""
    ones, twos = [], []
    for number in range(options.rounds):
        ones.append(several(url, options, 1, (number * 10 + 1) * 10**10))
        twos.append(several(url, options, 2, (number * 10 + 5) * 10**10))
    ratio = statistics.median(two / one for one, two in zip(ones, twos, strict=True))
    one, two = statistics.median(ones), statistics.median(twos)
    print(f"two writers  one {one:11,.0f}/s   two {two:9,.0f}/s   ratio {ratio:5.2f}")


def one_of_a_crowd(url: str, options: argparse.Namespace, first: int, declarations: int, out: Any) -> None:
    """Write declarations for parties that all writers share, met in an order of chance."""
    book, posted = Book(url), 0
    for batch in islice(batches(options.batch, options.accounts, first), declarations // options.batch):
        book(batch)
        posted += sum(len(entry.postings) for entry in batch[0])
    out.put(posted)


def crowd(url: str, options: argparse.Namespace) -> None:
    """Let two writers on the same parties post so many postings; print what the server says of deadlocks."""
    out: multiprocessing.Queue[int] = multiprocessing.Queue()
    declarations = -(-options.crowd // (POSTINGS * WRITERS * options.batch)) * options.batch
    processes = [
        multiprocessing.Process(target=one_of_a_crowd, args=(url, options, n * 10**12, declarations, out))
        for n in range(1, WRITERS + 1)
    ]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    posted = sum(out.get() for process in processes if process.exitcode == 0)
    with psycopg.connect(url, autocommit=True) as asking:
        time.sleep(STATISTICS_SECONDS)
        row = asking.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        deadlocks = row.fetchone()
    failed = sum(process.exitcode != 0 for process in processes)
    print(
        f"two writers on the same {options.accounts:,} parties: {posted:,} postings in {seconds:.0f} s,"
        f" {deadlocks[0] if deadlocks else '?'} deadlocks, {failed} writers failed"
    )


def time_balance(book: Book, entries: int) -> None:
    """Print how long the balance of an account takes, while its history grows."""
    lean = Assessment(lines=(AssessedLine(line=1, treatment="MFN", rate="5%", gst_cents=500),))
    numbers = count(9 * 10**13)
    for size in (100, entries):
        while True:
            with book.engine.begin() as connection:
                found = connection.exec_driver_sql(
                    "SELECT coalesce(max(sequence), 0) FROM chain WHERE party = 'LONG'"
                )
                if found.scalar_one() >= size:
                    break
                cads = [
                    Declaration(
                        transaction_number=str(next(numbers)),
                        version=1,
                        function="original",
                        type="AB",
                        importer=Party(identifier="LONG"),
                        release_date=RELEASED,
                        invoices=(),
                        lines=(),
                    )
                    for _ in range(min(2000, size))
                ]
                ledger.post(
                    connection,
                    [
                        entry
                        for cad in cads
                        for entry in journal.accept(
                            cad,
                            lean,
                            stream="commercial",
                            dates=DATES,
                            event_day=RELEASED,
                            posted_at=POSTED + timedelta(seconds=1),
                            late=False,
                            replaced=None,
                        )
                    ],
                )
        with book.engine.connect() as connection:
            start = time.perf_counter()
            for _ in range(100):
                ledger.balance(connection, "LONG")
            print(
                f"balance of an account with {size:9,} entries: {(time.perf_counter() - start) * 10:.2f} ms"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgresql", metavar="URL")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--history", type=int, default=0, metavar="ENTRIES")
    parser.add_argument("--crowd", type=int, default=0, metavar="POSTINGS")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        lite = Book(f"sqlite:///{folder}/book.sqlite")
        compare("SQLite FULL", SqliteBound(Path(folder) / "bound.sqlite", options.accounts), lite, options)
        if options.history:
            time_balance(lite, options.history)
    if options.postgresql:
        big = Book(options.postgresql)
        compare("PostgreSQL", PostgresBound(options.postgresql, options.accounts), big, options)
        big.engine.dispose()
        compare_writers(options.postgresql, options)
        if options.crowd:
            crowd(options.postgresql, options)
        if options.history:
            time_balance(big, options.history)


if __name__ == "__main__":
    main()
