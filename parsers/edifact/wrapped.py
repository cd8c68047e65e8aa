"""How is a file read whose lines are broken anywhere? Without its breaks, and with places of the file itself.

Some systems break a file after every 80 bytes, inside segments and values too. For a partner of whom that is
known, every CR and LF is dropped; what reads the rest counts bytes without them, and is put right here.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from parsers.edifact.elements import Fault
from parsers.edifact.envelope import value
from parsers.edifact.reporting import finding
from parsers.edifact.source import Source
from parsers.edifact.tokens import split_segment
from parsers.limits import Limits
from schemas.envelope import Event, Group, Interchange, Message
from schemas.findings import Finding, Where

WRAPPED = "SYN-WRAP"
HEAD_BYTES = 1000
"""How much of a payload tells who sent it."""

BREAKS = re.compile(rb"[\r\n]")
INSIDE = re.compile(rb"[^\s'\x1c][\r\n]+[^\s]")
"""A break between two characters of which the first ends no segment."""


class Breaks:
    """Where breaks were dropped: how many bytes that were kept stand before each; and the same of lines."""

    def __init__(self) -> None:
        self._dropped = array("Q")
        self._lines = array("Q")
        self._kept = 0

    def drop(self, piece: bytes) -> bytes:
        """Return the next piece of the file without its breaks, and remember where they stood."""
        for number, found in enumerate(BREAKS.finditer(piece)):
            place = self._kept + found.start() - number
            self._dropped.append(place)
            if found[0] == b"\n":
                self._lines.append(place)
        kept = BREAKS.sub(b"", piece)
        self._kept += len(kept)
        return kept

    def byte(self, offset: int) -> int:
        """Return the offset in the file of a byte that was kept."""
        return offset + bisect_right(self._dropped, offset)

    def line(self, offset: int) -> int:
        """Return the line of a byte that was kept, from 1."""
        return 1 + bisect_right(self._lines, offset)

    def where(self, where: Where) -> Where:
        """Return a place as it is in the file."""
        if where.byte is None:
            return where
        line = None if where.line is None else self.line(where.byte)
        return where.model_copy(update={"byte": self.byte(where.byte), "line": line})


class Unwrapped:
    """A stream without its breaks."""

    def __init__(self, stream: BinaryIO | bytes) -> None:
        self._stream = BytesIO(stream) if isinstance(stream, bytes) else stream
        self.breaks = Breaks()
        self.inside = False

    def read(self, most: int) -> bytes:
        """Read up to so many bytes; none only at the end."""
        while piece := self._stream.read(most):
            self.inside = self.inside or INSIDE.search(piece) is not None
            if kept := self.breaks.drop(piece):
                return kept
        return b""


def is_wrapped(payload: BinaryIO | bytes, limits: Limits) -> bool:
    """Return whether the sender of the first interchange may break lines anywhere; it is sought in."""
    if not any("hard-wrap" in agreed for agreed in limits.tolerated.values()):
        return False
    head = payload[:HEAD_BYTES] if isinstance(payload, bytes) else payload.read(HEAD_BYTES)
    if not isinstance(payload, bytes):
        payload.seek(0)
    source = Source(BREAKS.sub(b"", head), limits.segment)
    source.begin()
    first = source.next()
    sender = value(split_segment(first.text, source.characters), 3) if first else ""
    return "hard-wrap" in limits.tolerates(sender)


def in_file(events: Iterable[Event], unwrapped: Unwrapped) -> Iterator[Event]:
    """Give out what was read without breaks, with its places in the file, and a warning for each message."""
    breaks = unwrapped.breaks
    for event in events:
        if isinstance(event, Message):
            start = breaks.byte(event.byte)
            findings = _placed(event.findings, breaks)
            if unwrapped.inside:
                where = Where(byte=start, line=breaks.line(event.byte), segment="UNH", segment_position=1)
                findings = (finding(Fault(WRAPPED), where), *findings)
            update = {"byte": start, "line": breaks.line(event.byte), "findings": findings}
            yield event.model_copy(update=update | {"length": _length(event, breaks)})
        elif isinstance(event, Interchange):
            placed = {
                "byte": breaks.byte(event.byte),
                "length": _length(event, breaks),
                "line": breaks.line(event.byte),
                "findings": _placed(event.findings, breaks),
                "groups": tuple(_group_placed(group, breaks) for group in event.groups),
            }
            yield event.model_copy(update=placed)
        else:
            yield event


def _length(event: Message | Interchange, breaks: Breaks) -> int:
    return breaks.byte(event.byte + event.length - 1) + 1 - breaks.byte(event.byte) if event.length else 0


def _group_placed(group: Group, breaks: Breaks) -> Group:
    return group.model_copy(update={"findings": _placed(group.findings, breaks)})


def _placed(findings: Iterable[Finding], breaks: Breaks) -> tuple[Finding, ...]:
    return tuple(found.model_copy(update={"where": breaks.where(found.where)}) for found in findings)
