"""Where does one segment end and the next begin? Raw segments of a byte stream, in flat memory.

Bytes are held as ISO 8859-1 text, so that one character is one byte and places are offsets; values are
decoded later, by the character set that UNB names.
"""

import re
from io import BytesIO
from typing import NamedTuple, Protocol

from parsers.edifact.characters import DEFAULT, LEVEL_B, UNA, UNA_LENGTH, Characters, read_una
from parsers.edifact.tokens import is_released, split_segments

CHUNK_BYTES = 1 << 17
BLANKS = " \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf".decode("latin-1")
BEHIND_BLANKS = "!"
"""The first character that sorts behind every blank."""

TAIL_BLANKS = BLANKS + "\x00\x1a"
START = re.compile(r"UNA[^\w\s].{5}\s*UNB|UNB[+\x1d]", re.ASCII | re.DOTALL)
STRAY_MAX = 1 << 16
"""How far an interchange is looked for behind what is none."""


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, most: int, /) -> bytes:
        """Read up to so many bytes; none at the end."""


class Raw(NamedTuple):
    """A raw segment: text without its terminator and the blanks before it; its offset and line."""

    text: str
    byte: int
    line: int

    @property
    def tag(self) -> str:
        """The first three characters."""
        return self.text[:3]


def without_blanks(segments: list[str]) -> list[str]:
    """Return segments without the blanks before them. Most have none, which the least of them tells."""
    if min(segments, default="") >= BEHIND_BLANKS:
        return segments
    return [segment.lstrip(BLANKS) for segment in segments]


