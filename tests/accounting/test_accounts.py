from datetime import date, timedelta

from books import IMPORTER, POSTED, TRANSACTION, accepted, assessment, declaration, simple_entries
from sqlalchemy import Engine

from accounting import ledger
from accounting.accounts import OwedItem, owed_items

FIRST = accepted(declaration(), assessment(10_000, 500))
SECOND = accepted(declaration(2), assessment(0, 700), posted_at=POSTED + timedelta(days=1), replaced=FIRST[0])
DUE = date(2026, 3, 31)
EARLIER = OwedItem(
    transaction_number=TRANSACTION, due=DUE, charges={"customs_duty": 10_000, "gst": 500}, cents=10_500
)
LATER = OwedItem(transaction_number=TRANSACTION, due=DUE, charges={"gst": 700}, cents=700)


def test_a_correction_is_taken_into_its_declaration(engine: Engine) -> None:
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *SECOND, *simple_entries(["9"], "123456782RM0002")])
        assert owed_items(connection, IMPORTER) == (LATER,)
        assert owed_items(connection, IMPORTER, POSTED) == (EARLIER,)
        assert owed_items(connection, IMPORTER, POSTED - timedelta(seconds=1)) == ()


def test_items_are_sorted_by_due_date_and_together_they_are_the_balance(engine: Engine) -> None:
    late = accepted(declaration(number="1", released=date(2026, 4, 20)), assessment(gst=1))
    with engine.begin() as connection:
        ledger.post(connection, [*late, *simple_entries(["3", "2"])])
        items = owed_items(connection, IMPORTER)
        owed = ledger.receivable(ledger.balance(connection, IMPORTER))
    assert [item.transaction_number for item in items] == ["2", "3", "1"]
    assert sum(item.cents for item in items) == owed


def test_what_cancels_out_is_left_out(engine: Engine) -> None:
    cancelled = accepted(declaration(2, function="cancellation"), assessment(), replaced=FIRST[0])
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *cancelled])
        assert owed_items(connection, IMPORTER) == ()
