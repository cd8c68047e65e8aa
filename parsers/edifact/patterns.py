"""Can a segment be known as good at a glance? One regular expression for each position of a guide.

A pattern accepts only what the full check accepts without a word, and yields the same values; whatever it
does not match goes to the full check, which says why. So the common case runs in C, and the rules stand in
one place (`elements`).
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.elements import Style
from parsers.edifact.formats import Format
from parsers.edifact.guide import Component, Element, Guide, Use
from parsers.edifact.service import service_segments

HEADER_AND_TRAILER = frozenset({"UNH", "UNT"})


class Reading(NamedTuple):
    """What a match of one use yields: for each value its group in the match, path, place and reader."""

    use: Use
    values: tuple[tuple[int, tuple[str, ...], int, int | None, Callable[[str], object]], ...]


class Glance(NamedTuple):
    """The pattern of one position. The last group that matched tells which use it was."""

    match: Callable[[str], re.Match[str] | None]
    readings: dict[int, Reading]


Glances = dict[tuple[int, str], Glance]
"""By the index of a position and the use that opened its group (empty where that makes no difference)."""


@lru_cache(maxsize=64)
def service_glances(characters: Characters, style: Style) -> dict[str, Callable[[str], object]]:
    """Return what matches a service segment that is as it should be, by its tag."""
    maker = PatternMaker(characters, style)
    return {tag: maker.glance([use]).match for tag, use in service_segments(style.version).items()}


@lru_cache(maxsize=64)
def glances(guide: Guide, characters: Characters, style: Style) -> Glances:
    """Return the patterns of a guide for one set of service characters."""
    maker = PatternMaker(characters, style)
    return {
        (position.index, within): maker.glance([use for use in position.uses if use.within == within])
        for position in guide.positions
        if position.tag not in HEADER_AND_TRAILER
        for within in sorted({use.within for use in position.uses})
    }


class PatternMaker:
    """Makes patterns for one set of service characters."""

    def __init__(self, characters: Characters, style: Style) -> None:
        element, component = re.escape(characters.element), re.escape(characters.component)
        # Nothing trails: no separator stands at the end of the segment, or of a composite.
        self._element = f"{element}(?!\\Z)"
        self._component = f"{component}(?!{element}|\\Z)"
        self._service = re.escape(characters.separators)
        self._marks = re.escape(style.marks)

    def glance(self, uses: Sequence[Use]) -> Glance:
        """Return the pattern that tells apart the uses of one position."""
        group = 0
        readings: dict[int, Reading] = {}
        for use in uses:
            values = []
            for e, c, component in use.components():
                if not component.used or component.literal:
                    continue
                group += 1
                if component.field:
                    place = c + 1 if use.elements[e].composite else None
                    values.append((group, component.field.path, e + 2, place, component.field.kind.read))
            group += 1  # the empty group that marks the use
            readings[group] = Reading(use, tuple(values))
        alternatives = "|".join(f"{self._use(use)}()" for use in uses)
        pattern = re.compile(alternatives, re.DOTALL | re.ASCII)
        return Glance(pattern.fullmatch, readings)

    def _use(self, use: Use) -> str:
        elements = [(self._of_element(element), element.mandatory) for element in use.elements]
        return re.escape(use.tag) + _chain(elements, self._element)

    def _of_element(self, element: Element) -> str:
        (first, mandatory), *others = ((self._value(c), c.mandatory) for c in element.components)
        return (first if mandatory else f"(?:{first})?") + _chain(others, self._component)

    def _value(self, component: Component) -> str:
        if component.literal:
            return re.escape(component.literal)
        if not component.used:
            return ""
        if component.codes is not None:
            return f"({'|'.join(map(re.escape, sorted(filter(None, component.codes))))})"
        form = component.format
        return f"({self._number(form) if form.kind == 'n' else self._text(form)})"

    def _text(self, form: Format) -> str:
        not_here = self._service + ("0-9" if form.kind == "a" else "")
        least = max(form.least, 1) - 1
        return f"[^{not_here}]{{{least},{form.most - 1}}}[^{not_here} ]"

    def _number(self, form: Format) -> str:
        if form.least:
            return f"-?[0-9]{{{form.most}}}"
        whole = f"(?:0|[1-9][0-9]{{0,{form.most - 1}}})"
        length = f"(?=[0-9.,]{{3,{form.most + 1}}}(?![0-9.,]))"
        return f"-?(?:{length}(?:0|[1-9][0-9]*)[{self._marks}][0-9]+|{whole})"


def _chain(parts: list[tuple[str, bool]], separator: str) -> str:
    """Join parts so that the end may be left out as far as nothing mandatory is lost."""
    chain = ""
    needed = False
    for text, mandatory in reversed(parts):
        needed = needed or mandatory
        part = separator + (text if mandatory else f"(?:{text})?") + chain
        chain = part if needed else f"(?:{part})?"
    return chain
