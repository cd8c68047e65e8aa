"""May a payload be parsed at all? Its encoding, and how deep its elements nest."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from parsers.limits import Limits
from parsers.xml.clip import clip
from schemas.findings import Finding, Where

ENCODING, TOO_DEEP = "XML-02", "XML-13"

ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii"})
DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,100})["']""")

UNICODE_MARKS = {
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\xfe\xff": "UTF-16",
    b"\xff\xfe": "UTF-16",
    b"\x00<": "UTF-16",
    b"<\x00": "UTF-16",
}
"""How payloads begin that are not UTF-8, in the order of asking."""


def refuse_encoding(head: bytes) -> Finding | None:
    """Return why a payload that begins so is not parsed, or None."""
    encoding = encoding_of(head)
    if encoding.lower() in ENCODINGS:
        return None
    return Finding(
        code=ENCODING, where=Where(line=1, byte=0), found=clip(encoding), expected="UTF-8", edifact_code="46"
    )


def encoding_of(head: bytes) -> str:
    """Return the encoding that a payload shows or declares; UTF-8 when it does neither."""
    for mark, name in UNICODE_MARKS.items():
        if head.startswith(mark):
            return name
    declared = DECLARED.match(head)
    return declared[1].decode("latin-1") if declared else "UTF-8"


def depth_fault(element: Element, limits: Limits, line_first: int) -> Iterator[Finding]:
    """Yield a finding for the first element that is nested too deep."""
    depth = 1
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            where = Where(line=line_first + (inner.sourceline or 1) - 1)
            yield Finding(code=TOO_DEEP, where=where, expected=str(limits.depth), edifact_code="39")
            return
