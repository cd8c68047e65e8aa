"""What does one declaration of an interchange say, and what is wrong with it? Validated once, then read."""

from dataclasses import dataclass, field
from itertools import islice

from lxml.etree import _Element as Element

from parsers.limits import Limits
from parsers.references import References
from parsers.xml.check import Checker, Place
from parsers.xml.content import document_group
from parsers.xml.layout import Layout, layout
from parsers.xml.locate import document_path
from parsers.xml.parsing import Namespaces, parse_part
from parsers.xml.preflight import depth_fault
from parsers.xml.split import Piece
from parsers.xml.xsd import schema
from schemas.cad import Declaration
from schemas.envelope import Message
from schemas.findings import Finding, Where

REPEATED_REFERENCE, MORE_FINDINGS, UNNAMED = "XML-09", "XML-15", "XML-31"
REFERENCE = "FunctionalReferenceID"


@dataclass(slots=True)
class MessageReader:
    """Reads the declarations of one interchange. references: those that were used so far."""

    limits: Limits
    form: Layout = field(default_factory=lambda: layout("declaration"))
    references: References = field(default_factory=References)

    def read(self, piece: Piece, part: bytes, namespaces: Namespaces, number: int) -> Message:
        """Read a declaration, the `number`th from 1. Raises XMLSyntaxError when it is not well-formed."""
        element = parse_part(part, namespaces)
        reference = (element.findtext(self.form.qualified(REFERENCE)) or "").strip()
        findings: tuple[Finding, ...] = ()
        cad = None
        if schema("declaration").validate(element):
            content = document_group("declaration").read(element)
            del content["@reference"]
            cad = Declaration.model_validate(content)
        else:
            findings = self._faults(element, piece, self._path(reference, number))
        if reference in self.references:
            findings, cad = (*findings, self._repeated(piece, reference, number)), None
        elif reference:
            self.references.add(reference)
        return message(piece, reference, findings, cad)

    def _faults(self, element: Element, piece: Piece, path: str) -> tuple[Finding, ...]:
        """Return everything that makes the declaration break its schema, in words."""
        checker = Checker(self.form, lambda line: piece.line + line - 1)
        found = list(depth_fault(element, self.limits, piece.line))
        found += islice(checker.check(element, self.form.document, Place(path)), self.limits.findings + 1)
        unnamed = Finding(code=UNNAMED, where=Where(line=piece.line, xpath=path), edifact_code="18")
        return limited(found or [unnamed], self.limits)

    def _path(self, reference: str, number: int) -> str:
        """Return a path that leads to the declaration: by its reference where that is good and its own."""
        path = document_path(self.form, reference)
        own = reference not in self.references and path.endswith("]")
        return path if own else document_path(self.form, reference, number)

    def _repeated(self, piece: Piece, reference: str, number: int) -> Finding:
        path = document_path(self.form, reference, number)
        where = Where(line=piece.line, xpath=path, field="reference")
        return Finding(code=REPEATED_REFERENCE, where=where, found=reference, edifact_code="26")


def message(
    piece: Piece, reference: str, findings: tuple[Finding, ...], cad: Declaration | None = None
) -> Message:
    """Return the message that a piece of the payload is."""
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


def limited(findings: list[Finding], limits: Limits) -> tuple[Finding, ...]:
    """Return the findings up to the limit, and a word that there are more."""
    if len(findings) <= limits.findings:
        return tuple(findings)
    more = Finding(code=MORE_FINDINGS, severity="warning", expected=str(limits.findings))
    return (*findings[: limits.findings], more)
