"""Which requirement is shown by which scenario, and which rule? And what is shown by none?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cadline.certification.library import Exemption, Library, Requirement
from cadline.certification.model import Suite
from schemas.rules import Rule, all_rules

Shown = Mapping[str, Sequence[str]]
"""Ids of scenarios, as `suite/scenario`, by what they show."""


@dataclass(frozen=True)
class Coverage:
    """Scenarios by requirement and by rule. exempt: why a reject rule needs none."""

    requirements: Mapping[str, Requirement]
    by_requirement: Shown
    by_rule: Shown
    rules_by_requirement: Mapping[str, frozenset[str]]
    exempt: Mapping[str, Exemption]

    @property
    def reject_rules(self) -> tuple[Rule, ...]:
        """Return the rules that can reject, in the order of the error dictionary."""
        return tuple(rule for rule in all_rules().values() if rule.severity == "error")

    @property
    def uncovered_rules(self) -> tuple[str, ...]:
        """Return the reject rules that no scenario shows and none is excused from."""
        return tuple(
            rule.id
            for rule in self.reject_rules
            if rule.id not in self.by_rule and rule.id not in self.exempt
        )

    @property
    def idle_exemptions(self) -> tuple[str, ...]:
        """Return the rules that are excused and yet shown, or that cannot reject: the excuse is to go."""
        rejecting = {rule.id for rule in self.reject_rules}
        return tuple(rule for rule in self.exempt if rule in self.by_rule or rule not in rejecting)

    @property
    def uncovered_requirements(self) -> tuple[str, ...]:
        """Return the requirements that no scenario shows."""
        return tuple(name for name in self.requirements if name not in self.by_requirement)

    @property
    def complete(self) -> bool:
        """Return whether nothing is left uncovered."""
        return not (self.uncovered_rules or self.uncovered_requirements or self.idle_exemptions)


def coverage(library: Library, suites: Sequence[Suite]) -> Coverage:
    """Return what the suites of a library show."""
    by_requirement, by_rule = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    rules = defaultdict[str, set[str]](set)
    for suite in suites:
        for scenario in suite.scenarios:
            name = f"{suite.id}/{scenario.id}"
            for requirement in scenario.requirements:
                by_requirement[requirement].append(name)
                rules[requirement] |= scenario.shown
            for rule in sorted(scenario.shown):
                by_rule[rule].append(name)
    return Coverage(
        requirements={each.id: each for each in library.requirements},
        by_requirement=dict(by_requirement),
        by_rule=dict(by_rule),
        rules_by_requirement={name: frozenset(found) for name, found in rules.items()},
        exempt={rule: each for each in library.exemptions for rule in each.rules},
    )
