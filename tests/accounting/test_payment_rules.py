"""As of which day does a payment count, and which limits bind it? Instants by the day and minute."""

from datetime import date, datetime

import pytest

from accounting.payment_rules import card_rule, cheque_cents_max, disbursed_cents_min, payment_law, value_day
from schemas.acts import METHODS


@pytest.mark.parametrize(
    ("method", "eastern", "day"),
    [
        ("electronic", "2026-03-31T00:00:00-04:00", "2026-03-31"),
        ("electronic", "2026-03-31T23:59:59-04:00", "2026-03-31"),
        ("electronic", "2026-04-01T00:00:00-04:00", "2026-04-01"),
        ("electronic", "2026-04-01T03:59:59+00:00", "2026-03-31"),
        ("electronic", "2026-01-31T23:59:00-05:00", "2026-01-31"),  # winter: one hour later in UTC
        ("electronic", "2026-02-01T04:30:00+00:00", "2026-01-31"),
        ("electronic", "2026-03-08T23:59:00-04:00", "2026-03-08"),  # a day of 23 hours
        ("electronic", "2026-11-01T23:59:00-05:00", "2026-11-01"),  # a day of 25 hours
        ("electronic", "2026-04-04T12:00:00-04:00", "2026-04-04"),  # Saturdays count
        ("card", "2026-07-01T12:00:00-04:00", "2026-07-01"),  # and holidays
        ("debit", "2026-07-01T23:59:00-04:00", "2026-07-01"),
        ("pre-authorized", "2026-07-05T23:59:00-04:00", "2026-07-05"),
        ("cheque", "2026-03-31T16:00:00-04:00", "2026-03-31"),
        ("cheque", "2026-03-31T16:00:59-04:00", "2026-03-31"),
        ("cheque", "2026-03-31T16:01:00-04:00", "2026-04-01"),
        ("cheque", "2026-01-30T20:59:00+00:00", "2026-01-30"),  # winter: 15:59
        ("cheque", "2026-01-30T21:01:00+00:00", "2026-02-02"),  # Friday after 16:00: Monday
        ("cheque", "2026-04-04T09:00:00-04:00", "2026-04-06"),  # Saturday, before a Monday that is worked
        ("cheque", "2026-04-02T17:00:00-04:00", "2026-04-06"),  # before Good Friday
        ("cheque", "2026-07-01T09:00:00-04:00", "2026-07-02"),  # Canada Day
        ("cheque", "2026-06-30T16:30:00-04:00", "2026-07-02"),
        ("cheque", "2026-12-24T16:30:00-05:00", "2026-12-29"),  # Christmas, Boxing Day moved to the Monday
    ],
)
def test_the_day_as_of_which_a_payment_counts(method, eastern, day):
    assert value_day(method, datetime.fromisoformat(eastern)) == date.fromisoformat(day)


def test_the_card_limit_is_one_of_the_cycle_from_28_september_2025():
    assert (card_rule(date(2025, 9, 27))["per"], card_rule(date(2025, 9, 28))["per"]) == (
        "transaction",
        "cycle",
    )
    assert {row["cents_max"] for row in payment_law()["card"]} == {499_999}


def test_larger_payments_are_electronic_only():
    assert cheque_cents_max(date(2026, 1, 1)) == 5_000_000
    assert disbursed_cents_min(date(2026, 1, 1)) == 100_000


def test_every_method_counts_as_of_a_day():
    assert {method for row in payment_law()["counted"] for method in row["methods"]} == set(METHODS)


def test_every_row_has_a_source_and_evidence():
    for rows in payment_law().values():
        for row in rows:
            assert row["source"].strip()
            assert row["evidence"] in {"law", "cbsa", "trade", "inferred"}
            assert isinstance(row["since"], date)
            assert row.get("until", row["since"]) >= row["since"]
