"""Where in the message does a segment belong? Each goes to the nearest open position (ISO 9735, annex C).

First further on in the innermost open group, then the next repetition of that group, then the same one
level out; never backwards within one repetition.
"""

from collections.abc import Iterator

from parsers.edifact.guide import Group, Guide, Move, Position


def moves(guide: Guide, here: int, tag: str) -> tuple[Move, ...]:
    """Return the ways from a position to one with `tag`, nearest first; none when the tag has no place."""
    key = (here, tag)
    if key not in guide.moves:
        guide.moves[key] = tuple(_search(guide, guide.positions[here], tag))
    return guide.moves[key]


def _search(guide: Guide, here: Position, tag: str) -> Iterator[Move]:
    missing: list[Position] = []
    left: list[Position] = []
    item: Position | Group = here
    if here.tag == tag and not here.triggers:
        yield Move(here, (), (), here.most, None, [])
    while True:
        container = item.parent if isinstance(item, Group) else item.group
        siblings = container.children if container else guide.children
        if isinstance(item, Group) and (trigger := guide.positions[item.first]).tag == tag:
            yield _move(guide, trigger, missing, left)
        if not (isinstance(item, Position) and item.triggers):
            left.append(guide.positions[item.first] if isinstance(item, Group) else item)
        for later in siblings[siblings.index(item) + 1 :]:
            entry = guide.positions[later.first] if isinstance(later, Group) else later
            if entry.tag == tag:
                yield _move(guide, entry, missing, left)
            if later.mandatory:
                missing.append(entry)
        if container is None:
            return
        item = container


def _move(guide: Guide, target: Position, missing: list[Position], left: list[Position]) -> Move:
    strict = tuple(p for p in left if p.place and any(use.mandatory for use in p.uses))
    zeros = _zeros(guide, target)
    fresh = [0] * (zeros.stop - zeros.start) if zeros else []
    return Move(target, tuple(missing), strict, target.most, zeros, fresh)


def _zeros(guide: Guide, target: Position) -> slice | None:
    if not target.triggers or target.group is None:
        return None
    start = (target.uses[-1] if target.uses else target).slot + 1
    last = guide.positions[target.group.last]
    return slice(start, (last.uses[-1] if last.uses else last).slot + 1)
