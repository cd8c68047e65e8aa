"""What is wrong with an element that breaks its schema? Every fault at once, in words of the trade.

libxml2 only tells that a document breaks the XSD. This walk over the same layout tells what, where, and
what would have been right. A property test holds the two to the same verdict.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element

from parsers.xml.clip import clip
from parsers.xml.formats import EMPTY, MALFORMED, NO_DATE, SPACE, TOO_LONG, UNKNOWN_CODE
from parsers.xml.layout import Layout, Node
from schemas.findings import Finding, Where

MISSING, UNKNOWN, MISPLACED, REPEATED, ATTRIBUTE, STRAY_TEXT = (
    "XML-20",
    "XML-21",
    "XML-22",
    "XML-23",
    "XML-29",
    "XML-30",
)

SYNTAX_CODES = {
    MISSING: "13",
    UNKNOWN: "15",
    MISPLACED: "15",
    REPEATED: "35",
    TOO_LONG: "39",
    NO_DATE: "12",
    MALFORMED: "37",
    UNKNOWN_CODE: "12",
    EMPTY: "13",
    ATTRIBUTE: "15",
    STRAY_TEXT: "15",
}
"""The nearest 0085 code of each fault, so that XML and EDIFACT speak alike."""

HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)
"""Attributes that may stand anywhere. They are not followed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: the path of the element, and the field that it fills."""

    xpath: str
    field: str = ""

    def child(self, node: Node, number: int) -> "Place":
        """Return the place of a child: its number among its like, from 1, where there may be several."""
        repeats = node.repeat_max > 1
        index = f"[{number}]" if repeats or number > 1 else ""
        if not node.field:
            return Place(f"{self.xpath}/{node.tag}{index}", self.field)
        name = f"{node.field.removeprefix('@')}{f'[{number - 1}]' if repeats else ''}"
        return Place(f"{self.xpath}/{node.tag}{index}", f"{self.field}.{name}" if self.field else name)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks elements against a layout. line_of: the payload's line for a line of the tree."""

    form: Layout
    line_of: Callable[[int], int]

    def check(self, element: Element, node: Node, place: Place) -> Iterator[Finding]:
        """Yield everything that is wrong with an element and what it holds, in document order."""
        if node.role == "opaque":
            return
        for name in element.attrib:
            if name not in HINTS:
                yield self._finding(ATTRIBUTE, element, place, found=_local(str(name)))
        if node.role == "leaf":
            yield from self._leaf(element, node, place)
        else:
            yield from self._children(element, node, place)

    def _children(self, element: Element, node: Node, place: Place) -> Iterator[Finding]:
        """Check the order, the number and the content of an element's children."""
        yield from self._stray_text(element, place)
        order = {self.form.qualified(child.tag): number for number, child in enumerate(node.children)}
        counts: Counter[str] = Counter()
        furthest = 0
        for child in element:
            number = order.get(str(child.tag))
            if number is None:
                yield self._unknown(child, node, place)
                continue
            known = node.children[number]
            counts[known.tag] += 1
            inner = place.child(known, counts[known.tag])
            if number < furthest:
                yield self._finding(MISPLACED, child, inner, known.tag, node.children[furthest].tag)
            elif counts[known.tag] == known.repeat_max + 1:
                yield self._finding(REPEATED, child, inner, known.tag, str(known.repeat_max))
            furthest = max(furthest, number)
            yield from self.check(child, known, inner)
        for child_node in node.children:
            if child_node.required and not counts[child_node.tag]:
                yield self._missing(element, child_node, place)

    def _missing(self, parent: Element, node: Node, place: Place) -> Finding:
        field = place.child(node, 1).field or None
        where = Where(line=self._line(parent), xpath=place.xpath, field=field)
        return Finding(code=MISSING, where=where, expected=node.tag, edifact_code=SYNTAX_CODES[MISSING])

    def _unknown(self, element: Element, parent: Node, place: Place) -> Finding:
        tag = str(element.tag)
        inner = Place(f"{place.xpath}/{_local(tag)}", place.field)
        found = tag.removeprefix(f"{{{self.form.namespace}}}")
        expected = " ".join(child.tag for child in parent.children) or "text only"
        return self._finding(UNKNOWN, element, inner, found, expected)

    def _leaf(self, element: Element, node: Node, place: Place) -> Iterator[Finding]:
        assert node.format is not None  # noqa: S101 - the layout gives every leaf one
        for child in element:
            yield self._unknown(child, node, place)
        text = element.text or ""
        bare = node.format.bare(text)
        if not bare:
            if not node.may_be_empty:
                yield self._finding(EMPTY, element, place, expected=node.format.notation)
            return
        fault = node.format.fault(bare)
        if fault is not None:
            yield self._finding(fault[0], element, place, text, fault[1])

    def _stray_text(self, element: Element, place: Place) -> Iterator[Finding]:
        texts = [element.text, *(child.tail for child in element)]
        for text in texts:
            if text and text.strip(SPACE):
                yield self._finding(STRAY_TEXT, element, place, text.strip(SPACE))

    def _finding(
        self,
        code: str,
        element: Element,
        place: Place,
        found: str | None = None,
        expected: str | None = None,
    ) -> Finding:
        return Finding(
            code=code,
            where=Where(line=self._line(element), xpath=place.xpath, field=place.field or None),
            found=None if found is None else clip(found),
            expected=expected,
            edifact_code=SYNTAX_CODES[code],
        )

    def _line(self, element: Element) -> int:
        return self.line_of(element.sourceline or 1)


def _local(name: str) -> str:
    """Return a name without its namespace, short enough to show."""
    return clip(name.rpartition("}")[2])
