"""Where in a stream does each document begin and end? Exact places, found in flat memory, without a tree.

One scan for the few tokens that matter: comments, CDATA, processing instructions, a document type, and the
tags of the document's element. In well-formed XML a `<` stands nowhere else, so nothing is mistaken for a
tag; a payload that is not well-formed is refused later, when its parts are parsed.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of the payload: one document, or what stands between documents.

    start, end: offsets, the end not included. line: of its first byte, from 1. lines: how many it ends.
    data: its bytes, None when there are more than the limit. closed: whether the document's end tag was
    found. doctype: whether a document type declaration follows, where the scan stops.
    """

    start: int
    end: int
    line: int
    lines: int
    data: bytes | None
    document: bool = False
    closed: bool = True
    doctype: bool = False


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens of a scan, and the bare name of the element to leap to."""

    pattern: re.Pattern[bytes]
    name: re.Pattern[bytes]

    def find(self, data: bytes, at: int) -> Iterator[re.Match[bytes]]:
        """Yield the tokens in `data` from an offset.

        Without `!` and `?` there are only tags: then it is enough, and many times faster, to leap from one
        occurrence of the name to the next.
        """
        if data.find(b"!", at) < 0 and data.find(b"?", at) < 0:
            at = yield from self._leap(data, at)
        yield from self.pattern.finditer(data, at)

    def _leap(self, data: bytes, at: int) -> Generator[re.Match[bytes], None, int]:
        """Yield the tags around occurrences of the name; return from where on to be more thorough."""
        for name in self.name.finditer(data, at):
            place = name.start()
            if place < at or data[place - 1 : place] not in BEFORE_NAME:
                continue
            start = data.rfind(b"<", max(at, place - PREFIX_BYTES_MAX), place)
            if start < 0:
                return at  # perhaps a very long prefix
            tag = self.pattern.match(data, start)
            if tag:
                at = tag.end()
                yield tag
        return len(data)


BEFORE_NAME = frozenset({b"<", b"/", b":"})
PREFIX_BYTES_MAX = 100


@cache
def _tokens(tag: str) -> _Tokens:
    """Return the tokens of a scan. Everything unclosed runs to the end, so that the scan stays linear."""
    name = rb"(?:[\w.-]+:)?" + tag.encode()
    attributes = rb"""(?:[^<>"'/]++|/(?!>)|"[^"<]*+"|'[^'<]*+')*"""
    # The group itself is not possessive: Python 3.11.2 mishandles that.
    pattern = re.compile(
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
    return _Tokens(pattern, re.compile(tag.encode() + rb"(?=[\s/>])"))


DEPTHS = {"open": 1, "close": -1, "empty": 0}


def split(stream: BinaryIO, tag: str, piece_most: int, head: bytes = b"", start: int = 0) -> Iterator[Piece]:
    """Yield the pieces of a stream in order: gaps, and documents whose element is called `tag`.

    head: bytes that were already taken from the stream. start: offset of the first piece.
    piece_most: a larger piece is given without its bytes.
    """
    window = _Window(stream, piece_most, data=head, keep=start, scanned=start)
    depth = 0
    for kind, begin, end in window.tokens(_tokens(tag)):
        if kind == "doctype":
            yield window.piece(begin, doctype=True)
            return
        if depth == 0 and kind == "close":
            continue  # an end without a start: left in the gap, where parsing finds it
        if depth == 0:
            yield window.piece(begin)
        depth += DEPTHS[kind]
        if depth == 0:
            yield window.piece(end, document=True)
    yield window.piece(window.end, document=depth > 0, closed=depth == 0)


@dataclass(slots=True)
class _Window:
    """The bytes of a stream that are still needed.

    base: offset of the first of them. keep: offset where the current piece starts, line: its line.
    scanned: offset from which tokens are looked for. lost: lines of the piece that were let go.
    """

    stream: BinaryIO
    piece_most: int
    data: bytes = b""
    base: int = 0
    keep: int = 0
    line: int = 1
    scanned: int = 0
    lost: int = 0
    ended: bool = False

    @property
    def end(self) -> int:
        """The offset after the last byte that was read."""
        return self.base + len(self.data)

    def tokens(self, wanted: _Tokens) -> Iterator[tuple[str, int, int]]:
        """Yield the kind and the place of each token, reading on as needed."""
        while True:
            complete = self.scanned
            for token in wanted.find(self.data, self.scanned - self.base):
                complete = self.base + token.start()
                if token.end() == len(self.data) and not self.ended:
                    break  # it may go on in the next chunk
                complete = self.base + token.end()
                if token.lastgroup:
                    yield token.lastgroup, self.base + token.start(), complete
            else:
                # No token but the last can still be incomplete: a tag holds no `<` within.
                last = self.data.rfind(b"<", complete - self.base)
                complete = self.end if last < 0 else self.base + last
            if self.ended:
                return
            self.scanned = complete
            self._read_on()

    def piece(self, end: int, *, document: bool = False, closed: bool = True, doctype: bool = False) -> Piece:
        """Give out the current piece up to an offset; the next one starts there."""
        start, line, held = self.keep, self.line, max(self.keep, self.base) - self.base
        whole = start >= self.base and end - start <= self.piece_most
        data = self.data[held : end - self.base] if whole else None
        lines = self.lost + self.data.count(b"\n", held, end - self.base)
        self.keep, self.line, self.lost = end, line + lines, 0
        return Piece(start, end, line, lines, data, document, closed, doctype)

    def _read_on(self) -> None:
        """Let go of what is not needed, and read more: as much again for a long piece, to stay linear.

        A single comment or the like that is longer than a piece may be ends the reading.
        """
        if self.end - self.scanned > self.piece_most + CHUNK_BYTES:
            self.ended = True
            return
        needed = self.keep if self.scanned - self.keep <= self.piece_most else self.scanned
        cut = max(needed - self.base, 0)
        if needed > self.keep:
            self.lost += self.data.count(b"\n", max(self.keep - self.base, 0), cut)
        chunk = self.stream.read(max(CHUNK_BYTES, len(self.data) - cut))
        self.data = self.data[cut:] + chunk
        self.base += cut
        self.ended = not chunk
