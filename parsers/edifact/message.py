"""What does a message say, and what is wrong with it? One pass over its segments, guided by its guide."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from parsers.edifact.elements import Fault, check_segment
from parsers.edifact.guide import Guide, Position, Use
from parsers.edifact.raw import RawMessage
from parsers.edifact.structure import moves
from parsers.edifact.tokens import Elements

Document = dict[str, Any]
Report = Callable[[int, str, Fault], None]
"""Told the number of a segment, its tag and what is wrong with it."""


class Value(NamedTuple):
    """A value of a segment, its path in the document, and its place as CONTRL counts it."""

    path: tuple[str, ...]
    value: object
    element: int
    component: int | None


class Walk:
    """Follows the segments of one message through its guide, and gathers the document they carry."""

    def __init__(self, guide: Guide, report: Report) -> None:
        self.guide = guide
        self.report = report
        self.here = guide.positions[0]
        self.matched = 1
        self.counts = [0] * guide.slots
        self.document = Document(copied(guide.start))
        self.contexts: list[Document] = [self.document] * (len(guide.groups) + 1)
        self.last: dict[str, Document] = {}
        self.opened = [""] * (len(guide.groups) + 1)

    def step(self, number: int, tag: str) -> Position | None:
        """Move to the position of segment `number`; report what was passed over or comes too often."""
        ways = moves(self.guide, self.here.index, tag)
        if not ways:
            self.report(number, tag, Fault("SYN-15S", found=tag, expected=self.expected()))
            return None
        way = next((way for way in ways if self.counts[way.target.slot] < way.target.most), ways[0])
        target = way.target
        self.counts[target.slot] += 1
        if self.counts[target.slot] > target.most:
            code = "SYN-36" if target.triggers else "SYN-35S"
            self.report(number, tag, Fault(code, expected=str(target.most), name=target.number))
        for position in way.left:
            self._report_unused(position)
        for position in way.missing:
            self.report(self.matched, position.tag, Fault("SYN-13S", expected=_expected(position)))
        if way.zeros:
            self.counts[way.zeros] = [0] * (way.zeros.stop - way.zeros.start)
        self.here, self.matched = target, number
        return target

    def expected(self) -> str:
        """Name the next mandatory position."""
        later = self.guide.positions[self.here.index + 1 :]
        return next((p.tag for p in later if p.mandatory and p.group is None), "")

    def _report_unused(self, position: Position) -> None:
        within = {"", self._within(position)}
        for use in position.uses:
            if use.mandatory and use.within in within and not self.counts[use.slot]:
                self.report(self.matched, position.tag, Fault("SYN-13S", expected=use.expected()))

    def choose(self, number: int, position: Position, elements: Elements) -> Use | None:
        """Return the use that a segment's qualifier names; report a qualifier that names none."""
        if position.place is None:
            use = position.uses[0]
        else:
            e, c = position.place
            value = elements[e + 1][0][c] if e + 1 < len(elements) and c < len(elements[e + 1][0]) else ""
            found = position.by_literal.get((self._within(position), value))
            found = found or position.by_literal.get(("", value))
            if found is None:
                self._report_qualifier(number, position, value)
                return None
            use = found
        self.counts[use.slot] += 1
        if self.counts[use.slot] > use.repeats and position.place:
            self.report(number, use.tag, Fault("SYN-35S", expected=str(use.repeats), name=use.expected()))
        return use

    def _within(self, position: Position) -> str:
        group = position.group.parent if position.group and position.triggers else position.group
        return self.opened[group.index] if group else ""

    def _report_qualifier(self, number: int, position: Position, value: str) -> None:
        e, c = position.place or (0, 0)
        element = position.uses[0].elements[e]
        place = c + 1 if element.composite else None
        code = "SYN-12" if value else "SYN-13E"
        within = {"", self._within(position)}
        expected = ", ".join(sorted(literal for use, literal in position.by_literal if use in within))
        name = element.components[c].id
        self.report(number, position.tag, Fault(code, e + 2, place, value, expected, name))

    def take(self, position: Position, use: Use, elements: Elements) -> "Fault | None":
        """Put the values of a segment into the document. Returns a fault for the first without meaning."""
        group = position.group
        outer = group.parent.index if group and group.parent else 0
        within = self.contexts[outer if position.triggers else group.index if group else 0]
        within = self.last.get(use.under, within)
        values, fault = _values(use, elements)
        if use.each:
            within = self._new_item(use, within, values)
        if position.triggers and group:
            self.contexts[group.index] = within
            self.opened[group.index] = use.id
        self._store(within, values)
        return fault

    def _store(self, within: Document, values: list[Value]) -> None:
        for value in values:
            if value.path:
                put(within, value.path, value.value)

    def _new_item(self, use: Use, within: Document, values: list[Value]) -> Document:
        *outer, name = use.each
        holder = within
        for key in outer:
            holder = holder.setdefault(key, {})
        items = holder.setdefault(name, [])
        scalar = next((value.value for value in values if not value.path), None)
        item: Document = copied(use.start)
        items.append(item if scalar is None else scalar)
        if use.id:
            self.last[use.id] = item
        return item


def copied(start: Any) -> Any:
    """Copy a start value, deeply."""
    if isinstance(start, dict):
        return {key: copied(value) for key, value in start.items()}
    return list(start) if isinstance(start, list) else start


def put(document: Document, path: Sequence[str], value: object) -> None:
    """Set the value at a path."""
    *outer, name = path
    for key in outer:
        document = document.setdefault(key, {})
    document[name] = value


def _expected(position: Position) -> str:
    return position.uses[0].expected() if len(position.uses) == 1 else position.tag


def _values(use: Use, elements: Elements) -> tuple[list[Value], Fault | None]:
    values: list[Value] = []
    fault = None
    for e, c, component in use.components():
        if component.field is None or e + 1 >= len(elements) or c >= len(elements[e + 1][0]):
            continue
        text = elements[e + 1][0][c]
        if not text:
            continue
        place = c + 1 if use.elements[e].composite else None
        try:
            values.append(Value(component.field.path, component.field.kind.read(text), e + 2, place))
        except ValueError:
            fault = fault or Fault("SYN-12", e + 2, place, text, component.field.kind.name, component.id)
    return values, fault


def read_segments(guide: Guide, raw: RawMessage) -> tuple[Document, list[tuple[int, str, Fault]]]:
    """Read the segments of one message after UNH.

    Returns its document and its faults, each with the number of its segment (UNH = 1) and its tag.
    Stops when there are as many faults as the limits allow.
    """
    faults: list[tuple[int, str, Fault]] = []
    walk = Walk(guide, lambda *fault: faults.append(fault))
    for number, segment in enumerate(raw.segments[1:], start=2):
        if len(faults) >= raw.setting.limits.findings:
            break
        elements = raw.setting.split(segment)
        tag = elements[0][0][0]
        position = walk.step(number, tag)
        if position is None or not position.uses or tag == "UNT":
            continue
        use = walk.choose(number, position, elements)
        if use is None:
            continue
        found = list(check_segment(use, elements, raw.setting.style))
        fault = walk.take(position, use, elements)
        if fault and not any((f.element, f.component) == (fault.element, fault.component) for f in found):
            found.append(fault)
        faults += [(number, tag, fault) for fault in found]
    return walk.document, faults
