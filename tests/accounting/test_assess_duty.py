"""Customs duty: treatments, rates, quantities, tariff codes; and what cannot be worked out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from assess_cases import codes, one, shipped_tables


def test_ad_valorem():
    line = one(value=Decimal("1000.00"))
    assert (line.treatment, line.rate, line.customs_duty_cents) == ("2", "18%", 180_00)
    assert line.findings == ()


@pytest.mark.parametrize(
    ("origin", "treatment", "applied", "rate"),
    [
        ("CN", "2", "2", "18%"),
        ("CN", "02", "2", "18%"),
        ("UNY", "10", "10", "Free"),
        ("US", "10", "10", "Free"),
        ("BD", "8", "8", "Free"),
        ("DE", "31", "31", "Free"),
        ("GB", "34", "34", "Free"),
        ("CN", "3", "3", "35%"),
        ("RU", "3", "3", "35%"),
    ],
)
def test_an_open_treatment_is_applied(origin, treatment, applied, rate):
    line = one(origin=origin, treatment=treatment)
    assert (line.treatment, line.rate, codes(line)) == (applied, rate, [])


@pytest.mark.parametrize(
    ("origin", "treatment", "finding", "applied"),
    [
        ("CN", "10", "ASM-012", "2"),
        ("RU", "2", "ASM-012", "3"),
        ("CN", "9", "ASM-012", "2"),  # withdrawn in 2015
        ("CN", "99", "ASM-011", "2"),
        ("CN", "", "ASM-010", "2"),
        ("KP", "", "ASM-010", "3"),
    ],
)
def test_a_claim_that_does_not_hold_is_a_finding(origin, treatment, finding, applied):
    line = one(origin=origin, treatment=treatment)
    assert (codes(line), line.treatment) == ([finding], applied)


def test_an_empty_cell_falls_to_the_next_entitlement():
    line = one(origin="KE", treatment="9")  # T-shirts have no General Preferential rate
    assert (line.treatment, line.rate, codes(line)) == ("2", "18%", ["ASM-014"])


@pytest.mark.parametrize(
    ("day", "rate", "finding"),
    [
        (date(2022, 3, 1), "2", []),
        (date(2022, 3, 2), "3", []),
    ],
)
def test_russia_loses_mfn(day, rate, finding):
    line = one(origin="RU", treatment=rate, day=day)
    assert (line.treatment, codes(line)) == (rate, finding)


@pytest.mark.parametrize(
    ("classification", "day", "found"),
    [
        ("6109100022", date(2021, 4, 1), "T2021"),
        ("6109100022", date(2021, 12, 31), "T2021"),
        ("6109100022", date(2022, 1, 1), "T2026+"),
        ("7306300010", date(2021, 12, 31), "T2021"),
        ("7306300010", date(2022, 1, 1), None),  # renumbered
        ("7306300044", date(2021, 12, 31), None),
        ("7306300044", date(2022, 1, 1), "T2026+"),
    ],
)
def test_the_edition_of_the_day_is_read(classification, day, found):
    line = one(classification=classification, origin="DE", day=day)
    sources = [step.source for step in line.explanation if step.figure == "customs_duty"]
    assert sources == ([f"Customs Tariff, edition {found}"] if found else [])
    assert codes(line) == ([] if found else ["ASM-022"])


@pytest.mark.parametrize(
    ("origin", "treatment", "day", "findings"),
    [
        ("VU", "8", date(2024, 12, 31), []),
        ("VU", "8", date(2025, 1, 1), ["ASM-012"]),  # withdrawn by SOR/2023-208
        ("BN", "33", date(2023, 7, 11), ["ASM-013"]),  # the day is only recalled
        ("FJ", "8", date(2026, 3, 2), ["ASM-013"]),  # our list is known in part: a doubt
    ],
)
def test_a_country_leaves_a_preference(origin, treatment, day, findings):
    assert codes(one(origin=origin, treatment=treatment, day=day)) == findings


def test_greater_of_percentage_and_amount_per_unit():
    cheese = {"classification": "0406901200", "value": Decimal("1000.00")}
    assert one(**cheese, quantity=Decimal(100), unit="KGM").customs_duty_cents == 2455_00
    assert one(**cheese, quantity=Decimal(2), unit="TNE").customs_duty_cents == 7060_00


def test_a_rate_on_quantity_needs_one():
    line = one(classification="0406901200")
    assert codes(line) == ["ASM-040"]
    assert line.undetermined == ("customs_duty", "value_for_tax", "gst")


@pytest.mark.parametrize("quantity", ["-1", "1e15", "1e999999"])
def test_a_quantity_beyond_reason_is_a_finding(quantity):
    line = one(classification="0406901200", quantity=Decimal(quantity), unit="KGM")
    assert codes(line) == ["ASM-008"]


def test_a_unit_of_another_kind_cannot_be_converted():
    line = one(classification="0406901200", quantity=Decimal(5), unit="NMB")
    assert codes(line) == ["ASM-041"]
    assert "customs_duty" in line.undetermined


def test_a_tariff_code_relieves():
    line = one(tariff_code="9966")
    assert (line.rate, line.customs_duty_cents, codes(line)) == ("Free", 0, [])


def test_an_unknown_tariff_code_relieves_nothing():
    line = one(tariff_code="9902")
    assert (line.customs_duty_cents, codes(line)) == (180_00, ["ASM-030"])
    assert line.findings[0].severity == "warning"  # the table of tariff codes is known in part


def test_a_tariff_code_that_a_complete_table_lacks_is_an_error():
    shipped = shipped_tables()
    known = replace(shipped.codes.table("tariff_codes"), complete=True)
    codes_known = replace(shipped.codes, _tables={**shipped.codes._tables, "tariff_codes": known})
    line = one(replace(shipped, codes=codes_known), tariff_code="9902")
    assert [finding.severity for finding in line.findings] == ["error"]


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"classification": "9999999999"}, "ASM-021"),
        ({"day": date(2021, 3, 31)}, "ASM-020"),
        ({"classification": "8517130000", "day": date(2021, 12, 31)}, "ASM-022"),
        ({"classification": "8517130000", "treatment": "31", "origin": "DE"}, None),
        ({"classification": "0406901110", "treatment": "3"}, "ASM-023"),
        ({"origin": "ZZ"}, "ASM-007"),
        ({"release_date": None}, "ASM-006"),
    ],
)
def test_never_a_default(fields, finding):
    line = one(**fields)
    assert codes(line) == ([finding] if finding else [])
    assert ("customs_duty" in line.undetermined) == (finding is not None)
