"""Surtax: each order the day before and the day of its changes, its exceptions, and where two meet."""

from datetime import date
from decimal import Decimal

import pytest
from assess_cases import assessed, codes, one

from schemas.assessment import AssessedLine

STEEL_SHEET = "7210490060"
REBAR = "7214200011"
ALUMINUM_PROFILE = "7604210010"
BOLTS = "7318150049"
TOWERS = "7308900060"
CAR = "8703230022"
ELECTRIC_CAR = "8703800090"
FILES_CABINET = "9403100010"
T_SHIRT = "6109100022"


def orders(line: AssessedLine) -> list[str]:
    """Return the orders under which surtax was charged."""
    return [step.inputs["order"] for step in line.explanation if step.figure == "surtax" and step.cents]


@pytest.mark.parametrize(
    ("classification", "origin", "day", "order"),
    [
        ("7610900010", "US", date(2021, 5, 31), None),  # not on the list of 2020
        (ELECTRIC_CAR, "CN", date(2024, 9, 30), None),
        (ELECTRIC_CAR, "CN", date(2024, 10, 1), "CN-EV-2024"),
        (ELECTRIC_CAR, "CN", date(2026, 2, 28), "CN-EV-2024"),
        (ELECTRIC_CAR, "CN", date(2026, 3, 1), None),
        (STEEL_SHEET, "CN", date(2024, 10, 21), None),
        (STEEL_SHEET, "CN", date(2024, 10, 22), "CN-SA-2024"),
        (STEEL_SHEET, "CN", date(2026, 3, 2), "CN-SA-2024"),
        (T_SHIRT, "UNY", date(2025, 3, 3), None),
        (T_SHIRT, "UNY", date(2025, 3, 4), "US-2025-1"),
        (T_SHIRT, "UNY", date(2025, 8, 31), "US-2025-1"),
        (T_SHIRT, "UNY", date(2025, 9, 1), None),
        (STEEL_SHEET, "UNY", date(2025, 3, 12), None),
        (STEEL_SHEET, "UNY", date(2025, 3, 13), "US-SA-2025"),
        (STEEL_SHEET, "UNY", date(2025, 9, 1), "US-SA-2025"),
        ("9503009052", "UNY", date(2025, 8, 31), "US-SA-2025"),
        ("9503009052", "UNY", date(2025, 9, 1), None),
        (ALUMINUM_PROFILE, "UNY", date(2025, 9, 1), "US-SA-2025"),
        (CAR, "UNY", date(2025, 4, 8), None),
        (CAR, "UNY", date(2025, 4, 9), "US-MV-2025"),
        (BOLTS, "TW", date(2025, 12, 25), None),
        (BOLTS, "TW", date(2025, 12, 26), "STEEL-DERIV-2025"),
        (BOLTS, "CA", date(2026, 6, 21), "STEEL-DERIV-2025"),
        (BOLTS, "CA", date(2026, 6, 22), None),
        (STEEL_SHEET, "DE", date(2026, 3, 2), None),
        (T_SHIRT, "CN", date(2026, 3, 2), None),
    ],
)
def test_an_order_on_its_days(classification, origin, day, order):
    line = one(classification=classification, origin=origin, day=day)
    assert orders(line) == ([order] if order else [])
    assert codes(line).count("ASM-052") == (1 if order else 0)


@pytest.mark.parametrize(
    ("classification", "origin", "day", "cents"),
    [
        (ELECTRIC_CAR, "CN", date(2026, 2, 28), 1000_00),
        (STEEL_SHEET, "CN", date(2026, 3, 2), 250_00),
        (T_SHIRT, "US", date(2025, 3, 4), 250_00),
    ],
)
def test_a_surtax_is_a_percentage_of_the_value_for_duty(classification, origin, day, cents):
    line = one(classification=classification, origin=origin, day=day, value=Decimal("1000.00"))
    assert line.surtax_cents == cents
    assert line.value_for_tax_cents == line.value_for_duty_cents + line.customs_duty_cents + cents


def test_entitlement_to_the_us_tariff_does_not_remove_a_us_surtax():
    line = one(classification=STEEL_SHEET, origin="UNY", treatment="10", surtax_code="US-SA-2025")
    assert (line.customs_duty_cents, line.surtax_cents, codes(line)) == (0, 250_00, [])


@pytest.mark.parametrize(("treatment", "cents"), [("2", 2500_00), ("10", 2125_00)])
def test_a_motor_vehicle_entitled_to_the_us_tariff_is_taxed_on_85_percent(treatment, cents):
    line = one(classification=CAR, origin="UMI", treatment=treatment, value=Decimal(10000))
    assert line.surtax_cents == cents


def test_goods_in_transit_on_the_first_day_are_left_out():
    fields = {"classification": STEEL_SHEET, "origin": "CN", "release_date": date(2024, 11, 5)}
    assert one(direct_shipment=date(2024, 10, 21), **fields).surtax_cents == 0
    assert one(direct_shipment=date(2024, 10, 22), **fields).surtax_cents == 250_00


