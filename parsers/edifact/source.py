"""Where does one segment end and the next begin? Raw segments of a byte stream, in flat memory.

Bytes are held as ISO 8859-1 text, so that one character is one byte and places are offsets; values are
decoded later, by the character set that UNB names.
"""

import re
from io import BytesIO
from typing import BinaryIO, NamedTuple

from parsers.edifact.characters import DEFAULT, LEVEL_B, UNA, UNA_LENGTH, Characters, read_una
from parsers.edifact.tokens import is_released, rejoin

CHUNK_BYTES = 1 << 17
BLANKS = " \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf".decode("latin-1")
TAIL_BLANKS = BLANKS + "\x00\x1a"
START = re.compile(r"UNA[^\w\s].{5}\s*UNB|UNB[+\x1d]", re.ASCII | re.DOTALL)
STRAY_MAX = 1 << 16
"""How far an interchange is looked for behind what is none."""

ENVELOPE_TAGS = frozenset({"UNB", "UNG", "UNH", "UNE", "UNZ"})


class Raw(NamedTuple):
    """A raw segment: text without its terminator and the blanks before it; its offset and line."""

    text: str
    byte: int
    line: int

    @property
    def tag(self) -> str:
        """The first three characters."""
        return self.text[:3]


class Source:
    """Raw segments of a stream.

    byte, line: place of what comes next. una: the UNA in force as written, empty without one.
    ended: whether the last segment had its terminator. overlong: whether the stream was given up because
    a segment has no end within the limit.
    """

    def __init__(self, stream: BinaryIO | bytes, segment_most: int) -> None:
        self._stream = BytesIO(stream) if isinstance(stream, bytes) else stream
        self._segment_most = segment_most
        self._parts: list[str] = []
        self._next = 0
        self._rest = ""
        self._has_lines = False
        self._complete = False
        self.byte = 0
        self.line = 1
        self.characters = DEFAULT
        self.una = ""
        self.ended = True
        self.overlong = False

    def next(self) -> Raw | None:
        """Return the next segment, or None at the end of the stream."""
        if self._next >= len(self._parts) and not self._fill_to_a_part():
            return self._tail()
        part = self._parts[self._next]
        self._next += 1
        raw = self._raw(part)
        self._pass(part + self.characters.terminator)
        return raw

    def rest_of_message(self, most: int) -> list[str]:
        """Return the segments after UNH, up to UNT or before any other segment of the envelope.

        They keep the blanks before them. most: segments beyond so many bytes are passed over.
        """
        taken: list[str] = []
        start = self.byte
        complete = False
        while not complete:
            if self._next >= len(self._parts) and not self._fill_to_a_part():
                return taken + self._take_tail_of_message()
            stop, complete = self._end_of_message()
            piece = self._parts[self._next : stop]
            self._next = stop
            self.byte += sum(map(len, piece)) + len(piece)
            self.line += sum(part.count("\n") for part in piece) if self._has_lines else 0
            if self.byte - start <= most:
                taken += piece
        return taken

    def begin(self) -> str:
        """Look for the start of an interchange, and read its UNA when it has one.

        Returns what stood before it, if that was more than blanks.
        """
        while len(self._head()) < UNA_LENGTH and self._next >= len(self._parts) and self._fill():
            pass
        stray = self._skip_stray()
        head = self._head()
        if head.startswith(UNA):
            self._read_una()
        else:
            self.una = ""
            self.use(LEVEL_B if head[3:4] == LEVEL_B.element else DEFAULT)
        return stray

    def use(self, characters: Characters) -> None:
        """Read on with other service characters."""
        if characters != self.characters:
            text = self._remaining()
            self.characters = characters
            self._split(text)

    def give_up(self) -> None:
        """Read no further."""
        self._parts, self._next, self._rest, self._complete = [], 0, "", True

    def _raw(self, part: str) -> Raw:
        text = part.lstrip(BLANKS)
        blanks = part[: len(part) - len(text)]
        return Raw(text, self.byte + len(blanks), self.line + blanks.count("\n"))

    def _end_of_message(self) -> tuple[int, bool]:
        """Return the index after the last buffered part of the message, and whether it ends there."""
        parts = self._parts
        for index in range(self._next, len(parts)):
            part = parts[index]
            if part[:2] != "UN" and part[:1] not in BLANKS:
                continue
            tag = part.lstrip(BLANKS)[:3]
            if tag == "UNT":
                return index + 1, True
            if tag in ENVELOPE_TAGS:
                return index, True
        return len(parts), False

    def _take_tail_of_message(self) -> list[str]:
        if self._rest.lstrip(BLANKS)[:3] in ENVELOPE_TAGS:
            return []
        tail = self._tail()
        return [tail.text] if tail else []

    def _head(self) -> str:
        return (self._parts[self._next] if self._next < len(self._parts) else self._rest).lstrip(BLANKS)

    def _skip_stray(self) -> str:
        head = self._head()
        if head[:3] in {"UNA", "UNB", ""}:
            return ""
        text = self._remaining()
        while len(text) < STRAY_MAX and not START.search(text) and self._fill_more():
            text = self._remaining()
        start = START.search(text[:STRAY_MAX])
        if start is None:
            return ""
        stray = text[: start.start()]
        self._pass(stray)
        self._split(text[start.start() :])
        return stray.strip(BLANKS)

    def _read_una(self) -> None:
        text = self._remaining()
        start = len(text) - len(text.lstrip(BLANKS))
        self.una = text[start : start + UNA_LENGTH]
        if len(self.una) < UNA_LENGTH:
            self.una = ""
            return
        self._pass(text[: start + UNA_LENGTH])
        characters = read_una(self.una)
        self.characters = DEFAULT if characters.faults() else characters
        self._split(text[start + UNA_LENGTH :])

    def _remaining(self) -> str:
        return self.characters.terminator.join([*self._parts[self._next :], self._rest])

    def _pass(self, text: str) -> None:
        self.byte += len(text)
        self.line += text.count("\n")

    def _fill_more(self) -> bool:
        self._parts, self._next, self._rest = [], 0, self._remaining()
        return self._fill()

    def _fill_to_a_part(self) -> bool:
        while self._next >= len(self._parts):
            if not self._fill():
                return False
        return True

    def _fill(self) -> bool:
        if self._complete:
            return False
        if len(self._rest) > self._segment_most:
            self.overlong = self._complete = True
            return False
        chunk = self._stream.read(CHUNK_BYTES)
        if not chunk:
            self._complete = True
            return False
        self._split(self._rest + chunk.decode("latin-1"))
        return True

    def _split(self, text: str) -> None:
        terminator, release = self.characters.terminator, self.characters.release
        parts = text.split(terminator)
        rest = parts.pop()
        if release and release + terminator in text:
            parts = list(rejoin(iter(parts), terminator, release))
            if parts and is_released(parts[-1], release):
                rest = parts.pop() + terminator + rest
        self._parts, self._next, self._rest = parts, 0, rest
        self._has_lines = "\n" in text

    def _tail(self) -> Raw | None:
        rest, self._rest = self._rest, ""
        if not rest.strip(TAIL_BLANKS):
            return None
        self.ended = False
        raw = self._raw(rest)
        self._pass(rest)
        return raw
