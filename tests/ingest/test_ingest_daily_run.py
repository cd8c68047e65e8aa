"""The run over the accounts: penalties, interest, clearing, security, in that order, before the papers."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from accounting import ledger
from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.journal import accept
from accounting.tables import journal_entry
from accounting.verify import verify
from cadline.database import reading, writing
from cadline.settings import Settings
from cadline.wiring import House
from ingest.closed_days import closed
from ingest.daily_run import STEPS
from schemas.acts import PaymentReceived
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Credit
from schemas.cad import Declaration, Line, Party

ACCOUNT = "123456782RM0001"
RELEASED = date(2026, 3, 16)
DUE = date(2026, 3, 31)


def declared(gst):
    cad = Declaration(
        transaction_number="12345000000017",
        version=1,
        function="original",
        type="AB",
        importer=Party(identifier=ACCOUNT),
        release_date=RELEASED,
        invoices=(),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )
    assessed = AssessedLine(line=1, treatment="MFN", rate="5%", gst_cents=gst)
    return accept(
        cad,
        Assessment(lines=(assessed,), tables="test"),
        stream="commercial",
        dates=billing_dates("commercial", RELEASED),
        event_day=RELEASED,
        posted_at=datetime(2026, 3, 16, 15, 0, tzinfo=UTC),
        late=False,
        replaced=None,
    )


def paid(cents, day):
    instant = datetime(day.year, day.month, day.day, 16, 0, tzinfo=UTC)
    key = f"payment/electronic/{ACCOUNT}/1"
    return act_entry(
        PaymentReceived(
            reference="1", payer=ACCOUNT, method="electronic", received_at=instant, value_day=day
        ),
        key=key,
        party=ACCOUNT,
        stream="commercial",
        event_day=day,
        posted_at=instant,
        contra="cash.received",
        credit=Credit(key=key, kind="payment", cents=cents, day=day),
    )


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def house(request, tmp_path):
    """Everything as `cadline run --close` has it, with a clock in a file."""
    clock = tmp_path / "clock"
    clock.write_text("2026-03-16T15:00:00Z")
    house = House(Settings(database=request.getfixturevalue(request.param), clock=f"file:{clock}"))
    yield house
    house.close()


def close_until(house, instant):
    house.clock.path.write_text(instant)
    house.shift((), closing=True).until_idle()


def kinds(house):
    with reading(house.engine) as connection:
        assert verify(connection) == []
        found = select(journal_entry.c.kind).order_by(journal_entry.c.sequence)
        return list(connection.scalars(found))


def test_the_steps_stand_in_their_order():
    assert [name for name, _ in STEPS] == ["penalties", "interest", "clearing", "security"]


def test_what_is_paid_in_time_clears_on_the_due_day_without_penalty_or_interest(house):
    with writing(house.engine) as connection:
        ledger.post(connection, [*declared(1000), paid(1000, DUE)])
    close_until(house, "2026-03-31T05:00:00Z")
    assert kinds(house) == ["declaration", "payment"]
    close_until(house, "2026-04-03T05:00:00Z")
    assert kinds(house) == ["declaration", "payment", "clearing"]
    with reading(house.engine) as connection:
        [cleared] = [entry for entry in ledger.entries(connection) if entry.kind == "clearing"]
        assert closed(connection, "accounts")[-1] == date(2026, 4, 2)
        assert closed(connection, "accounts") == closed(connection, "daily-notice")
    assert (cleared.event_day, cleared.key) == (DUE, f"clearing/{ACCOUNT}/2026-03-31/1")


def test_what_comes_late_clears_on_its_day_and_bears_interest_when_charges_are_on(house):
    with writing(house.engine) as connection:
        ledger.post(connection, declared(100_000))
    close_until(house, "2026-04-02T05:00:00Z")
    with writing(house.engine) as connection:
        ledger.post(connection, [paid(50_000, DUE + timedelta(days=9))])
    close_until(house, "2026-04-11T05:00:00Z")
    found = kinds(house)
    assert found.count("clearing") == 1
    with reading(house.engine) as connection:
        [cleared] = [entry for entry in ledger.entries(connection) if entry.kind == "clearing"]
    assert cleared.event_day == DUE + timedelta(days=9)
    # A penalty for the statement that was not paid in time stands first among what is cleared.
    assert json.loads(cleared.act.model_dump_json())["strategy"] == "2024"
    assert "penalty" in found


def test_a_run_that_is_done_again_changes_nothing(house):
    with writing(house.engine) as connection:
        ledger.post(connection, [*declared(1000), paid(400, DUE)])
    close_until(house, "2026-04-03T05:00:00Z")
    before = kinds(house)
    house.daily_run().close(DUE)
    assert kinds(house) == before


def test_charges_can_be_switched_off(house):
    with writing(house.engine) as connection:
        ledger.post(connection, declared(1000))
    settings = house.settings.model_copy(update={"charge": False})
    other = House(settings)
    close_until(other, "2026-04-28T05:00:00Z")
    assert kinds(house) == ["declaration"]
    other.close()
