"""What does a rule say, since when, and how well is it known? Read from the `*.toml` files beside this one.

A rule is a table named by its id::

    [IMP-001]
    severity = "error"            # or "warning"; an inferred rule may only warn
    since = 2024-10-21
    source = "python-stdnum; CBSA BN description"
    evidence = "trade"            # law, cbsa, trade, inferred
    field = "importer"
    message.en = "{found} is not a business number: its check digit does not hold."
    message.fr = "..."
    remedy.en = "..."
    remedy.fr = "..."

Messages may use {found}, {expected}, {field} and what else the finding's `values` hold.
"""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from schemas.base import Value

Language = Literal["en", "fr"]
Evidence = Literal["law", "cbsa", "trade", "inferred"]


class RuleText(Value):
    """A rule's words in one language."""

    message: str
    remedy: str


class Rule(Value):
    """A rule as data: everything but the question it asks.

    `evidence` tells how well it is known. `group` is the file it stands in. `asks` names what the rule must
    know besides the message and the tables: who is who, or what was filed before.
    """

    id: str
    group: str
    severity: Literal["error", "warning"]
    since: date
    until: date | None = None
    source: str
    evidence: Evidence
    field: str = ""
    asks: Literal["", "registry", "history"] = ""
    edifact_code: str | None = None
    message: dict[Language, str]
    remedy: dict[Language, str]

    def holds_on(self, day: date) -> bool:
        """Return whether the rule is in force for what is received on an Eastern day."""
        return self.since <= day and (self.until is None or day <= self.until)


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by id. Raises ValueError when two files name the same id."""
    rules: dict[str, Rule] = {}
    for file in sorted(resources.files("schemas.rules").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        tables = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        for rule_id, table in tables.items():
            if rule_id in rules:
                raise ValueError(f"rule {rule_id} stands in {rules[rule_id].group} and in {file.name}")
            rules[rule_id] = Rule(id=rule_id, group=file.name.removesuffix(".toml"), **table)
    return rules


def rule_text(rule_id: str, language: Language) -> RuleText:
    """Return a rule's words. Raises KeyError for an unknown id."""
    rule = all_rules()[rule_id]
    return RuleText(message=rule.message[language], remedy=rule.remedy[language])
