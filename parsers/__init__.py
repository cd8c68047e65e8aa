"""What did a partner send us? Bytes become interchanges, messages and canonical declarations.

    read(payload)              whatever it is; nothing in it makes this raise
    stream(source)             the same, one message at a time, in memory that does not grow
    locate(payload, ...)       where on the wire a field of a declaration stands

Each syntax has its own reader, imported when it is first needed.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import BinaryIO, Literal

from parsers.limits import DEFAULT_LIMITS, Limits
from schemas.envelope import Event, Interchange, Message
from schemas.findings import Finding, Where

__all__ = ["DEFAULT_LIMITS", "HEAD_BYTES", "Limits", "locate", "or_unreadable", "read", "stream", "syntax_of"]

PayloadSyntax = Literal["edifact", "xml", "unknown"]
Reader = Callable[[bytes, Limits], list[Interchange]]
Streamer = Callable[[BinaryIO, Limits], Iterator[Event]]
Locator = Callable[[bytes, Message, Iterable[str]], dict[str, Where]]

READERS: dict[PayloadSyntax, tuple[str, str]] = {
    "edifact": ("parsers.edifact", "read_edifact"),
    "xml": ("parsers.xml", "read_xml"),
    "unknown": ("parsers.edifact", "read_edifact"),  # it finds an interchange behind stray bytes, or says so
}
STREAMERS: dict[PayloadSyntax, tuple[str, str]] = {
    "edifact": ("parsers.edifact", "stream_edifact"),
    "xml": ("parsers.xml", "stream_xml"),
    "unknown": ("parsers.edifact", "stream_edifact"),
}
LOCATORS: dict[PayloadSyntax, tuple[str, str]] = {
    "edifact": ("parsers.edifact", "locate_edifact"),
    "xml": ("parsers.xml", "locate_xml"),
    "unknown": ("parsers.edifact", "locate_edifact"),
}
NOTHING = Finding(
    code="SYN-13U", edifact_code="13", where=Where(byte=0, segment="UNB"), found="", expected="UNB"
)
UNREADABLE = Interchange(envelope=None, findings=(NOTHING,))
"""What an empty payload holds."""

HEAD_BYTES = 1000
"""How much of a payload tells its syntax."""

MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def syntax_of(payload: bytes) -> PayloadSyntax:
    """Tell EDIFACT from XML by the first characters; byte order marks and blanks are passed over."""
    head = payload[:HEAD_BYTES]
    for mark in MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\x00", b"").lstrip()
    if head.startswith((b"UNA", b"UNB")):
        return "edifact"
    return "xml" if head.startswith(b"<") else "unknown"


def read(payload: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[Interchange]:
    """Read every interchange of a payload; what cannot be read is an interchange without envelope.

    There is always at least one: an empty payload is something that cannot be read, not nothing.
    """
    module, name = READERS[syntax_of(payload)]
    reader: Reader = getattr(import_module(module), name)
    return reader(payload, limits) or [UNREADABLE]


def stream(source: BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[Event]:
    """Read a stream that can be sought in: envelopes, messages, and each interchange after its messages."""
    syntax = syntax_of(source.read(HEAD_BYTES))
    source.seek(0)
    module, name = STREAMERS[syntax]
    streamer: Streamer = getattr(import_module(module), name)
    return or_unreadable(streamer(source, limits))


def or_unreadable(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events; when there are none, that nothing could be read."""
    empty = True
    for event in events:
        empty = False
        yield event
    if empty:
        yield UNREADABLE


def locate(payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the places of fields such as `lines[2].origin` (from 0) in a message that `read` gave out.

    A field that is absent is placed where it belongs. Unknown fields are left out.
    """
    module, name = LOCATORS[syntax_of(payload)]
    locator: Locator = getattr(import_module(module), name)
    return locator(payload, message, fields)
