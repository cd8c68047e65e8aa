"""Which penalties a day brings, what bears interest of them, and what takes them back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from charging_books import DUE, IMPORTER, NUMBER, OTHER_IMPORTER, RATES, at, borne, clear, declared, pay
from sqlalchemy import Connection, Engine

import ingest.tables  # noqa: F401 - its tables belong to the metadata
from accounting import ledger
from accounting.acts import act_entry
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of
from ingest.audit import Author
from ingest.audit import verify as verify_audit
from ingest.charging import post_interest
from ingest.due_moves import MoveRefused, add
from ingest.late import post_penalties
from ingest.rulings import RulingRefused, allow_prescribed, entry_of, waive
from schemas.acts import CreditGranted, InterestCharged, PaymentDishonoured, PenaltyRaised
from schemas.billing import DueMove
from schemas.book import Credit

AFTER_DUE = date(2026, 4, 1)
STATEMENT = date(2026, 3, 25)
C336 = f"penalty/C336/{IMPORTER}/{STATEMENT}"
C288 = f"penalty/C288/{NUMBER}"
OFFICER = Author("A. Officer", "outage of the portal", datetime(2026, 4, 10, 15, tzinfo=UTC))


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    engine: Engine = engine_of(request.getfixturevalue(request.param))
    metadata.create_all(engine)
    with engine.connect() as found:
        yield found
    engine.dispose()


def run(connection: Connection, day: date) -> tuple[str, ...]:
    return post_penalties(connection, day, at(day + timedelta(days=1)))


# ---- C288, C292, C330 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "released", "accounted", "value", "code"),
    [
        ("commercial", "2026-03-16", "2026-03-23", 330_001, None),
        ("commercial", "2026-03-16", "2026-03-24", 330_001, "C288"),
        ("commercial", "2026-03-16", "2026-03-24", 330_000, None),
        ("commercial", "2026-03-16", "2026-04-27", 330_000, "C292"),
        ("csa2", "2026-03-16", "2026-04-27", 330_000, "C292"),
        ("clvs", "2026-03-16", "2026-04-27", 330_000, "C330"),
        ("non-rpp", "2026-03-16", "2026-03-16", 330_001, None),
        ("non-rpp", "2026-03-16", "2026-03-17", 330_001, "C288"),
    ],
)
def test_a_late_first_version_is_penalised_on_the_day_it_was_posted(  # noqa: PLR0913, PLR0917 - a table's columns
    connection: Connection, stream: str, released: str, accounted: str, value: int, code: str | None
) -> None:
    day = date.fromisoformat(accounted)
    first = declared(stream=stream, released=date.fromisoformat(released), accounted=day, value=value)
    ledger.post(connection, first)
    expected = (f"penalty/{code}/{NUMBER}",) if code else ()
    assert run(connection, day) == expected
    assert run(connection, day) == ()
    assert ledger.balance(connection, IMPORTER).get("receivable.penalty", 0) == (10_000 if code else 0)
    assert verify(connection) == []


def test_a_correction_is_not_a_second_lateness(connection: Connection) -> None:
    first = declared(accounted=date(2026, 3, 20))
    ledger.post(connection, first)
    ledger.post(connection, declared(5, version=2, accounted=date(2026, 3, 27), replaced=first[-1]))
    assert run(connection, date(2026, 3, 20)) == run(connection, date(2026, 3, 27)) == ()


def test_under_a_relief_a_penalty_is_noted_and_not_raised(connection: Connection) -> None:
    day = date(2024, 12, 2)
    ledger.post(connection, declared(released=date(2024, 11, 12), accounted=day))
    assert run(connection, day) == (C288,)
    entry = entry_of(connection, C288)
    assert entry is not None
    assert isinstance(entry.act, PenaltyRaised)
    assert (entry.act.relief, entry.postings) == ("release-2-transition-accounting", ())
    with pytest.raises(RulingRefused, match="never raised: the relief release-2"):
        waive(connection, C288, "waived", OFFICER)
    assert verify(connection) == []


# ---- C336 -----------------------------------------------------------------------------------------


def test_a_statement_that_was_not_paid_is_penalised_once(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    ledger.post(connection, declared(1, number="12345000000025"))
    assert run(connection, DUE) == ()
    assert run(connection, AFTER_DUE) == (C336,)
    assert run(connection, AFTER_DUE) == ()
    assert ledger.balance(connection, IMPORTER)["receivable.penalty"] == 20_000
    assert run(connection, date(2026, 4, 2)) == ()


def test_paid_in_time_and_cleared_after_is_in_time(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    clear(connection, pay(connection, 1_000_000, DUE, "A"), 1_000_000, AFTER_DUE)
    assert run(connection, AFTER_DUE) == ()


def test_paid_a_day_late_and_cleared_at_once_is_late(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    clear(connection, pay(connection, 1_000_000, AFTER_DUE, "A"), 1_000_000, AFTER_DUE)
    assert run(connection, AFTER_DUE) == (C336,)


@pytest.mark.parametrize(
    ("cents", "day", "keys"), [(999_999, DUE, (C336,)), (1_000_000, DUE, ()), (1_000_000, AFTER_DUE, (C336,))]
)
def test_money_that_is_there_and_free_is_not_late(
    connection: Connection, cents: int, day: date, keys: tuple[str, ...]
) -> None:
    ledger.post(connection, declared(1_000_000))
    pay(connection, cents, day, "A")
    assert run(connection, AFTER_DUE) == keys


def test_a_payment_that_came_back_later_is_late_when_the_day_is_looked_at_again(
    connection: Connection,
) -> None:
    ledger.post(connection, declared())
    paid = pay(connection, 1_000_000, DUE, "P1")
    clear(connection, paid, 1_000_000, DUE)
    assert run(connection, DUE + timedelta(days=1)) == ()
    back = DUE + timedelta(days=13)
    clear(connection, paid, -1_000_000, back, name="2")
    returned = act_entry(
        PaymentDishonoured(payment=paid.key, reason="not sufficient funds"),
        key=f"dishonour/{paid.key}",
        party=IMPORTER,
        stream="commercial",
        event_day=back,
        posted_at=at(back),
        contra="cash.received",
        credit=paid.model_copy(update={"cents": -1_000_000}),
    )
    ledger.post(connection, [returned])
    assert post_penalties(connection, DUE + timedelta(days=1), at(back)) == (
        f"penalty/C336/{IMPORTER}/2026-03-25",
    )
    assert verify(connection) == []


def test_what_was_accounted_for_after_the_statement_is_not_on_it(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000, accounted=date(2026, 3, 26)))
    assert C336 not in run(connection, AFTER_DUE)


def test_an_older_debt_is_on_every_statement_after_it(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    assert run(connection, AFTER_DUE) == (C336,)
    assert run(connection, date(2026, 5, 2)) == (f"penalty/C336/{IMPORTER}/2026-04-25",)


def test_a_moved_due_date_moves_penalty_and_interest(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    move = DueMove(
        stream="commercial", due=DUE, moved_to=date(2026, 4, 7), since=date(2026, 3, 30), source="Bulletin 1"
    )
    assert add(connection, [move], OFFICER) == 1
    assert add(connection, [move], OFFICER) == 0
    with pytest.raises(MoveRefused, match="moved to 2026-04-07"):
        add(connection, [move.model_copy(update={"moved_to": date(2026, 4, 8)})], OFFICER)
    assert run(connection, AFTER_DUE) == ()
    assert run(connection, date(2026, 4, 8)) == (C336,)
    post_interest(connection, date(2026, 4, 17), at(date(2026, 4, 18)), RATES)
    act = _interest(connection, NUMBER, date(2026, 4, 17))
    assert (act.days, act.to_date_cents) == (10, borne(1_000_000, ["8.6"] * 10))
    assert verify_audit(connection) == []


# ---- interest on penalties, waivers ---------------------------------------------------------------


def _interest(connection: Connection, reference: str, day: date) -> InterestCharged:
    entry = entry_of(connection, f"interest/{IMPORTER}/{reference}/{day}")
    assert entry is not None
    assert isinstance(entry.act, InterestCharged)
    return entry.act


def _late_declaration(connection: Connection) -> date:
    """Post a declaration that is late on 24 March, with its penalty, served that day."""
    day = date(2026, 3, 24)
    ledger.post(connection, declared(0, accounted=day))
    assert run(connection, day) == (C288,)
    return day


def test_a_penalty_bears_the_prescribed_rate_when_30_days_have_passed(connection: Connection) -> None:
    _late_declaration(connection)
    post_interest(connection, date(2026, 4, 23), at(date(2026, 4, 24)), RATES, interim=True)
    assert entry_of(connection, f"interest/{IMPORTER}/{C288}/2026-04-23") is None
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    act = _interest(connection, C288, date(2026, 5, 17))
    # 25 to 31 March at 3.0 %, then 47 days at 2.6 %.
    assert act.to_date_cents == borne(10_000, ["3.0"] * 7 + ["2.6"] * 47) == 39
    assert (act.basis, act.days) == ("prescribed", 54)


@pytest.mark.parametrize(("days", "cents"), [(30, 0), (31, borne(10_000, ["3.0"] * 7 + ["2.6"] * 24))])
def test_a_penalty_paid_within_30_days_bears_none(connection: Connection, days: int, cents: int) -> None:
    served = _late_declaration(connection)
    paid = served + timedelta(days=days)
    entry = entry_of(connection, C288)
    assert entry is not None
    credit = pay(connection, 10_000, paid, "A")
    clear(connection, credit, 10_000, paid, reference=C288, charge="penalty", due=entry.items[0].due)
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    assert ledger.balance(connection, IMPORTER).get("receivable.interest", 0) == cents


def test_a_waiver_takes_the_penalty_back_with_who_and_why(connection: Connection) -> None:
    _late_declaration(connection)
    made = waive(connection, C288, "waived", OFFICER)
    assert waive(connection, C288, "waived", OFFICER) == made
    assert ledger.balance(connection, IMPORTER)["receivable.penalty"] == 0
    with pytest.raises(RulingRefused, match=r"it was waived by A\. Officer"):
        waive(connection, C288, "reversed", OFFICER)
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    assert ledger.balance(connection, IMPORTER).get("receivable.interest", 0) == 0
    assert verify(connection) == []
    assert verify_audit(connection) == []


def test_waived_interest_is_not_charged_again(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    post_interest(connection, date(2026, 4, 17), at(date(2026, 4, 18)), RATES)
    later = Author("A. Officer", "first lateness", datetime(2026, 4, 18, 15, tzinfo=UTC))
    waive(connection, f"interest/{IMPORTER}/{NUMBER}/2026-04-17", "waived", later)
    assert ledger.balance(connection, IMPORTER)["receivable.interest"] == 0
    post_interest(connection, date(2026, 4, 18), at(date(2026, 4, 19)), RATES, interim=True)
    left = ledger.balance(connection, IMPORTER)["receivable.interest"]
    # Waived at the end of the 18th, the interest of 17 days has borne interest for a day more.
    assert left == borne(1_000_000, ["8.6"] * 18) - borne(1_000_000, ["8.6"] * 17) == 237
    assert verify(connection) == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("penalty/none", "the book has no entry penalty/none"),
        (f"cad/{NUMBER}/1", "only penalties and interest are waived"),
    ],
)
def test_what_cannot_be_waived_is_said(connection: Connection, key: str, said: str) -> None:
    ledger.post(connection, declared())
    with pytest.raises(RulingRefused, match=said):
        waive(connection, key, "waived", OFFICER)


def test_more_than_was_charged_is_not_waived(connection: Connection) -> None:
    _late_declaration(connection)
    with pytest.raises(RulingRefused, match=r"100\.01 cannot be waived of .* it charged 100\.00"):
        waive(connection, C288, "waived", OFFICER, 10_001)


def test_an_officer_can_allow_the_prescribed_rate(connection: Connection) -> None:
    ledger.post(connection, declared(1_000_000))
    post_interest(connection, date(2026, 4, 17), at(date(2026, 4, 18)), RATES)
    allow_prescribed(connection, IMPORTER, NUMBER, None, OFFICER)
    post_interest(connection, date(2026, 5, 17), at(date(2026, 5, 18)), RATES)
    whole = borne(1_000_000, ["2.6"] * 47)
    assert ledger.balance(connection, IMPORTER)["receivable.interest"] == whole
    assert _interest(connection, NUMBER, date(2026, 5, 17)).basis == "prescribed"
    with pytest.raises(RulingRefused, match="has no debt 1"):
        allow_prescribed(connection, OTHER_IMPORTER, "1", None, OFFICER)


@pytest.mark.parametrize(("paid", "percent"), [(date(2026, 4, 30), "2.6"), (date(2026, 5, 1), "8.6")])
def test_an_extension_bears_the_prescribed_rate_when_it_is_met(
    connection: Connection, paid: date, percent: str
) -> None:
    ledger.post(connection, declared(1_000_000))
    allow_prescribed(connection, IMPORTER, NUMBER, date(2026, 4, 30), OFFICER)
    clear(connection, pay(connection, 1_000_000, paid, "A"), 1_000_000, paid)
    post_interest(connection, date(2026, 5, 2), at(date(2026, 5, 3)), RATES)
    days = (paid - DUE).days
    assert ledger.balance(connection, IMPORTER)["receivable.interest"] == borne(1_000_000, [percent] * days)


# ---- refunds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "percents"), [(90, []), (91, ["2.6"]), (120, ["2.6"] * 30)])
def test_a_refund_bears_interest_from_the_91st_day(
    connection: Connection, days: int, percents: list[str]
) -> None:
    applied = date(2026, 1, 5)
    granted = applied + timedelta(days=days)
    key = f"credit/refund/{IMPORTER}/R-1"
    credit = Credit(key=key, kind="refund", cents=1_000_000, day=granted)
    entry = act_entry(
        CreditGranted(origin="R-1", applied=applied),
        key=key,
        party=IMPORTER,
        stream="commercial",
        event_day=granted,
        posted_at=at(granted),
        contra="expense.refund",
        credit=credit,
    )
    ledger.post(connection, [entry])
    for later in (granted, granted + timedelta(days=1)):
        post_interest(connection, later, at(later + timedelta(days=1)), RATES)
    balances = ledger.balance(connection, IMPORTER)
    assert -balances["credit.refund"] - 1_000_000 == borne(1_000_000, percents)
    assert balances.get("expense.interest", 0) == borne(1_000_000, percents)
    assert verify(connection) == []
