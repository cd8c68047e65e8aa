"""How does a document become an interchange? Through the guide that also reads it.

Usage::

    from parsers.edifact import write_interchange
    from schemas.papers import Header

    payload: bytes = write_interchange("cusdec_d13a", header, [declaration.model_dump(), ...])

- `profile_name` is the name of a file in `schemas/profiles` without its ending. Each document is a nested
  dict (or a frozen value, which is dumped): its keys are the paths that the profile's `{slots}` name, its
  values are Python's (`date`, `datetime`, `Decimal`, `int`, `bool`, `str`). None, empty texts and missing
  keys are left out. Keys that the profile does not name are ignored.
- `header` gives UNB: sender (0004), recipient (0010), control_reference (0020), prepared (S004), test (0035).
- Messages are numbered 1, 2, 3 ... (0062). Counts and references are right by construction. UNA is written.
  Text is ISO 8859-1 (UNOC, syntax 3), or, when some character needs it, UTF-8 (UNOW, syntax 4). A profile
  may ask for syntax 4.
- Control characters in texts become spaces: they have no place on the wire.
- Raises KeyError for an unknown profile, ValueError when a value or the number of repeats does not fit.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from parsers.edifact.characters import Characters, write_una
from parsers.edifact.plan import COMPONENT, ELEMENT, TERMINATOR, UNWRITABLE, plan
from parsers.edifact.profiles import all_guides
from schemas.papers import Header

LATIN, UTF_8 = "UNOC", "UNOW"
"""The character sets that we write in (0001): 8859-1, and UTF-8, which came with syntax 4."""


def write_interchange(
    profile_name: str, header: Header, documents: Sequence[Mapping[str, Any] | BaseModel]
) -> bytes:
    """Write one interchange with a message for each document; see above."""
    segments_of, guide = plan(profile_name), all_guides()[profile_name]
    identity = COMPONENT.join(guide.identity).rstrip(COMPONENT)
    segments: list[str] = []
    for reference, document in enumerate(documents, start=1):
        message = segments_of(document)
        segments.append(_joined("UNH", reference, identity))
        segments += message
        segments.append(_joined("UNT", len(message) + 2, reference))
    text = TERMINATOR.join([*segments, _joined("UNZ", len(documents), _clean(header.control_reference)), ""])
    parties = _clean(header.sender) + _clean(header.recipient) + header.control_reference
    latin = _is_latin(text) and _is_latin(parties)
    version = guide.about.syntax or ("3" if latin else "4")
    characters = Characters(repetition="*" if version == "4" else "")
    unb = _unb(header, LATIN if latin else UTF_8, version)
    wire = write_una(characters) + released(unb + TERMINATOR + text, characters)
    return wire.encode("latin-1" if latin else "utf-8")


def released(text: str, characters: Characters) -> str:
    """Put service characters for the separators of a plan; what a value holds of them is released."""
    for character in characters.separators:
        text = text.replace(character, characters.release + character)
    for separator, character in (
        (ELEMENT, characters.element),
        (COMPONENT, characters.component),
        (TERMINATOR, characters.terminator),
    ):
        text = text.replace(separator, character)
    return text


def _unb(header: Header, charset: str, version: str) -> str:
    """Write UNB; a test is marked as one (0035)."""
    prepared = header.prepared
    day = f"{prepared:%Y%m%d}" if version == "4" else f"{prepared:%y%m%d}"
    return _joined(
        "UNB",
        f"{charset}{COMPONENT}{version}",
        _clean(header.sender),
        _clean(header.recipient),
        f"{day}{COMPONENT}{prepared:%H%M}",
        _clean(header.control_reference),
        *(["", "", "", "", "", "1"] if header.test else []),
    )


def _joined(*elements: object) -> str:
    return ELEMENT.join(map(str, elements))


def _clean(text: str) -> str:
    return UNWRITABLE.sub(" ", text)


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
