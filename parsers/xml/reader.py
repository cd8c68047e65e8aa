"""What does an XML payload carry? One interchange, read declaration by declaration.

    preflight ──► split into slices ──► each slice: parse, validate once, read ──► Message
                        └──► what is left (root, header) ──► checked last ──► Interchange

Each declaration is parsed by itself, so memory does not grow with the payload. XML that is not well-formed
anywhere rejects the whole interchange, as the XML Recommendation asks; a declaration that is well-formed
but breaks the schema rejects only itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from lxml import etree
from lxml.etree import _Element as Element

from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.xml.check import Checker, Place
from parsers.xml.clip import FOUND_CHARS_MAX
from parsers.xml.content import document_group
from parsers.xml.envelope import Skeleton, read_envelope
from parsers.xml.layout import Layout, layout
from parsers.xml.locate import document_path
from parsers.xml.parsing import Namespaces, malformed, parse_part
from parsers.xml.preflight import depth_fault, refuse_encoding
from parsers.xml.root import BOM, root_of
from parsers.xml.split import CHUNK_BYTES, Piece, split
from parsers.xml.xsd import schema
from schemas.cad import Declaration
from schemas.envelope import Interchange, Message
from schemas.findings import Finding, Where

TOO_LARGE, WRONG_ROOT, REPEATED_REFERENCE, TOO_MANY, MESSAGE_TOO_LARGE, TRUNCATED = (
    "XML-01",
    "XML-06",
    "XML-09",
    "XML-11",
    "XML-12",
    "XML-18",
)
MORE_FINDINGS, UNNAMED, DOCTYPE = "XML-15", "XML-31", "XML-04"


def read_xml(payload: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Interchange]:
    """Read a payload of XML. Never raises on what came; everything wrong is a finding.

    Returns one interchange; without an envelope when there is nobody to answer.
    """
    messages: list[Message] = []
    for event in stream_xml(BytesIO(payload), limits):
        if isinstance(event, Interchange):
            return [event.model_copy(update={"messages": tuple(messages), "length": len(payload)})]
        messages.append(event)
    raise AssertionError("every stream ends with its interchange")


def stream_xml(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Message | Interchange]:
    """Yield each message of a stream as it is read, and last the interchange, without its messages.

    An interchange that turns out bad has yielded messages before; whoever acts on messages must wait for it.
    """
    head = stream.read(CHUNK_BYTES)
    refusal = refuse_encoding(head)
    if refusal is not None:
        yield Interchange(envelope=None, findings=(refusal,), length=len(head))
        return
    reading = _Reading(limits, layout("declaration"))
    yield from reading.messages(stream, head)
    yield reading.interchange()


@dataclass(slots=True)
class _Reading:
    """What was seen so far of one payload. last, tail: the piece read last, and its last words."""

    limits: Limits
    form: Layout
    skeleton: Skeleton = field(init=False)
    namespaces: Namespaces | None = None
    references: set[str] = field(default_factory=set)
    count: int = 0
    findings: list[Finding] = field(default_factory=list)
    stopped: bool = False
    last: Piece | None = None
    tail: str = ""

    def __post_init__(self) -> None:
        self.skeleton = Skeleton(self.form, self.limits.message)

    def messages(self, stream: BinaryIO, head: bytes) -> Iterator[Message]:
        """Yield the messages that are well-formed, one at a time."""
        start = len(BOM) if head.startswith(BOM) else 0
        for piece in split(stream, self.form.document.tag, self.limits.message, head, start):
            message = self._read(piece)
            if message is not None:
                yield message
            self.last, self.tail = piece, _tail(piece) or self.tail
            if self.stopped:
                return

    def interchange(self) -> Interchange:
        """Return the interchange, once all messages are read."""
        length = self.last.end if self.last else 0
        if self.stopped:
            return Interchange(envelope=None, findings=tuple(self.findings), length=length)
        envelope, findings = read_envelope(self.skeleton, self.count)
        findings = [self._at_end(finding) for finding in findings]
        return Interchange(
            envelope=envelope, findings=limited([*self.findings, *findings], self.limits), length=length
        )

    def _read(self, piece: Piece) -> Message | None:
        """Read a piece: a document, or what stands around documents."""
        if piece.end > self.limits.interchange:
            self._stop(_over_limit(TOO_LARGE, piece, self.limits.interchange))
        elif piece.doctype:
            where = Where(line=piece.line + piece.lines, byte=piece.end)
            self._stop(Finding(code=DOCTYPE, where=where, edifact_code="47"))
        elif piece.document:
            return self._document(piece)
        else:
            self._gap(piece)
        return None

    def _stop(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.stopped = True

    def _at_end(self, finding: Finding) -> Finding:
        """Show the end of a payload that stops in the middle: the skeleton does not hold it."""
        if finding.code != TRUNCATED or self.last is None:
            return finding
        where = Where(line=self.last.line + self.last.lines, byte=self.last.end)
        return finding.model_copy(update={"where": where, "found": self.tail})

    def _gap(self, piece: Piece) -> None:
        """Keep what stands between declarations; the first gap holds the root, which must be ours."""
        self.skeleton.add(piece)
        if self.namespaces is not None or self.count or piece.data is None:
            return
        root = root_of(piece.data)
        if root is None:
            return
        self.namespaces = root.namespaces
        if root.tag != self.form.qualified(self.form.root):
            self._stop(_wrong_root(self.form, root.tag, piece.line))

    def _document(self, piece: Piece) -> Message | None:
        """Read one declaration; None when it is not well-formed, which is the interchange's fault."""
        self.count += 1
        if self.count > self.limits.messages:
            if self.count == self.limits.messages + 1:
                self.findings.append(_over_limit(TOO_MANY, piece, self.limits.messages, self.count))
            return None
        self.skeleton.add_document(piece)
        if not piece.closed:
            return None
        if piece.data is None:
            finding = _over_limit(MESSAGE_TOO_LARGE, piece, self.limits.message, piece.end - piece.start)
            return _message(piece, "", (finding,), None)
        return self._parsed(piece, piece.data)

    def _parsed(self, piece: Piece, part: bytes) -> Message | None:
        if self.namespaces is None:
            return None  # without a root the declaration means nothing; the skeleton says what is wrong
        try:
            element = parse_part(part, self.namespaces)
        except etree.XMLSyntaxError as error:
            self.findings.append(malformed(error, part, piece.line))
            return None
        reference = (element.findtext(self.form.qualified("FunctionalReferenceID")) or "").strip()
        findings, cad = self._judged(element, piece, reference)
        if reference in self.references:
            findings = (*findings, self._repeated(piece, reference))
        elif reference:
            self.references.add(reference)
        return _message(piece, reference, findings, None if findings else cad)

    def _judged(
        self, element: Element, piece: Piece, reference: str
    ) -> tuple[tuple[Finding, ...], Declaration | None]:
        """Validate a declaration once; read it when it is good, say everything that is wrong otherwise."""
        if schema("declaration").validate(element):
            content = document_group("declaration").read(element)
            del content["@reference"]
            return (), Declaration.model_validate(content)
        place = Place(self._path(reference))
        checker = Checker(self.form, lambda line: piece.line + line - 1)
        found = [*depth_fault(element, self.limits, piece.line)]
        found += islice(checker.check(element, self.form.document, place), self.limits.findings + 1)
        where = Where(line=piece.line, xpath=place.xpath)
        return limited(found or [Finding(code=UNNAMED, where=where, edifact_code="18")], self.limits), None

    def _path(self, reference: str) -> str:
        """Return a path that leads to the declaration: by its reference where that is good and its own."""
        path = document_path(self.form, reference)
        known = reference not in self.references and path.endswith("]")
        return path if known else document_path(self.form, reference, self.count)

    def _repeated(self, piece: Piece, reference: str) -> Finding:
        where = Where(
            line=piece.line, xpath=document_path(self.form, reference, self.count), field="reference"
        )
        return Finding(code=REPEATED_REFERENCE, where=where, found=reference, edifact_code="26")


