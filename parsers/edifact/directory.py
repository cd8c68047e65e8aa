"""What does a complete UN/EDIFACT directory say of a message? Directories that the user supplies, as JSON.

The project ships none: they are the United Nations'. A file holds, by its keys,

    directory   "D.13A"         or     syntax   "3", "4.1" (service segments, CONTRL)
    messages    NAME → body: [{t, s, r, p}, ...], groups as {g, s, r, of: [...]}
    segments    TAG → el: [[id, status, repeats], ...]
    composites  ID → el: [[id, status], ...]
    elements    ID → {name, repr}
    lists       ID → codes: {code: name}        (may stand in a file of their own, of the same directory)
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from parsers.edifact.formats import read_format
from parsers.edifact.guide import Component, Element, Guide, Identity, Table, Use, build_guide
from parsers.edifact.service import service_segments

OPEN_LISTS = frozenset({"0007", "0051", "0052", "0054", "0057"})
"""Service codes whose lists in the files end with their time."""


class DirectoryError(ValueError):
    """A file that should hold a directory does not; says which file and what is missing."""


class Edition(NamedTuple):
    """All that one directory (`D.13A`) or syntax version (`syntax 3`) says, from all its files."""

    name: str
    messages: Mapping[str, Any]
    segments: Mapping[str, Any]
    composites: Mapping[str, Any]
    elements: Mapping[str, Any]
    lists: Mapping[str, Any]


class Directories:
    """The directories of a run. Guides are compiled when a message first needs them."""

    def __init__(self, files: Iterable[Mapping[str, Any]]) -> None:
        merged: dict[str, dict[str, dict[str, Any]]] = {}
        for file in files:
            edition = merged.setdefault(_name(file), {part: {} for part in Edition._fields[1:]})
            for part, contents in edition.items():
                contents.update(file.get(part, {}))
        self._editions = {name: Edition(name, **parts) for name, parts in merged.items()}
        self._guides: dict[tuple[Identity, bool], Guide | None] = {}

    def guide(self, identity: Identity, version: str) -> Guide | None:
        """Return the guide for what UNH says, as syntax `version` reads it; None when no directory has it."""
        key = (identity._replace(agency="", association=""), version == "4")
        if key not in self._guides:
            edition = self._edition(identity)
            self._guides[key] = edition and self._compile(edition, identity, version)
        return self._guides[key]

    def _edition(self, identity: Identity) -> Edition | None:
        edition = self._editions.get(f"{identity.version}.{identity.release}")
        if edition is not None and identity.type in edition.messages:
            return edition
        return next(
            (
                edition
                for edition in self._editions.values()
                if _says(edition.messages.get(identity.type, {}), identity)
            ),
            None,
        )

    def _compile(self, edition: Edition, identity: Identity, version: str) -> Guide:
        items = edition.messages[identity.type]["body"]
        builder = UseBuilder(edition, version)
        uses = {position.index: (builder.use(position.tag),) for position in Table(items).positions}
        return build_guide(f"{identity.type} {edition.name}", identity, items, uses)


def load_directories(paths: Iterable[Path]) -> Directories:
    """Read directory files. Raises DirectoryError naming the file that is none."""
    return Directories([_load(path) for path in paths])


def _load(path: Path) -> Mapping[str, Any]:
    try:
        file = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DirectoryError(f"{path}: {error}") from error
    if not isinstance(file, dict) or not ({"directory", "syntax"} & file.keys()):
        raise DirectoryError(f"{path}: expected a JSON object with the key `directory` or `syntax`")
    return file


def _name(file: Mapping[str, Any]) -> str:
    return str(file["directory"]) if "directory" in file else f"syntax {file['syntax']}"


def _says(message: Mapping[str, Any], identity: Identity) -> bool:
    return (message.get("version"), message.get("release")) == (identity.version, identity.release)


class UseBuilder:
    """Builds the uses of segments as one edition and one syntax version define them."""

    def __init__(self, edition: Edition, version: str) -> None:
        self._edition = edition
        self._version = version
        self._uses: dict[str, Use] = {}

    @cached_property
    def _service(self) -> Mapping[str, Use]:
        return service_segments("4") | service_segments(self._version)

    def use(self, tag: str) -> Use:
        """Return the one use of a segment. Positions need uses of their own: each has a counter."""
        if tag in self._edition.segments:
            return Use(tag, self._elements(tag))
        return Use(tag, self._service[tag].elements if tag in self._service else ())

    def _elements(self, tag: str) -> tuple[Element, ...]:
        elements: list[Element] = []
        for element_id, status, repeats in self._edition.segments[tag]["el"]:
            element = self._element(element_id, status, repeats)
            elements.append(element)
            if self._version != "4":  # before syntax 4, repetitions stand one after the other
                elements += [element._replace(mandatory=False)] * (repeats - 1)
        return tuple(elements)

    def _element(self, element_id: str, status: str, repeats: int) -> Element:
        composite = self._edition.composites.get(element_id)
        most = repeats if self._version == "4" else 1
        if composite is None:
            component = self._component(element_id, status)
            return Element(element_id, status == "M", most, composite=False, components=(component,))
        components = tuple(self._component(i, s) for i, s in composite["el"])
        return Element(element_id, status == "M", most, composite=True, components=components)

    def _component(self, element_id: str, status: str) -> Component:
        codes = self._edition.lists.get(element_id, {}).get("codes")
        known = frozenset(codes) if codes and element_id not in OPEN_LISTS else None
        form = read_format(self._edition.elements[element_id]["repr"])
        return Component(element_id, form, status == "M", known)
