"""Where on the wire does a field of the declaration stand? Found by reading the one message again."""

import re
from collections.abc import Iterable
from functools import cache

from parsers.edifact.characters import UNA_LENGTH, Characters, for_version, read_una
from parsers.edifact.charsets import charset
from parsers.edifact.elements import Style
from parsers.edifact.guide import Guide, Identity, Position, Use
from parsers.edifact.profiles import guides_by_identity
from parsers.edifact.raw import RawMessage, Setting
from parsers.edifact.source import Source
from parsers.edifact.walk import Document, Value, Walk, values_of
from parsers.edifact.wrapped import WRAPPED, Breaks
from parsers.limits import DEFAULT_LIMITS
from schemas.envelope import Message
from schemas.findings import Where

UNB_HEAD = re.compile(rb"UNB.(UNO[A-Z]).(\w)", re.DOTALL)
UNA_TAIL = re.compile(rb"UNA[^\w\s].{5}", re.DOTALL)
BLANKS_MAX = 100
"""How far before UNB its UNA may end."""

INDEX = re.compile(r"\[\d+\]")

OF_ENVELOPE = {"sender": 3, "recipient": 4, "control_reference": 6}
"""Elements of UNB that rules speak of."""


def locate_edifact(payload: bytes, message: Message, fields: Iterable[str]) -> dict[str, Where]:
    """Return the places of fields; an absent field gets the segment and element where it belongs."""
    identity = Identity(message.type, message.version, message.release, message.agency, message.association)
    guide = guides_by_identity().get(identity)
    if guide is None:
        return {}
    breaks = Breaks()
    raw = _slice(payload, message, breaks)
    tracer = Tracer(guide)
    tracer.follow(raw)
    belongs = _belonging(guide)
    places: dict[str, Where] = {}
    for field in fields:
        if field in OF_ENVELOPE:
            places[field] = _in_envelope(payload, message, field)
            continue
        number, tag, element, component = tracer.place(field, belongs)
        where = _in_file(raw.where(number, tag), message, breaks)
        places[field] = where.model_copy(update={"element": element, "component": component, "field": field})
    return places


Place = tuple[int, str, int | None, int | None]
"""Segment number, tag, element, component."""


