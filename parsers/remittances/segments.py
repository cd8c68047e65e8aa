"""How is X12 cut into segments? The separators stand in ISA, which alone has a fixed length.

ISA is 106 characters long: the fourth is the separator of elements, the 105th that of components, and the
106th ends every segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.findings import Where

ISA_LENGTH = 106
ELEMENT_AT, COMPONENT_AT, END_AT = 3, 104, 105
TAG = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its elements, the tag as element 0; its number in the interchange from 1, and its place."""

    elements: tuple[str, ...]
    number: int
    byte: int

    @property
    def tag(self) -> str:
        """Its name, such as BPR."""
        return self.elements[TAG]

    def at(self, place: int) -> str:
        """Return an element by its place in the standard (BPR02: 2), without blanks; empty if absent."""
        return self.elements[place].strip() if place < len(self.elements) else ""

    @property
    def where(self) -> Where:
        """Where it stands."""
        return Where(byte=self.byte, segment=self.tag)


def cut(text: str, start: int) -> Iterator[Segment]:
    """Yield the segments of a text that begins with a whole ISA; line ends between them are passed over.

    start: the offset in the file at which the text begins.
    """
    element, end = text[ELEMENT_AT], text[END_AT]
    place, number = start, 0
    for piece in text.split(end):
        body = piece.lstrip("\r\n ")
        if body.strip():
            number += 1
            yield Segment(tuple(body.split(element)), number, place + len(piece) - len(body))
        place += len(piece) + 1


def is_whole(text: str) -> bool:
    """Return whether a text begins with an ISA of the right length and three different separators."""
    marks = {text[at] for at in (ELEMENT_AT, COMPONENT_AT, END_AT)} if len(text) >= ISA_LENGTH else set()
    return len(marks) == len((ELEMENT_AT, COMPONENT_AT, END_AT)) and not any(map(str.isalnum, marks))
