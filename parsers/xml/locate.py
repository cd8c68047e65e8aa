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

STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


def locate_xml(payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the place of each field path, such as `lines[2].origin`, counting from 0.

    A field that is absent, or that the layout does not know, gets the place of the nearest element around
    where it belongs. The message must come from reading the same payload.
    """
    form = layout("declaration")
    part = payload[message.byte : message.byte + message.length]
    root = root_of(payload[: message.byte])
    try:
        element = parse_part(part, root.namespaces if root else {})
    except etree.XMLSyntaxError:
        return {field: Where(line=message.line, field=field) for field in fields}
    top = Place(document_path(form, message.reference))
    return {field: _where(form, element, top, field, message.line) for field in fields}


def document_path(form: Layout, reference: str, number: int | None = None) -> str:
    """Return the path of a document: told by its reference, or by its number when it has none of use."""
    if number is not None:
        return f"/{form.root}/{form.document.tag}[{number}]"
    quote = "'" if '"' in reference else '"'
    return f"/{form.root}/{form.document.tag}[FunctionalReferenceID={quote}{reference}{quote}]"


def _where(form: Layout, element: Element, place: Place, field: str, line_first: int) -> Where:
    """Walk the steps of a field path as far as the document goes."""
    nodes = form.document.children
    for name, index in STEP.findall(field):
        chain = _chains(nodes).get(name)
        if chain is None:
            break
        for node in chain:
            children = element.findall(form.qualified(node.tag))
            number = int(index or 0) if node.repeat_max > 1 else 0
            if number >= len(children):
                return _found(element, place, field, line_first)
            element, place = children[number], place.child(node, number + 1)
        nodes = chain[-1].children
    return _found(element, place, field, line_first)


def _found(element: Element, place: Place, field: str, line_first: int) -> Where:
    line = line_first + (element.sourceline or 1) - 1
    return Where(line=line, xpath=place.xpath, field=field)


@cache
def _chains(nodes: tuple[Node, ...]) -> dict[str, tuple[Node, ...]]:
    """Return, for each field of a group, the elements that lead to it."""
    chains: dict[str, tuple[Node, ...]] = {}
    for node in nodes:
        if node.role == "wrapper":
            chains |= {field: (node, *inner) for field, inner in _chains(node.children).items()}
        else:
            chains[node.field] = (node,)
    return chains
