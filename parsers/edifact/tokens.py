"""What does a segment say? Elements, their repetitions and components, with released characters restored.

    NAD+IM+123456782RM0001++ACME?+SONS
    →  [[["NAD"]], [["IM"]], [["123456782RM0001"]], [[""]], [["ACME+SONS"]]]

Text is ISO 8859-1 here (see `source`), so that the private characters of Unicode are free: while a segment
is split, they stand for what is released.
"""

from functools import cache

from parsers.edifact.characters import Characters

Occurrence = list[str]
"""The components of one occurrence of a data element."""

Elements = list[list[Occurrence]]
"""Elements → occurrences (more than one only in syntax 4) → components. The first element is the tag."""

PRIVATE = 0xE000


def split_segment(text: str, characters: Characters) -> Elements:
    """Split one segment (8859-1, without its terminator) into elements, occurrences and components."""
    if not characters.release or characters.release not in text:
        return _split(text, characters)
    hidden = hidden_characters(characters)
    return [
        [[v if v.isascii() else v.translate(hidden) for v in values] for values in element]
        for element in _split(hide_released(text, characters), characters)
    ]


def _split(text: str, characters: Characters) -> Elements:
    component, repetition = characters.component, characters.repetition
    if repetition and repetition in text:
        return [
            [one.split(component) for one in element.split(repetition)]
            for element in text.split(characters.element)
        ]
    return [[element.split(component)] for element in text.split(characters.element)]


def hide_released(text: str, characters: Characters) -> str:
    """Put a private character for each released one; drop release characters that release nothing.

    The pairs of release characters go first: they decide what the next one does.
    """
    release = characters.release
    for number, character in enumerate(characters.separators):
        text = text.replace(release + character, chr(PRIVATE + number))
    return text.replace(release, "")


@cache
def hidden_characters(characters: Characters) -> dict[int, str]:
    """Return what the private characters stand for, for `str.translate`."""
    return {PRIVATE + number: character for number, character in enumerate(characters.separators)}


def split_segments(text: str, characters: Characters) -> list[str]:
    """Split text at every terminator that is not released; the parts keep their release characters."""
    terminator, release = characters.terminator, characters.release
    if not release or release + terminator not in text:
        return text.split(terminator)
    return _joined(text.split(release + terminator), characters)


def _joined(chunks: list[str], characters: Characters) -> list[str]:
    """Return the segments of a text that was cut before every terminator with a release character."""
    terminator, release = characters.terminator, characters.release
    segments: list[str] = []
    begun = ""
    for chunk in chunks[:-1]:
        *ended, last = chunk.split(terminator)
        if ended:
            segments.append(begun + ended[0])
            segments += ended[1:]
            begun = ""
        begun += last + release
        if not is_released(last, release):
            begun += terminator
        else:  # the release character itself is released
            segments.append(begun)
            begun = ""
    first, *rest = chunks[-1].split(terminator)
    segments.append(begun + first)
    segments += rest
    return segments


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
