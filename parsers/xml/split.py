"""Where in a payload does each document begin and end? Exact places, found without building a tree.

One scan for the few tokens that matter: comments, CDATA, processing instructions, a document type, and the
tags of the document's element. In well-formed XML a `<` stands nowhere else, so nothing is mistaken for a
tag; a payload that is not well-formed is refused later, when its parts are parsed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of the payload: one document, or what stands between documents.

    line: of its first byte, from 1. closed: whether the document's end tag was found. doctype: whether the
    piece ends before a document type declaration, where the scan stops.
    """

    start: int
    end: int
    line: int
    document: bool = False
    closed: bool = True
    doctype: bool = False


@cache
def _token(tag: str) -> re.Pattern[bytes]:
    """Return the tokens of a scan. Everything unclosed runs to the end, so that the scan stays linear."""
    name = rb"(?:[\w.-]+:)?" + tag.encode()
    attributes = rb"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
    return re.compile(
        rb"<(?:"
        rb"!--.*?(?:-->|\Z)"
        rb"|!\[CDATA\[.*?(?:\]\]>|\Z)"
        rb"|\?.*?(?:\?>|\Z)"
        rb"|(?P<doctype>!DOCTYPE)"
        rb"|(?P<close>/" + name + rb"\s*+>)"
        rb"|" + name + rb"(?=[\s/>])" + attributes + rb"(?:(?P<empty>/>)|(?P<open>>))"
        rb")",
        re.DOTALL,
    )


def split(payload: bytes, tag: str, start: int = 0) -> Iterator[Piece]:
    """Yield the pieces of a payload in order: gaps, and documents whose element is called `tag`."""
    place, line, depth, opened = start, 1, 0, start
    for token in _token(tag).finditer(payload, start):
        kind = token.lastgroup
        if kind == "doctype":
            yield Piece(place, token.start(), line, doctype=True)
            return
        if kind is None or (depth == 0 and kind == "close"):
            continue
        if depth == 0:
            opened = token.start()
            yield Piece(place, opened, line)
            line += payload.count(b"\n", place, opened)
        depth += {"open": 1, "close": -1, "empty": 0}[kind]
        if depth == 0:
            place = token.end()
            yield Piece(opened, place, line, document=True)
            line += payload.count(b"\n", opened, place)
    last = opened if depth else place
    yield Piece(last, len(payload), line, document=depth > 0, closed=depth == 0)
