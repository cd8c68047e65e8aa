"""Which characters may a message hold? The repertoire and encoding that UNB 0001 declares.

UNOA and UNOB are parts of ISO 646; UNOC to UNOL parts of ISO 8859; UNOW, UNOX, UNOY came with syntax 4.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

LEVEL_A = "A-Z0-9 .,()/='+:?!\"%&*;<>-"
SINGLE_BYTE = {
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
SYNTAX_4_ONLY = frozenset({"UNOG", "UNOH", "UNOI", "UNOJ", "UNOK", "UNOL", "UNOW", "UNOX", "UNOY"})


class Charset(NamedTuple):
    """A declared set: `forbidden` finds a character outside it, `decode` restores the text from 8859-1."""

    name: str
    forbidden: re.Pattern[str]
    decode: Callable[[str], str]


def _same(text: str) -> str:
    return text


@cache
def charset(name: str, extra: str = "") -> Charset:
    """Return the set that 0001 names; `extra` are the service characters in force, always allowed.

    An unknown name is read as 8859-1.
    """
    service = re.escape(extra)
    if name in {"UNOA", "UNOB"}:
        lower = "a-z" if name == "UNOB" else ""
        return Charset(name, re.compile(f"[^{LEVEL_A}{lower}{service}]"), _same)
    controls = f"(?![{service}])[\\x00-\\x1f\\x7f]" if service else r"[\x00-\x1f\x7f]"
    if name in {"UNOW", "UNOY", "UNOX"}:
        return Charset(name, re.compile(controls), _from_utf8)
    encoding = SINGLE_BYTE.get(name, "iso8859-1")
    pattern = re.compile(f"{controls}|[\\x80-\\x9f]")
    return Charset(name, pattern, _same if encoding == "iso8859-1" else _decoder(encoding))


def _from_utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8")


def _decoder(encoding: str) -> Callable[[str], str]:
    def decode(text: str) -> str:
        return text.encode("latin-1").decode(encoding)

    return decode


def actual_encoding(text: str) -> str:
    """Guess what text with bytes outside the declared set really is: UTF-8, Windows-1252 or 8859-1."""
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252" if re.search(r"[\x80-\x9f]", text) else "iso8859-1"
    return "utf-8"
