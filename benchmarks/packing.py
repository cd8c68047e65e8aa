"""How small does an entry become, how fast, and with what dictionary?

The texts are those of a book, such as the one that `cadline demo` leaves. Every second text makes the
dictionary, the others are packed with it, beside the dictionary that is shipped and none at all.

    python benchmarks/packing.py out/demo/cadline.sqlite
    python benchmarks/packing.py out/demo/cadline.sqlite --write FILE   also: a dictionary of all its texts
"""

import argparse
import sqlite3
import statistics
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from zstandard import ZstdCompressionDict, ZstdCompressor, train_dictionary

from accounting import packing

SIZE_BYTES = 8192
TIMES = 20


def trained(texts: Sequence[bytes]) -> ZstdCompressionDict:
    """Return a dictionary of what some texts repeat."""
    return train_dictionary(SIZE_BYTES, list(texts))


def packer(found: ZstdCompressionDict | None) -> Callable[[bytes], bytes]:
    """Return what packs with a dictionary, or without."""
    if found is None:
        return ZstdCompressor(level=packing.LEVEL).compress
    found.precompute_compress(level=packing.LEVEL)
    return ZstdCompressor(level=packing.LEVEL, dict_data=found).compress


def deflate(text: bytes) -> bytes:
    return zlib.compress(text, level=1)


def report(name: str, pack: Callable[[bytes], bytes], texts: Sequence[bytes]) -> None:
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        packed = [pack(text) for text in texts]
        seconds.append((time.perf_counter() - start) / len(texts))
    size = statistics.mean(map(len, packed))
    print(f"{name:28} {size:8,.0f} bytes {min(seconds) * 1e6:8.1f} µs")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("book", type=Path)
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    rows = sqlite3.connect(options.book).execute("SELECT content FROM journal_entry ORDER BY key")
    texts = [packing.unpack(content) for (content,) in rows]
    others = texts[1::2]
    print(f"{len(others)} texts, {statistics.mean(map(len, others)):,.0f} bytes each")
    report("deflate 1", deflate, others)
    report("zstd, no dictionary", packer(None), others)
    report("zstd, dictionary of the rest", packer(trained(texts[::2])), others)
    report("as shipped", packing.pack, others)
    if options.write:
        options.write.write_bytes(trained(texts).as_bytes())


if __name__ == "__main__":
    main()
