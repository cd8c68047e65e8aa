"""How far can a message be read without anything to say about it? The fast way through good segments.

A stride takes segment after segment as long as each is the next one at its first choice of place, within
its repeats, and known as good at a glance. At the first one that is not, it stops and the full reading
(`message`) takes over for that segment. Both keep the same books: the counters, the groups, the document.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.elements import Style
from parsers.edifact.guide import Guide, Move, Position
from parsers.edifact.patterns import Glance, Reading, glances
from parsers.edifact.structure import moves
from parsers.edifact.tokens import hidden_characters, hide_released, needless_release
from parsers.edifact.walk import Walk, copied, put

Getter = tuple[int, str, tuple[str, ...], Callable[[str], object] | None]
"""A value in a match: its group, its name (empty when it stands deeper), its path, and how to read it."""


class Taken(NamedTuple):
    """What to do with a segment of one use. each: the list that it adds an item to, empty for none."""

    slot: int
    repeats: int
    id: str
    getters: tuple[Getter, ...]
    each: str
    start: Mapping[str, object]


class Matcher(NamedTuple):
    """How to know a segment at a glance, and what to do with it, by the last group that matched."""

    match: Callable[[str], re.Match[str] | None]
    takings: dict[int, Taken]


class Step(NamedTuple):
    """A way to the next position. slot, most: its counter, and how far it may go.

    due: counters of the uses that must have come before one may leave. zeros, fresh: counters that start
    again with a group. group, outer: numbers of contexts. told_apart: its uses have repeats of their own.
    matchers: by the use that opened the group, empty where that makes no difference.
    """

    target: Position
    slot: int
    most: int
    due: tuple[int, ...]
    zeros: slice
    fresh: list[int]
    triggers: bool
    divided: bool
    told_apart: bool
    group: int
    outer: int
    matchers: dict[str, Matcher]


class Strides:
    """The steps from each position of a guide, found as they are needed."""

    def __init__(self, guide: Guide, characters: Characters, style: Style) -> None:
        self._guide = guide
        self._characters = characters
        self._glances = glances(guide, characters, style)
        self.release = characters.release
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
        return "" if needless_release(text, self._characters) else hide_released(text, self._characters)

    def restored(self, match: re.Match[str]) -> tuple[str | None, ...]:
        """Return the groups of a match of hidden text as they read."""
        hidden = hidden_characters(self._characters)
        return tuple(text and text.translate(hidden) for text in match.groups())

    def _step(self, move: Move) -> Step | None:
        target, group = move.target, move.target.group
        outer = group.parent if group is not None and target.triggers else group
        matchers = {
            within: Matcher(glance.match, {number: _taken(r) for number, r in glance.readings.items()})
            for (index, within), glance in self._glances.items()
            if index == target.index and _is_plain(glance)
        }
        due = tuple(use.slot for position in move.left for use in position.uses if use.mandatory)
        return matchers and Step(  # type: ignore[return-value] # an empty dict says no as well as None
            target=target,
            slot=target.slot,
            most=move.most,
            due=due,
            zeros=move.zeros or slice(0, 0),
            fresh=move.fresh,
            triggers=target.triggers,
            divided=target.divided,
            told_apart=target.place is not None,
            group=group.index if group else 0,
            outer=outer.index if outer else 0,
            matchers=matchers,
        )


@lru_cache(maxsize=64)
def strides(guide: Guide, characters: Characters, style: Style) -> Strides:
    """Return the steps of a guide for one set of service characters."""
    return Strides(guide, characters, style)


def _is_plain(glance: Glance) -> bool:
    """Whether every use can be taken on the fast way: none follows another, and lists stand in no list."""
    uses = [reading.use for reading in glance.readings.values()]
    return all(not use.under and len(use.each) <= 1 and not (use.id and use.each) for use in uses)


def _taken(reading: Reading) -> Taken:
    getters = tuple(
        (group - 1, path[0] if len(path) == 1 else "", path, None if read is str else read)
        for group, path, _, _, read in reading.values
    )
    use = reading.use
    return Taken(use.slot, use.repeats, use.id, getters, use.each[0] if use.each else "", use.start)


def stride(walk: Walk, strides: Strides, texts: list[str], number: int) -> int:
    """Take segments from `number` on (UNH is 1); return the number of the first that was not taken.

    This is the one loop that every segment of every good declaration passes through.
    """
    counts, contexts, opened = walk.counts, walk.contexts, walk.opened
    steps, release = strides.steps, strides.release
    here = walk.here
    index = here.index
    for text in texts[number - 1 :]:
        tag = text[:3]
        step = steps[index][tag] if tag in steps[index] else strides.find(index, tag)
        if not step:
            break
        target, slot, most, due, zeros, fresh, triggers, divided, told_apart, group, outer, matchers = step
        matcher = matchers.get(opened[outer] if divided else "")
        if matcher is None or counts[slot] >= most or (due and 0 in [counts[one] for one in due]):
            break
        released = release != "" and release in text
        match = matcher.match(strides.hide(text) if released else text)
        if match is None:
            break
        use_slot, repeats, use_id, getters, each, start = matcher.takings[match.lastindex or 0]
        if told_apart and counts[use_slot] >= repeats:
            break
        values = strides.restored(match) if released else match.groups()
        context = contexts[outer]
        try:
            item = _gather((copied(start) if start else {}) if each else context, values, getters)
        except ValueError:
            break
        if each:
            context.setdefault(each, []).append(item)
        counts[slot] += 1
        counts[use_slot] += 1
        if triggers:
            counts[zeros] = fresh
            contexts[group] = item
            opened[group] = use_id
        here, index = target, target.index
        number += 1
    if here is not walk.here:
        walk.here, walk.matched = here, number - 1
    return number


def _gather(document: dict[str, Any], values: Sequence[str | None], getters: tuple[Getter, ...]) -> Any:
    """Put values into a document and return it; a value without a path stands for the whole."""
    for group, name, path, read in getters:
        text = values[group]
        if text is None:
            continue
        value = text if read is None else read(text)
        if name:
            document[name] = value
        elif path:
            put(document, path, value)
        else:
            return value
    return document
