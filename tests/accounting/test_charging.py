"""Which rate a debt bears, and to which day a run charges its interest."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from books import IMPORTER, TRANSACTION

from accounting.charging import Debt, Principal, basis_of, through_day
from accounting.interest import Payment

FIRST_DAY, PAID_ON, RUN = date(2026, 4, 1), date(2026, 4, 10), date(2026, 4, 17)
BEFORE = PAID_ON - timedelta(days=1)
OPEN = Debt(IMPORTER, TRANSACTION, "commercial", (Principal(FIRST_DAY, 10_000),))


PAID = replace(OPEN, paid=(Payment(day=PAID_ON, cents=10_000),), paid_principal_cents=10_000)


def cleared(**facts: object) -> Debt:
    """Return a debt of which the principal was paid, and no interest."""
    return replace(PAID, **facts)


@pytest.mark.parametrize(
    ("debt", "interim", "through"),
    [
        (OPEN, True, RUN),
        (cleared(), True, PAID_ON),
        (cleared(charged_cents=50, charged_on=BEFORE), True, PAID_ON),  # the final amount comes first
        (cleared(charged_cents=50, charged_on=PAID_ON), True, RUN),  # then it bears interest itself
        (cleared(charged_cents=50, charged_on=PAID_ON), False, PAID_ON),
        (cleared(charged_cents=50, charged_on=RUN), False, RUN),
    ],
)
def test_interest_on_what_was_cleared_is_fixed_before_it_bears_any_itself(debt, interim, through):
    assert through_day(debt, RUN, interim=interim) == through


@pytest.mark.parametrize(
    ("debt", "through", "basis"),
    [
        (OPEN, RUN, "specified"),
        (cleared(served=FIRST_DAY), RUN, "prescribed"),
        (cleared(allowed=True), RUN, "prescribed"),
        (cleared(extended_to=PAID_ON), RUN, "prescribed"),
        (cleared(extended_to=BEFORE), RUN, "specified"),
        (cleared(extended_to=BEFORE), BEFORE, "prescribed"),
    ],
)
def test_an_extension_bears_the_prescribed_rate_as_long_as_it_can_be_met(debt, through, basis):
    assert basis_of(debt, through) == basis
