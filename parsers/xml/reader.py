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
from typing import BinaryIO

from lxml import etree

from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.xml.clip import FOUND_CHARS_MAX
from parsers.xml.envelope import Skeleton, opening_envelope, read_envelope
from parsers.xml.layout import Layout, layout
from parsers.xml.message import MessageReader, limited, message
from parsers.xml.parsing import Namespaces, malformed
from parsers.xml.preflight import refuse_encoding
from parsers.xml.root import BOM, root_of
from parsers.xml.split import CHUNK_BYTES, Piece, split
from schemas.envelope import Envelope, Event, Interchange, Message
from schemas.findings import Finding, Where

TOO_LARGE, DOCTYPE, WRONG_ROOT, TOO_MANY, MESSAGE_TOO_LARGE, TRUNCATED, TOO_FAULTY = (
    "XML-01",
    "XML-04",
    "XML-06",
    "XML-11",
    "XML-12",
    "XML-18",
    "XML-19",
)

FAULTY_TIMES = 100
"""An interchange whose declarations have this many times the findings of one message is read no further."""


def read_xml(payload: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Interchange]:
    """Read a payload of XML. Never raises on what came; everything wrong is a finding.

    Returns one interchange; without an envelope when there is nobody to answer.
    """
    messages: list[Message] = []
    for event in stream_xml(BytesIO(payload), limits):
        if isinstance(event, Interchange):
            return [event.model_copy(update={"messages": tuple(messages), "length": len(payload)})]
        if isinstance(event, Message):
            messages.append(event)
    raise AssertionError("every stream ends with its interchange")


def stream_xml(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Event]:
    """Yield the envelope of a stream, each message as it is read, and last the interchange without them.

    An interchange that turns out bad has yielded messages before; whoever acts on messages must wait for it.
    """
    head = stream.read(CHUNK_BYTES)
    refusal = refuse_encoding(head)
    if refusal is not None:
        yield Interchange(envelope=None, findings=(refusal,), length=len(head))
        return
    form = layout("declaration")
    reading = _Reading(limits, form, MessageReader(limits), Skeleton(form, limits.segment))
    yield from reading.messages(stream, head)
    yield reading.interchange()


@dataclass(slots=True)
class _Reading:
    """What was seen so far of one payload. last, tail: the piece read last, and its last words."""

    limits: Limits
    form: Layout
    reader: MessageReader
    skeleton: Skeleton
    namespaces: Namespaces | None = None
    count: int = 0
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)
    stopped: bool = False
    last: Piece | None = None
    tail: str = ""

    def messages(self, stream: BinaryIO, head: bytes) -> Iterator[Envelope | Message]:
        """Yield the envelope and the messages that are well-formed, one at a time."""
        start = len(BOM) if head.startswith(BOM) else 0
        for piece in split(stream, self.form.document.tag, self.limits.message, head, start):
            if piece.document and not self.count and (envelope := opening_envelope(self.skeleton)):
                yield envelope
            found = self._read(piece)
            if found is not None:
                self.faults += len(found.findings)
                yield found
            self.last, self.tail = piece, _tail(piece) or self.tail
            if self.stopped:
                return

    def interchange(self) -> Interchange:
        """Return the interchange, once all messages are read."""
        length = self.last.end if self.last else 0
        if self.stopped:
            return Interchange(envelope=None, findings=tuple(self.findings), length=length)
        envelope, findings = read_envelope(self.skeleton, self.count)
        all_findings = [*self.findings, *(self._at_end(finding) for finding in findings)]
        return Interchange(envelope=envelope, findings=limited(all_findings, self.limits), length=length)

    def _read(self, piece: Piece) -> Message | None:
        """Read a piece: a document, or what stands around documents."""
        if piece.end > self.limits.interchange:
            self._stop(_over_limit(TOO_LARGE, piece, piece.end, self.limits.interchange))
        elif piece.doctype:
            where = Where(line=piece.line + piece.lines, byte=piece.end)
            self._stop(Finding(code=DOCTYPE, where=where, edifact_code="47"))
        elif piece.document:
            self.count += 1
            self.skeleton.add_document(piece)
            return None if self._weary(piece) else self._document(piece)
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
        if self.namespaces is not None or self.count or self.skeleton.overlong:
            return
        root = root_of(piece.data or b"")
        if root is None:
            return
        self.namespaces = root.namespaces
        if root.tag != self.form.qualified(self.form.root):
            self._stop(_wrong_root(self.form, root.tag, piece.line))

    def _weary(self, piece: Piece) -> bool:
        """Whether declarations are only counted from here on: they are too many, or too many are faulty."""
        faults_max = FAULTY_TIMES * self.limits.findings
        if self.count > self.limits.messages:
            finding = _over_limit(TOO_MANY, piece, self.count, self.limits.messages)
        elif self.faults + len(self.findings) > faults_max:
            finding = _over_limit(TOO_FAULTY, piece, self.faults, faults_max)
        else:
            return False
        if finding.code not in {known.code for known in self.findings[-1:]}:
            self.findings.append(finding)
        return True

    def _document(self, piece: Piece) -> Message | None:
        """Read one declaration; None when it is not well-formed, which is the interchange's fault.

        Without a root a declaration means nothing; the skeleton says what is wrong.
        """
        if not piece.closed or self.namespaces is None:
            return None
        if piece.data is None:
            size = piece.end - piece.start
            return message(piece, "", (_over_limit(MESSAGE_TOO_LARGE, piece, size, self.limits.message),))
        try:
            return self.reader.read(piece, piece.data, self.namespaces, self.count)
        except etree.XMLSyntaxError as error:
            self.findings.append(malformed(error, piece.data, piece.line))
            return None


def _tail(piece: Piece) -> str:
    """Return the last line of a piece, as far as it helps to find it."""
    text = (piece.data or b"")[-FOUND_CHARS_MAX:].decode("utf-8", "replace")
    return text.strip().rpartition("\n")[2].strip()


def _over_limit(code: str, piece: Piece, found: int, limit: int) -> Finding:
    return Finding(
        code=code,
        where=Where(line=piece.line, byte=piece.start),
        found=str(found),
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
