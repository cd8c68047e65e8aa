"""Where does one segment end and the next begin? Raw segments of a byte stream, in flat memory.

Bytes are held as ISO 8859-1 text, so that one character is one byte and places are offsets; values are
decoded later, by the character set that UNB names.
"""

import re
from io import BytesIO
from typing import BinaryIO

from parsers.edifact.characters import DEFAULT, LEVEL_B, UNA, UNA_LENGTH, Characters, read_una
from parsers.edifact.tokens import is_released, rejoin

CHUNK_BYTES = 1 << 17
BLANKS = " \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf".decode("latin-1")
START = re.compile(r"UNA[^\w\s].{5}\s*UNB|UNB[+\x1d]", re.ASCII | re.DOTALL)


class Source:
    """Raw segments of a stream, without their terminators but with the blanks before them.

    byte, line: place of the next raw segment. una: the UNA in force as written, empty without one.
    ended: whether the last segment given out had its terminator. overlong: whether it was cut off.
    """

    def __init__(self, stream: BinaryIO | bytes, segment_most: int) -> None:
        self._stream = BytesIO(stream) if isinstance(stream, bytes) else stream
        self._segment_most = segment_most
        self._parts: list[str] = []
        self._next = 0
        self._rest = ""
        self._complete = False
        self.byte = 0
        self.line = 1
        self.characters = DEFAULT
        self.una = ""
        self.ended = True
        self.overlong = False

    def next_segment(self) -> str | None:
        """Return the next raw segment, or None at the end of the stream."""
        while self._next >= len(self._parts):
            if not self._fill():
                return self._tail()
        part = self._parts[self._next]
        self._next += 1
        self._pass(part)
        self.byte += 1
        return part

    def begin(self) -> str:
        """Look for the start of an interchange, and read its UNA when it has one.

        Returns what stood before it, if that was more than blanks.
        """
        while self._next >= len(self._parts) and len(self._rest.lstrip(BLANKS)) < UNA_LENGTH and self._fill():
            pass
        head = self._parts[self._next] if self._next < len(self._parts) else self._rest
        stray = self._skip_stray(head)
        head = (self._parts[self._next] if self._next < len(self._parts) else self._rest).lstrip(BLANKS)
        if head.startswith(UNA):
            self._read_una()
        else:
            self.una = ""
            self._use(LEVEL_B if head[3:4] == LEVEL_B.element else DEFAULT)
        return stray

    def _skip_stray(self, head: str) -> str:
        blanks = len(head) - len(head.lstrip(BLANKS))
        start = (
            START.search(self._remaining()) if head[blanks : blanks + 3] not in {"UNA", "UNB", ""} else None
        )
        if start is None or start.start() == 0:
            return ""
        text = self._remaining()
        stray = text[: start.start()]
        self._pass(stray)
        self._split(text[start.start() :])
        return stray.strip(BLANKS)

    def _read_una(self) -> None:
        text = self._remaining()
        start = len(text) - len(text.lstrip(BLANKS))
        self.una = text[start : start + UNA_LENGTH]
        if len(self.una) < UNA_LENGTH:
            return
        self._pass(text[: start + UNA_LENGTH])
        self.characters = read_una(self.una)
        self._split(text[start + UNA_LENGTH :])

    def _use(self, characters: Characters) -> None:
        if characters != self.characters:
            text = self._remaining()
            self.characters = characters
            self._split(text)

    def _remaining(self) -> str:
        return self.characters.terminator.join([*self._parts[self._next :], self._rest])

    def _pass(self, text: str) -> None:
        self.byte += len(text)
        self.line += text.count("\n")

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
        if release:
            parts = list(rejoin(iter(parts), terminator, release))
            if parts and is_released(parts[-1], release):
                rest = parts.pop() + terminator + rest
        self._parts, self._next, self._rest = parts, 0, rest

    def _tail(self) -> str | None:
        rest, self._rest = self._rest, ""
        if not rest.strip(BLANKS + "\x1a\x00"):
            return None
        self.ended = False
        self._pass(rest)
        return rest