@pytest.mark.parametrize(
    ("classification", "origin", "code", "day", "cents"),
    [
        (STEEL_SHEET, "VN", "STEEL-TRQ-2025", date(2026, 3, 2), 500_00),
        (STEEL_SHEET, "DE", "SOR/2025-148", date(2026, 3, 2), 500_00),
        (STEEL_SHEET, "DE", "STEEL-TRQ-2025", date(2026, 6, 26), 500_00),
        (STEEL_SHEET, "DE", "STEEL-TRQ-2025", date(2026, 6, 27), 0),
        (STEEL_SHEET, "UNY", "STEEL-TRQ-2025", date(2026, 3, 2), 250_00),  # the US order, not the quota
        (STEEL_SHEET, "CN", "STEEL-TRQ-2025", date(2025, 7, 31), 750_00),  # both still
        (STEEL_SHEET, "CN", "STEEL-TRQ-2025", date(2025, 8, 1), 500_00),
    ],
)
def test_the_steel_quota_order_applies_when_declared_and_then_alone(classification, origin, code, day, cents):
    line = one(classification=classification, origin=origin, surtax_code=code, day=day)
    assert line.surtax_cents == cents


@pytest.mark.parametrize(
    ("origin", "value", "casual", "day", "cents"),
    [
        ("TR", "5000.01", False, date(2025, 7, 31), 1250_00),
        ("TR", "5000.00", False, date(2025, 7, 31), 0),
        ("TR", "6000.00", False, date(2025, 7, 30), 0),
        ("TR", "6000.00", True, date(2025, 7, 31), 0),
        ("US", "6000.00", False, date(2025, 7, 31), 1500_00),  # under the US order
    ],
)
def test_steel_melted_in_china(origin, value, casual, day, cents):
    line = one(
        classification=STEEL_SHEET,
        origin=origin,
        value=Decimal(value),
        casual=casual,
        province="ON",
        day=day,
        surtax_code="MP-CN-2025",
    )
    assert line.surtax_cents == cents


def test_the_melted_in_china_order_counts_the_whole_declaration():
    goods = {"classification": STEEL_SHEET, "origin": "TR", "surtax_code": "MP-CN-2025"}
    assessment = assessed({"value": Decimal(3000)}, {"value": Decimal(3000)}, **goods)
    assert [line.surtax_cents for line in assessment.lines] == [750_00, 750_00]


@pytest.mark.parametrize(
    ("classification", "origin", "expected"),
    [
        (TOWERS, "UNY", ["US-SA-2025"]),
        (TOWERS, "CN", ["STEEL-DERIV-2025"]),
        (STEEL_SHEET, "CN", ["CN-SA-2024"]),
    ],
)
def test_where_two_orders_meet_one_yields(classification, origin, expected):
    code = "MP-CN-2025" if classification == STEEL_SHEET else ""
    assert orders(one(classification=classification, origin=origin, surtax_code=code)) == expected


@pytest.mark.parametrize(
    ("classification", "tariff_code", "day", "cents"),
    [
        (T_SHIRT, "9966", date(2025, 8, 28), 250_00),  # 9966 stands in the order's own list
        (T_SHIRT, "9993", date(2025, 8, 28), 0),
        (STEEL_SHEET, "9966", date(2025, 8, 28), 250_00),  # no list for steel yet
        (STEEL_SHEET, "9966", date(2025, 8, 29), 0),
        (STEEL_SHEET, "9996", date(2025, 8, 29), 250_00),
        (CAR, "9966", date(2025, 8, 28), 250_00),
        (CAR, "9966", date(2025, 8, 29), 0),
    ],
)
def test_goods_under_a_tariff_code_stay_subject_where_the_order_lists_it(
    classification, tariff_code, day, cents
):
    line = one(classification=classification, origin="UNY", tariff_code=tariff_code, day=day)
    assert line.surtax_cents == cents


def test_goods_of_chapter_98_are_subject_where_listed():
    fields = {"classification": "9804300000", "origin": "UNY", "day": date(2025, 6, 2)}
    assert orders(one(**fields)) == ["US-2025-1"]
    assert orders(one(**fields, surtax_code="US-MV-2025")) == ["US-2025-1", "US-MV-2025"]
    assert one(classification="9804100000", origin="UNY", day=date(2025, 6, 2)).surtax_cents == 0


@pytest.mark.parametrize(
    ("code", "finding"),
    [("US-SA-2025", None), ("us-sa-2025", None), ("SOR/2025-95", None), ("", "ASM-052"), ("XX-1", "ASM-050")],
)
def test_the_declared_code_is_compared(code, finding):
    line = one(classification=STEEL_SHEET, origin="UNY", surtax_code=code)
    assert line.surtax_cents == 250_00
    assert finding is None or finding in codes(line)
    assert finding is not None or codes(line) == []


def test_a_code_of_an_order_that_does_not_reach_the_goods_charges_nothing():
    line = one(classification=ELECTRIC_CAR, origin="CN", day=date(2026, 3, 1), surtax_code="CN-EV-2024")
    assert (line.surtax_cents, codes(line)) == (0, ["ASM-051"])
    (found,) = line.findings
    assert found.values["spans"] == "2024-10-01/2026-02-28"


def test_why_no_order_reaches_the_goods_is_explained():
    line = one(classification=STEEL_SHEET, origin="DE")
    (step,) = [step for step in line.explanation if step.figure == "surtax"]
    assert "MP-CN-2025: applies when its code is declared" in step.formula
    assert "US-SA-2025: not of its origin" in step.formula
