"""Where does each segment of a message lead, and what does it add to the document?"""

from collections.abc import Callable, Sequence
from typing import Any

from parsers.edifact.elements import Fault
from parsers.edifact.envelope import value
from parsers.edifact.guide import Guide, Move, Position, Use
from parsers.edifact.structure import moves
from parsers.edifact.tokens import Elements

Document = dict[str, Any]
NumberedFault = tuple[int, str, Fault]
"""The number of a segment (UNH is 1), its tag, and what is wrong with it."""

Report = Callable[[int, str, Fault], None]
Value = tuple[tuple[str, ...], object, int, int | None]
"""A value of a segment: its path in the document, itself, its element and component as CONTRL counts."""


class Walk:
    """Follows the segments of one message through its guide, and gathers the document they carry."""

    def __init__(self, guide: Guide, report: Report) -> None:
        self.guide = guide
        self.report = report
        self.here = guide.positions[0]
        self.matched = 1
        self.counts = [0] * guide.slots
        self.document: Document = copied(guide.about.start)
        self.contexts: list[Document] = [self.document] * (len(guide.groups) + 1)
        self.last: dict[str, Document] = {}
        self.opened = [""] * (len(guide.groups) + 1)

    def step(self, number: int, tag: str) -> Position | None:
        """Move to the position of segment `number`; report what was passed over or comes too often."""
        ways = self.guide.moves.get((self.here.index, tag)) or moves(self.guide, self.here.index, tag)
        if not ways:
            self.report(number, tag, Fault("SYN-15S", found=tag))
            return None
        counts = self.counts
        way = ways[0]
        if counts[way.target.slot] >= way.most:
            way = next((way for way in ways if counts[way.target.slot] < way.most), way)
        counts[way.target.slot] += 1
        if way.left or way.missing or counts[way.target.slot] > way.most:
            self._report_step(number, way)
        if way.zeros:
            counts[way.zeros] = way.fresh
        self.here, self.matched = way.target, number
        return way.target

    def _report_step(self, number: int, way: Move) -> None:
        target = way.target
        if self.counts[target.slot] > way.most:
            code = "SYN-36" if target.triggers else "SYN-35S"
            self.report(number, target.tag, Fault(code, expected=str(way.most), name=target.number))
        for position in way.left:
            self._report_unused(position)
        for position in way.missing:
            self.report(self.matched, position.tag, Fault("SYN-13S", expected=_expected(position)))

    def _report_unused(self, position: Position) -> None:
        within = {"", self.within(position)}
        for use in position.uses:
            if use.mandatory and use.within in within and not self.counts[use.slot]:
                self.report(self.matched, position.tag, Fault("SYN-13S", expected=use.expected()))

    def within(self, position: Position) -> str:
        """Return the use that opened the group in which a position stands."""
        group = position.group
        if group is not None and position.triggers:
            group = group.parent
        return self.opened[group.index] if group is not None else ""

    def choose(self, number: int, position: Position, elements: Elements) -> Use | None:
        """Return the use that a segment's qualifier names; report a qualifier that names none."""
        if position.place is None:
            return position.uses[0]
        e, c = position.place
        qualifier = value(elements, e + 2, c + 1)
        for within in (self.within(position), ""):
            if (within, qualifier) in position.by_literal:
                return position.by_literal[within, qualifier]
        self._report_qualifier(number, position, qualifier)
        return None

    def _report_qualifier(self, number: int, position: Position, found: str) -> None:
        e, c = position.place or (0, 0)
        within = {"", self.within(position)}
        expected = ", ".join(sorted(literal for use, literal in position.by_literal if use in within))
        element = position.uses[0].elements[e]
        fault = Fault(
            "SYN-12" if found else "SYN-13E",
            e + 2,
            c + 1 if element.composite else None,
            found,
            expected or "-",
            element.components[c].id,
        )
        self.report(number, position.tag, fault)

    def take(self, number: int, position: Position, use: Use, values: list[Value]) -> None:
        """Put the values of a segment into the document; report a use that comes too often."""
        self.counts[use.slot] += 1
        if self.counts[use.slot] > use.repeats and position.place:
            self.report(number, use.tag, Fault("SYN-35S", expected=str(use.repeats), name=use.expected()))
        group = position.group
        triggers = position.triggers
        outer = group.parent if group is not None and triggers else group
        within = self.contexts[outer.index if outer is not None else 0]
        if use.under:
            within = self.last.get(use.under, within)
        if use.each:
            within = self._new_item(use, within, values)
        if triggers and group is not None:
            self.contexts[group.index] = within
            self.opened[group.index] = use.id
        self._store(within, values)

    def _store(self, within: Document, values: list[Value]) -> None:
        for path, found, _, _ in values:
            if len(path) == 1:
                within[path[0]] = found
            elif path:
                put(within, path, found)

    def _new_item(self, use: Use, within: Document, values: list[Value]) -> Document:
        *outer, name = use.each
        holder = within
        for key in outer:
            holder = holder.setdefault(key, {})
        scalar = next((found for path, found, _, _ in values if not path), None)
        item: Document = copied(use.start)
        holder.setdefault(name, []).append(item if scalar is None else scalar)
        if use.id:
            self.last[use.id] = item
        return item


def copied(start: Any) -> Any:
    """Copy a start value, deeply."""
    if isinstance(start, dict):
        return {key: copied(inner) for key, inner in start.items()}
    return list(start) if isinstance(start, list) else start


def put(document: Document, path: Sequence[str], found: object) -> None:
    """Set the value at a path."""
    *outer, last = path
    for key in outer:
        document = document.setdefault(key, {})
    document[last] = found


def _expected(position: Position) -> str:
    return position.uses[0].expected() if len(position.uses) == 1 else position.tag


def values_of(use: Use, elements: Elements) -> tuple[list[Value], Fault | None]:
    """Return the values of a segment, and a fault for the first that has no meaning."""
    values: list[Value] = []
    fault = None
    for e, c, component in use.components():
        text = value(elements, e + 2, c + 1) if component.field else ""
        if not text or component.field is None:
            continue
        place = c + 1 if use.elements[e].composite else None
        kind = component.field.kind
        try:
            values.append((component.field.path, kind.read(text), e + 2, place))
        except ValueError:
            fault = fault or Fault("SYN-12", e + 2, place, text, kind.name, component.id)
    return values, fault
