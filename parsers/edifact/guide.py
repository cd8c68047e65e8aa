"""What may a message of one type hold, where, and how often? A message guide, compiled once.

    Guide ── identity (type, version, release, agency, association)
      └── positions: segments in the order of the message, each in its group
            └── uses: what the segment says there, told apart by a qualifier
                  └── elements → components: format, status, codes, and the field of the document

A guide comes from a profile (ours, `profiles.py`) or from a complete directory (the user's,
`directory.py`). The reader, the checker and the writer know no message by name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Required, TypedDict

from parsers.edifact.fields import Kind
from parsers.edifact.formats import Format


class Field(NamedTuple):
    """Where in the document a value stands: a path such as `importer.identifier`, and how it is written."""

    path: tuple[str, ...]
    kind: Kind


class Component(NamedTuple):
    """A simple data element at its place. `used`: False where a guide leaves the place empty."""

    id: str
    format: Format
    mandatory: bool = False
    codes: frozenset[str] | None = None
    literal: str = ""
    field: Field | None = None
    used: bool = True


class Element(NamedTuple):
    """A data element at its place in a segment: a composite, or one component that stands alone."""

    id: str
    mandatory: bool
    repeats: int
    composite: bool
    components: tuple[Component, ...]

    @property
    def used(self) -> bool:
        """Whether anything may stand here."""
        return any(component.used for component in self.components)


@dataclass(slots=True, eq=False)
class Use:
    """One way to use a segment at its position. slot: its counter.

    each: the list of which every occurrence is one item, as a path; `under` names the use on whose last
    item that list stands. start: what an item holds before anything is read. within: the use of the
    group's trigger after which alone this one is meant.
    """

    tag: str
    elements: tuple[Element, ...]
    mandatory: bool = False
    repeats: int = 1
    id: str = ""
    each: tuple[str, ...] = ()
    under: str = ""
    within: str = ""
    start: Mapping[str, object] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    slot: int = 0

    def literal(self, place: tuple[int, int]) -> str:
        """Return the fixed value at (element, component), both from 0, or an empty text."""
        element, component = place
        if element >= len(self.elements) or component >= len(self.elements[element].components):
            return ""
        return self.elements[element].components[component].literal

    def components(self) -> Iterator[tuple[int, int, Component]]:
        """Yield every component with the indexes, from 0, of its element (after the tag) and itself."""
        for e, element in enumerate(self.elements):
            for c, component in enumerate(element.components):
                yield e, c, component

    def expected(self) -> str:
        """Write its fixed beginning, such as `NAD+IM`."""
        literals = [self.literal((e, 0)) for e in range(len(self.elements))]
        while literals and not literals[-1]:
            literals.pop()
        return "+".join([self.tag, *literals])


@dataclass(slots=True, eq=False)
class Group:
    """A segment group. first, last: indexes of its positions, both included. parent: None at the top."""

    name: str
    mandatory: bool
    repeats: int
    parent: "Group | None"
    first: int = 0
    last: int = 0
    index: int = 0
    children: "list[Position | Group]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Position:
    """A segment's place in the message. number: as the directory prints it. slot: its counter.

    place: where the uses differ, as (element, component) from 0; None when there is only one use.
    triggers: it is the first of its group. divided: its uses depend on the one that opened the group.
    """

    index: int
    number: str
    tag: str
    mandatory: bool
    repeats: int
    group: Group | None
    uses: tuple[Use, ...] = ()
    place: tuple[int, int] | None = None
    by_literal: Mapping[tuple[str, str], Use] = field(default_factory=dict)
    triggers: bool = False
    divided: bool = False
    slot: int = 0

    def __post_init__(self) -> None:
        """Work out whether it is the first segment of its group."""
        self.triggers = self.group is not None and self.group.first == self.index

    @property
    def most(self) -> int:
        """How often it may come: the repeats of the group for its trigger."""
        return self.group.repeats if self.group is not None and self.triggers else self.repeats


class Move(NamedTuple):
    """A way from one position to the next one with a tag.

    missing: the mandatory positions it passes over. left: positions it leaves for good, of which some use
    is mandatory. most: how often the target may come. zeros: the counters that start again with a group,
    and fresh: what they start with.
    """

    target: Position
    missing: tuple[Position, ...]
    left: tuple[Position, ...]
    most: int
    zeros: slice | None
    fresh: list[int]


class Identity(NamedTuple):
    """S009: what UNH says a message is. An empty association code stands for any."""

    type: str
    version: str
    release: str
    agency: str
    association: str = ""


class About(NamedTuple):
    """What a guide of ours says of itself. document: what it carries. start: what that holds at first.

    syntax: the syntax version that it is written in; empty for the one whose characters suffice.
    """

    document: str = ""
    start: Mapping[str, object] = {}
    title: Mapping[str, str] = {}
    syntax: str = ""


@dataclass(eq=False)
class Guide:
    """A compiled message guide. slots: how many counters a reading of it needs. moves: found so far."""

    name: str
    identity: Identity
    positions: tuple[Position, ...]
    groups: tuple[Group, ...]
    children: "list[Position | Group]"
    about: About
    slots: int
    moves: "dict[tuple[int, str], tuple[Move, ...]]" = field(default_factory=dict)


class SegmentItem(TypedDict, total=False):
    """A segment of a message table, in the shape of the directory files."""

    t: Required[str]
    s: Required[str]
    r: Required[int]
    p: str


class GroupItem(TypedDict, total=False):
    """A group of a message table, in the shape of the directory files."""

    g: Required[int]
    s: Required[str]
    r: Required[int]
    p: str
    of: Required[list["SegmentItem | GroupItem"]]


TableItem = SegmentItem | GroupItem


class Table:
    """Positions and groups of a message table, in the order of the message."""

    def __init__(self, items: Sequence[TableItem]) -> None:
        self.positions: list[Position] = []
        self.groups: list[Group] = []
        self.children: list[Position | Group] = []
        self._add(items, None)

    def _add(self, items: Sequence[TableItem], parent: Group | None) -> None:
        for item in items:
            if "of" in item:
                self._add_group(item, parent)  # type: ignore[arg-type] # only groups have `of`
            else:
                self._add_position(item, parent)

    def _add_group(self, item: GroupItem, parent: Group | None) -> None:
        group = Group(f"SG{item['g']}", item["s"] == "M", item["r"], parent, first=len(self.positions))
        self.groups.append(group)
        group.index = len(self.groups)
        (parent or self).children.append(group)
        self._add(item["of"], group)
        group.last = len(self.positions) - 1

    def _add_position(self, item: SegmentItem, group: Group | None) -> None:
        number = str(item.get("p", ""))
        position = Position(len(self.positions), number, item["t"], item["s"] == "M", item["r"], group)
        self.positions.append(position)
        (group or self).children.append(position)


def build_guide(
    name: str,
    identity: Identity,
    items: Sequence[TableItem],
    uses: Mapping[int, Sequence[Use]],
    about: About | None = None,
) -> Guide:
    """Compile a message table and the uses at each position (by index) into a guide.

    Raises ValueError when the uses at a position cannot be told apart.
    """
    table = Table(items)
    slots = 0
    for position in table.positions:
        position.uses = tuple(uses[position.index])
        position.place = _place_of_difference(position)
        position.divided = any(use.within for use in position.uses)
        position.mandatory |= not position.divided and any(use.mandatory for use in position.uses)
        if position.place:
            position.by_literal = {(use.within, use.literal(position.place)): use for use in position.uses}
        position.slot = slots
        for slot, use in enumerate(position.uses, start=slots + 1):
            use.slot = slot
        slots += 1 + len(position.uses)
    return Guide(
        name, identity, tuple(table.positions), tuple(table.groups), table.children, about or About(), slots
    )


def _place_of_difference(position: Position) -> tuple[int, int] | None:
    uses = position.uses
    if len(uses) <= 1 and not any(use.within for use in uses):
        return None
    for e, c, component in uses[0].components():
        told_apart = {(use.within, use.literal((e, c))) for use in uses}
        if component.literal and len(told_apart) == len(uses) and all(key[1] for key in told_apart):
            return e, c
    raise ValueError(f"the uses of {position.tag} at {position.number} cannot be told apart")
