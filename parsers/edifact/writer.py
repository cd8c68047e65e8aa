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
  Text is ISO 8859-1 (UNOC, syntax 3), or, when some character needs it, UTF-8 (UNOW, syntax 4).
- Control characters in texts become spaces: they have no place on the wire.
- Raises KeyError for an unknown profile, ValueError when a value or the number of repeats does not fit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from parsers.edifact.characters import Characters, write_una
from parsers.edifact.formats import format_fault
from parsers.edifact.guide import Component, Group, Guide, Position, Use
from parsers.edifact.profiles import all_guides
from parsers.edifact.tokens import escape
from schemas.papers import Header

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NAMES = {"3": "UNOC", "4": "UNOW"}
ENCODINGS = {"3": "latin-1", "4": "utf-8"}


def write_interchange(
    profile_name: str, header: Header, documents: Sequence[Mapping[str, Any] | BaseModel]
) -> bytes:
    """Write one interchange with a message for each document; see above."""
    guide = all_guides()[profile_name]
    dumped = [d.model_dump() if isinstance(d, BaseModel) else d for d in documents]
    messages = [list(MessageWriter(guide, Characters()).segments(document)) for document in dumped]
    version = "3" if all(_is_latin(text) for message in messages for text in message) else "4"
    characters = Characters(repetition="*" if version == "4" else "")
    if version == "4":
        messages = [list(MessageWriter(guide, characters).segments(document)) for document in dumped]
    segments = [_unb(header, version, characters)]
    for reference, message in enumerate(messages, start=1):
        segments += [_unh(guide, reference), *message, f"UNT+{len(message) + 2}+{reference}"]
    segments.append(f"UNZ+{len(messages)}+{escape(header.control_reference, characters)}")
    text = write_una(characters) + "".join(segment + characters.terminator for segment in segments)
    return text.encode(ENCODINGS[version])


def _is_latin(text: str) -> bool:
    return text.isascii() or not re.search(r"[^\x00-\xff]", text)


def _unb(header: Header, version: str, characters: Characters) -> str:
    day = f"{header.prepared:%Y%m%d}" if version == "4" else f"{header.prepared:%y%m%d}"
    parts = [
        f"UNB+{NAMES[version]}:{version}",
        escape(header.sender, characters),
        escape(header.recipient, characters),
        f"{day}:{header.prepared:%H%M}",
        escape(header.control_reference, characters),
    ]
    return "+".join(parts) + ("++++++1" if header.test else "")


def _unh(guide: Guide, reference: int) -> str:
    return f"UNH+{reference}+" + ":".join(guide.identity).rstrip(":")


class MessageWriter:
    """Writes the segments between UNH and UNT of one document."""

    def __init__(self, guide: Guide, characters: Characters) -> None:
        self._guide = guide
        self._characters = characters

    def segments(self, document: Mapping[str, Any]) -> Iterator[str]:
        """Yield the segments of a document in the order of the guide."""
        for item in self._guide.children:
            if isinstance(item, Group):
                yield from self._group(item, document, "")
            elif item.uses:
                yield from self._position(item, document, "")

    def _position(self, position: Position, context: Mapping[str, Any], within: str) -> Iterator[str]:
        for use in position.uses:
            if use.within not in {"", within}:
                continue
            for item in items_of(use, context):
                text = self._segment(use, item)
                if text is not None:
                    yield text

    def _group(self, group: Group, context: Mapping[str, Any], within: str) -> Iterator[str]:
        trigger = self._guide.positions[group.first]
        for use in trigger.uses:
            if not use.under and use.within in {"", within}:
                yield from self._repetitions(group, trigger, use, context)

    def _repetitions(
        self, group: Group, trigger: Position, use: Use, context: Mapping[str, Any]
    ) -> Iterator[str]:
        for item in items_of(use, context):
            inner = item if use.each else context
            rest = list(self._rest(group, use, inner))
            text = self._segment(use, item, needed=bool(rest))
            if text is not None:
                yield text
                yield from rest
            for follower in trigger.uses:
                if use.id and follower.under == use.id:
                    yield from self._repetitions(group, trigger, follower, inner)

    def _rest(self, group: Group, opened: Use, context: Mapping[str, Any]) -> Iterator[str]:
        for item in group.children[1:]:
            if isinstance(item, Group):
                yield from self._group(item, context, opened.id)
            else:
                yield from self._position(item, context, opened.id)

    def _segment(self, use: Use, context: Any, *, needed: bool = False) -> str | None:
        """Write a segment, or None when nothing is there to be said."""
        values = [
            [self._value(component, context) for component in element.components] for element in use.elements
        ]
        if not self._due(use, values, needed=needed):
            return None
        lacking = [c.id for e, i, c in use.components() if c.mandatory and not values[e][i]]
        if lacking:
            raise ValueError(f"{use.expected()}: {', '.join(lacking)} must have a value")
        elements = [_joined(row, self._characters.component) for row in values]
        return _joined([use.tag, *elements], self._characters.element)

    def _due(self, use: Use, values: list[list[str]], *, needed: bool) -> bool:
        """Whether a segment is to be written: it says something, opens something, or must be there."""
        slots = [(e, c) for e, c, component in use.components() if component.field]
        return needed or any(values[e][c] for e, c in slots) or (use.mandatory and not slots)

    def _value(self, component: Component, context: Any) -> str:
        if component.literal:
            return component.literal
        if component.field is None:
            return ""
        value = value_at(context, component.field.path)
        if value is None or value == "":
            return ""
        text = CONTROL.sub(" ", component.field.kind.write(value))
        if component.field.kind.name == "prose":
            text = text[: component.format.most].rstrip()
        if text and (code := format_fault(text, component.format)):
            raise ValueError(
                f"{'.'.join(component.field.path)}: {text!r} does not fit {component.format} (0085 {code})"
            )
        return escape(text, self._characters)


def _joined(parts: list[str], separator: str) -> str:
    """Join parts, without those at the end that are empty."""
    filled = len(parts)
    while filled and not parts[filled - 1]:
        filled -= 1
    return separator.join(parts[:filled])


def items_of(use: Use, context: Mapping[str, Any]) -> Sequence[Any]:
    """Return what a use is written for: the items of its list, or the context itself."""
    if not use.each:
        return [context]
    items: Sequence[Any] = value_at(context, use.each) or []
    if len(items) > use.repeats:
        raise ValueError(f"{'.'.join(use.each)}: {len(items)} do not fit; the guide allows {use.repeats}")
    return items


def value_at(document: Any, path: Sequence[str]) -> Any:
    """Return the value at a path, or None where the path ends early."""
    for key in path:
        if document is None:
            return None
        document = document.get(key)
    return document
