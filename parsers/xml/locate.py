"""Where in the XML does a field stand? Found again in the message's own slice, when somebody asks."""

import re
from collections.abc import Iterable
from functools import cache

from lxml import etree
from lxml.etree import _Element as Element

from parsers.xml.check import Place
from parsers.xml.layout import Layout, Node, layout
from parsers.xml.parsing import parse_part
from parsers.xml.root import root_of
from schemas.envelope import Message
from schemas.findings import Where

REFERENCE_CHARS_MAX = 35

STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def locate_xml(payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the place of each field path, such as `lines[2].origin`, counting from 0.

    A field that is absent gets the place of the nearest element around where it belongs; one of the header,
    such as `sender`, its place there. Fields that the layout does not know are left out.
    The message must come from reading the same payload.
    """
    form, fields = layout("declaration"), set(fields)
    envelope = {
        node.field: _in_header(form, payload[: message.byte], node)
        for node in form.header.children
        if node.field in fields
    }
    return envelope | _in_document(form, payload, message, fields)


def _in_header(form: Layout, beginning: bytes, node: Node) -> Where:
    """Return the place of a field of the header, which stands in the beginning of the payload."""
    start = re.search(rb"<(?:[\w.-]+:)?%b[\s/>]" % node.tag.encode(), beginning)
    line = beginning.count(b"\n", 0, start.start()) + 1 if start else None
    return Where(line=line, xpath=f"/{form.root}/{form.header.tag}/{node.tag}", field=node.field)


def _in_document(form: Layout, payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the places of fields of the declaration."""
    chains = {field: chain for field in fields if (chain := _chain(form, field)) is not None}
    part = payload[message.byte : message.byte + message.length]
    root = root_of(payload[: message.byte])
    try:
        element = parse_part(part, root.namespaces if root else {})
    except etree.XMLSyntaxError:
        return {field: Where(line=message.line, field=field) for field in chains}
    top = Place(document_path(form, message.reference))
    places = {field: _walk(form, element, top, chain) for field, chain in chains.items()}
    return {
        field: Where(line=message.line + (found.sourceline or 1) - 1, xpath=place.xpath, field=field)
        for field, (found, place) in places.items()
    }


def document_path(form: Layout, reference: str, number: int | None = None) -> str:
    """Return the path of a document: told by its reference, else by its number, from 1, where that is known.

    A reference that XPath cannot quote, or that is too long to be one, tells nothing.
    """
    path = f"/{form.root}/{form.document.tag}"
    if number is None and 0 < len(reference) <= REFERENCE_CHARS_MAX and not {'"', "'"} <= set(reference):
        quote = "'" if '"' in reference else '"'
        return f"{path}[FunctionalReferenceID={quote}{reference}{quote}]"
    return path if number is None else f"{path}[{number}]"


def _chain(form: Layout, field: str) -> list[tuple[Node, int]] | None:
    """Return the elements that lead to a field, each with its number from 0; None for an unknown field."""
    nodes = form.document.children
    chain: list[tuple[Node, int]] = []
    for name, index in STEP.findall(field):
        way = _ways(nodes).get(name)
        if way is None:
            return None
        chain += [(node, int(index or 0) if node.repeat_max > 1 else 0) for node in way]
        nodes = way[-1].children
    return chain


def _walk(
    form: Layout, element: Element, place: Place, chain: list[tuple[Node, int]]
) -> tuple[Element, Place]:
    """Follow a chain as far as the document goes."""
    for node, number in chain:
        children = element.findall(form.qualified(node.tag))
        if number >= len(children):
            break
        element, place = children[number], place.child(node, number + 1)
    return element, place


@cache
def _ways(nodes: tuple[Node, ...]) -> dict[str, tuple[Node, ...]]:
    """Return, for each field of a group, the elements that lead to it."""
    ways: dict[str, tuple[Node, ...]] = {}
    for node in nodes:
        if node.role == "wrapper":
            ways |= {field: (node, *inner) for field, inner in _ways(node.children).items()}
        else:
            ways[node.field] = (node,)
    return ways
