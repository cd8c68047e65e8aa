"""How does an entry's text lie in the book? Packed small, and behind a mark that says how.

An entry repeats what thousands before it said: the names of its fields, rules, acts and sections, formulas.
A dictionary holds those once, outside the book; Zstandard writes only what differs. It is part of the form:
it is never changed, for the book could not be read any more. A better one is another file and another mark.
What is hashed is the text itself, so texts may be packed anew without touching a chain.

`benchmarks/packing.py` makes a dictionary from a book and measures it.
"""

from functools import cache
from importlib.resources import files
from threading import local

from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor, ZstdError

MARK = b"\x01"
"""The first byte of a text packed with Zstandard and the dictionary of this file."""

DICTIONARY = "packing-1.dict"
LEVEL = 1


def pack(text: bytes) -> bytes:
    """Return a text as it lies in the book."""
    return MARK + _tools.compressor.compress(text)


def unpack(packed: bytes) -> bytes:
    """Return the text that lies in the book. Raises ValueError when it is none."""
    if packed[:1] != MARK:
        raise ValueError(f"not a packed text: its mark is {packed[:1]!r}, expected {MARK!r}")
    try:
        return _tools.decompressor.decompress(packed[1:])
    except ZstdError as error:
        raise ValueError(f"not a packed text: {error}") from None


@cache
def _dictionary() -> ZstdCompressionDict:
    found = ZstdCompressionDict(files(__package__).joinpath(DICTIONARY).read_bytes())
    found.precompute_compress(level=LEVEL)
    return found


class _Tools(local):
    """What packs and unpacks in one thread: slow to make, and not for two threads at once."""

    def __init__(self) -> None:
        self.compressor = ZstdCompressor(level=LEVEL, dict_data=_dictionary())
        self.decompressor = ZstdDecompressor(dict_data=_dictionary())


_tools = _Tools()
