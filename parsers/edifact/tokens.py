"""What does a segment say? Elements, their repetitions and components, with released characters restored.

NAD+IM+123456782RM0001++ACME?+SONS'
→  [[["NAD"]], [["IM"]], [["123456782RM0001"]], [[""]], [["ACME+SONS"]]]
"""

from collections.abc import Iterator

from parsers.edifact.characters import Characters

Occurrence = list[str]
"""The components of one occurrence of a data element."""

Elements = list[list[Occurrence]]
"""Elements → occurrences (more than one only in syntax 4) → components. The first element is the tag."""


def split_segment(text: str, characters: Characters) -> Elements:
    """Split one segment (without its terminator) into elements, occurrences and components."""
    if characters.release and characters.release in text:
        return _split_released(text, characters)
    component = characters.component
    if characters.repetition and characters.repetition in text:
        return [
            [one.split(component) for one in element.split(characters.repetition)]
            for element in text.split(characters.element)
        ]
    return [[element.split(component)] for element in text.split(characters.element)]


def _split_released(text: str, characters: Characters) -> Elements:
    return [
        [
            [unrelease(value, characters) for value in split_at(one, characters.component, characters)]
            for one in _occurrences(element, characters)
        ]
        for element in split_at(text, characters.element, characters)
    ]


def _occurrences(element: str, characters: Characters) -> list[str]:
    if not characters.repetition:
        return [element]
    return split_at(element, characters.repetition, characters)


def split_at(text: str, separator: str, characters: Characters) -> list[str]:
    """Split at every `separator` that is not released; the parts keep their release characters."""
    return list(rejoin(iter(text.split(separator)), separator, characters.release))


def rejoin(parts: Iterator[str], separator: str, release: str) -> Iterator[str]:
    """Put together again what was split at a released separator.

    A separator is released when an odd number of release characters stands before it.
    """
    if not release:
        yield from parts
        return
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


def unrelease(value: str, characters: Characters) -> str:
    """Drop release characters and keep what they release. One at the very end releases nothing."""
    release = characters.release
    if release not in value:
        return value
    kept = [part.replace(release, "") for part in value.split(release * 2)]
    return release.join(kept)


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
    release = characters.release
    for character in (release, *characters.separators.removesuffix(release)):
        value = value.replace(character, release + character)
    return value
