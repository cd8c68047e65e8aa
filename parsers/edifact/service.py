"""How are the service segments built (UNB to UNZ)? As data: syntax 1 to 3, and syntax 4."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from parsers.edifact.formats import read_format
from parsers.edifact.guide import Component, Element, Use


@cache
def service_segments(version: str) -> dict[str, Use]:
    """Return the service segments by tag, as syntax `version` (0002) defines them."""
    file = resources.files("schemas.profiles") / "service" / ("v4.toml" if version == "4" else "v3.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return {tag: Use(tag, tuple(_element(i, data) for i in ids)) for tag, ids in data["segments"].items()}


def _element(marked: str, data: dict[str, Any]) -> Element:
    element_id, mandatory = marked.removesuffix("!"), marked.endswith("!")
    composite = element_id in data["composites"]
    inner = data["composites"][element_id] if composite else [marked]
    return Element(element_id, mandatory, 1, composite, tuple(_component(i, data) for i in inner))


def _component(marked: str, data: dict[str, Any]) -> Component:
    element_id = marked.removesuffix("!")
    codes = data["codes"].get(element_id)
    form = read_format(data["elements"][element_id])
    return Component(element_id, form, marked.endswith("!"), frozenset(codes) if codes else None)
