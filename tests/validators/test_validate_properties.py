"""What holds of every declaration, however wild: an answer, in words, the same one each time."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_specimens import clean, context_of
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
