"""Value for duty: the exchange rate of the day of direct shipment, or a finding."""

from datetime import date
from decimal import Decimal

import pytest
from assess_cases import codes, one


@pytest.mark.parametrize(
    ("shipped", "rate", "cents"),
    [
        (date(2021, 6, 11), "1.2148", 1214_80),  # a Friday
        (date(2021, 6, 13), "1.2148", 1214_80),  # the Sunday after it has Friday's rate
    ],
)
def test_the_rate_of_the_day_of_direct_shipment(shipped, rate, cents):
    line = one(currency="USD", direct_shipment=shipped, release_date=date(2021, 7, 2))
    assert line.explanation[0].rate == rate
    assert line.value_for_duty_cents == cents


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"currency": "USD", "direct_shipment": date(2026, 3, 2)}, "ASM-005"),
        ({"currency": "USD", "direct_shipment": date(2016, 12, 30)}, "ASM-005"),
        ({"currency": "XAU"}, "ASM-005"),
        ({"currency": "USD", "direct_shipment": None}, "ASM-004"),
        ({"currency": ""}, "ASM-003"),
        ({"invoice": "7"}, "ASM-002"),
        ({"value": None}, "ASM-001"),
        ({"value": Decimal(-1)}, "ASM-008"),
        ({"value": Decimal("1e15")}, "ASM-008"),
        ({"value": Decimal("1e999999")}, "ASM-008"),
    ],
)
def test_never_a_rate_of_one(fields, finding):
    line = one(**fields)
    assert codes(line) == [finding]
    assert line.undetermined == ("value_for_duty", "customs_duty", "value_for_tax", "gst")


def test_half_a_cent_is_rounded_up():
    assert one(value=Decimal("10.005")).value_for_duty_cents == 10_01
