"""What holds of every declaration, however wild: an answer, in words, the same one each time."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_specimens import clean, context_of, findings_of, shipped_codes
from wild_declarations import DAYS, TODAY, declarations

from schemas.cad import Declaration
from schemas.findings import describe
from schemas.rules import all_rules
from validators import Context, validate

WORLD = context_of(clean("release"))

contexts = st.builds(
    Context,
    tables=st.just(WORLD.tables),
    registry=st.just(WORLD.registry),
    sender=st.sampled_from([*WORLD.registry.partners, "", "NOBODY"]),
    received_day=st.just(TODAY) | st.dates(),
    channel=st.sampled_from(["edi", "portal"]),
    previous=st.none() | declarations,
    first_accounted=DAYS,
    payment_due=DAYS,
    line_changes_cents=st.none() | st.dictionaries(st.integers(-2, 4), st.integers()),
    transaction_last_used=DAYS,
)


@given(cad=declarations, context=contexts)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_validator_never_raises_and_every_finding_can_be_said(cad: Declaration, context: Context) -> None:
    rules = all_rules()
    findings = validate(cad, context)
    for finding in findings:
        assert rules[finding.code].holds_on(context.received_day)
        assert finding.where.field
        for language in ("en", "fr"):
            words = describe(finding, language)
            assert words.message
            assert words.remedy
    assert validate(cad, context) == findings


@given(cad=declarations)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_warning_rule_never_rejects_and_an_error_may_only_be_softened(cad: Declaration) -> None:
    rules = all_rules()
    for finding in validate(cad, WORLD):
        assert (finding.severity, rules[finding.code].severity) != ("error", "warning")


def test_before_the_first_day_of_the_rules_nothing_is_judged() -> None:
    world = clean("release")
    world["context"]["received_day"] = "2024-10-20"
    world["cad"] = {**world["cad"], "transaction_number": "", "lines": []}
    assert validate(Declaration.model_validate(world["cad"]), context_of(world)) == ()


def test_a_rule_holds_on_its_first_day() -> None:
    world = clean("release")
    world["context"]["received_day"] = str(date(2024, 10, 21))
    world["cad"] = {**world["cad"], "transaction_number": ""}
    findings = validate(Declaration.model_validate(world["cad"]), context_of(world))
    assert "TXN-001" in {finding.code for finding in findings}


def found(world: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.expected) for finding in findings_of(world)]


@given(position=st.integers(0, 8), digit=st.sampled_from("0123456789"))
def test_any_single_wrong_digit_of_a_business_number_is_caught(position: int, digit: str) -> None:
    world = clean("release")
    account = world["cad"]["importer"]["identifier"]
    wrong = account[:position] + digit + account[position + 1 :]
    world["cad"]["importer"]["identifier"] = wrong
    assert ("IMP-001" in dict(found(world))) == (wrong != account)


@given(kept=st.sets(st.integers(1, 9)), count=st.integers(1, 9))
def test_exactly_the_lines_that_are_missing_from_a_change_are_named(kept: set[int], count: int) -> None:
    world = clean("change")
    line = world["cad"]["lines"][1]
    world["previous"]["lines"] = [{**line, "number": number} for number in range(1, count + 1)]
    world["cad"]["lines"] = [{**line, "number": number} for number in sorted(kept)]
    missing = [expected for code, expected in found(world) if code == "CHG-005"]
    assert missing == [str(number) for number in range(1, count + 1) if number not in kept]


@given(
    treatment=st.sampled_from(["4", "10", "11", "13", "31", "34"]),
    origin=st.sampled_from(["AU", "US", "UNY", "MX", "IL", "DE", "GB", "JP", "XK"]),
    day=st.dates(date(2015, 1, 1), TODAY),
)
def test_an_agreement_treatment_is_open_to_its_countries_and_to_no_other(
    treatment: str, origin: str, day: date
) -> None:
    world = clean("release")
    world["cad"]["release_date"] = str(day)
    world["cad"]["lines"][0].update(treatment=treatment, origin=origin)
    row = shipped_codes().table("treatments").row(treatment, day)
    country = {"UNY": "US"}.get(origin, origin)
    pair = f"{row['abbr']}/{country}" if row else ""
    is_open = shipped_codes().table("treatment_countries").row(pair, day) is not None
    codes = {code for code, _ in found(world)}
    assert ("TRT-003" in codes) == (row is None)
    assert ("TRT-004" in codes) == (row is not None and not is_open)


@given(orders=st.permutations(["R2-74-1-TT", "R3-32.2.VFD", "R2-74-1-C11"]), cents=st.integers(-500, 500))
def test_the_suggested_order_of_reasons_is_accepted(orders: list[str], cents: int) -> None:
    world = clean("change")
    world["context"]["line_changes_cents"] = {"1": cents}
    world["cad"]["lines"][0]["reasons"] = [{"code": code} for code in orders]
    suggested = [expected for code, expected in found(world) if code in {"REA-004", "REA-005"} and expected]
    if suggested:
        assert sorted(suggested[0].split(", ")) == sorted(orders)
        world["cad"]["lines"][0]["reasons"] = [{"code": code} for code in suggested[0].split(", ")]
    assert {"REA-004", "REA-005"}.isdisjoint(dict(found(world)))
