"""SIMA, excise, remissions, deferral, declared amounts."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from assess_cases import assessed, codes, one

from schemas.cad import Declared, Sima
from schemas.tables import Tables, load_tables

EXTRUSION = "7604210010"
WINE = "2204211091"

SIMA_DUTIES = """\
measure,kind,country,exporter,model,rate,normal_value_cad,unit,stage,since,until,source,evidence
AE,DUMPING,CN,,,101%,,,final,2009-03-17,,test,trade
AE,DUMPING,CN,EXP1,,,4.50,KGM,final,2009-03-17,,test,trade
AE,DUMPING,CN,EXP1,M7,,3.00,KGM,final,2009-03-17,,test,trade
AE,SUBSIDY,CN,,,$0.25/kg,,,final,2009-03-17,,test,trade
PV,DUMPING,CN,,,50%,,,provisional,2009-03-17,,test,trade
"""
EXCISE = """\
code,charge,rate,base,threshold_cad,since,until,source,evidence
W01,excise_duty,68.8¢/litre,duty-paid,,2024-04-01,2025-03-31,test,trade
W01,excise_duty,70¢/litre,duty-paid,,2025-04-01,,test,trade
T10,excise_tax,10%,duty-paid,,2024-04-01,,test,trade
L01,excise_tax,10%,value-for-duty,100000,2022-09-01,,test,trade
X02,excise_duty,$2/kg,duty-paid,,2024-04-01,,test,trade
X02,excise_tax,1%,value-for-duty,,2024-04-01,,test,trade
"""


@cache
def operators_tables(folder: Path) -> Tables:
    (folder / "sima_duties.csv").write_text(SIMA_DUTIES, encoding="utf-8")
    (folder / "excise.csv").write_text(EXCISE, encoding="utf-8")
    return load_tables(folder)


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Tables:
    return operators_tables(tmp_path_factory.mktemp("tables"))


# ---- SIMA -------------------------------------------------------------------------------------------


def extrusion(tables: Tables | None = None, **sima: object) -> tuple[object, ...]:
    """Assess 100 kg of Chinese aluminum extrusions; return SIMA cents, SIMA code and findings."""
    declared = Sima(**{"subject": "subject", "measure": "AE", **sima})  # type: ignore[arg-type] # keywords
    line = one(
        tables,
        classification=EXTRUSION,
        origin="CN",
        value=Decimal(400),
        quantity=Decimal(100),
        unit="KGM",
        surtax_code="CN-SA-2024",
        sima=declared,
    )
    return line.sima_cents, line.sima_code, codes(line)


@pytest.mark.parametrize(
    ("sima", "cents", "code", "findings"),
    [
        ({}, 404_00 + 25_00, "51", []),
        ({"exporter": "EXP9"}, 404_00 + 25_00, "51", []),
        ({"exporter": "EXP1"}, 50_00 + 25_00, "51", []),  # normal value 450.00 less 400.00
        ({"exporter": "EXP1", "model": "M7"}, 25_00, "51", []),  # sold above its normal value
        ({"exporter": "EXP1", "duty_cents": 80_00}, 80_00, "51", []),
        ({"exporter": "EXP1", "duty_cents": 10_00}, 75_00, "51", ["ASM-047"]),
        ({"measure": "PV"}, 200_00, "31", []),
        ({"invoice_price": None}, 0, "", ["ASM-044", "ASM-044"]),
        ({"currency": "USD"}, 0, "", ["ASM-005", "ASM-005"]),
    ],
)
def test_a_line_subject_to_sima(tables, sima, cents, code, findings):
    price = {"invoice_price": Decimal(400), "currency": "CAD"}
    assert extrusion(tables, **price | sima) == (cents, code, findings)


@pytest.mark.parametrize(
    ("sima", "cents", "code", "findings"),
    [
        ({"duty_cents": 80_00}, 80_00, "51", ["ASM-046"]),
        ({"duty_cents": 0}, 0, "40", ["ASM-046"]),
        ({}, 0, "", ["ASM-045"]),
        ({"subject": "non-subject"}, 0, "10", []),
        ({"subject": "undertaking"}, 0, "20", []),
    ],
)
def test_sima_without_a_table_of_duties(sima, cents, code, findings):
    assert extrusion(**sima) == (cents, code, findings)


@pytest.mark.parametrize(
    ("classification", "origin", "asked"),
    [
        (EXTRUSION, "CN", True),
        (EXTRUSION, "DE", False),
        ("7214200011", "TR", True),  # rebar, by the tariff item of a number since renumbered
        ("6109100022", "CN", False),
    ],
)
def test_a_measure_that_may_reach_the_goods_is_asked_about(classification, origin, asked):
    line = one(classification=classification, origin=origin, surtax_code="CN-SA-2024")
    assert ("ASM-043" in codes(line)) == asked


# ---- excise -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "duty", "tax"),
    [
        ({"excise_code": "W01", "day": date(2025, 3, 31)}, 68_80, 0),
        ({"excise_code": "W01", "day": date(2025, 4, 1)}, 70_00, 0),
        ({"excise_code": "W01", "excise_quantity": Decimal(1), "excise_unit": "HLT"}, 70_00, 0),
        ({"excise_code": "T10"}, 0, 100_19),  # 10 % of 1000.00 and 1.87 of customs duty
        ({"excise_code": "E00"}, 0, 0),
    ],
)
def test_excise_by_the_one_code(tables, fields, duty, tax):
    wine = {"classification": WINE, "origin": "FR", "quantity": Decimal(100), "unit": "LTR"}
    line = one(tables, **wine | fields)
    assert (line.excise_duty_cents, line.excise_tax_cents, codes(line)) == (duty, tax, [])
    assert line.value_for_tax_cents == 1000_00 + 1_87 + duty + tax


def test_a_code_can_stand_for_several_charges(tables):
    line = one(tables, excise_code="X02", quantity=Decimal(5), unit="KGM")
    assert (line.excise_duty_cents, line.excise_tax_cents, line.excise_cents) == (10_00, 10_00, 20_00)


@pytest.mark.parametrize(
    ("value", "cents"),
    [("100000.00", 0), ("150000.00", 10_000_00), ("200000.00", 20_000_00), ("300000.00", 30_000_00)],
)
def test_luxury_tax_is_the_lesser_of_two_sums(tables, value, cents):
    line = one(tables, excise_code="L01", value=Decimal(value), quantity=Decimal(1), unit="NMB")
    assert line.excise_tax_cents == cents


@pytest.mark.parametrize(
    ("code", "finding"),
    [("C05", "ASM-062"), ("E50", "ASM-061"), ("Q99", "ASM-061"), ("W01", "ASM-040")],
)
def test_excise_that_cannot_be_worked_out(tables, code, finding):
    line = one(tables, excise_code=code)
    assert codes(line) == [finding]
    assert set(line.undetermined) == {"excise_duty", "value_for_tax", "gst"}


def test_goods_that_bear_excise_are_asked_about():
    assert codes(one(classification=WINE, origin="FR", quantity=Decimal(1), unit="LTR")) == ["ASM-060"]


# ---- remissions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "origin", "value", "owed", "finding"),
    [
        ("85-2955-1", "CN", "20.00", (0, 0), None),
        ("85-2955-1", "CN", "20.01", (3_60, 1_18), "ASM-066"),
        ("85-2955-1", "UNY", "20.00", (3_60, 1_18), "ASM-067"),
        ("85-2955-2", "UNY", "40.00", (0, 0), None),
        ("85-2955-2", "MX", "40.01", (7_20, 2_36), "ASM-066"),
        ("85-2955-2", "CN", "40.00", (7_20, 2_36), "ASM-067"),
        ("85-2955-3", "MX", "40.01", (0, 2_00), None),
        ("85-2955-3", "UNY", "150.00", (0, 7_50), None),
        ("85-2955-3", "UNY", "150.01", (27_00, 8_85), "ASM-066"),
        ("85-2955-3", "UNY", "40.00", (7_20, 2_36), "ASM-066"),
        ("21-1-85", "CN", "20.00", (3_60, 1_18), "ASM-065"),
    ],
)
def test_the_courier_remission_by_value_and_origin(code, origin, value, owed, finding):
    line = one(special_authority=code, origin=origin, value=Decimal(value))
    assert codes(line) == ([finding] if finding else [])
    assert (line.customs_duty_cents, line.gst_cents) == owed


def test_what_is_remitted_is_explained():
    line = one(special_authority="85-2955-3", origin="MX", value=Decimal("100.00"))
    duty = [(step.rule, step.cents) for step in line.explanation if step.figure == "customs_duty"]
    assert duty == [("duty.tariff", 18_00), ("remission.85-2955-3", -18_00)]


def test_the_limit_is_of_the_shipment_or_of_a_consolidated_line():
    lines = ({"value": Decimal(15)}, {"value": Decimal(15)})
    alone = assessed(*lines, special_authority="85-2955-1")
    consolidated = assessed(*lines, special_authority="85-2955-1", type="F")
    assert [codes(line) for line in alone.lines] == [["ASM-066"], ["ASM-066"]]
    assert [codes(line) for line in consolidated.lines] == [[], []]
    assert consolidated.total_cents == 0


@pytest.mark.parametrize("cad_type", ["10", "13", "21", "22", "30"])
def test_nothing_is_due_while_goods_are_in_bond(cad_type):
    line = one(type=cad_type)
    assert (line.value_for_duty_cents, line.total_cents, codes(line)) == (1000_00, 0, [])


def test_duties_are_due_when_goods_leave_the_warehouse():
    assert one(type="20").customs_duty_cents == 180_00


# ---- declared ---------------------------------------------------------------------------------------


def test_declared_amounts_are_compared():
    declared = Declared(
        value_for_duty_cents=1000_00, customs_duty_cents=180_00, excise_cents=0, gst_cents=50_00
    )
    line = one(declared=declared)
    assert [(finding.found, finding.expected) for finding in line.findings] == [("50.00", "59.00")]
    assert codes(line) == ["ASM-080"]


def test_what_is_not_worked_out_is_not_compared():
    line = one(declared=Declared(gst_cents=1), currency="USD")
    assert codes(line) == ["ASM-005"]
