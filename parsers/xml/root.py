"""What is the root element of a payload, and which namespaces does it declare?"""

from contextlib import suppress
from dataclasses import dataclass

from lxml import etree

from parsers.xml.parsing import Namespaces

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Root:
    """The root element: its name as lxml writes it, and the namespaces in force inside it."""

    tag: str
    namespaces: Namespaces


def root_of(beginning: bytes) -> Root | None:
    """Return the root whose start tag stands in the beginning of a payload, or None when none does."""
    parser = etree.XMLPullParser(
        events=("start",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding="utf-8",
    )
    with suppress(etree.XMLSyntaxError):  # what comes after the root's start tag is for others to judge
        parser.feed(beginning.removeprefix(BOM))
    for _, element in parser.read_events():
        return Root(str(element.tag), dict(element.nsmap))
    return None
