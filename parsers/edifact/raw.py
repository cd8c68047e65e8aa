"""What is cut out of the stream, before anyone reads it? Segments and messages as they came."""

from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.charsets import Charset
from parsers.edifact.elements import Style
from parsers.edifact.tokens import Elements, split_segment
from parsers.limits import Limits
from schemas.findings import Where


class Raw(NamedTuple):
    """A raw segment: text without terminator and blanks before it, its offset and line."""

    text: str
    byte: int
    line: int

    @property
    def tag(self) -> str:
        """The first three characters."""
        return self.text[:3]


class Setting(NamedTuple):
    """How the segments of one interchange are to be read."""

    characters: Characters
    style: Style
    charset: Charset
    limits: Limits

    def split(self, raw: Raw) -> Elements:
        """Split a segment, with its text in the declared character set."""
        text = raw.text
        if not text.isascii():
            with suppress(UnicodeDecodeError):
                text = self.charset.decode(text)
        return split_segment(text, self.characters)


@dataclass
class RawMessage:
    """The segments of one message, UNH to UNT, and what the interchange says about reading them."""

    segments: list[Raw]
    end: int
    group: str
    setting: Setting

    def where(self, number: int, tag: str) -> Where:
        """Return the place of segment `number`, counted from UNH = 1."""
        raw = self.segments[min(number, len(self.segments)) - 1]
        return Where(byte=raw.byte, line=raw.line, segment=tag, segment_position=number)
