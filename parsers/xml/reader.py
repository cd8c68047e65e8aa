"""What does an XML payload carry? One interchange, read declaration by declaration.

    preflight ──► split into slices ──► each slice: parse, validate once, read ──► Message
                        └──► what is left (root, header) ──► checked last ──► Interchange

Each declaration is parsed by itself, so memory does not grow with the payload. XML that is not well-formed
anywhere rejects the whole interchange, as the XML Recommendation asks; a declaration that is well-formed
but breaks the schema rejects only itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

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
from parsers.xml.preflight import depth_fault, refuse
from parsers.xml.root import BOM, root_of
from parsers.xml.split import Piece, split
from parsers.xml.xsd import schema
from schemas.cad import Declaration
from schemas.envelope import Interchange, Message
from schemas.findings import Finding, Where

WRONG_ROOT, REPEATED_REFERENCE, TOO_MANY, MESSAGE_TOO_LARGE, TRUNCATED = (
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
    for event in stream_xml(payload, limits):
        if isinstance(event, Interchange):
            return [event.model_copy(update={"messages": tuple(messages)})]
        messages.append(event)
    raise AssertionError("stream_xml ends with an interchange")


def stream_xml(payload: bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Message | Interchange]:
    """Yield each message of a payload as it is read, and last the interchange, without its messages.

    An interchange that turns out bad has yielded messages before; whoever acts on messages must wait for it.
    """
    refusal = refuse(payload, limits)
    if refusal is not None:
        yield _unreadable(payload, refusal)
        return
    reading = _Reading(payload, limits, layout("declaration"))
    yield from reading.messages()
    yield reading.interchange()


def _unreadable(payload: bytes, *findings: Finding) -> Interchange:
    return Interchange(envelope=None, findings=findings, length=len(payload))


@dataclass(slots=True)
class _Reading:
    """The reading of one payload: what was seen so far."""

    payload: bytes
    limits: Limits
    form: Layout
    skeleton: Skeleton = field(init=False)
    namespaces: Namespaces | None = None
    references: set[str] = field(default_factory=set)
    count: int = 0
    findings: list[Finding] = field(default_factory=list)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.skeleton = Skeleton(self.form, self.limits)

    def messages(self) -> Iterator[Message]:
        """Yield the messages that are well-formed, one at a time."""
        start = len(BOM) if self.payload.startswith(BOM) else 0
        for piece in split(self.payload, self.form.document.tag, start):
            if piece.doctype:
                self._stop(Finding(code=DOCTYPE, where=_where(self.payload, piece), edifact_code="47"))
            elif not piece.document:
                self._gap(piece)
            else:
                message = self._document(piece)
                if message is not None:
                    yield message
            if self.stopped:
                return

    def interchange(self) -> Interchange:
        """Return the interchange, once all messages are read."""
        if self.stopped:
            return _unreadable(self.payload, *self.findings)
        envelope, findings = read_envelope(self.skeleton, self.count)
        findings = [_at_end(finding, self.payload) for finding in findings]
        return Interchange(
            envelope=envelope,
            findings=limited([*self.findings, *findings], self.limits),
            length=len(self.payload),
        )

    def _stop(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.stopped = True

    def _gap(self, piece: Piece) -> None:
        """Keep what stands between declarations; the first gap holds the root, which must be ours."""
        self.skeleton.add(self.payload[piece.start : piece.end], piece.line)
        if self.namespaces is not None or self.count:
            return
        root = root_of(self.payload[piece.start : piece.end])
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
                where = Where(line=piece.line, byte=piece.start)
                expected = str(self.limits.messages)
                self.findings.append(
                    Finding(code=TOO_MANY, where=where, expected=expected, edifact_code="18")
                )
            return None
        if not piece.closed:
            self.skeleton.add(b"<Declaration>", piece.line)
            return None
        self.skeleton.add_document(self.payload[piece.start : piece.start + 200])
        if piece.end - piece.start > self.limits.message:
            return _message(piece, "", (_too_large(piece, self.limits),), None)
        return self._parsed(piece)

    def _parsed(self, piece: Piece) -> Message | None:
        if self.namespaces is None:
            return None  # without a root the declaration means nothing; the skeleton says what is wrong
        part = self.payload[piece.start : piece.end]
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
        number = None if reference and reference not in self.references else self.count
        place = Place(document_path(self.form, reference, number))
        checker = Checker(self.form, lambda line: piece.line + line - 1)
        found = [*depth_fault(element, self.limits, piece.line)]
        found += islice(checker.check(element, self.form.document, place), self.limits.findings + 1)
        where = Where(line=piece.line, xpath=place.xpath)
        return limited(found or [Finding(code=UNNAMED, where=where, edifact_code="18")], self.limits), None

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


def _where(payload: bytes, piece: Piece) -> Where:
    line = piece.line + payload.count(b"\n", piece.start, piece.end)
    return Where(line=line, byte=piece.end)


def _at_end(finding: Finding, payload: bytes) -> Finding:
    """Show the end of a payload that stops in the middle: the skeleton does not hold it."""
    if finding.code != TRUNCATED:
        return finding
    where = Where(line=payload.count(b"\n") + 1, byte=len(payload))
    tail = payload[-FOUND_CHARS_MAX:].decode("utf-8", "replace").strip().rpartition("\n")[2]
    return finding.model_copy(update={"where": where, "found": tail.strip()})


def _too_large(piece: Piece, limits: Limits) -> Finding:
    return Finding(
        code=MESSAGE_TOO_LARGE,
        where=Where(line=piece.line, byte=piece.start),
        found=str(piece.end - piece.start),
        expected=str(limits.message),
        edifact_code="39",
    )


def _wrong_root(form: Layout, tag: str, line: int) -> Finding:
    return Finding(
        code=WRONG_ROOT,
        where=Where(line=line, xpath="/*"),
        found=tag,
        expected=form.qualified(form.root),
        edifact_code="14",
    )
