"""Which message guides are ours? The TOML files of `schemas/profiles`, read into guides.

A profile holds the message table as text (`structure`), what we use of the directory (`segments`,
`composites`, `elements`), our code lists (`codes`), and the uses::

    [[use]]
    at = "00280"                       # position in the message table
    wire = "NAD+IM+{importer.identifier!}++{importer.name}"
    mandatory = true
    en = "The importer"

In `wire`, `{field}` is a value of the document, `!` makes it mandatory, `{field an..4}` narrows the
format, `{field date}` names its kind, `{field #list}` a code list; anything else is a fixed value.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from parsers.edifact.fields import KINDS, Kind, coded
from parsers.edifact.formats import FORMAT, read_format
from parsers.edifact.guide import (
    About,
    Component,
    Element,
    Field,
    GroupItem,
    Guide,
    Identity,
    Table,
    TableItem,
    Use,
    build_guide,
)

SLOT = re.compile(r"\{([\w.]+)(!?)((?: \S+)*)\}")
INDENT = "  "


@cache
def all_guides() -> dict[str, Guide]:
    """Return our guides by the name of their file."""
    files = sorted(resources.files("schemas.profiles").iterdir(), key=lambda file: file.name)
    return {
        name: load_profile(name, tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
        if (name := file.name.removesuffix(".toml")) != file.name
    }


@cache
def guides_by_identity() -> dict[Identity, Guide]:
    """Return our guides by what UNH says, once with the association code and once without."""
    guides = all_guides().values()
    named = {guide.identity: guide for guide in guides}
    return {guide.identity._replace(association=""): guide for guide in guides} | named


def load_profile(name: str, profile: Mapping[str, Any]) -> Guide:
    """Compile one profile. Raises ValueError or KeyError for one that does not hold together."""
    items = read_structure(profile["structure"])
    reader = UseReader(profile)
    uses: dict[int, list[Use]] = {}
    for position in Table(items).positions:
        uses[position.index] = [reader.read(use) for use in profile["use"] if use["at"] == position.number]
    return build_guide(
        name,
        Identity(**profile["message"]),
        items,
        uses,
        About(profile["document"], profile.get("start", {}), profile["title"], profile.get("syntax", "")),
    )


def read_structure(text: str) -> list[TableItem]:
    """Read a message table: a line is a segment (`00040 LOC C 99`) or group (`SG1 C 99`); groups indent."""
    top: list[TableItem] = []
    levels = [top]
    for line in filter(str.strip, text.splitlines()):
        depth = (len(line) - len(line.lstrip())) // len(INDENT)
        del levels[depth + 1 :]
        *first, status, repeats = line.split()
        if len(first) == 1:
            group: GroupItem = {"g": int(first[0][2:]), "s": status, "r": int(repeats), "of": []}
            levels[-1].append(group)
            levels.append(group["of"])
        else:
            number, tag = first
            levels[-1].append({"t": tag, "s": status, "r": int(repeats), "p": number})
    return top


class UseReader:
    """Reads the uses of one profile, with its directory extract and its code lists."""

    def __init__(self, profile: Mapping[str, Any]) -> None:
        self.segments: Mapping[str, list[str]] = profile["segments"]
        self.composites: Mapping[str, list[str]] = profile["composites"]
        self.elements: Mapping[str, Mapping[str, str]] = profile["elements"]
        self.kinds = {f"#{name}": coded(name, codes) for name, codes in profile.get("codes", {}).items()}
        self.codes = {f"#{name}": frozenset(codes) for name, codes in profile.get("codes", {}).items()}

    def read(self, use: Mapping[str, Any]) -> Use:
        """Read one use."""
        tag, *wire = use["wire"].split("+")
        ids = self.segments[tag]
        wire += [""] * (len(ids) - len(wire))
        return Use(
            tag=tag,
            elements=tuple(self._element(i, text) for i, text in zip(ids, wire, strict=True)),
            mandatory=use.get("mandatory", False),
            repeats=use.get("repeats", 1),
            id=use.get("id", ""),
            each=tuple(filter(None, use.get("each", "").split("."))),
            under=use.get("under", ""),
            within=use.get("within", ""),
            start=use.get("start", {}),
            title={language: use[language] for language in ("en", "fr") if language in use},
        )

    def _element(self, element_id: str, wire: str) -> Element:
        composite = element_id in self.composites
        ids = self.composites[element_id] if composite else [element_id]
        texts = wire.split(":")
        texts += [""] * (len(ids) - len(texts))
        components = tuple(self._component(i, text) for i, text in zip(ids, texts, strict=True))
        mandatory = any(component.mandatory for component in components)
        return Element(element_id, mandatory, 1, composite, components)

    def _component(self, element_id: str, text: str) -> Component:
        form = read_format(self.elements[element_id]["format"])
        slot = SLOT.fullmatch(text)
        if slot is None:
            return Component(element_id, form, mandatory=bool(text), literal=text, used=bool(text))
        path, mandatory, options = slot.groups()
        kind: Kind = KINDS["text"]
        codes = None
        for option in options.split():
            if FORMAT.fullmatch(option):
                form = read_format(option)
            else:
                kind = KINDS.get(option) or self.kinds[option]
                codes = self.codes.get(option)
        field = Field(tuple(filter(None, path.split("."))), kind)
        return Component(element_id, form, mandatory == "!", codes, field=field)
