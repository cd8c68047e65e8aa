"""How are the rules put to a declaration? Each rule in force is asked, each hit becomes a finding."""

from datetime import date
from functools import lru_cache

from schemas.cad import Declaration
from schemas.findings import Finding, Where
from schemas.rules import Rule, all_rules
from validators.case import Case, Hit, Predicate
from validators.context import Context
from validators.rules import RULES


def validate(cad: Declaration, context: Context) -> tuple[Finding, ...]:
    """Return every finding of every rule in force on the day of receipt, in the order of `RULES`.

    The findings name fields (`lines[2].origin`); where those stand on the wire, the parser knows.
    """
    case = Case.of(cad, context)
    rules = rules_in_force(context.received_day)
    return tuple(_finding(rule, hit) for rule, predicate in rules for hit in predicate(case))


@lru_cache(maxsize=64)
def rules_in_force(day: date) -> tuple[tuple[Rule, Predicate], ...]:
    """Return the rules that hold for declarations received on an Eastern day, each with its question."""
    texts = all_rules()
    pairs = ((texts[rule_id], predicate) for rule_id, predicate in RULES.items())
    return tuple((rule, predicate) for rule, predicate in pairs if rule.holds_on(day))


def _finding(rule: Rule, hit: Hit) -> Finding:
    return Finding(
        code=rule.id,
        severity="warning" if hit.doubtful else rule.severity,
        where=Where(field=hit.field),
        found=hit.found,
        expected=hit.expected,
        values=dict(hit.values),
    )
