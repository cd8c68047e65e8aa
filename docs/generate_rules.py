"""What can be found wrong with a message? Writes the error dictionary, or with --check names the stale."""  # noqa: INP001 - a script

import json
import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from generator.dictionary import OTHER, dictionary
from generator.examples import Example, example_of
from generator.settle import settle

from schemas.rules import Language, Rule, all_rules

DOCS = Path(__file__).parent
REQUIREMENTS = DOCS / "generator" / "requirements.toml"

SHOWN_LENGTH_MAX = 100

GROUPS = {
    "syntax": ("EDIFACT syntax", "Syntaxe EDIFACT"),
    "xml": ("XML", "XML"),
    "numbers": ("Transaction number and version", "Numéro de transaction et version"),
    "parties": ("Importer, broker, authority", "Importateur, courtier, autorisation"),
    "header": ("Head of the declaration", "En-tête de la déclaration"),
    "invoices": ("Invoices", "Factures"),
    "lines": ("Lines", "Lignes"),
    "classification": ("Classification, quantity, tariff code", "Classement, quantité, code tarifaire"),
    "treatments": ("Tariff treatment", "Traitement tarifaire"),
    "taxes": ("Value, excise, GST and surtax codes", "Codes de valeur, d'accise, de TPS et de surtaxe"),
    "sima": ("Special import measures", "Mesures spéciales d'importation"),
    "courier": ("Courier low value, remissions", "Faible valeur par messagerie, remises"),
    "changes": ("Later versions and cancellation", "Versions ultérieures et annulation"),
    "reasons": ("Reasons for a change", "Motifs de modification"),
    "assess": ("Duties and taxes", "Droits et taxes"),
    "payments": ("Payments and other acts", "Paiements et autres actes"),
}

EVIDENCE = {
    "law": ("an act, regulation or order", "une loi, un règlement ou un décret"),
    "cbsa": ("a text of the agency", "un texte de l'agence"),
    "trade": ("texts of the trade, standards, our message guides", "textes du métier, normes, nos guides"),
    "inferred": ("our reading; such a rule only warns", "notre lecture; une telle règle ne fait qu'avertir"),
}

HEAD = """# Error dictionary · Dictionnaire des erreurs

Generated from `schemas/rules/*.toml` and `fixtures/rules/` by `docs/generate_rules.py`; `rules.json` beside
this page says the same for machines; [rules.en.html](rules.en.html) and [rules.fr.html](rules.fr.html) can be
searched. Each rule: its id, whether it **rejects** or only **warns**, since when,
the field, how well it is known, what is said and how to mend it, in English and French.

Généré à partir de `schemas/rules/*.toml` et `fixtures/rules/`. Pour chaque règle : son identifiant, si elle
**rejette** ou **avertit** seulement, depuis quand, le champ, la solidité de la source, le message et le
remède, en anglais et en français.

A rule that rejects may still only warn where the table that it reads is known in part.
Une règle qui rejette peut n'être qu'un avertissement lorsque la table consultée n'est connue qu'en partie.
"""


def entry(rule: Rule) -> dict[str, Any]:
    """Return a rule as `rules.json` has it."""
    fields = rule.model_dump(mode="json", exclude_none=True)
    example = example_of(rule.id)
    return fields | {
        "example": {"field": rule.field, "severity": rule.severity} | example if example else None
    }


def page(rules: list[Rule]) -> str:
    """Write `RULES.md`: the rules by group, after a list of the groups."""
    groups = [(group, list(each)) for group, each in groupby(rules, key=lambda rule: rule.group)]
    contents = [
        f"- [{' · '.join(title_of(group))}](#{group}): {each[0].id} to {each[-1].id}"
        for group, each in groups
    ]
    evidence = [f"- `{mark}`: {english} · {french}" for mark, (english, french) in EVIDENCE.items()]
    sections = [section(group, each) for group, each in groups]
    return "\n".join(
        [
            HEAD,
            *evidence,
            "",
            f"{len(rules)} rules · {len(rules)} règles",
            "",
            *contents,
            "",
            *requirements({rule.id for rule in rules}),
            "",
            *sections,
        ]
    )


def requirements(known: set[str]) -> Iterator[str]:
    """Yield a table of what a declaration must hold and the rules that see to it.

    Raises ValueError for a rule that is not there.
    """
    yield "## What a declaration must hold · Ce qu'une déclaration doit respecter\n"
    yield "| Subject · Objet | Rules · Règles |"
    yield "| --- | --- |"
    for each in tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))["requirements"]:
        if missing := set(each["rules"]) - known:
            raise ValueError(f"{REQUIREMENTS.name} names rules that are not there: {sorted(missing)}")
        links = ", ".join(f"[{rule}](#{rule.lower()})" for rule in each["rules"])
        yield f"| {'<br>'.join(each['about'])} | {links} |"


def title_of(group: str) -> tuple[str, str]:
    """Return a group's title in English and French."""
    return GROUPS.get(group, (group, group))


def section(group: str, rules: list[Rule]) -> str:
    """Write one group."""
    head = f'<a id="{group}"></a>\n\n## {" · ".join(title_of(group))}\n'
    return "\n".join([head, *("\n".join(lines_of(rule)) for rule in rules)])


def lines_of(rule: Rule) -> Iterator[str]:
    """Yield the lines of one rule; messages are shown as its specimen gets them."""
    example = example_of(rule.id)
    verdict = "rejects · rejette" if rule.severity == "error" else "warns · avertit"
    period = f"since {rule.since}" + (f" until {rule.until}" if rule.until else "")
    yield f"### {rule.id}\n"
    yield f"{verdict} · `{rule.field or (example or {}).get('field', '')}` · {period} · `{rule.evidence}`\n"
    for language in ("en", "fr"):
        told = (
            example if example and "message" in example else {"message": rule.message, "remedy": rule.remedy}
        )
        yield f"- **{told['message'][language]}** {told['remedy'][language]}"
    if example:
        yield from wrong_and_right(example)
    yield f"- Source: {rule.source}\n"


def wrong_and_right(example: Example) -> Iterator[str]:
    """Yield a line for each field of the example that sets the wrong value against the right one."""
    for field, wrong in example["wrong"].items():
        right = example["right"].get(field)
        place = f"`{field}`: " if field else ""
        yield f"- {place}wrong · faux {shown(wrong)}, right · juste {shown(right)}"


def shown(value: object) -> str:
    """Write a value in short."""
    if value in (None, "", [], {}):
        return "(blank · vide)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) <= SHOWN_LENGTH_MAX or not isinstance(value, list):
        return f"`{text}`"
    return f"`[...]` ({len(value)})"


def documents() -> dict[Path, bytes]:
    """Return the generated documents by path."""
    place = {group: index for index, group in enumerate(GROUPS)}
    rules = sorted(
        all_rules().values(), key=lambda rule: (place.get(rule.group, len(place)), rule.group, rule.id)
    )
    entries = [entry(rule) for rule in rules]
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    pages = {DOCS / f"rules.{language}.html": html(language, entries) for language in OTHER}
    return {DOCS / "RULES.md": page(rules).encode(), DOCS / "rules.json": f"{text}\n".encode(), **pages}


def html(language: Language, entries: list[dict[str, Any]]) -> bytes:
    """Write the page of one language."""
    place = ("en", "fr").index(language)
    titles = {each["group"]: title_of(each["group"])[place] for each in entries}
    return dictionary(language, entries, titles, {mark: said[place] for mark, said in EVIDENCE.items()})


if __name__ == "__main__":
    sys.exit(settle(documents(), sys.argv[1:]))
