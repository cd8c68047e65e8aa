"""How is XML parsed without harm? No network, no entities, no DTD, and libxml2's own limits left on.

What libxml2 refuses becomes a finding in plain words; its own message is never shown.
"""

from xml.sax.saxutils import quoteattr

from lxml import etree
from lxml.etree import _Element as Element

from parsers.xml.clip import clip
from schemas.findings import Finding, Where

PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    remove_blank_text=True,
    collect_ids=False,
    encoding="utf-8",
)

MALFORMED, CHARACTER, TRUNCATED, TAGS_CROSS, ENTITY, TOO_LARGE = (
    "XML-05",
    "XML-03",
    "XML-18",
    "XML-16",
    "XML-17",
    "XML-13",
)

FAULTS: dict[int, str] = {
    etree.ErrorTypes.ERR_INVALID_CHAR: CHARACTER,
    etree.ErrorTypes.ERR_INVALID_ENCODING: CHARACTER,
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: TRUNCATED,
    etree.ErrorTypes.ERR_GT_REQUIRED: TRUNCATED,
    etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED: TRUNCATED,
    etree.ErrorTypes.ERR_CDATA_NOT_FINISHED: TRUNCATED,
    etree.ErrorTypes.ERR_PI_NOT_FINISHED: TRUNCATED,
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: TAGS_CROSS,
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: ENTITY,
    etree.ErrorTypes.ERR_RESOURCE_LIMIT: TOO_LARGE,
    etree.ErrorTypes.ERR_NAME_TOO_LONG: TOO_LARGE,
}
"""Our rule by libxml2's error; any other is simply not well-formed."""

SYNTAX_CODES = {CHARACTER: "21", TRUNCATED: "13", TOO_LARGE: "39"}

Namespaces = dict[str | None, str]


def parse(xml: bytes) -> Element:
    """Return the root of a document. Raises XMLSyntaxError when it is not well-formed."""
    return etree.fromstring(xml, PARSER)


def parse_part(part: bytes, namespaces: Namespaces) -> Element:
    """Return the one element that a part of a document holds, read as if it stood in its document.

    namespaces: those in force around it. Raises XMLSyntaxError when the part is not one well-formed element.
    """
    declared = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}" for prefix, uri in namespaces.items()
    )
    around = parse(b"<part%b>%b</part>" % (declared.encode(), part))
    return around[0]


def malformed(error: etree.XMLSyntaxError, xml: bytes, line_first: int) -> Finding:
    """Return the finding for XML that is not well-formed. line_first: the payload's line where it begins."""
    code = FAULTS.get(error.code, MALFORMED)
    line = error.lineno or 1
    return Finding(
        code=code,
        where=Where(line=line_first + line - 1),
        found=excerpt(xml, line, (error.position or (1, 1))[1]),
        edifact_code=SYNTAX_CODES.get(code, "18"),
    )


def excerpt(xml: bytes, line: int, column: int) -> str:
    """Return some text around a place, so that a person finds it."""
    start = 0
    for _ in range(line - 1):
        start = xml.find(b"\n", start) + 1
    end = xml.find(b"\n", start)
    around = xml[max(start, start + column - 40) : min(len(xml) if end < 0 else end, start + column + 40)]
    return clip(around.decode("utf-8", "replace").strip())
