"""Which XML schema does a layout amount to? The XSD that partners get, and that checks what comes in.

`schemas/xsd/<kind>.xsd` holds these bytes; `make docs` writes them again.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from lxml import etree

from parsers.xml.characters import escape
from parsers.xml.formats import Format
from parsers.xml.layout import Kind, Layout, Node, Words, layout

INDENT = "  "


@cache
def schema(kind: Kind) -> etree.XMLSchema:
    """Return the shipped schema of a kind, compiled once per process."""
    return etree.XMLSchema(etree.fromstring(xsd_file(kind).read_bytes()))


def xsd_file(kind: Kind) -> Path:
    """Return where the schema of a kind is shipped."""
    return Path(str(resources.files("schemas").joinpath("xsd", f"{kind}.xsd")))


def xsd(kind: Kind) -> bytes:
    """Return the schema of a document kind; the interchange and one document alone are both valid roots."""
    form = layout(kind)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Made from schemas/profiles/xml; cadline's own layout, not the CBSA's. -->",
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{form.namespace}"',
        f'           targetNamespace="{form.namespace}" elementFormDefault="qualified">',
        *_interchange(form),
        *_element(form.document, INDENT, occurs=False),
        "</xs:schema>",
        "",
    ]
    return "\n".join(lines).encode()


def _interchange(form: Layout) -> Iterator[str]:
    yield f'{INDENT}<xs:element name="{form.root}">'
    yield from _annotation(form.says, INDENT * 2)
    yield f"{INDENT * 2}<xs:complexType>"
    yield f"{INDENT * 3}<xs:sequence>"
    yield from _element(form.header, INDENT * 4)
    yield f'{INDENT * 4}<xs:element ref="{form.document.tag}" maxOccurs="unbounded"/>'
    yield f"{INDENT * 3}</xs:sequence>"
    yield f"{INDENT * 2}</xs:complexType>"
    yield f"{INDENT}</xs:element>"


def _element(node: Node, indent: str, *, occurs: bool = True) -> Iterator[str]:
    yield f'{indent}<xs:element name="{node.tag}"{_occurs(node) if occurs else ""}>'
    if node.meaning:
        yield from _annotation(node.meaning, indent + INDENT)
    yield from _simple(node, indent + INDENT) if node.format else _complex(node, indent + INDENT)
    yield f"{indent}</xs:element>"


def _occurs(node: Node) -> str:
    least = "" if node.required else ' minOccurs="0"'
    most = f' maxOccurs="{node.repeat_max}"' if node.repeat_max > 1 else ""
    return least + most


def _annotation(meaning: Words, indent: str) -> Iterator[str]:
    yield f"{indent}<xs:annotation>"
    for language, text in meaning.items():
        yield f'{indent}{INDENT}<xs:documentation xml:lang="{language}">{escape(text)}</xs:documentation>'
    yield f"{indent}</xs:annotation>"


def _complex(node: Node, indent: str) -> Iterator[str]:
    yield f"{indent}<xs:complexType>"
    yield f"{indent}{INDENT}<xs:sequence>"
    for child in node.children:
        yield from _element(child, indent + INDENT * 2)
    yield f"{indent}{INDENT}</xs:sequence>"
    yield f"{indent}</xs:complexType>"


def _simple(node: Node, indent: str) -> Iterator[str]:
    assert node.format is not None  # noqa: S101 - asked by the caller
    yield f"{indent}<xs:simpleType>"
    yield f'{indent}{INDENT}<xs:restriction base="{node.format.base}">'
    for name, value in _facets(node.format, may_be_empty=node.may_be_empty):
        yield f'{indent}{INDENT * 2}<xs:{name} value="{escape(value)}"/>'
    yield f"{indent}{INDENT}</xs:restriction>"
    yield f"{indent}</xs:simpleType>"


def _facets(form: Format, *, may_be_empty: bool) -> Iterator[tuple[str, str]]:
    if form.codes is not None:
        yield from (("enumeration", code) for code in form.codes)
    elif form.pattern is not None:
        yield "pattern", form.pattern.pattern
    elif not may_be_empty:
        yield "minLength", "1"
    if form.length_max:
        yield "maxLength", str(form.length_max)
