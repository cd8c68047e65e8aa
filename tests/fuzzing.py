"""Does any byte string end in a verdict, soon? Inputs changed at random, from seeds that can be told again.

    python tests/fuzzing.py [--seconds 600] [--seed 1]

It begins with the files of fixtures/fuzz, fixtures/gallery and fixtures/xml, and changes them. What fails is
made as small as it can be and kept in fixtures/fuzz, where a test holds it from then on.
"""

import argparse
import io
import itertools
import random
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

import parsers
from outbound.contrl import contrl
from parsers.edifact import check_syntax, write_interchange
from parsers.xml import read_paper
from schemas.envelope import Interchange, Message
from schemas.findings import describe
from schemas.papers import Header

FIXTURES = Path(__file__).parents[1] / "fixtures"
KEPT = FIXTURES / "fuzz"
SIZE_MAX = 60_000
SECONDS_MAX = 5.0
"""Processor time that an input of `SIZE_MAX` may take for all that is asked of it, on a slow machine."""

HEADER = Header(
    sender="CARM", recipient="B", control_reference="7", prepared=datetime(2026, 11, 17, 5, 30, tzinfo=UTC)
)
TOKENS = (
    "UNA:+.? '|UNA:+,? *|UNB+UNOC:3+A+B+260702:1200+1'|UNB+UNOA:4+A+B+20260702:1200+1'|UNZ+1+1'"
    "|UNH+1+CUSDEC:D:13A:UN:CADL01'"
    "|UNT+3+1'|UNG+CUSDEC+A+B+260702:1200+7+UN+D:13A'|UNE+1+7'|UNS+D'|'|+|:|?|??|?'|*"
    "|\x1c|\x1d|\x1f|\x00|\r\n|\xff|\xc3\xa9|é"
    "|99999999999999999999|-|.|0|00|1e9|UNB|UNH|UNT|UNZ|UNA|UNO|USA+1'|CST+1'|MOA+9:1.'|DTM+137:20260230:102'"
    "|<|>|/>|</|&|&amp;|&#0;|&#x110000;|<!--|-->|<![CDATA[|]]>|<?xml version='1.0'?>|<!DOCTYPE a>"
    "|xmlns=''|<Line>|</Line>|\"|="
)
DICTIONARY = [token.encode("latin-1") for token in TOKENS.split("|")]
FIELDS = ("importer.identifier", "lines[0].origin", "lines[2].value", "invoices[0].currency")

Mutation = Callable[[random.Random, bytes, list[bytes]], bytes]


def corpus() -> list[bytes]:
    """Every input that is kept, and every specimen that is not large."""
    patterns = ("fuzz/*", "gallery/*.edi", "xml/*/*.xml", "papers/*/en.edi", "papers/*/en.xml")
    files = (file for pattern in patterns for file in sorted(FIXTURES.glob(pattern)))
    texts = (file.read_bytes() for file in files if file.suffix in {".edi", ".xml", ".bin"})
    return [text for text in texts if len(text) <= SIZE_MAX]


# ---- changes --------------------------------------------------------------------------------------


def place(rng: random.Random, data: bytes) -> tuple[int, int]:
    """Return a slice: of a few bytes, or from one separator to another."""
    start = rng.randrange(len(data) + 1)
    if rng.random() < 0.5:
        return start, min(len(data), start + rng.choice((0, 1, 1, 2, 8, 40)))
    mark = rng.choice((b"'", b"+", b":", b">", b"<"))
    first = data.find(mark, start) + 1 or start
    return first, data.find(mark, first) + 1 or len(data)


