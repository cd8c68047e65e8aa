"""How does a guide put a document on the wire? Compiled once: what each segment says, and where that stands.

A plan writes segments with control characters for separators. No value may hold those, so that a whole
interchange is released and given its service characters at once (`writer`), and a segment is one template.

    document ──► group: a segment for each item, what stands below it ──► texts in the order of the message
                   └── position: a segment for each use that has something to say
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from pydantic import BaseModel

from parsers.edifact.formats import format_fault
from parsers.edifact.guide import Component, Field, Group, Guide, Position, Use
from parsers.edifact.profiles import all_guides

ELEMENT, COMPONENT, TERMINATOR = "\x1d", "\x1f", "\x1c"
SEPARATORS = ELEMENT + COMPONENT
TRAILING_COMPONENTS = re.compile(f"{COMPONENT}+(?={ELEMENT})")
UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What has no place on the wire: control characters, and halves of characters."""

SCALAR = ""
"""Where the context of an item keeps it, when the item has no fields but is a value by itself."""

SIZED: Mapping[str, type] = {"number": int, "version": int, "cents": int, "owed": int, "date": date}
"""Kinds whose text is digits, sign and mark alone, when the value is of this very type."""

Context = Mapping[str, Any]
Emit = Callable[[Any, list[str]], None]
"""Adds the segments that a context gives rise to."""

Segment = Callable[[Any, bool], str]
"""Writes one segment; an empty text when it has nothing to say and is not needed."""

Text = Callable[[Any], str]


@cache
def plan(profile_name: str) -> Callable[[Context | BaseModel], list[str]]:
    """Return what writes the segments between UNH and UNT of a document.

    Raises KeyError for a profile that there is not.
    """
    guide = all_guides()[profile_name]
    parts = [part for item in guide.children if (part := _item(guide, item, "")) is not None]

    def segments(document: Context | BaseModel) -> list[str]:
        context = _fields(document)
        out: list[str] = []
        for part in parts:
            part(context, out)
        return out

    return segments


def _fields(value: Any) -> Any:
    """Return the fields of a frozen value by name, without copying them; anything else as it is."""
    return value.__dict__ if isinstance(value, BaseModel) else value


# ---- where segments come from --------------------------------------------------------------------


def _item(guide: Guide, item: Position | Group, within: str) -> Emit | None:
    """Return what writes a position or a group, for one use of the group around it."""
    if isinstance(item, Group):
        trigger = guide.positions[item.first]
        uses = [use for use in trigger.uses if not use.under and use.within in {"", within}]
        return _all([_repetitions(guide, item, use) for use in uses])
    uses = [use for use in item.uses if use.within in {"", within}]
    if all(_is_plain(use) for use in uses):
        return _plain(uses) if uses else None
    return _all([_each(use) for use in uses])


def _all(parts: Sequence[Emit]) -> Emit | None:
    if len(parts) <= 1:
        return parts[0] if parts else None

    def emit(context: Any, out: list[str]) -> None:
        for part in parts:
            part(context, out)

    return emit


def _is_plain(use: Use) -> bool:
    """Whether a use says one value of the context itself, as most do."""
    return not use.each and sum(component.field is not None for _, _, component in use.components()) == 1


def _plain(uses: Sequence[Use]) -> Emit:
    """Return what writes the uses of a position of which each says one value, in one loop."""
    entries = [(*slot, *_halves(use)) for use in uses for slot in _slots(use)]
    names = frozenset(name for name, *_ in entries)
    many = len(entries)

    def emit(context: Any, out: list[str]) -> None:
        if len(context) < many and names.isdisjoint(context):
            return
        for name, text_of, before, after in entries:
            value = context.get(name)
            if value is not None and value != "" and (text := text_of(value)):
                out.append(f"{before}{text}{after}")

    return emit


def _halves(use: Use) -> tuple[str, str]:
    """Return what stands before and after the one value of a segment."""
    before, after = _template(use).split("%s")
    return before, after


def _each(use: Use) -> Emit:
    """Return what writes a use for each item of its list, or for the context."""
    segment, items = _segment(use), _items(use)

    def emit(context: Any, out: list[str]) -> None:
        out.extend(text for item in items(context) if (text := segment(item, False)))

    return emit


def _repetitions(guide: Guide, group: Group, use: Use) -> Emit:
    """Return what writes a group for each item of a use of its trigger."""
    segment, items, each = _segment(use), _items(use), bool(use.each)
    rest = _all([part for item in group.children[1:] if (part := _item(guide, item, use.id)) is not None])
    followers = [f for f in guide.positions[group.first].uses if use.id and f.under == use.id]
    following = _all([_repetitions(guide, group, follower) for follower in followers])

    def emit(context: Any, out: list[str]) -> None:
        for item in items(context):
            inner = item if each else context
            place = len(out)
            out.append(segment(item, False))
            if rest is not None:
                rest(inner, out)
            if not out[place]:
                if len(out) > place + 1:  # what stands below it needs it
                    out[place] = segment(item, True)
                else:
                    out.pop()
            if following is not None:
                following(inner, out)

    return emit


