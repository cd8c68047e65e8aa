"""Does a segment keep its definition? Presence, number, format and codes of its elements and components."""

from collections.abc import Iterator
from typing import NamedTuple

from parsers.edifact.formats import format_fault, has_superfluous
from parsers.edifact.guide import Component, Element, Use
from parsers.edifact.tokens import Elements, Occurrence

LIST_QUALIFIERS = frozenset({"1131", "3055"})
"""They name the list or the agency that the code before them comes from."""


class Style(NamedTuple):
    """What the syntax of the interchange makes of a segment. marks: the decimal marks that may stand."""

    version: str
    marks: str

    def trailing(self, element: int, component: int | None) -> "Fault":
        """Return the fault of a separator with nothing after it: an error only in syntax 4."""
        return Fault("SYN-45" if self.version == "4" else "SYN-45W", element, component)


class Fault(NamedTuple):
    """A fault inside a segment. code: id of a syntax rule. element: 1 is the tag; component: from 1.

    occurrence: which of a repeated element, from 1; None where it is not repeated.
    """

    code: str
    element: int | None = None
    component: int | None = None
    found: str = ""
    expected: str = ""
    name: str = ""
    occurrence: int | None = None


def check_segment(use: Use, elements: Elements, style: Style) -> Iterator[Fault]:
    """Yield every fault of a segment that was split into elements."""
    values = elements[1:]
    if len(elements[0][0]) > 1:
        yield Fault("SYN-34" if style.version != "4" else "SYN-15N", 1, 2, elements[0][0][1])
    if values and _empty(values[-1]):
        yield style.trailing(len(values) + 1, None)
        while values and _empty(values[-1]):
            values.pop()
    for position, definition in enumerate(use.elements, start=2):
        occurrences = values[position - 2] if position - 2 < len(values) else [[""]]
        yield from _check_element(definition, occurrences, position, style)
    yield from _too_many(use, values)


def _too_many(use: Use, values: Elements) -> Iterator[Fault]:
    most = len(use.elements)
    for position, occurrences in enumerate(values[most:], start=most + 2):
        if not _empty(occurrences):
            yield Fault("SYN-16E", position, found=occurrences[0][0], expected=str(most), name=use.tag)
            return


def _empty(occurrences: list[Occurrence]) -> bool:
    return not any(value for occurrence in occurrences for value in occurrence)


def _check_element(
    definition: Element, occurrences: list[Occurrence], position: int, style: Style
) -> Iterator[Fault]:
    name = definition.id
    if _empty(occurrences):
        if definition.mandatory:
            yield Fault("SYN-13E", position, name=name)
        if len(occurrences[0]) > 1:
            yield style.trailing(position, len(occurrences[0]))
        return
    if not definition.used:
        yield Fault("SYN-15E", position, found=occurrences[0][0], name=name)
        return
    if len(occurrences) > definition.repeats:
        found, most = str(len(occurrences)), definition.repeats
        yield Fault("SYN-35E", position, None, found, str(most), name, most + 1)
    for number, occurrence in enumerate(occurrences, start=1):
        for fault in _check_components(definition, occurrence, position, style):
            yield fault._replace(occurrence=number) if len(occurrences) > 1 else fault


def _check_components(
    definition: Element, occurrence: Occurrence, position: int, style: Style
) -> Iterator[Fault]:
    if not occurrence[-1] and len(occurrence) > 1:
        yield style.trailing(position, len(occurrence))
    for index, component in enumerate(definition.components):
        place = index + 1 if definition.composite else None
        value = occurrence[index] if index < len(occurrence) else ""
        if value:
            fault = value_fault(component, value, style, qualified=_qualified(definition, occurrence, index))
        else:
            fault = Fault("SYN-13E", expected=component.literal) if component.mandatory else None
        if fault:
            yield fault._replace(element=position, component=place, found=value, name=component.id)
    most = len(definition.components)
    for index, value in enumerate(occurrence[most:], start=most + 1):
        if value:
            yield Fault("SYN-16C", position, index, value, str(most), definition.id)
            return


def _qualified(definition: Element, occurrence: Occurrence, index: int) -> bool:
    """Whether a code is followed by the list (1131) or agency (3055) that it comes from."""
    if definition.components[index].id in LIST_QUALIFIERS:
        return False
    after = zip(definition.components[index + 1 : index + 3], occurrence[index + 1 : index + 3], strict=False)
    return any(value for component, value in after if component.id in LIST_QUALIFIERS)


def value_fault(component: Component, value: str, style: Style, *, qualified: bool) -> Fault | None:
    """Return the first fault of a value that is not empty; element and component are left open."""
    form = component.format
    code = format_fault(value, form)
    if not component.used:
        return Fault("SYN-15E")
    if code:
        return Fault(f"SYN-{code}", expected=str(form))
    if component.literal and value != component.literal:
        return Fault("SYN-12", expected=component.literal)
    if component.codes is not None and value not in component.codes and not qualified:
        return Fault("SYN-12", expected=_listed(component.codes))
    if form.kind == "n" and any(mark in value for mark in ".,".strip(style.marks)):
        return Fault("SYN-22", expected=style.marks)
    return Fault("SYN-SUP", expected=str(form)) if has_superfluous(value, form) else None


def _listed(codes: frozenset[str], most: int = 12) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:most]) + (" …" if len(shown) > most else "")
