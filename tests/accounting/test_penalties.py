from datetime import date
from itertools import pairwise

import pytest

from accounting.calendar import billing_dates
from accounting.penalties import late_accounting, late_payment, penalty_law
from schemas.registry import Stream

LOW, HIGH = 330_000, 330_001

# stream, released, accounted, value, penalty
ACCOUNTED = [
    ("commercial", "2026-03-16", "2026-03-23", HIGH, None),  # the fifth business day
    ("commercial", "2026-03-16", "2026-03-24", HIGH, "C288"),
    ("commercial", "2026-03-16", "2026-03-24", LOW, None),  # low value: until the 24th of April
    ("commercial", "2026-03-16", "2026-04-24", LOW, None),
    ("commercial", "2026-03-16", "2026-04-25", LOW, "C292"),
    ("clvs", "2026-03-16", "2026-04-24", LOW, None),
    ("clvs", "2026-03-16", "2026-04-25", LOW, "C330"),
    ("csa1", "2026-03-16", "2026-12-31", HIGH, None),
    ("csa2", "2026-03-16", "2026-12-31", LOW, "C292"),
    ("non-rpp", "2026-03-16", "2026-03-17", HIGH, "C288"),
]


@pytest.mark.parametrize(("stream", "released", "accounted", "value", "code"), ACCOUNTED)
def test_late_accounting(stream: Stream, released: str, accounted: str, value: int, code: str | None) -> None:
    day = date.fromisoformat(released)
    found = late_accounting(stream, billing_dates(stream, day), day, date.fromisoformat(accounted), value)
    assert (found and found.code) == code
    assert found is None or (found.cents, found.due_cents, found.relief) == (10_000, 10_000, "")


def test_late_payment() -> None:
    due, today = date(2026, 3, 31), date(2026, 6, 1)
    assert late_payment(due, due, today) is None
    assert late_payment(due, None, due) is None
    late = late_payment(due, date(2026, 4, 1), today)
    assert late is not None
    assert (late.code, late.cents, late.day) == ("C336", 20_000, due)
    assert late_payment(due, None, today) == late


def test_the_amount_of_the_day() -> None:
    before = late_payment(date(2019, 3, 31), date(2019, 5, 1), date(2019, 5, 1))
    after = late_payment(date(2019, 4, 1), date(2019, 5, 1), date(2019, 5, 1))
    assert before is not None
    assert after is not None
    assert (before.cents, after.cents) == (10_000, 20_000)


@pytest.mark.parametrize(
    ("released", "relief"),
    [
        ("2024-10-11", "release-2-transition-accounting"),
        ("2025-01-10", "release-2-transition-accounting"),
        ("2025-01-13", ""),
    ],
)
def test_the_transition_lifts_late_accounting_by_the_day_that_was_missed(released: str, relief: str) -> None:
    day = date.fromisoformat(released)
    found = late_accounting("commercial", billing_dates("commercial", day), day, date(2025, 3, 1), HIGH)
    assert found is not None
    assert (found.relief, found.due_cents) == (relief, 0 if relief else 10_000)


def test_every_row_has_a_source_and_no_amount_is_a_float() -> None:
    for rows in penalty_law().values():
        for row in rows:
            assert row["source"]
            assert row["evidence"] in {"law", "cbsa", "trade", "inferred"}
            assert not any(isinstance(value, float) for value in row.values())


def test_the_rows_of_a_code_do_not_overlap() -> None:
    for code in {row["code"] for row in penalty_law()["penalty"]}:
        rows = [row for row in penalty_law()["penalty"] if row["code"] == code]
        for earlier, later in pairwise(sorted(rows, key=lambda row: row["since"])):
            assert earlier["until"] < later["since"]