def _items(use: Use) -> Callable[[Any], Sequence[Any]]:
    """Return what finds the items that a use is written for. ValueError when they are too many."""
    if not use.each:
        return lambda context: (context,)
    name, most = ".".join(use.each), use.repeats
    context_of = _scalar if any(name == SCALAR for name, _ in _slots(use)) else _fields

    def items(context: Any) -> Sequence[Any]:
        found = _dug(context, use.each) or ()
        if len(found) > most:
            raise ValueError(f"{name}: {len(found)} do not fit; the guide allows {most}")
        return [context_of(item) for item in found]

    return items


def _scalar(item: Any) -> Context:
    """Return the context of an item that is a value by itself."""
    return {SCALAR: item}


def _dug(value: Any, path: Sequence[str]) -> Any:
    """Return the value at a path, or None where the path ends early."""
    for key in path:
        if value is None:
            return None
        value = _fields(value).get(key)
    return value


# ---- one segment ---------------------------------------------------------------------------------


def _segment(use: Use) -> Segment:
    """Return what writes one segment of a use. ValueError when a value that it must have is not there."""
    template, slots = _template(use), _slots(use)
    ids = [
        component.id if component.mandatory else "" for _, _, component in use.components() if component.field
    ]
    mandatory = any(ids)
    if not slots:
        fixed = (template % ()).rstrip(SEPARATORS)
        return lambda _, needed: fixed if needed or use.mandatory else ""

    def segment(context: Any, needed: bool) -> str:  # noqa: FBT001 - its callers read better so
        get = context.get
        texts = tuple(
            [
                text_of(value) if (value := get(name)) is not None and value != "" else ""
                for name, text_of in slots
            ]
        )
        if not (needed or any(texts)):
            return ""
        if mandatory and "" in texts:
            _refuse_lacking(use, ids, texts)
        text = (template % texts).rstrip(SEPARATORS)
        return TRAILING_COMPONENTS.sub("", text) if COMPONENT + ELEMENT in text else text

    return segment


def _refuse_lacking(use: Use, ids: Sequence[str], texts: Sequence[str]) -> None:
    if lacking := [element for element, text in zip(ids, texts, strict=True) if element and not text]:
        raise ValueError(f"{use.expected()}: {', '.join(lacking)} must have a value")


def _slots(use: Use) -> list[tuple[str, Text]]:
    """Return for each value of a segment the field of the context that holds it, and what writes that."""
    return [_slot(c, c.field) for _, _, c in use.components() if c.field is not None]


def _slot(component: Component, field: Field) -> tuple[str, Text]:
    text_of = _text(component, field)
    name, *deeper = field.path or (SCALAR,)
    if not deeper:
        return name, text_of

    def text(value: Any) -> str:
        found = _dug(value, deeper)
        return "" if found is None or found == "" else text_of(found)

    return name, text


def _template(use: Use) -> str:
    """Write a segment with `%s` for each value of the document."""
    elements = [COMPONENT.join(map(_part, element.components)).rstrip(COMPONENT) for element in use.elements]
    return ELEMENT.join([use.tag, *elements]).rstrip(SEPARATORS)


def _part(component: Component) -> str:
    return "%s" if component.field else component.literal.replace("%", "%%")


# ---- one value -----------------------------------------------------------------------------------


def _text(component: Component, field: Field) -> Text:
    """Return what writes a value: the short way where a glance shows that it fits, else with care."""
    kind, form = field.kind, component.format
    least, most, careful = form.least, form.most, _careful(component, field)
    if kind.name in SIZED:
        return _sized(kind.write, SIZED[kind.name], range(least, most + 1), careful)
    if component.codes and not any(format_fault(code, form) for code in component.codes if code):
        return kind.write
    if kind.name != "text" or form.kind != "an":
        return careful

    def text(value: Any) -> str:
        if value.__class__ is str and least <= len(value) <= most and value.isprintable():
            return value
        return careful(value)

    return text


def _sized(write: Text, kind: type, fits: range, careful: Text) -> Text:
    """Return what writes a number or a day: only its length can be wrong."""

    def text(value: Any) -> str:
        if value.__class__ is kind and len(written := write(value)) in fits:
            return written
        return careful(value)

    return text


def _careful(component: Component, field: Field) -> Text:
    """Return what writes any value. ValueError when it does not fit."""
    kind, form = field.kind, component.format
    is_prose = kind.name == "prose"

    def text(value: Any) -> str:
        written = UNWRITABLE.sub(" ", kind.write(value))
        if is_prose:
            written = written[: form.most].rstrip()
        if written and (code := format_fault(written, form)):
            raise ValueError(f"{'.'.join(field.path)}: {written!r} does not fit {form} (0085 {code})")
        return written

    return text
