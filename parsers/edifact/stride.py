"""How far can a message be read without anything to say about it? The fast way through good segments.

A stride takes segment after segment as long as each is the next one at its first choice of place, within
its repeats, and known as good at a glance. At the first one that is not, it stops and the full reading
(`message`) takes over for that segment. Both keep the same books: the counters, the groups, the document.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.elements import Style
from parsers.edifact.guide import Guide, Move, Position, Use
from parsers.edifact.patterns import Glance, Reading, glances
from parsers.edifact.structure import moves
from parsers.edifact.tokens import hide_released, needless_release, restore
from parsers.edifact.walk import Walk, copied, put

Getter = tuple[int, tuple[str, ...], str, Callable[[str], object] | None]
"""A value in a match: its group, the outer part of its path, the last part, and how to read it."""


class Taken(NamedTuple):
    """What to do with a segment of one use. each: the list that it adds an item to, empty for none."""

    use: Use
    getters: tuple[Getter, ...]
    each: str


class Step(NamedTuple):
    """A way to the next position. due: counters of the uses that must have come before one may leave.

    zeros, fresh: counters that start again with a group. group, outer: numbers of contexts.
    """

    target: Position
    most: int
    due: tuple[int, ...]
    zeros: slice
    fresh: list[int]
    glances: dict[str, tuple[Callable[[str], Any], dict[int, Taken]]]
    group: int
    outer: int


class Strides:
    """The steps from each position of a guide, found as they are needed."""

    def __init__(self, guide: Guide, characters: Characters, style: Style) -> None:
        self._guide = guide
        self.characters = characters
        self._glances = glances(guide, characters, style)
        self.steps: list[dict[str, Step | None]] = [{} for _ in guide.positions]

    def find(self, here: int, tag: str) -> Step | None:
        """Return the step from a position to the next one with a tag; None when it must be taken in full."""
        ways = moves(self._guide, here, tag)
        step = None
        if ways and not ways[0].missing and not any(position.divided for position in ways[0].left):
            step = self._step(ways[0])
        self.steps[here][tag] = step
        return step

    def hide(self, text: str) -> str:
        """Hide what is released; an empty text when something is released without need."""
        return "" if needless_release(text, self.characters) else hide_released(text, self.characters)

    def restored(self, match: re.Match[str]) -> list[str | None]:
        """Return the groups of a match of hidden text as they read; the first is the whole."""
        groups = (match[0], *match.groups())
        return [text and restore(text, self.characters) for text in groups]

    def _step(self, move: Move) -> Step | None:
        target = move.target
        found = {
            within: (glance.match, {number: _taken(r) for number, r in glance.readings.items()})
            for (index, within), glance in self._glances.items()
            if index == target.index and _is_plain(glance)
        }
        group = target.group
        outer = group.parent if group is not None and target.triggers else group
        numbers = (group.index if group else 0, outer.index if outer else 0)
        due = tuple(use.slot for position in move.left for use in position.uses if use.mandatory)
        zeros = move.zeros or slice(0, 0)
        return Step(target, move.most, due, zeros, move.fresh, found, *numbers) if found else None


@lru_cache(maxsize=64)
def strides(guide: Guide, characters: Characters, style: Style) -> Strides:
    """Return the steps of a guide for one set of service characters."""
    return Strides(guide, characters, style)


def _is_plain(glance: Glance) -> bool:
    """Whether every use can be taken on the fast way: none follows another, and lists stand in no list."""
    return all(
        not reading.use.under and len(reading.use.each) <= 1 and not (reading.use.id and reading.use.each)
        for reading in glance.readings.values()
    )


def _taken(reading: Reading) -> Taken:
    getters = tuple(
        (group, path[:-1], path[-1] if path else "", None if read is str else read)
        for group, path, _, _, read in reading.values
    )
    return Taken(reading.use, getters, reading.use.each[0] if reading.use.each else "")


def stride(walk: Walk, strides: Strides, texts: list[str], number: int) -> int:
    """Take segments from `number` on (UNH is 1); return the number of the first that was not taken.

    This is the one loop that every segment of every good declaration passes through.
    """
    counts, contexts, opened, steps = walk.counts, walk.contexts, walk.opened, strides.steps
    release = strides.characters.release
    here = walk.here
    for text in texts[number - 1 :]:
        tag = text[:3]
        step = steps[here.index][tag] if tag in steps[here.index] else strides.find(here.index, tag)
        if step is None:
            break
        target, most, due, zeros, fresh, matchers, group, outer = step
        within = opened[outer] if target.divided else ""
        if within not in matchers or counts[target.slot] >= most or not all(counts[slot] for slot in due):
            break
        match, takings = matchers[within]
        hidden = strides.hide(text) if release and release in text else text
        found = match(hidden) if hidden else None
        if found is None:
            break
        use, getters, each = takings[found.lastindex]
        if counts[use.slot] >= use.repeats and target.place:
            break
        context = contexts[outer]
        try:
            item = _gather(
                copied(use.start) if each else context,
                found if hidden is text else strides.restored(found),
                getters,
            )
        except ValueError:
            break
        if each:
            context.setdefault(each, []).append(item)
        counts[target.slot] += 1
        counts[use.slot] += 1
        if target.triggers:
            counts[zeros] = fresh
            contexts[group] = item
            opened[group] = use.id
        here, walk.matched = target, number
        number += 1
    walk.here = here
    return number


def _gather(document: dict[str, Any], match: Any, getters: tuple[Getter, ...]) -> Any:
    """Put the values of a match into a document and return it; a value without a path stands for it."""
    for group, outer, name, read in getters:
        text = match[group]
        if text is None:
            continue
        value = text if read is None else read(text)
        if outer:
            put(document, (*outer, name), value)
        elif name:
            document[name] = value
        else:
            return value
    return document
