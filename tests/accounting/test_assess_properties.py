"""What holds for every declaration: sums, bases, monotony, and explanations that add up."""

import ast
import operator
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from assess_cases import assessed, one, shipped_tables
from hypothesis import given
from hypothesis import strategies as st

from schemas.assessment import AssessedLine, Assessment
from schemas.findings import describe
from schemas.tariff.index import TariffIndex

tariff = shipped_tables().tariff
assert isinstance(tariff, TariffIndex)
NUMBERS = sorted(tariff.numbers())
ORIGINS = ["CN", "UNY", "MX", "DE", "GB", "VN", "BD", "JP", "RU", "KE", "CA", "TR", "ZZ", ""]
TREATMENTS = ["", "2", "3", "8", "9", "10", "11", "31", "33", "34", "99"]
SURTAXES = ["", "CN-SA-2024", "US-SA-2025", "MP-CN-2025", "STEEL-TRQ-2025", "XX"]

values = st.decimals(min_value=0, max_value=10**9, places=2)
lines = st.fixed_dictionaries(
    {
        "classification": st.sampled_from(NUMBERS),
        "origin": st.sampled_from(ORIGINS),
        "treatment": st.sampled_from(TREATMENTS),
        "value": values,
        "quantity": st.none() | st.decimals(min_value=0, max_value=10**6, places=3),
        "unit": st.sampled_from(["", "KGM", "TNE", "NMB", "LTR", "DZN", "LPA"]),
        "surtax_code": st.sampled_from(SURTAXES),
        "tariff_code": st.sampled_from(["", "", "9966", "9996", "9999"]),
        "special_authority": st.sampled_from(["", "", "85-2955-1", "85-2955-3"]),
        "excise_code": st.sampled_from(["", "", "E00", "C05"]),
    }
)
headers = st.fixed_dictionaries(
    {
        "day": st.dates(date(2021, 3, 30), date(2026, 7, 31)),
        "currency": st.sampled_from(["CAD", "CAD", "USD"]),
        "casual": st.booleans(),
        "province": st.sampled_from(["ON", "QC", "AB", ""]),
    }
)

OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def value_of(node: ast.expr) -> Decimal:
    """Evaluate a formula's tree exactly: numbers, + - *, max and min."""
    match node:
        case ast.Constant(value=str(text)):
            return Decimal(text)
        case ast.BinOp(left=left, op=op, right=right):
            result: Decimal = OPERATIONS[type(op)](value_of(left), value_of(right))
            return result
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return {"max": max, "min": min}[name](value_of(each) for each in arguments)
        case _:
            raise AssertionError(ast.dump(node))


def worked_again(formula: str) -> Decimal:
    """Add up the left side of an explanation again."""
    written = formula.split(" = ", maxsplit=1)[0]
    exact = re.sub(r"(\d+(?:\.\d+)?)%", r"\1 * 0.01", written)
    quoted = re.sub(r"\d+(?:\.\d+)?", r"'\g<0>'", exact)
    return value_of(ast.parse(quoted, mode="eval").body)


def cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def figures(line: AssessedLine) -> dict[str, int]:
    fields = line.model_dump()
    return {name.removesuffix("_cents"): value for name, value in fields.items() if name.endswith("_cents")}


@given(st.lists(lines, min_size=1, max_size=5), headers)
def test_the_totals_are_the_sums_of_the_lines(goods, header):
    assessment = assessed(*goods, **header)
    assert assessment.total_cents == sum(line.total_cents for line in assessment.lines)
    assert assessment.total_cents == sum(assessment.cents_by_charge().values())
    assert assessment.value_for_duty_cents == sum(line.value_for_duty_cents for line in assessment.lines)


@given(lines, headers)
def test_the_explanation_adds_up_to_every_figure(goods, header):
    line = one(**goods | header)
    for figure, amount in figures(line).items():
        steps = [step for step in line.explanation if step.figure == figure]
        if figure not in line.undetermined:
            assert sum(step.cents for step in steps) == amount, figure


@given(lines, headers)
def test_every_sum_in_the_explanation_can_be_added_again(goods, header):
    for step in one(**goods | header).explanation:
        if " = " in step.formula:
            assert cents(worked_again(step.formula)) == step.cents, step.formula
        else:
            assert step.cents == 0


@given(lines, headers)
def test_the_base_of_gst_is_value_and_all_other_charges_but_the_provinces(goods, header):
    line = one(**goods | header)
    if line.undetermined:
        return
    assert line.value_for_tax_cents == (
        line.value_for_duty_cents
        + line.customs_duty_cents
        + line.sima_cents
        + line.surtax_cents
        + line.excise_cents
    )
    remitted = any(step.rule.startswith("remission") and step.figure == "gst" for step in line.explanation)
    expected = 0 if remitted else cents(Decimal(line.value_for_tax_cents) / 100 * Decimal("0.05"))
    assert line.gst_cents == expected


@given(lines.map(lambda line: line | {"special_authority": ""}), headers, values, values)
def test_a_higher_value_never_owes_less(goods, header, one_value, other_value):
    lower, higher = sorted((one_value, other_value))
    cheap, dear = one(**goods | header | {"value": lower}), one(**goods | header | {"value": higher})
    assert cheap.total_cents <= dear.total_cents
    assert cheap.undetermined == dear.undetermined


@given(st.lists(lines, min_size=1, max_size=3), headers)
def test_assessing_again_gives_the_same_and_every_finding_can_be_said(goods, header):
    first, again = assessed(*goods, **header), assessed(*goods, **header)
    assert first == again == Assessment.model_validate_json(first.model_dump_json())
    for finding in first.findings:
        for language in ("en", "fr"):
            said = describe(finding, language)
            assert said.message
            assert said.remedy


@given(lines, headers)
def test_what_is_not_worked_out_has_an_error(goods, header):
    line = one(**goods | header)
    errors = [finding for finding in line.findings if finding.severity == "error"]
    assert not line.undetermined or errors
