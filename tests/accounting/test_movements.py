from datetime import UTC, date, datetime, timedelta

from books import (
    BROKER,
    IMPORTER,
    OTHER_BROKER,
    OTHER_IMPORTER,
    POSTED,
    TRANSACTION,
    accepted,
    assessment,
    declaration,
    simple_entries,
)
from sqlalchemy import Engine

from accounting import ledger, movements
from accounting.movements import AccountMovement
from schemas.book import Entry
from schemas.papers import Movement

DAY = date(2026, 3, 17)
LATER = POSTED + timedelta(days=14)
(FIRST,) = accepted(declaration(), assessment(10_000, 500, 200_000))
CORRECTION = accepted(
    declaration(2, broker=OTHER_BROKER),
    assessment(8_000, 700, 160_000),
    posted_at=LATER,
    late=True,
    replaced=FIRST,
)


def post(engine: Engine, *batches: tuple[Entry, ...]) -> None:
    for batch in batches:
        with engine.begin() as connection:
            ledger.post(connection, batch)


def test_a_first_version_is_wholly_new(engine: Engine) -> None:
    post(engine, (FIRST,))
    with engine.connect() as connection:
        found = movements.posted_on(connection, DAY)
    assert found == (
        AccountMovement(
            account=IMPORTER,
            stream="commercial",
            period_start=date(2026, 2, 18),
            period_end=date(2026, 3, 17),
            movement=Movement(
                transaction_number=TRANSACTION,
                version=1,
                broker=BROKER,
                release_date=date(2026, 3, 16),
                accounting_date=DAY,
                posted_day=DAY,
                due=date(2026, 3, 31),
                statement_date=date(2026, 3, 25),
                value_for_duty_cents=200_000,
                charges={"customs_duty": 10_000, "gst": 500},
                after_cents=10_500,
            ),
        ),
    )


def test_a_correction_is_one_movement_with_what_it_changed(engine: Engine) -> None:
    post(engine, (FIRST,), CORRECTION)
    with engine.connect() as connection:
        (found,) = movements.posted_on(connection, LATER.date())
        on_april = movements.on_statement(connection, date(2026, 4, 25))
        on_march = movements.on_statement(connection, date(2026, 3, 25), [IMPORTER])
    change = found.movement
    assert (change.version, change.charges) == (2, {"customs_duty": -2_000, "gst": 200})
    assert (change.before_cents, change.after_cents, change.cents) == (10_500, 8_700, -1_800)
    assert (change.value_for_duty_cents, change.late) == (-40_000, True)
    assert on_april == (found,)
    assert [each.movement.version for each in on_march] == [1]


def test_versions_of_one_batch_stay_apart(engine: Engine) -> None:
    second = accepted(declaration(2), assessment(8_000), replaced=FIRST)
    third = accepted(declaration(3, function="cancellation"), assessment(), replaced=second[1])
    post(engine, (FIRST, *second, *third))
    with engine.connect() as connection:
        found = movements.posted_on(connection, DAY)
    changes = [(each.movement.before_cents, each.movement.after_cents) for each in found]
    assert changes == [(None, 10_500), (10_500, 8_000), (8_000, 0)]


def test_a_change_of_importer_moves_the_debt(engine: Engine) -> None:
    moved = accepted(declaration(2, importer=OTHER_IMPORTER), assessment(10_000, 500), replaced=FIRST)
    post(engine, (FIRST,), moved)
    with engine.connect() as connection:
        found = movements.by_account(movements.posted_on(connection, DAY))
    by_account = {
        account: [(each.movement.version, each.movement.cents) for each in held]
        for account, held in found.items()
    }
    assert by_account == {IMPORTER: [(1, 10_500), (1, -10_500)], OTHER_IMPORTER: [(2, 10_500)]}


def test_what_changes_nothing_is_a_movement_without_charges(engine: Engine) -> None:
    same = accepted(declaration(2), assessment(10_000, 500), posted_at=LATER, replaced=FIRST)
    post(engine, (FIRST,), same, accepted(declaration(number="9"), assessment(), posted_at=LATER))
    with engine.connect() as connection:
        found = movements.posted_on(connection, LATER.date())
    assert [(each.movement.charges, each.movement.after_cents) for each in found] == [({}, 10_500), ({}, 0)]


def test_the_day_is_eastern(engine: Engine) -> None:
    late_evening = datetime(2026, 3, 18, 3, 59, tzinfo=UTC)  # 23:59 on the 17th in Toronto
    post(engine, accepted(declaration(), assessment(1), posted_at=late_evening))
    with engine.connect() as connection:
        assert len(movements.posted_on(connection, DAY)) == 1
        assert movements.posted_on(connection, date(2026, 3, 18)) == ()


def test_a_broker_sees_what_it_filed_itself(engine: Engine) -> None:
    post(engine, (FIRST,), CORRECTION, simple_entries(["5"], OTHER_IMPORTER))
    with engine.connect() as connection:
        mine = movements.filed_by(connection, OTHER_BROKER[:9], DAY, LATER.date())
        others = movements.filed_by(connection, BROKER[:9], DAY, DAY)
        before = movements.filed_by(connection, OTHER_BROKER[:9], DAY, DAY)
    assert [each.movement.version for each in mine] == [2]
    assert [each.account for each in others] == [IMPORTER, OTHER_IMPORTER]
    assert before == ()


def test_the_order_of_posting_does_not_show(engine: Engine) -> None:
    post(engine, *(simple_entries([number]) for number in ("7", "3", "5")))
    with engine.connect() as connection:
        found = movements.posted_on(connection, DAY, [IMPORTER])
    assert [each.movement.transaction_number for each in found] == ["3", "5", "7"]
