"""Which scenario shows which requirement and rule? Writes `certification.md`; fails on gaps."""  # noqa: INP001 - a script

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.settle import settle

from cadline.certification.coverage import Coverage, coverage
from cadline.certification.library import Library
from cadline.certification.model import Suite
from schemas.rules import all_rules

DOCS = Path(__file__).parent
FORMAT = DOCS / "generator" / "certification.md"

SCENARIOS_SHOWN_MAX = 4


def page(suites: Sequence[Suite], covered: Coverage) -> str:
    """Write the page: how suites are written, then what the shipped ones show."""
    return "\n".join(
        [
            FORMAT.read_text(encoding="utf-8"),
            *suite_lines(suites),
            "",
            *requirement_lines(covered),
            "",
            *rule_lines(covered),
            "",
            *exempt_lines(covered),
            "",
        ]
    )


def suite_lines(suites: Sequence[Suite]) -> Iterator[str]:
    """Yield the table of suites and their groups."""
    yield "## Suites · Séries\n"
    yield "| Suite | Group · Groupe | | Scenarios · Scénarios |"
    yield "| --- | --- | --- | ---: |"
    for suite in suites:
        for group in suite.groups:
            title, count = f"{group.title.en} · {group.title.fr}", len(group.scenarios)
            yield f"| `{suite.id}` | `{group.id}` | {title} | {count} |"
    yield f"\n{sum(len(suite.scenarios) for suite in suites)} scenarios · scénarios"


def requirement_lines(covered: Coverage) -> Iterator[str]:
    """Yield the table of requirements with their scenarios and rules."""
    yield "## Requirement, scenario, rule · Exigence, scénario, règle\n"
    yield "| Requirement · Exigence | | Scenarios · Scénarios | Rules · Règles |"
    yield "| --- | --- | --- | --- |"
    for name, requirement in covered.requirements.items():
        rules = sorted(rule for rule in covered.rules_by_requirement.get(name, ()))
        title = f"{requirement.title.en} · {requirement.title.fr}"
        yield f"| `{name}` | {title} | {some(covered.by_requirement.get(name, ()))} | {linked(rules)} |"
    if covered.uncovered_requirements:
        yield f"\n**Not covered · Non couvertes : {', '.join(covered.uncovered_requirements)}**"


def rule_lines(covered: Coverage) -> Iterator[str]:
    """Yield the table of rules with the scenarios that show them."""
    rejecting = covered.reject_rules
    shown = sum(rule.id in covered.by_rule for rule in rejecting)
    yield "## Rule, scenario · Règle, scénario\n"
    yield f"| Reject · Rejettent | {len(rejecting)} |"
    yield "| --- | ---: |"
    yield f"| Shown by a scenario · Montrées par un scénario | {shown} |"
    yield f"| Excused below · Excusées ci-dessous | {len(covered.exempt)} |"
    yield f"| Not covered · Non couvertes | {len(covered.uncovered_rules)} |\n"
    yield "| Rule · Règle | Scenarios · Scénarios |"
    yield "| --- | --- |"
    for rule in all_rules():
        if rule in covered.by_rule:
            yield f"| {linked([rule])} | {some(covered.by_rule[rule])} |"
    if covered.uncovered_rules:
        yield f"\n**Not covered · Non couvertes : {linked(covered.uncovered_rules)}**"


def exempt_lines(covered: Coverage) -> Iterator[str]:
    """Yield the reject rules that no scenario shows, with the reason."""
    yield "## Excused · Excusées\n"
    yield "| Rules · Règles | Why · Pourquoi |"
    yield "| --- | --- |"
    for each in dict.fromkeys(covered.exempt.values()):
        yield f"| {linked(each.rules)} | {each.why.en} · {each.why.fr} |"


def linked(rules: Sequence[str]) -> str:
    """Write rules as links into the error dictionary."""
    return ", ".join(f"[{rule}](RULES.md#{rule.lower()})" for rule in rules)


def some(scenarios: Sequence[str]) -> str:
    """Name the first scenarios, and say how many there are besides."""
    named = ", ".join(f"`{name}`" for name in scenarios[:SCENARIOS_SHOWN_MAX])
    further = len(scenarios) - SCENARIOS_SHOWN_MAX
    return f"{named} + {further}" if further > 0 else named


def gaps(covered: Coverage) -> int:
    """Say on standard error what has no scenario, and return how much that is."""
    said = [
        *(f"requirement {name} has no scenario" for name in covered.uncovered_requirements),
        *(f"reject rule {name} has no scenario" for name in covered.uncovered_rules),
        *(f"rule {name} is excused in exempt.toml, and need not be" for name in covered.idle_exemptions),
    ]
    for line in said:
        sys.stderr.write(f"fixtures/certification: {line}\n")
    return len(said)


if __name__ == "__main__":
    library = Library()
    all_suites = library.suites()
    found = coverage(library, all_suites)
    written = page(all_suites, found)
    sys.exit(settle({DOCS / "certification.md": written.encode()}, sys.argv[1:]) or min(gaps(found), 1))