def limited(findings: list[Finding], limits: Limits) -> tuple[Finding, ...]:
    """Return the findings up to the limit, and a word that there are more."""
    if len(findings) <= limits.findings:
        return tuple(findings)
    more = Finding(code=MORE_FINDINGS, severity="warning", expected=str(limits.findings))
    return (*findings[: limits.findings], more)


def _message(piece: Piece, reference: str, findings: tuple[Finding, ...], cad: Declaration | None) -> Message:
    return Message(
        reference=reference,
        type="Declaration",
        version="1",
        byte=piece.start,
        length=piece.end - piece.start,
        line=piece.line,
        findings=findings,
        cad=cad,
    )


def _tail(piece: Piece) -> str:
    """Return the last line of a piece, as far as it helps to find it."""
    text = (piece.data or b"")[-FOUND_CHARS_MAX:].decode("utf-8", "replace")
    return text.strip().rpartition("\n")[2].strip()


def _over_limit(code: str, piece: Piece, limit: int, found: int | None = None) -> Finding:
    return Finding(
        code=code,
        where=Where(line=piece.line, byte=piece.start),
        found=str(piece.end if found is None else found),
        expected=str(limit),
        edifact_code="39" if code == MESSAGE_TOO_LARGE else "18",
    )


def _wrong_root(form: Layout, tag: str, line: int) -> Finding:
    return Finding(
        code=WRONG_ROOT,
        where=Where(line=line, xpath="/*"),
        found=tag,
        expected=form.qualified(form.root),
        edifact_code="14",
    )