def with_token(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    start, end = place(rng, data)
    return data[:start] + rng.choice(DICTIONARY) + data[rng.choice((start, end)) :]


def with_byte(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + bytes([rng.randrange(256)]) + data[start + rng.randrange(2) :]


def without(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    start, end = place(rng, data)
    return data[:start] + data[end:]


def repeated(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    start, end = place(rng, data)
    times = rng.choice((1, 2, 9, 100, 2000))
    return (data[:end] + data[start:end] * times + data[end:])[:SIZE_MAX]


def moved(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    (start, end), rest = place(rng, data), data
    rest = data[:start] + data[end:]
    target = rng.randrange(len(rest) + 1)
    return rest[:target] + data[start:end] + rest[target:]


def spliced(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    other = rng.choice(others)
    start, _ = place(rng, data)
    begin, end = place(rng, other)
    return (data[:start] + rng.choice((other[begin:], other[begin:end])) + data[start:])[:SIZE_MAX]


def cut(rng: random.Random, data: bytes, _others: list[bytes]) -> bytes:
    start, _ = place(rng, data)
    return data[:start]


MUTATIONS: tuple[Mutation, ...] = (with_token, with_token, with_byte, without, repeated, moved, spliced, cut)


def mutant(seed: str, inputs: list[bytes]) -> bytes:
    """Return the input of a seed: one of the corpus, changed once to eight times."""
    rng = random.Random(seed)  # noqa: S311 - the same in every run
    data = rng.choice(inputs)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        data = rng.choice(MUTATIONS)(rng, data, inputs)
    return data


# ---- what must hold -------------------------------------------------------------------------------


class Pieces(io.RawIOBase):
    """A stream that gives out its bytes a few at a time."""

    def __init__(self, payload: bytes, size: int) -> None:
        super().__init__()
        self._payload = io.BytesIO(payload)
        self._size = size

    def read(self, most: int = -1) -> bytes:
        return self._payload.read(min(most, self._size))


def verdict(payload: bytes) -> list[Interchange]:
    """Read an input in every way; AssertionError where what must hold does not."""
    start = time.process_time()
    found = parsers.read(payload)
    assert found, "no verdict"
    for interchange in found:
        told(interchange)
        acknowledged(interchange)
        for message in interchange.messages:
            written_again(message)
            parsers.locate(payload, message, FIELDS)
    if parsers.syntax_of(payload) == "edifact":
        for one in check_syntax(payload):
            told(one)
        pieces = list(check_syntax(Pieces(payload, 1 + len(payload) % 611)))
        assert pieces == list(check_syntax(payload)), "pieces read otherwise than the whole"
    spent = time.process_time() - start
    assert spent < SECONDS_MAX, f"{spent:.1f} s for {len(payload)} bytes"
    return found


def told(interchange: Interchange) -> Interchange:
    """Every finding can be said in both languages."""
    for finding in interchange.every_finding():
        assert describe(finding, "en").message
        assert describe(finding, "fr").message
    return interchange


def acknowledged(interchange: Interchange) -> None:
    """The acknowledgement of anything is itself without fault."""
    if interchange.envelope is None:
        return
    report = contrl(interchange, HEADER)
    if interchange.envelope.syntax == "xml":
        assert read_paper(report).kind == "contrl"
        return
    (answer,) = parsers.read(report)
    assert answer.accepted, answer.findings
    assert all(message.accepted for message in answer.messages), answer.messages[0].findings


def written_again(message: Message) -> None:
    """A good declaration is the same after it was written and read again."""
    if message.cad is None or not message.accepted:
        return
    try:
        payload = write_interchange("cusdec_d13a", HEADER, [message.cad])
    except ValueError:  # XML carries more repeats and longer texts than EDIFACT does
        return
    (again,) = parsers.read(payload)
    assert again.messages[0].accepted, again.messages[0].findings


# ---- running --------------------------------------------------------------------------------------


def failure(payload: bytes) -> str:
    """Return what an input breaks: the kind of error and where it comes from; empty when all holds."""
    try:
        verdict(payload)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:200]}"
    return ""


def kind_of(trouble: str) -> str:
    return ":".join(trouble.split(":")[:2])


def smallest(payload: bytes, trouble: str) -> bytes:
    """Take away whatever can go while the same thing fails, as far as a minute allows."""
    size = len(payload) // 2
    end = time.monotonic() + 60
    while size:
        start = 0
        while start < len(payload) and time.monotonic() < end:
            shorter = payload[:start] + payload[start + size :]
            if kind_of(failure(shorter)) == kind_of(trouble):
                payload = shorter
            else:
                start += size
        size //= 2
    return payload


def seeds(first: int, seconds: float) -> Iterator[str]:
    """Yield seeds until the time is over."""
    end = time.monotonic() + seconds
    for number in itertools.count(first):
        if time.monotonic() > end:
            return
        yield str(number)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=float("inf"))
    options.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    asked = options.parse_args()
    inputs, known, count = corpus(), set[str](), 0
    for seed in seeds(asked.seed, asked.seconds):
        count += 1
        payload = mutant(seed, inputs)
        trouble = failure(payload)
        if not trouble or kind_of(trouble) in known:
            continue
        known.add(kind_of(trouble))
        least = smallest(payload, trouble)
        file = KEPT / f"found-{sha256(least).hexdigest()[:12]}.bin"
        file.write_bytes(least)
        click.echo(f"seed {seed}: {trouble}\n  kept as {file.name}, {len(least)} bytes")
    click.echo(f"{count} inputs from seed {asked.seed} on; {len(known)} kinds of trouble")
    return bool(known)


if __name__ == "__main__":
    sys.exit(main())
