"""What stands in a stream, if one asks nothing more? Segments split into elements, a message at a time.

    BGM+929+12345?:67:1+9
    →  ["BGM", "929", ["12345:67", "1"], "9"]

A data element is a text, a composite a list of texts, a repeated element (syntax 4) a tuple of those.
"""

from collections.abc import Iterator
from typing import BinaryIO

from parsers.edifact.characters import Characters, for_version
from parsers.edifact.envelope import value
from parsers.edifact.source import Source, without_blanks
from parsers.edifact.tokens import hidden_characters, hide_released, split_segment
from parsers.limits import DEFAULT_LIMITS, Limits

Token = str | list[str] | tuple[str | list[str], ...]
Tokens = list[Token]


def tokenise(stream: BinaryIO | bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[list[Tokens]]:
    """Yield the split segments of each message, and each segment of the envelope in a list of its own.

    Nothing is checked or decoded: bytes appear as ISO 8859-1. Memory holds one message at a time.
    """
    source = Source(stream, limits.segment)
    source.begin()
    characters = source.characters
    while (raw := source.next()) is not None:
        parts = [raw.text]
        if raw.tag == "UNB":
            version = value(split_segment(raw.text, source.characters), 2, 2)
            characters = for_version(source.characters, version, advised=bool(source.una))
        elif raw.tag == "UNH":
            parts += source.rest_of_message(limits.message)
        yield _split_all(parts, characters)
        if raw.tag == "UNZ":
            source.begin()
            characters = source.characters


def _split_all(parts: list[str], characters: Characters) -> list[Tokens]:
    component, element, _, release, repetition, _ = characters
    texts = without_blanks(parts)
    if repetition or not release:
        return [_split_repeated(text, characters) for text in texts]
    split: list[Tokens] = []
    for part in texts:
        if release in part:
            split.append(_split_released(part, characters))
        elif component in part:
            split.append([one.split(component) if component in one else one for one in part.split(element)])
        else:
            split.append([*part.split(element)])
    return split


def _split_released(part: str, characters: Characters) -> Tokens:
    component, hidden = characters.component, hidden_characters(characters)

    def token(element: str) -> str | list[str]:
        if element.isascii():
            return element.split(component) if component in element else element
        return _token([value.translate(hidden) for value in element.split(component)])

    return [token(element) for element in hide_released(part, characters).split(characters.element)]


def _split_repeated(part: str, characters: Characters) -> Tokens:
    return [
        _token(occurrences[0]) if len(occurrences) == 1 else tuple(map(_token, occurrences))
        for occurrences in split_segment(part, characters)
    ]


def _token(components: list[str]) -> str | list[str]:
    return components[0] if len(components) == 1 else components
