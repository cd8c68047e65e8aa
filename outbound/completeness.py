"""Has a recipient got everything that was sent? A digest of a day's papers, which it can compute for itself.

The digest of a day names the control references of its papers, counts them, adds up their totals, and hashes
their list. Control references run without gaps over the days; one can go out a day after its neighbours,
since it was drawn when the declaration came in. An empty day has a digest too: nothing today is not the
same as something lost.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256

from schemas.base import Value
from schemas.money import Cents
from schemas.papers import PaperKind


class Listed(Value):
    """A paper as both sides know it.

    number: its control reference. digest: SHA-256 of its bytes, in hexadecimal. cents: the total that it
    states, 0 for one that states none.
    """

    number: int
    kind: PaperKind
    subject: str
    digest: str
    cents: Cents = 0


class Run(Value):
    """Control references that follow one another, both ends included."""

    first: int
    last: int


class Completeness(Value):
    """What a recipient was sent on an Eastern day: numbers, counts and totals by kind, hash of the list."""

    recipient: str
    day: date
    numbers: tuple[Run, ...]
    counts: dict[PaperKind, int]
    cents: dict[PaperKind, Cents]
    digest: str


class Shortfall(Value):
    """In what a recipient's list differs from what was sent. All empty: nothing is missing.

    missing: numbers that were sent and are not held. surplus: numbers that are held and were not sent.
    altered: whether the lists have the same numbers and yet are not of the same papers.
    """

    missing: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()
    altered: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything is there, unchanged."""
        return self == Shortfall()


def completeness(recipient: str, day: date, papers: Iterable[Listed]) -> Completeness:
    """Sum up what a recipient was sent on an Eastern day, in whatever order it is given."""
    ordered = sorted(papers, key=lambda paper: paper.number)
    kinds = sorted({paper.kind for paper in ordered})
    return Completeness(
        recipient=recipient,
        day=day,
        numbers=runs(paper.number for paper in ordered),
        counts={kind: sum(paper.kind == kind for paper in ordered) for kind in kinds},
        cents={kind: sum(paper.cents for paper in ordered if paper.kind == kind) for kind in kinds},
        digest=list_digest(ordered),
    )


def runs(ordered: Iterable[int]) -> tuple[Run, ...]:
    """Put ascending numbers together to runs.

    >>> [(run.first, run.last) for run in runs([3, 4, 5, 9])]
    [(3, 5), (9, 9)]
    """
    found: list[Run] = []
    for number in ordered:
        if found and number == found[-1].last + 1:
            found[-1] = Run(first=found[-1].first, last=number)
        else:
            found.append(Run(first=number, last=number))
    return tuple(found)


def list_digest(ordered: Sequence[Listed]) -> str:
    """Return the SHA-256 of a list of papers: a line each of number, kind, subject, digest and cents.

    >>> list_digest([])[:8]
    'e3b0c442'
    """
    lines = (f"{p.number} {p.kind} {p.subject} {p.digest} {p.cents}\n" for p in ordered)
    return sha256("".join(lines).encode()).hexdigest()


def shortfall(sent: Completeness, held: Iterable[Listed]) -> Shortfall:
    """Compare what a recipient holds of a day with what it was sent."""
    ordered = sorted(held, key=lambda paper: paper.number)
    numbers = {paper.number for paper in ordered}
    expected = covered([sent])
    return Shortfall(
        missing=tuple(sorted(expected - numbers)),
        surplus=tuple(sorted(numbers - expected)),
        altered=numbers == expected and list_digest(ordered) != sent.digest,
    )


def covered(days: Iterable[Completeness]) -> set[int]:
    """Return the control references that the digests of some days name."""
    return {number for day in days for run in day.numbers for number in range(run.first, run.last + 1)}


def outstanding(days: Iterable[Completeness]) -> tuple[Run, ...]:
    """Return the numbers from 1 up to the highest that no digest names: promised, and not sent yet."""
    named = covered(days)
    return runs(number for number in range(1, max(named, default=0)) if number not in named)
