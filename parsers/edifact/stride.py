"""How far can a message be read without anything to say about it? The fast way through good segments.

A stride takes segment after segment as long as each is the next one at its first choice of place, within
its repeats, and known as good at a glance. At the first one that is not, it stops and the full reading
(`message`) takes over for that segment. Both keep the same books: the counters, the groups, the document.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from parsers.edifact.characters import Characters
from parsers.edifact.elements import Style
from parsers.edifact.guide import Guide, Move, Position
from parsers.edifact.patterns import Glance, Reading, glances
from parsers.edifact.structure import moves
from parsers.edifact.tokens import hidden_characters, hide_released, needless_release
from parsers.edifact.walk import Document, Walk, copied, put

Key = str | tuple[str, ...]
"""What a value is stored by: a name; a path where some value of its segment stands deeper; nothing for the
whole of a list's item."""

Getter = tuple[int, Key, Callable[[str], object] | None]
"""A value in a match: its group, its key, and how to read it."""

TWO_STEPS = 2
"""Length of a path into a part of the document or item."""

KNOWN_LENGTH = 100
KNOWN_MOST = 200
"""So many segments at each step are known again when they come again: `UNS+D`, `LOC+27+FR`, the broker."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What to do with a segment of one use. each: the list that it adds an item to, empty for none.

    plain: its values are fields of the document or item itself. under: else the one part of it that they all
    stand in, empty where they stand in several or further below. whole: its value is the item.
    """

    slot: int
    repeats: int
    id: str
    getters: tuple[Getter, ...]
    each: str
    start: Mapping[str, object]
    plain: bool
    under: str
    whole: bool


