"""Does a file bring an interchange twice? Told as the register would: same bytes, or a taken reference."""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from schemas.envelope import Envelope, Event, Interchange
from schemas.findings import Finding, Where
from schemas.rules import all_rules

REPEATED, TAKEN = "SYN-26R", "SYN-26"

REMEMBERED_MOST = 50_000
"""How many interchanges of a file are remembered: memory must not grow with the file."""

CHUNK_BYTES = 1 << 20
REFERENCE = 6
"""The element of UNB that holds 0020."""

Key = tuple[str, str, str, bool]
Slice = tuple[int, int]
"""Start and end in the file."""


def with_repeats(events: Iterable[Event], file: BinaryIO) -> Iterator[Event]:
    """Give out what was read; an interchange that came before in the file gets a finding that says so.

    The same bytes again are a repeat, which is answered as the first was: a warning. Other bytes under the
    same sender, recipient, reference and test indicator are refused. The file needs a descriptor.
    """
    known: dict[Key, Slice] = {}
    for event in events:
        yield _judged(event, known, file) if isinstance(event, Interchange) else event


def _judged(interchange: Interchange, known: dict[Key, Slice], file: BinaryIO) -> Interchange:
    if interchange.envelope is None:
        return interchange
    key, own = _key(interchange.envelope), (interchange.byte, interchange.byte + interchange.length)
    first = known.get(key)
    if first is None:
        if len(known) < REMEMBERED_MOST:
            known[key] = own
        return interchange
    code = REPEATED if _are_same(file, first, own) else TAKEN
    findings = (_finding(code, interchange, interchange.envelope), *interchange.findings)
    return interchange.model_copy(update={"findings": findings})


def _key(envelope: Envelope) -> Key:
    return envelope.sender, envelope.recipient, envelope.control_reference, envelope.test


def _finding(code: str, interchange: Interchange, envelope: Envelope) -> Finding:
    rule = all_rules()[code]
    where = Where(byte=interchange.byte, line=interchange.line, segment="UNB", element=REFERENCE)
    found = envelope.control_reference
    return Finding(
        code=code, severity=rule.severity, edifact_code=rule.edifact_code, where=where, found=found
    )


def _are_same(file: BinaryIO, one: Slice, other: Slice) -> bool:
    """Compare two parts of a file without moving its place of reading, a piece at a time."""
    (start, end), (other_start, other_end) = one, other
    if end - start != other_end - other_start:
        return False
    return all(
        _piece(file, start + offset, end) == _piece(file, other_start + offset, other_end)
        for offset in range(0, end - start, CHUNK_BYTES)
    )


def _piece(file: BinaryIO, start: int, end: int) -> bytes:
    return os.pread(file.fileno(), min(CHUNK_BYTES, end - start), start)
