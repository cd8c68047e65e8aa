"""Has a recipient got everything that was sent? A digest of a day's papers, which it can compute for itself.

Control references run without gaps for each recipient, so their first and last already say how many there
are; the digest proves that they are the same papers. An empty day has a digest too: nothing today is not
the same as something lost.
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


class Completeness(Value):
    """What a recipient was sent on an Eastern day. first, last: control references, None when nothing was.

    previous_last: the last control reference before that day, so that days join without a gap.
    """

    recipient: str
    day: date
    previous_last: int
    first: int | None
    last: int | None
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


def completeness(recipient: str, day: date, previous_last: int, papers: Iterable[Listed]) -> Completeness:
    """Sum up what a recipient was sent on an Eastern day, in whatever order it is given."""
    ordered = sorted(papers, key=lambda paper: paper.number)
    kinds = sorted({paper.kind for paper in ordered})
    return Completeness(
        recipient=recipient,
        day=day,
        previous_last=previous_last,
        first=ordered[0].number if ordered else None,
        last=ordered[-1].number if ordered else None,
        counts={kind: sum(paper.kind == kind for paper in ordered) for kind in kinds},
        cents={kind: sum(paper.cents for paper in ordered if paper.kind == kind) for kind in kinds},
        digest=list_digest(ordered),
    )


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
    expected = set(range(sent.first, sent.last + 1)) if sent.first and sent.last else set()
    return Shortfall(
        missing=tuple(sorted(expected - numbers)),
        surplus=tuple(sorted(numbers - expected)),
        altered=numbers == expected and list_digest(ordered) != sent.digest,
    )


def gap(earlier: Completeness, later: Completeness) -> range:
    """Return the control references between two digests of one recipient that neither covers."""
    last = earlier.previous_last if earlier.last is None else earlier.last
    first = later.previous_last + 1 if later.first is None else later.first
    return range(last + 1, first)
