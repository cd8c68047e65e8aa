"""What does an element say? Elements become plain values (dicts, tuples, text) by the layout, once it holds.

The readers are compiled from the layout once: one function an element, found by its tag.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml.etree import _Element as Element

from parsers.xml.layout import Kind, Layout, Node, layout

Content = dict[str, Any]
Reader = Callable[[Element, Content], None]
"""Reads one element into the content of the value that it belongs to."""

Way = tuple[str, Callable[[str], Any] | None, Reader | None]
"""How an element is read: a leaf by the field that it fills and what makes a value of its text (None where
the text is the value); any other by its reader, the last of the three."""


@dataclass(frozen=True, slots=True)
class Group:
    """How the element of a group is read, compiled from the layout.

    ways: how each child is read, by tag; this is the innermost loop of all. absent: what a field is when
    its element is absent.
    """

    ways: Mapping[Any, Way]
    absent: Content

    def read(self, element: Element) -> Content:
        """Return the fields of a group's element. The element must keep to its layout."""
        content = dict(self.absent)
        self.fill(element, content)
        return content

    def fill(self, element: Element, content: Content) -> None:
        """Read an element's children into the content that they belong to."""
        ways = self.ways
        for child in element:
            field, read, reader = ways[child.tag]
            if reader:
                reader(child, content)
            else:
                content[field] = read(child.text or "") if read else child.text or ""


@cache
def document_group(kind: Kind) -> Group:
    """Return the compiled reader of one document of a kind."""
    form = layout(kind)
    return _group(form, form.document.children)


@cache
def header_group(kind: Kind) -> Group:
    """Return the compiled reader of the interchange header of a kind."""
    form = layout(kind)
    return _group(form, form.header.children)


def _group(form: Layout, nodes: Iterable[Node]) -> Group:
    nodes = tuple(nodes)
    return Group({form.qualified(node.tag): _way(form, node) for node in nodes}, dict(_absent(nodes)))


def _way(form: Layout, node: Node) -> Way:
    if node.role == "leaf" and node.repeat_max == 1 and not node.derived:
        return node.field, _read(node), None
    return node.field, None, _reader(form, node)


def _read(node: Node) -> Callable[[str], Any] | None:
    return node.format.read if node.format else None


def _absent(nodes: Iterable[Node]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a group that are something even without an element: nothing, or none of many."""
    for node in nodes:
        if node.role == "wrapper":
            yield from _absent(node.children)
        elif not node.derived and not node.required:
            if node.nullable:
                yield node.field, None
            elif node.repeat_max > 1:
                yield node.field, {} if node.role == "map" else ()


def _reader(form: Layout, node: Node) -> Reader:
    """Return the reader of one element that is not a leaf, or a leaf that repeats."""
    if node.derived:
        return _skip
    if node.role == "leaf":
        return _repeated_leaf(node.field, _read(node) or str)
    inner = _group(form, node.children)
    if node.role == "wrapper":
        return inner.fill
    if node.role == "map":
        return _pair(node.field, inner)
    if node.repeat_max > 1:
        return _repeated_value(node.field, inner)
    return _value(node.field, inner, {node.field: node.variant} if node.variant else {})


def _skip(_element: Element, _content: Content) -> None:
    """Leave out what we compute ourselves."""


def _repeated_leaf(field: str, read: Callable[[str], Any]) -> Reader:
    def repeated(element: Element, content: Content) -> None:
        _list(content, field).append(read(element.text or ""))

    return repeated


def _pair(field: str, inner: Group) -> Reader:
    def pair(element: Element, content: Content) -> None:
        entry = inner.read(element)
        content[field] = {**content.get(field, {}), entry["key"]: entry["value"]}

    return pair


def _value(field: str, inner: Group, said: Content) -> Reader:
    """Return the reader of a value; said: what the element's own name tells of it."""

    def value(element: Element, content: Content) -> None:
        content[field] = inner.read(element) | said

    return value


def _repeated_value(field: str, inner: Group) -> Reader:
    def repeated(element: Element, content: Content) -> None:
        _list(content, field).append(inner.read(element))

    return repeated


def _list(content: Content, field: str) -> list[Any]:
    """Return the list that a field is, beginning it where the field is still absent."""
    found = content.get(field)
    if not found:
        found = content[field] = []
    return found
