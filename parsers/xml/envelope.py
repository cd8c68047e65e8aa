"""Who sent an interchange, to whom, under which number? Its header."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from parsers.xml.check import Checker, Place
from parsers.xml.content import header_group
from parsers.xml.layout import Layout, Node
from parsers.xml.parsing import malformed, parse
from parsers.xml.split import Piece
from schemas.envelope import Envelope
from schemas.findings import Finding, Where

COUNT_DIFFERS, NO_DOCUMENT, OVERSIZE = "XML-08", "XML-10", "XML-12"

NAME = re.compile(rb"<([\w.:-]+)")
ANY_NUMBER = 10**9

SALVAGE = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding="utf-8"
)
"""Reads what can be read of a broken header, so that its sender gets an answer."""


@dataclass(slots=True)
class Skeleton:
    """An interchange without its documents: each run of them leaves one empty element.

    size_most: bytes that it may have. starts, lines: where each kept part begins, as a line of the skeleton
    and as a line of the payload. overlong: whether something was too large to be kept.
    """

    form: Layout
    size_most: int
    xml: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    line_next: int = 1
    run: bool = False
    overlong: bool = False

    def add(self, gap: Piece) -> None:
        """Keep what stands outside of documents; white space between them is dropped."""
        if gap.data is None or len(self.xml) + len(gap.data) > self.size_most:
            self.overlong = True
        elif not self.xml or gap.data.strip():
            self._keep(gap.data, gap.line, gap.lines)
            self.run = False

    def add_document(self, document: Piece) -> None:
        """Leave one element for a run of documents, under the name that the first one has.

        One without an end keeps its element open, so that the skeleton is not well-formed either.
        """
        name = NAME.match(document.data or b"")
        if not document.closed:
            self._keep(b"<%b>" % self.form.document.tag.encode(), document.line, 0)
        elif not self.run and name:
            self.xml += b"<%b/>" % name[1]
        self.run = True

    def _keep(self, part: bytes, line: int, lines: int) -> None:
        if self.xml:
            self.xml += b"\n"
            self.line_next += 1
        self.starts.append(self.line_next)
        self.lines.append(line)
        self.xml += part
        self.line_next += lines

    def line_of(self, line: int) -> int:
        """Return the payload's line for a line of the skeleton."""
        part = bisect_right(self.starts, line) - 1
        return self.lines[part] + line - self.starts[part]

    @property
    def root(self) -> Node:
        """The layout of the skeleton: documents are not looked into."""
        document = Node(self.form.document.tag, "opaque", repeat_max=ANY_NUMBER)
        return Node(self.form.root, "group", children=(self.form.header, document))


def read_envelope(skeleton: Skeleton, count: int) -> tuple[Envelope | None, list[Finding]]:
    """Return the envelope as far as it can be read, and what is wrong with it. count: documents found."""
    if skeleton.overlong:
        limit = str(skeleton.size_most)
        return None, [Finding(code=OVERSIZE, found=f"> {limit}", expected=limit, edifact_code="39")]
    root, findings = _tree(skeleton)
    if root is None:
        return None, findings
    well_formed = not findings
    if well_formed:
        checker = Checker(skeleton.form, skeleton.line_of)
        findings += checker.check(root, skeleton.root, Place(f"/{skeleton.form.root}"))
    fields = _sound_fields(skeleton.form, root)
    if well_formed:
        findings += _count_faults(fields.get("count"), count, skeleton.form, root)
    return _envelope(fields), findings


def opening_envelope(skeleton: Skeleton) -> Envelope | None:
    """Return the envelope as far as the header tells it; what is wrong with it is told at the end."""
    root = None if skeleton.overlong else _salvaged(bytes(skeleton.xml))
    return None if root is None else _envelope(_sound_fields(skeleton.form, root))


def _tree(skeleton: Skeleton) -> tuple[Element | None, list[Finding]]:
    """Return the skeleton's root: read strictly, or what can be saved of it with the reason."""
    xml = bytes(skeleton.xml)
    try:
        return parse(xml), []
    except etree.XMLSyntaxError as error:
        finding = malformed(error, xml, 1)
        line = skeleton.line_of(finding.where.line or 1)
        finding = finding.model_copy(update={"where": Where(line=line)})
        return _salvaged(xml), [finding]


def _salvaged(xml: bytes) -> Element | None:
    try:
        return etree.fromstring(xml, SALVAGE)
    except etree.XMLSyntaxError:
        return None


def _sound_fields(form: Layout, root: Element) -> dict[str, object]:
    """Return the fields of the header that have no fault, whatever else is wrong. Takes the others away."""
    header = root.find(form.qualified(form.header.tag))
    if header is None:
        return {}
    formats = {form.qualified(node.tag): node.format for node in form.header.children}
    for element in list(header):
        form_of = formats.get(str(element.tag))
        bare = form_of.bare(element.text or "") if form_of else ""
        if form_of is None or not bare or form_of.fault(bare):
            header.remove(element)
    return header_group(form.kind).read(header)


def _envelope(fields: dict[str, object]) -> Envelope | None:
    """Return the envelope when it tells who sent what to whom."""
    if not {"sender", "recipient", "control_reference"} <= fields.keys():
        return None
    known = {name: value for name, value in fields.items() if name != "count"}
    return Envelope.model_validate({"syntax": "xml", **known})


def _count_faults(claimed: object, count: int, form: Layout, root: Element) -> list[Finding]:
    if not count:
        where = Where(line=root.sourceline, xpath=f"/{form.root}")
        return [Finding(code=NO_DOCUMENT, where=where, expected=form.document.tag, edifact_code="32")]
    if claimed is None or int(str(claimed)) == count:
        return []
    path = f"{form.header.tag}/DocumentQuantity"
    element = root.find("/".join(form.qualified(tag) for tag in path.split("/")))
    line = None if element is None else element.sourceline
    where = Where(line=line, xpath=f"/{form.root}/{path}", field="count")
    return [
        Finding(code=COUNT_DIFFERS, where=where, found=str(claimed), expected=str(count), edifact_code="29")
    ]
