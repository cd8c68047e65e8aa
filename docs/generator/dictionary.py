"""How does a person look an error up? The error dictionary as one searchable HTML page in each language."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from schemas.rules import Language

FOLDER = Path(__file__).parent
WORDS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    (FOLDER / "dictionary.toml").read_text(encoding="utf-8")
)
OTHER: Mapping[Language, Language] = {"en": "fr", "fr": "en"}

PLACEHOLDER = re.compile(r"\{(\w+)\}")
FRENCH_SPACE = re.compile(r"(?<=«) | (?=[»:;?!])")
JOINT = re.compile(r"(?=[.\[_])")
LIST_LENGTH_MAX = 100

Entry = Mapping[str, Any]


def dictionary(
    language: Language, entries: Sequence[Entry], titles: Mapping[str, str], evidence: Mapping[str, str]
) -> bytes:
    """Return the page of one language.

    entries: the rules as `rules.json` has them, group by group. titles: of the groups. evidence: what each
    mark of evidence means.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    groups = [
        {"name": name, "title": titles[name], "entries": [_told(rule, language) for rule in rules]}
        for name, rules in groupby(entries, key=lambda rule: rule["group"])
    ]
    words = {"words": WORDS[language], "language": language, "other": OTHER[language], "evidence": evidence}
    page = environment.get_template("dictionary.html").render(groups=groups, total=len(entries), **words)
    return page.encode()


def _told(rule: Entry, language: Language) -> Entry:
    """Return a rule in one language, in the words of its specimen where it has one."""
    example = rule["example"]
    told_in = example if example and "message" in example else rule
    words = {"cause": told_in["message"], "mend": told_in["remedy"]}
    told = {name: _open(texts[language], language) for name, texts in words.items()}
    optional = {"until": None, "edifact_code": None}
    return optional | dict(rule) | told | {"differences": _differences(example, language) if example else []}


def _open(text: str, language: Language) -> Markup:
    """Name what will stand in the places that a finding fills. Raises KeyError for one without a name."""
    names = WORDS[language]["placeholders"]
    parts = PLACEHOLDER.split(_held(text) if language == "fr" else text)
    filled = [Markup("<var>[{}]</var>").format(names[part]) for part in parts[1::2]]
    return Markup("").join(chain.from_iterable(zip_longest(parts[::2], filled, fillvalue="")))


def _held(text: str) -> str:
    """Hold French punctuation to its word with spaces that do not break."""
    return FRENCH_SPACE.sub("\u00a0", text)


def _breakable(path: str) -> Markup:
    """Let a narrow column break the path of a field at its joints."""
    return Markup("<wbr>").join(JOINT.split(path))


def _differences(example: Entry, language: Language) -> list[tuple[Markup, Markup, Markup]]:
    """Return each field of an example with its wrong and its right value."""
    return [
        (_breakable(field), _shown(wrong, language), _shown(example["right"].get(field), language))
        for field, wrong in example["wrong"].items()
    ]


def _shown(value: object, language: Language) -> Markup:
    """Write a value in short."""
    words = WORDS[language]
    if value in (None, "", [], {}):
        return Markup("<em>{}</em>").format(words["blank"])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and len(text) > LIST_LENGTH_MAX:
        return Markup("<em>{} {}</em>").format(words["entries"], len(value))
    return Markup("<code>{}</code>").format(text)