Known = tuple[Taken, dict[Any, object]]
"""A segment that was read: what to do with it, and its values by their keys."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """How to know a segment at a glance: by the last group that matched, and by having seen it before."""

    match: Callable[[str], re.Match[str] | None]
    takings: dict[int, Taken]
    known: dict[str, Known]


class Step(NamedTuple):
    """A way to the next position. slot, most: its counter, and how far it may go.

    due: counters of the uses that must have come before one may leave. zeros, fresh: counters that start
    again with a group. told_apart: its uses have repeats of their own. group, outer: numbers of contexts;
    the group is the one that it opens, where something may follow in it, or 0. matcher: None where that
    depends on the use that opened the group: then it is one of `matchers`. onward: the steps from the next
    position.
    """

    target: Position
    slot: int
    most: int
    due: tuple[int, ...]
    zeros: slice
    fresh: list[int]
    told_apart: bool
    group: int
    outer: int
    matcher: Matcher | None
    matchers: dict[str, Matcher]
    onward: "dict[str, Step | None]"


class Strides:
    """The steps from each position of a guide, found as they are needed."""

    def __init__(self, guide: Guide, characters: Characters, style: Style) -> None:
        self._guide = guide
        self._characters = characters
        self._glances = glances(guide, characters, style)
        self._release = characters.release
        self.steps: list[dict[str, Step | None]] = [{} for _ in guide.positions]

    def find(self, here: Position, tag: str) -> Step | None:
        """Return the step from a position to the next one with a tag; None when it must be taken in full."""
        steps = self.steps[here.index]
        if tag not in steps:
            ways = moves(self._guide, here.index, tag)
            plain = ways and not ways[0].missing and not any(position.divided for position in ways[0].left)
            steps[tag] = self._step(ways[0]) if plain else None
        return steps[tag]

    def read(self, matcher: Matcher, text: str) -> Known | None:
        """Read a segment; None when something must be said about it."""
        released = self._release != "" and self._release in text
        match = matcher.match(self._hidden(text) if released else text)
        if match is None:
            return None
        taken = matcher.takings[match.lastindex or 0]
        values = self._restored(match) if released else match.groups()
        fields: dict[Any, object] = {}
        try:
            for group, key, read in taken.getters:
                text_of = values[group]
                if text_of is not None:
                    fields[key] = text_of if read is None else read(text_of)
        except ValueError:  # it has no meaning
            return None
        known = taken, fields
        if len(text) < KNOWN_LENGTH and len(matcher.known) < KNOWN_MOST:
            matcher.known[text] = known
        return known

    def _hidden(self, text: str) -> str:
        """Hide what is released; an empty text when something is released without need."""
        return "" if needless_release(text, self._characters) else hide_released(text, self._characters)

    def _restored(self, match: re.Match[str]) -> tuple[str | None, ...]:
        """Return the groups of a match of hidden text as they read."""
        hidden = hidden_characters(self._characters)
        return tuple(
            [text if text is None or text.isascii() else text.translate(hidden) for text in match.groups()]
        )

    def _step(self, move: Move) -> Step | None:
        target, group = move.target, move.target.group
        outer = group.parent if group is not None and target.triggers else group
        matchers = {
            within: Matcher(glance.match, {number: _taken(r) for number, r in glance.readings.items()}, {})
            for (index, within), glance in self._glances.items()
            if index == target.index and _is_plain(glance)
        }
        due = tuple(use.slot for position in move.left for use in position.uses if use.mandatory)
        if not matchers:
            return None
        return Step(
            target=target,
            slot=target.slot,
            most=move.most,
            due=due,
            zeros=move.zeros or slice(0, 0),
            fresh=move.fresh,
            told_apart=target.place is not None,
            group=group.index if group and target.triggers and group.last > group.first else 0,
            outer=outer.index if outer else 0,
            matcher=None if target.divided else matchers.get(""),
            matchers=matchers,
            onward=self.steps[target.index],
        )


@lru_cache(maxsize=8)
def strides(guide: Guide, characters: Characters, style: Style) -> Strides:
    """Return the steps of a guide for one set of service characters."""
    return Strides(guide, characters, style)


def _is_plain(glance: Glance) -> bool:
    """Whether every use can be taken on the fast way: none follows another, and lists stand in no list."""
    uses = [reading.use for reading in glance.readings.values()]
    return all(not use.under and len(use.each) <= 1 and not (use.id and use.each) for use in uses)


def _taken(reading: Reading) -> Taken:
    use = reading.use
    paths = [path for _, path, _, _, _ in reading.values]
    outer = {path[:-1] for path in paths}
    under = next(iter(outer))[0] if len(outer) == 1 and len(paths[0]) == TWO_STEPS else ""
    deep = not under and any(len(path) > 1 for path in paths)
    getters = tuple(
        (group - 1, path if deep else "".join(path[-1:]), None if read is str else read)
        for group, path, _, _, read in reading.values
    )
    each = use.each[0] if use.each else ""
    plain = not under and not deep
    return Taken(use.slot, use.repeats, use.id, getters, each, use.start, plain, under, () in paths)


def stride(  # noqa: C901 - a call for each segment would cost a tenth of the time
    walk: Walk, strides: Strides, texts: list[str], number: int
) -> int:
    """Take segments from `number` on (UNH is 1); return the number of the first that was not taken.

    This is the one loop that every segment of every good declaration passes through.
    """
    counts, contexts, opened, read = walk.counts, walk.contexts, walk.opened, strides.read
    here = walk.here
    steps = strides.steps[here.index]
    for text in texts[number - 1 :]:
        step = steps.get(text[:3]) or strides.find(here, text[:3])
        if step is None:
            break
        target, slot, most, due, zeros, fresh, told_apart, group, outer, matcher, matchers, onward = step
        if matcher is None:
            matcher = matchers.get(opened[outer])
        count = counts[slot]
        if matcher is None or count >= most or (due and 0 in [counts[one] for one in due]):
            break
        known = matcher.known.get(text) or read(matcher, text)
        if known is None:
            break
        taken, fields = known
        if told_apart:
            used = counts[taken.slot]
            if used >= taken.repeats:
                break
            counts[taken.slot] = used + 1
        counts[slot] = count + 1
        item = contexts[outer]
        if taken.each:
            item = _new_item(item, taken, fields)
        elif taken.plain:
            item.update(fields)
        else:
            _fill(item, taken, fields)
        if group:
            counts[zeros] = fresh
            contexts[group] = item
            opened[group] = taken.id
        here, steps = target, onward
        number += 1
    if here is not walk.here:
        walk.here, walk.matched = here, number - 1
    return number


def _new_item(context: Document, taken: Taken, fields: dict[Any, object]) -> Any:
    """Add an item to the list of a use, and return it."""
    item: Any = fields[""] if taken.whole else copied(taken.start)
    context.setdefault(taken.each, []).append(item)
    if not taken.whole:
        _fill(item, taken, fields)
    return item


def _fill(item: Document, taken: Taken, fields: dict[Any, object]) -> None:
    """Put the values of a segment into a document or item, each where it stands."""
    if taken.plain:
        item.update(fields)
    elif not taken.under:
        for path, value in fields.items():
            put(item, path, value)
    elif fields:
        item.setdefault(taken.under, {}).update(fields)
