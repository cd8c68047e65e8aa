"""What is cut out of the stream, before anyone reads it? A message as it came, and how to read it."""

from dataclasses import dataclass
from typing import NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.charsets import Charset
from parsers.edifact.elements import Style
from parsers.edifact.source import BLANKS, without_blanks
from parsers.edifact.tokens import Elements, split_segment
from parsers.limits import Limits
from schemas.findings import Where


class Setting(NamedTuple):
    """How the segments of one interchange are to be read.

    declared: the set that UNB declares, where another one is sent and tolerated; None where it is sent.
    """

    characters: Characters
    style: Style
    charset: Charset
    limits: Limits
    declared: Charset | None = None

    def split(self, text: str) -> Elements:
        """Split a segment into elements, with its values in the declared character set."""
        elements = split_segment(text, self.characters)
        if self.charset.decode is None or text.isascii():
            return elements
        return [[[self._decoded(v) for v in values] for values in element] for element in elements]

    def _decoded(self, text: str) -> str:
        try:
            return self.charset.decode(text) if self.charset.decode else text
        except UnicodeDecodeError:  # reported as code 21, and shown as it came
            return text


@dataclass(slots=True)
class RawMessage:
    """The segments of one message, UNH to UNT. parts: as they came, with the blanks before them.

    byte, line: place of UNH. length: to the end of UNT, its terminator included. group, group_number: as
    `Message` has them.
    """

    parts: list[str]
    byte: int
    line: int
    length: int
    group: str
    group_number: int
    setting: Setting

    @property
    def texts(self) -> list[str]:
        """The segments without the blanks before them."""
        return without_blanks(self.parts)

    def where(self, number: int, tag: str) -> Where:
        """Return the place of segment `number`, counted from UNH = 1."""
        before = self.parts[: min(number, len(self.parts)) - 1]
        part = self.parts[len(before)]
        blanks = part[: len(part) - len(part.lstrip(BLANKS))]
        return Where(
            byte=self.byte + sum(map(len, before)) + len(before) + len(blanks),
            line=self.line + sum(text.count("\n") for text in before) + blanks.count("\n"),
            segment=tag,
            segment_position=number,
        )