class Tracer(Walk):
    """Walks a message and notes where each field came from."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide, lambda *_: None)
        self._names: dict[int, str] = {id(self.document): ""}
        self._places: dict[str, Place] = {"": (1, "UNH", None, None)}
        self._now = (1, "UNH")

    def follow(self, raw: RawMessage) -> None:
        """Read the segments after UNH."""
        for number, text in enumerate(raw.texts[1:], start=2):
            elements = raw.setting.split(text)
            tag = elements[0][0][0]
            position = self.step(number, tag)
            if position is None or not position.uses:
                continue
            self._now = (number, tag)
            use = self.choose(number, position, elements)
            if use is not None:
                self.take(number, position, use, values_of(use, elements)[0])

    def place(self, field: str, belongs: dict[str, tuple[str, int | None, int | None]]) -> Place:
        """Return the place of a field, or of what it would stand in."""
        if field in self._places:
            return self._places[field]
        outer = field
        while outer not in self._places:
            outer = outer.rpartition("." if outer.rfind(".") > outer.rfind("[") else "[")[0]
        number, tag, _, _ = self._places[outer]
        return (number, *belongs.get(INDEX.sub("[]", field), (tag, None, None)))

    def _store(self, within: Document, values: list[Value]) -> None:
        super()._store(within, values)
        prefix = self._names.get(id(within), "")
        for path, _, element, component in values:
            name = ".".join(filter(None, (prefix, *path)))
            self._places[name] = (*self._now, element, component)

    def _new_item(self, use: Use, within: Document, values: list[Value]) -> Document:
        item = super()._new_item(use, within, values)
        items: Document | list[Document] = within
        for key in use.each:
            items = items[key]  # type: ignore[call-overload] # every step but the last is a dict
        path = ".".join(filter(None, (self._names.get(id(within), ""), *use.each)))
        name = f"{path}[{len(items) - 1}]"
        self._names[id(item)] = name
        first = next(((element, component) for _, _, element, component in values), (None, None))
        self._places[name] = (*self._now, *first)
        return item


def _in_file(where: Where, message: Message, breaks: Breaks) -> Where:
    """Return a place counted from the start of a message as one of the file."""
    if not _is_wrapped(message) or where.byte is None:
        return where
    offset = where.byte - message.byte
    line = message.line + breaks.line(offset) - 1
    return where.model_copy(update={"byte": message.byte + breaks.byte(offset), "line": line})


def _is_wrapped(message: Message) -> bool:
    return any(found.code == WRAPPED for found in message.findings)


def _slice(payload: bytes, message: Message, breaks: Breaks) -> RawMessage:
    setting = _setting(payload, message.byte)
    cut = payload[message.byte : message.byte + message.length]
    source = Source(breaks.drop(cut) if _is_wrapped(message) else cut, message.length)
    source.use(setting.characters)
    first = source.next()
    parts = [first.text if first else "", *source.rest_of_message(message.length)]
    place = message.byte, message.line, message.length
    return RawMessage(parts, *place, message.group, message.group_number, setting)


def _setting(payload: bytes, before: int) -> Setting:
    una, level, version = _header(payload, before)
    characters = read_una(una.decode("latin-1")) if una else Characters()
    characters = for_version(characters, version.decode(), advised=bool(una))
    return Setting(characters, Style(version.decode(), ".,"), charset(level.decode()), DEFAULT_LIMITS)


def _in_envelope(payload: bytes, message: Message, field: str) -> Where:
    unb = _unb(payload, message.byte)
    byte = unb.start() if unb else 0
    component = 1 if field in {"sender", "recipient"} else None
    return Where(
        byte=byte,
        line=payload.count(b"\n", 0, byte) + 1,
        segment="UNB",
        element=OF_ENVELOPE[field],
        component=component,
        field=field,
    )


def _header(payload: bytes, before: int) -> tuple[bytes, bytes, bytes]:
    """Return UNA, syntax identifier and version of the last interchange that begins before a place."""
    head = _unb(payload, before)
    if head is None:
        return b"", b"UNOC", b"3"
    advice = payload[max(head.start() - BLANKS_MAX, 0) : head.start()].rstrip()[-UNA_LENGTH:]
    return advice if UNA_TAIL.fullmatch(advice) else b"", head[1], head[2]


def _unb(payload: bytes, before: int) -> re.Match[bytes] | None:
    """Find the last UNB before a place: backwards, since messages stand near the end of what came before."""
    while (before := payload.rfind(b"UNB", 0, before)) >= 0:
        if head := UNB_HEAD.match(payload, before):
            return head
    return None


@cache
def _belonging(guide: Guide) -> dict[str, tuple[str, int | None, int | None]]:
    """Return tag, element and component of every field, by its path with `[]` for an index."""
    belongs: dict[str, tuple[str, int | None, int | None]] = {}
    names: dict[str, str] = {}
    for position in guide.positions:
        for use in position.uses:
            prefix = _prefix(guide, position, use, names)
            if use.id:
                names[use.id] = prefix
            for e, c, component in use.components():
                if component.field is not None:
                    place = c + 1 if use.elements[e].composite else None
                    name = ".".join(filter(None, (prefix, *component.field.path)))
                    belongs.setdefault(name, (use.tag, e + 2, place))
    return belongs


def _prefix(guide: Guide, position: Position, use: Use, names: dict[str, str]) -> str:
    group = position.group.parent if position.group and position.triggers else position.group
    outer = names.get(use.under, "")
    while group is not None and not use.under:
        trigger = guide.positions[group.first]
        inner = next((u for u in trigger.uses if u.each), None)
        if inner is not None:
            outer = _prefix(guide, trigger, inner, names)
            break
        group = group.parent
    return ".".join(filter(None, (outer, *use.each))) + ("[]" if use.each else "")
