"""Which characters may a message hold? The repertoire and encoding that UNB 0001 declares.

UNOA and UNOB are parts of ISO 646; UNOC to UNOL parts of ISO 8859; UNOW, UNOX, UNOY came with syntax 4.
Bytes travel as ISO 8859-1 text here (see `source`); a character set is known by the bytes it forbids.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

LEVEL_A = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>"
LOWER = "abcdefghijklmnopqrstuvwxyz"
ISO_8859 = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
}
UTF_8 = frozenset({"UNOW", "UNOY"})
OF_AIRLINES = frozenset({"IATA", "IATB"})
"""Named by the airlines' messages (PAXLST, PNRGOV), not by ISO 9735: read as ISO 8859-1, with a warning."""

OF_FIRST_VERSIONS = ("UNOA", "UNOB")
"""All that syntax 1 and 2 know."""

OF_VERSION_3 = frozenset({"UNOC", "UNOD", "UNOE", "UNOF"})
"""They came with syntax 3 (amendment 1:1992)."""

UNSUPPORTED = frozenset({"UNOX"})
"""ISO 2022 switches sets inside the text: nobody was seen to send it."""

BYTES = "".join(map(chr, range(256)))
PRINTABLE = "".join(c for c in BYTES if c.isprintable() or c in "\xa0\xad")
WINDOWS_1252 = "".join(chr(byte) for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
MULTI_BYTE = re.compile(r"[\xc2-\xf4][\x80-\xbf]+")


class Charset(NamedTuple):
    """A declared set. allowed: the bytes that may stand; forbidden: finds the first other one.

    decode: restores the text from 8859-1; None where that is 8859-1 itself.
    """

    name: str
    allowed: bytes
    forbidden: re.Pattern[str]
    decode: Callable[[str], str] | None

    def holds(self, text: str) -> bool:
        """Return whether the set allows every character of a text; fast for long texts."""
        return not text.encode("latin-1").translate(None, self.allowed)


@cache
def charset(name: str, service: str = "") -> Charset:
    """Return the set that 0001 names; `service` characters are always allowed. Unknown names: 8859-1."""
    if name in OF_FIRST_VERSIONS:
        return _charset(name, LEVEL_A + (LOWER if name == "UNOB" else "") + service, None)
    if name in UTF_8 | UNSUPPORTED:
        return _charset(name, PRINTABLE + BYTES[0x80:] + service, "utf-8")
    encoding = ISO_8859.get(name, "iso8859-1")
    return _charset(name, PRINTABLE + service, None if encoding == "iso8859-1" else encoding)


@cache
def tolerated_charset(name: str, service: str = "") -> Charset:
    """Return the set that is sent in truth: `latin-1`, `windows-1252` or `utf-8`."""
    if name == "utf-8":
        return charset("UNOW", service)
    if name == "windows-1252":
        return _charset(name, PRINTABLE + WINDOWS_1252 + service, "windows-1252")
    return charset("UNOC", service)


def _charset(name: str, allowed: str, encoding: str | None) -> Charset:
    others = "".join(map(re.escape, sorted(set(BYTES) - set(allowed))))

    def decode(text: str) -> str:
        return text.encode("latin-1").decode(encoding or "latin-1")

    pattern = re.compile(f"[{others}]" if others else r"(?!)")
    return Charset(name, allowed.encode("latin-1"), pattern, decode if encoding else None)


def looks_like_utf8(text: str) -> bool:
    """Return whether 8859-1 text is UTF-8 in truth: every byte beyond ASCII is part of a sequence."""
    if text.isascii() or MULTI_BYTE.search(text) is None:
        return False
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
