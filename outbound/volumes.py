"""Which part of a long paper stands in which volume? Its lines shared out, and what is carried over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from schemas.money import Cents
from schemas.papers import Activity, BrokerSummary, DailyNotice, OpeningItem, Paper, Statement

GROUPS: dict[type[Paper], str] = {DailyNotice: "sections", Statement: "parts", BrokerSummary: "clients"}
"""Where each paper has its groups of declarations."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A part of a paper. shown: the paper with only the lines of this part.

    brought, brought_opening: what the first table brings forward. ends, ends_opening: whether the last table
    ends here. printed: whether it is for paper, not for a screen.
    """

    shown: Paper
    number: int = 1
    count: int = 1
    brought: Cents = 0
    brought_opening: Cents = 0
    ends: bool = True
    ends_opening: bool = True
    printed: bool = False

    @property
    def opens(self) -> bool:
        """Return whether this is the first: it has the summary."""
        return self.number == 1

    @property
    def closes(self) -> bool:
        """Return whether this is the last."""
        return self.number == self.count


def whole(paper: Paper) -> Volume:
    """Return a paper as one volume, for a screen."""
    return Volume(paper)


def volumes(paper: Paper, lines_max: int) -> Iterator[Volume]:
    """Yield the volumes of a paper, to be printed, of at most so many lines each.

    An activity is one line and so is each debt that it cleared; it is never torn apart.
    """
    if type(paper) not in GROUPS:
        yield Volume(paper, printed=True)
        return
    lines = _Lines(paper)
    starts = lines.starts(lines_max)
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], lines.count], strict=True), start=1):
        yield lines.volume(start, end, number, len(starts))


class _Lines:
    """All lines of a paper in one row: what was open before, declarations group by group, the rest."""

    def __init__(self, paper: Any):
        self.paper = paper
        self.slot = GROUPS[type(paper)]
        self.groups: Sequence[Any] = getattr(paper, self.slot)
        self.opening: tuple[OpeningItem, ...] = getattr(paper, "opening_items", ())
        self.activities: tuple[Activity, ...] = getattr(paper, "activities", ())
        moved = [len(group.movements) for group in self.groups]
        self.bounds = list(accumulate(moved, initial=len(self.opening)))
        self.count = self.bounds[-1] + len(self.activities)

    def starts(self, lines_max: int) -> list[int]:
        """Return the first line of each volume."""
        plain = self.bounds[-1]
        starts = list(range(0, plain, lines_max)) or [0]
        held = plain - starts[-1]
        for at, activity in enumerate(self.activities, start=plain):
            size = 1 + len(activity.allocations)
            if held and held + size > lines_max:
                starts.append(at)
                held = 0
            held += size
        return starts

    def volume(self, start: int, end: int, number: int, count: int) -> Volume:
        """Return the lines from start to before end as a volume."""
        groups, brought, ends = self._groups(start, end)
        shown: dict[str, object] = {self.slot: groups}
        if self.opening:
            shown["opening_items"] = self.opening[start:end]
        if self.activities:
            first = self.bounds[-1]
            shown["activities"] = self.activities[max(0, start - first) : max(0, end - first)]
        return Volume(
            shown=self.paper.model_copy(update=shown),
            number=number,
            count=count,
            brought=brought,
            brought_opening=sum(item.cents for item in self.opening[:start]) if start < self.bounds[0] else 0,
            ends=ends,
            ends_opening=end >= self.bounds[0],
            printed=True,
        )

    def _groups(self, start: int, end: int) -> tuple[tuple[Any, ...], Cents, bool]:
        """Return each group between two lines, what the first brings forward, and whether the last ends."""
        found, brought, ends = [], 0, True
        for group, first, last in zip(self.groups, self.bounds, self.bounds[1:], strict=False):
            if first < end and start < last:
                here = slice(max(start, first) - first, min(end, last) - first)
                if first < start:
                    brought = sum(each.cents for each in group.movements[: here.start])
                ends = last <= end
                found.append(group.model_copy(update={"movements": group.movements[here]}))
        return tuple(found), brought, ends
