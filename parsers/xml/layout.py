"""How does a value stand in XML? A layout: the tree of elements of one document kind, compiled from TOML.

`schemas/profiles/xml/common.toml` explains the notation of the rows.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from parsers.xml.formats import Code, Format, format_of
from schemas.rules import Language

Kind = Literal["declaration", "contrl", "answer", "daily-notice", "statement", "broker-summary"]
Role = Literal["leaf", "wrapper", "group", "map", "opaque"]

Row = Sequence[str]
Words = Mapping[Language, str]
Step = tuple[str, int]
"""An element name and how often it may repeat."""

NO_FORMAT = None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One element of a layout.

    field: the name in our value; empty for a wrapper, whose children belong to the value around it.
    variant: the one kind of value of the field that this element is for (its own field of the same name says
    its kind, as an `act` has an `act`); empty for any.
    role: a leaf holds text, a group a value of its own, a map pairs of key and value; opaque is not looked
    into. derived: written, never read. may_be_empty: an empty element is good. nullable: when the element is
    left out, the field is None.
    """

    tag: str
    role: Role
    field: str = ""
    variant: str = ""
    required: bool = False
    repeat_max: int = 1
    derived: bool = False
    may_be_empty: bool = False
    nullable: bool = False
    format: Format | None = None
    group: str = ""
    meaning: Words | None = None
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A document kind: its namespace, its root, the header, and the element of each document in it."""

    kind: Kind
    title: Words
    says: Words
    namespace: str
    root: str
    header: Node
    document: Node
    codes: Mapping[str, Mapping[str, Code]]

    def qualified(self, tag: str) -> str:
        """Return an element name as lxml writes it."""
        return f"{{{self.namespace}}}{tag}"


@cache
def layout(kind: Kind) -> Layout:
    """Return the layout of a document kind, compiled once. Raises KeyError for a row that names nothing."""
    common, own = _toml("common"), _toml(kind)
    source = _Source({**common["groups"], **own["groups"]}, {**common["codes"], **own.get("codes", {})})
    return Layout(
        kind=kind,
        title=own["title"],
        says=own["says"],
        namespace=own["namespace"],
        root=own["root"],
        header=Node("Header", "group", required=True, group="Header", children=source.group("Header")),
        document=Node(
            own["document"],
            "group",
            required=True,
            group=own["document"],
            children=source.group(own["document"]),
        ),
        codes=source.codes,
    )


def _toml(name: str) -> dict[str, Any]:
    file = resources.files("schemas").joinpath("profiles", "xml", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Source:
    """The groups and code lists that rows may name."""

    groups: Mapping[str, Sequence[Row]]
    codes: Mapping[str, Mapping[str, Code]]

    def group(self, name: str) -> tuple[Node, ...]:
        return tuple(self._nodes([(_steps(row[1]), row) for row in self.groups[name]]))

    def _nodes(self, rows: Sequence[tuple[tuple[Step, ...], Row]]) -> Iterator[Node]:
        """Yield the elements of rows: those that begin with the same step share it."""
        for step in dict.fromkeys(steps[0] for steps, _ in rows):
            inner = [(steps[1:], row) for steps, row in rows if steps[0] == step]
            yield self._end(step, inner[0][1]) if not inner[0][0] else self._wrapper(step, inner)

    def _wrapper(self, step: Step, rows: Sequence[tuple[tuple[Step, ...], Row]]) -> Node:
        children = tuple(self._nodes(rows))
        return Node(step[0], "wrapper", required=any(child.required for child in children), children=children)

    def _end(self, step: Step, row: Row) -> Node:
        name, _, notation, status, english, french = row
        role, group = _role(notation)
        field, variant = _field(name.removeprefix("="))
        return Node(
            tag=step[0],
            role=role,
            field=field,
            variant=variant,
            required=status in "ME",
            repeat_max=step[1],
            derived=name.startswith("="),
            may_be_empty=status in "EO",
            nullable=status == "N",
            format=format_of(notation, self.codes) if role == "leaf" else NO_FORMAT,
            group=group,
            meaning={"en": english, "fr": french},
            children=() if role == "leaf" else self.group(group),
        )


def _field(name: str) -> tuple[str, str]:
    """Read `act@payment` as a field and the kind of value meant; `@reference` is a name of its own."""
    field, _, variant = name.partition("@")
    return (field, variant) if field else (name, "")


def _role(notation: str) -> tuple[Role, str]:
    """Return the role that a row's format asks for, and the group that it names."""
    kind, _, name = notation.partition(":")
    if kind == "group":
        return "group", name
    return ("map", name) if kind == "map" else ("leaf", "")


def _steps(path: str) -> tuple[Step, ...]:
    """Read `Consignment/ID*99` as its elements and how often each may repeat."""
    return tuple(
        (tag, int(times or 1)) for tag, _, times in (part.partition("*") for part in path.split("/"))
    )
