"""What did a partner send us? Bytes become interchanges, messages and canonical declarations.

    read(payload)              whatever it is; nothing in it makes this raise
    locate(payload, ...)       where on the wire a field of a declaration stands

Each syntax has its own reader, imported when it is first needed.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Literal

from parsers.limits import DEFAULT_LIMITS, Limits
from schemas.envelope import Interchange, Message
from schemas.findings import Finding, Where

__all__ = ["DEFAULT_LIMITS", "Limits", "locate", "read", "syntax_of"]

PayloadSyntax = Literal["edifact", "xml", "unknown"]
Reader = Callable[[bytes, Limits], list[Interchange]]
Locator = Callable[[bytes, Message, Iterable[str]], dict[str, Where]]

READERS: dict[PayloadSyntax, tuple[str, str]] = {
    "edifact": ("parsers.edifact", "read_edifact"),
    "xml": ("parsers.xml", "read_xml"),
    "unknown": ("parsers.edifact", "read_edifact"),  # it finds an interchange behind stray bytes, or says so
}
LOCATORS: dict[PayloadSyntax, tuple[str, str]] = {
    "edifact": ("parsers.edifact", "locate_edifact"),
    "xml": ("parsers.xml", "locate_xml"),
    "unknown": ("parsers.edifact", "locate_edifact"),
}
NOTHING = Finding(
    code="SYN-13U", edifact_code="13", where=Where(byte=0, segment="UNB"), found="", expected="UNB"
)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def syntax_of(payload: bytes) -> PayloadSyntax:
    """Tell EDIFACT from XML by the first characters; byte order marks and blanks are passed over."""
    head = payload[:1000]
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
    return reader(payload, limits) or [Interchange(envelope=None, findings=(NOTHING,))]


def locate(payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the places of fields such as `lines[2].origin` (from 0) in a message that `read` gave out.

    A field that is absent is placed where it belongs. Unknown fields are left out.
    """
    module, name = LOCATORS[syntax_of(payload)]
    locator: Locator = getattr(import_module(module), name)
    return locator(payload, message, fields)