class Source:
    """Segments of a stream.

    byte, line: place of what comes next. una: the UNA in force as written, empty without one.
    ended: whether the last segment had its terminator. overlong: whether the stream was given up because
    a segment has no end within the limit.
    """

    def __init__(self, stream: Readable | bytes, segment_most: int) -> None:
        self._stream = BytesIO(stream) if isinstance(stream, bytes) else stream
        self._segment_most = segment_most
        self._text = ""
        self._at = 0
        self._before = 0
        self._complete = False
        self.line = 1
        self.una = ""
        self.ended = True
        self.overlong = False
        self.use(DEFAULT)

    @property
    def byte(self) -> int:
        """Offset of what comes next, from the start of the stream."""
        return self._before + self._at

    def use(self, characters: Characters) -> None:
        """Read on with other service characters."""
        self.characters = characters
        terminator = re.escape(characters.terminator)
        self._envelope = re.compile(f"{terminator}[{BLANKS}]*UN([BEGHTZ])(?![A-Za-z0-9])")

    def next(self) -> Raw | None:
        """Return the next segment, or None at the end of the stream."""
        end = self._end_of_segment()
        if end < 0:
            return self._tail()
        byte, line = self.byte, self.line
        part = self._take(end + 1)[:-1]
        text = part.lstrip(BLANKS)
        blanks = part[: len(part) - len(text)]
        return Raw(text, byte + len(blanks), line + blanks.count("\n"))

    def rest_of_message(self, most: int) -> list[str]:
        """Return the segments after UNH, up to UNT or before any other segment of the envelope.

        They keep the blanks before them. most: beyond so many bytes, they are passed over and lost.
        """
        start = self.byte
        found = self._next_of_envelope(most)
        parts = self._segments(self._take(found.start() + 1 if found else len(self._text)))
        if found is None:
            self.ended = False
        elif found[1] == "T":
            end = self._end_of_segment()
            self.ended = end >= 0
            parts.append(self._take(end + 1)[:-1] if self.ended else self._take(len(self._text)))
        return parts if self.byte - start <= most else []

    def begin(self) -> str:
        """Look for the start of an interchange, and read its UNA when it has one.

        Returns what stood before it, if that was more than blanks.
        """
        stray = ""
        while not (head := self._head()) and self._fill():
            pass
        if head and head[:3] not in {"UNA", "UNB"}:
            stray = self._skip_stray()
            head = self._head()
        self.una = head if head.startswith(UNA) and len(head) == UNA_LENGTH else ""
        if self.una:
            self._take(self._text.index(UNA, self._at) + UNA_LENGTH)
            advised = read_una(self.una)
            self.use(DEFAULT if advised.faults() else advised)
        else:
            self.use(LEVEL_B if head[3:4] == LEVEL_B.element else DEFAULT)
        return stray

    def give_up(self) -> None:
        """Read no further."""
        self._at, self._complete = len(self._text), True

    def _take(self, end: int) -> str:
        """Return the text up to an index, and go there."""
        text = self._text[self._at : end]
        self._at = end
        self.line += text.count("\n")
        return text

    def _segments(self, text: str) -> list[str]:
        """Split text that ends with a terminator (or with the stream) into segments."""
        parts = split_segments(text, self.characters)
        if not parts[-1].strip(TAIL_BLANKS):
            parts.pop()
        return parts

    def _end_of_segment(self) -> int:
        """Return the index of the next terminator that is not released, or -1 when none comes."""
        searched = self._at
        while True:
            end = self._text.find(self.characters.terminator, searched)
            if end >= 0:
                if not self._is_released(end):
                    return end
                searched = end + 1
                continue
            searched = len(self._text) - self._at
            if searched > self._segment_most:
                self.overlong = self._complete = True
            if not self._fill():
                return -1
            searched += self._at

    def _next_of_envelope(self, most: int) -> re.Match[str] | None:
        """Find the next UN? segment from the terminator just before; None when the stream ends first."""
        searched = self._at - 1
        while True:
            found = self._envelope.search(self._text, searched)
            if found is None:
                if len(self._text) - self._at > most:
                    self._take(len(self._text) - self._segment_most)
                last = max(self._text.rfind(self.characters.terminator, self._at), self._at - 1) - self._at
                if len(self._text) - self._at - last > self._segment_most:
                    self.overlong = self._complete = True
                if not self._fill():
                    return None
                searched = self._at + last
            elif self._is_released(found.start()):
                searched = found.start() + 1
            else:
                return found

    def _is_released(self, end: int) -> bool:
        release = self.characters.release
        if not release or self._text[end - 1 : end] != release or end <= self._at:
            return False
        return is_released(self._text[self._at : end], release)

    def _head(self) -> str:
        """Return the next nine characters after blanks; fewer only when the stream ends there."""
        while True:
            head = self._text[self._at : self._at + STRAY_MAX].lstrip(BLANKS)[:UNA_LENGTH]
            if len(head) == UNA_LENGTH or not self._fill():
                return head

    def _skip_stray(self) -> str:
        while len(self._text) - self._at < STRAY_MAX and self._fill():
            pass
        start = START.search(self._text, self._at, self._at + STRAY_MAX)
        return self._take(start.start()).strip(BLANKS) if start else ""

    def _fill(self) -> bool:
        """Read on; the character before the present place is kept."""
        if self._complete:
            return False
        kept = max(self._at - 1, 0)
        rest = self._text[kept:]
        chunk = self._read(max(CHUNK_BYTES, len(rest)))
        self._complete = not chunk
        self._text = rest + chunk.decode("latin-1")
        self._before += kept
        self._at -= kept
        return not self._complete

    def _read(self, most: int) -> bytes:
        """Read as much as was asked for, unless the stream ends: no result depends on its pieces."""
        chunks: list[bytes] = []
        while most > 0 and (chunk := self._stream.read(most)):
            chunks.append(chunk)
            most -= len(chunk)
        return b"".join(chunks)

    def _tail(self) -> Raw | None:
        """Return what stands after the last terminator, if that is more than blanks."""
        byte, line = self.byte, self.line
        part = self._take(len(self._text))
        text = part.lstrip(BLANKS)
        if not text.strip(TAIL_BLANKS):
            return None
        self.ended = False
        blanks = part[: len(part) - len(text)]
        return Raw(text, byte + len(blanks), line + blanks.count("\n"))
