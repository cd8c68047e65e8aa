"""As of which day does a payment count, and how much may be paid how? By `schemas/law/payments.toml`.

>>> from datetime import UTC
>>> value_day("cheque", datetime(2026, 3, 31, 20, 0, tzinfo=UTC))   # 16:00 in Ottawa, on a Tuesday
datetime.date(2026, 3, 31)
>>> value_day("cheque", datetime(2026, 3, 31, 20, 1, tzinfo=UTC))
datetime.date(2026, 4, 1)
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from accounting.days import business_day_after, is_business_day
from accounting.law import Rows, law, row_on
from schemas.acts import PaymentMethod
from schemas.days import EASTERN
from schemas.money import Cents

Row = Mapping[str, Any]


def payment_law() -> Mapping[str, Rows]:
    """Return the rows of `schemas/law/payments.toml`, by name."""
    return law("payments")


def value_day(method: PaymentMethod, received_at: datetime) -> date:
    """Return the Eastern day as of which a payment counts that was received at an instant.

    The last minute of the day counts whole: 23:59:59 is in time, and by cheque 16:00:59.
    """
    local = received_at.astimezone(EASTERN)
    day = local.date()
    rows = [row for row in payment_law()["counted"] if method in row["methods"]]
    row = row_on(rows, day)
    in_time = local.time().replace(second=0, microsecond=0) <= row["last_minute"]
    counts = row["days"] == "every" or is_business_day(day)
    return day if counts and in_time else business_day_after(day, 1)


def card_rule(day: date) -> Row:
    """Return how much may be paid by card on an Eastern day: `per` transaction or cycle, `cents_max`."""
    return row_on(payment_law()["card"], day)


def cheque_cents_max(day: date) -> Cents:
    """Return the largest payment that need not be electronic on an Eastern day."""
    cents: Cents = row_on(payment_law()["electronic_only"], day)["cents_max"]
    return cents


def disbursed_cents_min(day: date) -> Cents:
    """Return below which amount a credit was not paid out at once; known of the ARL era only."""
    cents: Cents = row_on(payment_law()["disbursement"], day)["cents_min"]
    return cents
