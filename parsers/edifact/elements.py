"""Does a segment keep its definition? Presence, number, format and codes of its elements and components."""

from collections.abc import Iterator
from typing import NamedTuple

from parsers.edifact.formats import format_fault, has_superfluous
from parsers.edifact.guide import Component, Element, Use
from parsers.edifact.tokens import Elements, Occurrence


class Fault(NamedTuple):
    """Something wrong inside a segment. code: id of a syntax rule. element: 1 is the tag; component: from 1."""

    code: str
    element: int | None = None
    component: int | None = None
    found: str = ""
    expected: str = ""
    name: str = ""


def check_segment(use: Use, elements: Elements, version: str) -> Iterator[Fault]:
    """Yield every fault of a segment that was split; `version` of the syntax decides on separators."""
    values = elements[1:]
    if values and _empty(values[-1]):
        yield _trailing(version, len(values) + 1, None)
        while values and _empty(values[-1]):
            values.pop()
    for position, definition in enumerate(use.elements, start=2):
        occurrences = values[position - 2] if position - 2 < len(values) else [[""]]
        yield from _check_element(definition, occurrences, position, version)
    most = len(use.elements)
    for position, occurrences in enumerate(values[most:], start=most + 2):
        if not _empty(occurrences):
            yield Fault("SYN-16E", position, found=occurrences[0][0], expected=str(most), name=use.tag)
            return


def _empty(occurrences: list[Occurrence]) -> bool:
    return not any(value for occurrence in occurrences for value in occurrence)


def _trailing(version: str, element: int, component: int | None) -> Fault:
    return Fault("SYN-45" if version == "4" else "SYN-45W", element, component)


def _check_element(
    definition: Element, occurrences: list[Occurrence], position: int, version: str
) -> Iterator[Fault]:
    if _empty(occurrences):
        if definition.mandatory:
            yield Fault("SYN-13E", position, name=definition.id)
        if any(len(occurrence) > 1 for occurrence in occurrences):
            yield _trailing(version, position, len(occurrences[0]))
        return
    if not definition.used:
        yield Fault("SYN-15E", position, found=occurrences[0][0], name=definition.id)
        return
    if len(occurrences) > definition.repeats:
        yield Fault(
            "SYN-35E",
            position,
            found=str(len(occurrences)),
            expected=str(definition.repeats),
            name=definition.id,
        )
    for occurrence in occurrences:
        yield from _check_components(definition, occurrence, position, version)


def _check_components(
    definition: Element, occurrence: Occurrence, position: int, version: str
) -> Iterator[Fault]:
    if not occurrence[-1] and len(occurrence) > 1:
        yield _trailing(version, position, len(occurrence))
    qualified = _qualified(definition, occurrence)
    for index, component in enumerate(definition.components):
        value = occurrence[index] if index < len(occurrence) else ""
        place = index + 1 if definition.composite else None
        yield from _check_component(component, value, position, place, qualified=qualified)
    most = len(definition.components)
    for index, value in enumerate(occurrence[most:], start=most + 1):
        if value:
            yield Fault("SYN-16C", position, index, value, str(most), definition.id)
            return


def _qualified(definition: Element, occurrence: Occurrence) -> bool:
    """Whether the composite names the code list (1131) or agency (3055) that its code comes from."""
    pairs = zip(definition.components, occurrence, strict=False)
    return any(value for component, value in pairs if component.id in {"1131", "3055"})


def _check_component(
    component: Component, value: str, element: int, place: int | None, *, qualified: bool
) -> Iterator[Fault]:
    name = component.id
    if not value:
        if component.mandatory:
            yield Fault("SYN-13E", element, place, expected=component.literal, name=name)
        return
    if not component.used:
        yield Fault("SYN-15E", element, place, value, name=name)
        return
    code = format_fault(value, component.format)
    if code:
        yield Fault(f"SYN-{code}", element, place, value, str(component.format), name)
    elif component.literal and value != component.literal:
        yield Fault("SYN-12", element, place, value, component.literal, name)
    elif component.codes is not None and value not in component.codes and not qualified:
        yield Fault("SYN-12", element, place, value, _listed(component.codes), name)
    elif has_superfluous(value, component.format.kind):
        yield Fault("SYN-SUP", element, place, value, str(component.format), name)


def _listed(codes: frozenset[str], most: int = 12) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:most]) + (" …" if len(shown) > most else "")
