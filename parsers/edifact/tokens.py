"""What does a segment say? Elements, their repetitions and components, with released characters restored.

    NAD+IM+123456782RM0001++ACME?+SONS
    →  [[["NAD"]], [["IM"]], [["123456782RM0001"]], [[""]], [["ACME+SONS"]]]

Text is ISO 8859-1 here (see `source`), so that the private characters of Unicode are free: while a segment
is split, they stand for what is released.
"""

from collections.abc import Iterator
from functools import cache

from parsers.edifact.characters import Characters

Occurrence = list[str]
"""The components of one occurrence of a data element."""

Elements = list[list[Occurrence]]
"""Elements → occurrences (more than one only in syntax 4) → components. The first element is the tag."""

PRIVATE = 0xE000


def split_segment(text: str, characters: Characters) -> Elements:
    """Split one segment (8859-1, without its terminator) into elements, occurrences and components."""
    if characters.release and characters.release in text:
        return _restored(_split(hide_released(text, characters), characters), characters)
    return _split(text, characters)


def _split(text: str, characters: Characters) -> Elements:
    component, repetition = characters.component, characters.repetition
    if repetition and repetition in text:
        return [
            [one.split(component) for one in element.split(repetition)]
            for element in text.split(characters.element)
        ]
    return [[element.split(component)] for element in text.split(characters.element)]


def _restored(elements: Elements, characters: Characters) -> Elements:
    return [
        [[restore(value, characters) for value in occurrence] for occurrence in element]
        for element in elements
    ]


def hide_released(text: str, characters: Characters) -> str:
    """Put a private character for each released one; drop release characters that release nothing.

    The pairs of release characters go first: they decide what the next one does.
    """
    release = characters.release
    for number, character in enumerate(characters.separators):
        text = text.replace(release + character, chr(PRIVATE + number))
    return text.replace(release, "")


def restore(value: str, characters: Characters) -> str:
    """Put the released characters back in place of the private ones."""
    return value if value.isascii() else value.translate(_hidden(characters))


@cache
def _hidden(characters: Characters) -> dict[int, str]:
    return {PRIVATE + number: character for number, character in enumerate(characters.separators)}


def rejoin(parts: Iterator[str], separator: str, release: str) -> Iterator[str]:
    """Put together again what was split at a released separator; the parts keep their release characters.

    A separator is released when an odd number of release characters stands before it.
    """
    held: list[str] = []
    for part in parts:
        held.append(part)
        if part[-1:] == release and is_released(part, release):
            continue
        yield part if len(held) == 1 else separator.join(held)
        held.clear()
    if held:
        yield separator.join(held)


def is_released(before: str, release: str) -> bool:
    """Return whether a separator after `before` is released: the parity of the release characters."""
    return (len(before) - len(before.rstrip(release))) % 2 == 1


def needless_release(text: str, characters: Characters) -> str:
    """Return the first character that is released without need, or an empty text."""
    release = characters.release
    if not release or release not in text:
        return ""
    for part in text.replace(release * 2, "").split(release)[1:]:
        if part[:1] and part[0] not in characters.separators:
            return part[0]
    return ""


def escape(value: str, characters: Characters) -> str:
    """Put a release character before every service character of a value."""
    for character in characters.separators:
        value = value.replace(character, characters.release + character)
    return value
