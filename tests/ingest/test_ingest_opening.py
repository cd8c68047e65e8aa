"""History from before the book: whole or not at all, explained, and once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from charging_books import IMPORTER, RATES, at, borne, declared
from sqlalchemy import Connection, Engine

from accounting import ledger
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of
from ingest.audit import Author
from ingest.charging import post_interest
from ingest.opening import OpeningRefused, openings, read_items, take_in
from schemas.acts import BroughtForward
from schemas.table_errors import TableError

HEADER = "account,reference,type,amount,due,arose,explanation\n"
FILE = HEADER + (
    f"{IMPORTER},OLD-1,gst,120.50,2026-03-31,2026-03-03,unpaid B3 of March\n"
    f"{IMPORTER},OLD-1,customs_duty,1000,2026-03-31,2026-03-03,unpaid B3 of March\n"
    f"{IMPORTER},OLD-2,opening,20.00,,2024-08-12,unapplied payment of August 2024\n"
)
OFFICER = Author("A. Officer", "clean-up", datetime(2026, 4, 2, 15, tzinfo=UTC))
LATER = Author("B. Officer", "again", datetime(2026, 5, 2, 15, tzinfo=UTC))


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    engine: Engine = engine_of(request.getfixturevalue(request.param))
    metadata.create_all(engine)
    with engine.connect() as found:
        yield found
    engine.dispose()


def test_debts_and_credits_come_in_explained(connection: Connection) -> None:
    found = take_in(connection, read_items(FILE, "old.csv"), OFFICER, 110_050)
    assert (found.new, found.debts_cents, found.credits_cents) == (2, 112_050, 2_000)
    balances = ledger.balance(connection, IMPORTER)
    assert balances == {
        "credit.opening": -2_000,
        "receivable.customs_duty": 100_000,
        "receivable.gst": 12_050,
        "suspense.opening": -110_050,
    }
    first, _ = openings(connection)
    assert isinstance(first.act, BroughtForward)
    assert (first.key, first.act.explanation) == (f"opening/{IMPORTER}/OLD-1", "unpaid B3 of March")
    assert verify(connection) == []


def test_again_changes_nothing_and_other_content_is_refused(connection: Connection) -> None:
    take_in(connection, read_items(FILE, "old.csv"), OFFICER)
    assert take_in(connection, read_items(FILE, "old.csv"), LATER).new == 0
    with pytest.raises(OpeningRefused, match=r"OLD-1 is in the book with other content .*unpaid B3 of March"):
        take_in(connection, read_items(FILE.replace("1000", "1001"), "old.csv"), LATER)
    assert len(list(openings(connection))) == 2


def test_a_control_total_that_differs_is_refused(connection: Connection) -> None:
    with pytest.raises(OpeningRefused, match=r"comes to 1100\.50 .* not to the control total 1000\.00"):
        take_in(connection, read_items(FILE, "old.csv"), OFFICER, 100_000)
    assert list(openings(connection)) == []


def test_a_declaration_of_the_book_is_no_opening_item(connection: Connection) -> None:
    ledger.post(connection, declared())
    text = HEADER + f"{IMPORTER},12345000000017,gst,1.00,2026-03-31,2026-03-03,again\n"
    with pytest.raises(OpeningRefused, match="line 2, column reference: the book holds the declaration"):
        take_in(connection, read_items(text, "old.csv"), OFFICER)


def test_every_fault_is_said_at_once() -> None:
    text = HEADER + (
        "123456789RM0001,,gstt,-1,2026-13-31,2026-03-3,\n"
        f"{IMPORTER},OLD-2,opening,20.00,2025-01-01,2024-08-12,x\n"
        f"{IMPORTER},OLD-3,gst,20.001,,2024-08-12,x\n"
        f"{IMPORTER},OLD-4,gst,20.00,2025-01-01,2024-08-12,x\n"
        f"{IMPORTER},OLD-4,gst,21.00,2025-01-01,2024-08-12,x\n"
        f"{IMPORTER},OLD-4,refund,21.00,,2024-08-12,x\n"
    )
    with pytest.raises(TableError) as refused:
        read_items(text, "old.csv")
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (2, "account"),
        (2, "reference"),
        (2, "type"),
        (2, "amount"),
        (2, "arose"),
        (2, "explanation"),
        (2, "due"),
        (3, "due"),
        (4, "amount"),
        (4, "due"),
        (6, "reference"),
        (7, "reference"),
    ]


@pytest.mark.parametrize("amount", ["0.00", "-20.00", "99999999999999999999.00", "9" * 40, "1e3"])
def test_what_is_no_amount_above_nothing_that_the_book_can_hold_is_told(amount: str) -> None:
    row = f"{IMPORTER},OLD-1,gst,{amount},2025-01-01,2024-08-12,unpaid\n"
    with pytest.raises(TableError) as refused:
        read_items(HEADER + row, "old.csv")
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [(2, "amount")]


def test_an_opening_debt_bears_interest_from_the_day_that_is_said(connection: Connection) -> None:
    header = HEADER.strip() + ",interest_from\n"
    rows = (
        f"{IMPORTER},OLD-1,gst,1000.00,2026-03-31,2026-03-03,unpaid,\n"
        f"{IMPORTER},OLD-2,gst,1000.00,2026-03-31,2026-03-03,unpaid,2026-04-11\n"
    )
    take_in(connection, read_items(header + rows, "old.csv"), OFFICER)
    post_interest(connection, date(2026, 4, 17), at(date(2026, 4, 18)), RATES)
    found = {e.reference: e.items[0].cents for e in ledger.entries(connection) if e.kind == "interest"}
    assert found == {"OLD-1": borne(100_000, ["8.6"] * 17), "OLD-2": borne(100_000, ["8.6"] * 7)}


def test_an_opening_penalty_bears_the_prescribed_rate_and_beside_something_else_the_specified(
    connection: Connection,
) -> None:
    rows = (
        f"{IMPORTER},OLD-1,penalty,1000.00,2026-03-31,2026-03-03,C336 of February\n"
        f"{IMPORTER},OLD-2,penalty,1000.00,2026-03-31,2026-04-01,paid within thirty days may still come\n"
        f"{IMPORTER},OLD-3,penalty,400.00,2026-03-31,2026-03-03,a balance\n"
        f"{IMPORTER},OLD-3,gst,600.00,2026-03-31,2026-03-03,a balance\n"
    )
    take_in(connection, read_items(HEADER + rows, "old.csv"), OFFICER)
    post_interest(connection, date(2026, 4, 17), at(date(2026, 4, 18)), RATES)
    found = {e.reference: e.items[0].cents for e in ledger.entries(connection) if e.kind == "interest"}
    assert found == {"OLD-1": borne(100_000, ["2.6"] * 17), "OLD-3": borne(100_000, ["8.6"] * 17)}
