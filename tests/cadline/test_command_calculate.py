"""`cadline calculate`: JSON contract, exit codes, files of several lines, one path with posting."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accounting.assess import assess
from cadline.assessed import Assessed
from cadline.calculator import Calculation, Goods
from cadline.commands.calculate import calculate
from cadline.errors import CadlineError
from schemas.cad import Declaration, Invoice, Line, Party
from schemas.tables import load_tables

CRIB = {
    "classification": "9403.50.00.10",
    "origin": "CN",
    "treatment": "2",
    "value": "100000.00",
    "currency": "CAD",
    "date": "2026-03-02",
}
CENTS = [
    "value_for_duty_cents",
    "customs_duty_cents",
    "sima_cents",
    "surtax_cents",
    "excise_cents",
    "value_for_tax_cents",
    "gst_cents",
    "provincial_cents",
    "total_cents",
]


def run(*arguments: str, **options: str) -> Result:
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
    return CliRunner().invoke(calculate, [*arguments, *words])


def calculated(*arguments: str, code: int = 0, **options: str) -> dict[str, Any]:
    result = run(*arguments, "--json", **options)
    assert result.exit_code == code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_the_json_of_a_plain_case():
    answer = calculated(**CRIB)
    (line,) = answer["lines"]
    assert [line[key] for key in CENTS] == [
        100_000_00,
        9_500_00,
        0,
        0,
        0,
        109_500_00,
        5_475_00,
        0,
        14_975_00,
    ]
    assert (line["line"], line["treatment"], line["rate"], line["findings"]) == (1, "2", "9.5%", [])
    assert [step["figure"] for step in line["explanation"]] == [
        "value_for_duty",
        "customs_duty",
        "value_for_tax",
        "gst",
    ]
    assert answer["totals"] == {key: line[key] for key in CENTS}


def test_points_blanks_and_small_letters_are_read():
    same = calculated(**CRIB | {"classification": "9403 50 0010", "origin": "cn", "currency": "cad"})
    assert same["lines"] == calculated(**CRIB)["lines"]


def test_what_cannot_be_worked_out_is_null_and_exits_with_one():
    answer = calculated(code=1, **CRIB | {"currency": "USD"})
    (line,) = answer["lines"]
    assert line["value_for_duty_cents"] is line["total_cents"] is answer["totals"]["gst_cents"] is None
    (finding,) = line["findings"]
    assert (finding["code"], finding["severity"], finding["found"]) == ("ASM-005", "error", "USD")
    assert "2017-01-03/2021-07-15" in finding["message"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"value": "ten"}, "value"),
        ({"value": "-1"}, "value"),
        ({"date": "2026-02-30"}, "date"),
        ({"sima": "perhaps"}, "sima"),
        ({"tariff": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_wrong_use_is_refused_by_name(options, words):
    result = run(**CRIB | options)
    assert isinstance(result.exception, CadlineError)
    assert words in str(result.exception)


def test_missing_options_are_named():
    result = run(origin="CN")
    assert isinstance(result.exception, CadlineError)
    assert all(name in str(result.exception) for name in ("classification", "value", "currency", "date"))


def test_a_file_of_several_lines_as_csv_and_as_json(tmp_path):
    csv_file, json_file = tmp_path / "goods.csv", tmp_path / "goods.json"
    csv_file.write_text(
        "classification,origin,value,currency,surtax-code,quantity,unit\n"
        "9403.50.00.10,CN,100000.00,CAD,,,\n"
        "7210490060,CN,1000.00,CAD,CN-SA-2024,500,KGM\n",
        encoding="utf-8",
    )
    lines = [
        {"classification": "9403500010", "origin": "CN", "value": 100000.00, "currency": "CAD"},
        {
            "classification": "7210490060",
            "origin": "CN",
            "value": "1000.00",
            "currency": "CAD",
            "surtax_code": "CN-SA-2024",
            "quantity": 500,
            "unit": "KGM",
        },
    ]
    json_file.write_text(json.dumps({"lines": lines}), encoding="utf-8")
    given = {"date": "2026-03-02", "treatment": "2"}
    from_csv, from_json = calculated(str(csv_file), **given), calculated(str(json_file), **given)
    assert [line["surtax_cents"] for line in from_csv["lines"]] == [0, 250_00]
    assert [line["line"] for line in from_csv["lines"]] == [1, 2]
    assert [[line[key] for key in CENTS] for line in from_csv["lines"]] == [
        [line[key] for key in CENTS] for line in from_json["lines"]
    ]
    assert from_csv["totals"]["total_cents"] == sum(line["total_cents"] for line in from_csv["lines"])


def test_lines_of_several_days_keep_their_order(tmp_path):
    file = tmp_path / "goods.csv"
    days = ("2025-09-01", "2025-08-31", "2025-09-01")
    file.write_text("date\n" + "\n".join(days) + "\n", encoding="utf-8")
    given = CRIB | {"classification": "6109100022", "origin": "UNY"}
    del given["date"]
    answer = calculated(str(file), **given)
    assert [line["surtax_cents"] for line in answer["lines"]] == [0, 25_000_00, 0]


@pytest.mark.parametrize("text", ["[1]", '{"a": []}', "[", "classification\n9403500010\n"])
def test_a_broken_file_is_refused(tmp_path, text):
    file = tmp_path / "goods"
    file.write_text(text, encoding="utf-8")
    assert isinstance(run(str(file)).exception, CadlineError)


def test_the_calculator_and_posting_cannot_differ():
    tables, day = load_tables(), date(2026, 3, 2)
    goods = Goods(
        classification="7210.49.00.60",
        origin="CN",
        value=Decimal("1234.56"),
        currency="CAD",
        date=day,
        treatment="2",
        surtax_code="CN-SA-2024",
        quantity=Decimal(10),
        unit="KGM",
        casual=True,
        province="ON",
    )
    cad = Declaration(
        transaction_number="12345000000017",
        version=1,
        function="original",
        type="AB",
        importer=Party(identifier="123456782RM0001"),
        release_date=day,
        casual=True,
        province="ON",
        invoices=(Invoice(number="1", currency="CAD", direct_shipment=day),),
        lines=(
            Line(
                number=1,
                invoice="1",
                classification="7210490060",
                origin="CN",
                treatment="2",
                value=Decimal("1234.56"),
                quantity=Decimal(10),
                unit="KGM",
                surtax_code="CN-SA-2024",
            ),
        ),
    )
    posted = Assessed(cad, assess(cad, tables)).as_json()["lines"]
    assert Calculation([goods], tables, "en").as_json()["lines"] == posted


def test_the_text_names_the_sum_of_every_figure():
    said = run("--explain", **CRIB).output
    assert "customs duty: 100000.00 * 9.5% = 9500.00" in said
    assert "duties and taxes          14975.00" in said


def test_the_findings_speak_french():
    said = run("--language", "fr", **CRIB | {"currency": "USD"}).output
    assert "la table des changes" in said
    assert "non calculé" in said


def test_user_tables_are_used(tmp_path):
    Path(tmp_path / "exchange.csv").write_text("date,currency,cad_per_unit,source\n2026-03-02,USD,1.25,me\n")
    answer = calculated("--tables", str(tmp_path), **CRIB | {"currency": "USD"})
    assert answer["lines"][0]["value_for_duty_cents"] == 125_000_00
