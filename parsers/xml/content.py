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


@dataclass(frozen=True, slots=True)
class Group:
    """How the element of a group is read: its children's readers, and what a field is when it is absent."""

    readers: Mapping[Any, Reader]
    absent: Content

    def read(self, element: Element) -> Content:
        """Return the fields of a group's element. The element must keep to its layout."""
        content: Content = {}
        readers = self.readers
        for child in element:
            readers[child.tag](child, content)
        return {**self.absent, **content} if self.absent else content


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
    readers = {form.qualified(node.tag): _reader(form, node) for node in nodes}
    return Group(readers, dict(_absent(nodes)))


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
    """Return the reader of one element, chosen by its role."""
    if node.derived:
        return _skip
    if node.role == "leaf":
        return _leaf(node)
    inner = _group(form, node.children)
    if node.role == "wrapper":
        return _wrapper(inner)
    return _pair(node.field, inner) if node.role == "map" else _value(node, inner)


def _skip(_element: Element, _content: Content) -> None:
    """Leave out what we compute ourselves."""


def _leaf(node: Node) -> Reader:
    field = node.field
    read = (node.format and node.format.read) or str

    def leaf(element: Element, content: Content) -> None:
        content[field] = read(element.text or "")

    def repeated(element: Element, content: Content) -> None:
        content.setdefault(field, []).append(read(element.text or ""))

    return repeated if node.repeat_max > 1 else leaf


def _wrapper(inner: Group) -> Reader:
    readers = inner.readers

    def wrapper(element: Element, content: Content) -> None:
        for child in element:
            readers[child.tag](child, content)

    return wrapper


def _pair(field: str, inner: Group) -> Reader:
    def pair(element: Element, content: Content) -> None:
        entry = inner.read(element)
        content.setdefault(field, {})[entry["key"]] = entry["value"]

    return pair


def _value(node: Node, inner: Group) -> Reader:
    field = node.field

    def value(element: Element, content: Content) -> None:
        content[field] = inner.read(element)

    def repeated(element: Element, content: Content) -> None:
        content.setdefault(field, []).append(inner.read(element))

    return repeated if node.repeat_max > 1 else value
