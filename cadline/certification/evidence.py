"""What was seen while a scenario ran? What was sent, what came back, and what stands in the book."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from cadline.certification.model import Exchange
from cadline.certification.replies import Acknowledgement, Reply, acknowledgement, reply
from schemas.envelope import Interchange
from schemas.money import Cents
from schemas.registry import Syntax

PaperId = tuple[str, str, date]
"""Kind, subject and day of a paper."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An interchange that was sent. reference: its control reference. rules: of syntax that it breaks."""

    name: str
    partner: str
    syntax: str
    at: datetime
    payload: bytes
    reference: str
    rules: tuple[str, ...] = ()

    @property
    def exchange(self) -> Exchange:
        """Return it as a result keeps it."""
        return Exchange(
            direction="sent",
            name=self.name,
            partner=self.partner,
            kind="declaration",
            syntax=self.syntax,
            at=self.at,
            text=shown(self.payload),
            digest=sha256(self.payload).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class Got:
    """An interchange that came back. to: the send that it came upon, empty for none. key: the paper's."""

    key: str
    to: str
    partner: str
    kind: str
    syntax: Syntax
    at: datetime
    payload: bytes

    @property
    def exchange(self) -> Exchange:
        """Return it as a result keeps it."""
        return Exchange(
            direction="got",
            name=self.key,
            to=self.to,
            partner=self.partner,
            kind=self.kind,
            syntax=self.syntax,
            at=self.at,
            text=shown(self.payload),
            digest=sha256(self.payload).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A notice, statement or summary. content: the value. sent_to: who got it by EDI."""

    content: Mapping[str, Any]
    sent_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """What the book says of itself. problems: invariants that do not hold."""

    entries: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that an expectation may ask about."""

    sent: tuple[Sent, ...] = ()
    got: tuple[Got, ...] = ()
    balances: Mapping[str, Cents] = field(default_factory=dict)
    papers: Mapping[PaperId, Paper] = field(default_factory=dict)
    book: Book | None = None

    def subject(self, name: str) -> Sent | None:
        """Return a send by its name, the last one for an empty name."""
        return next((sent for sent in reversed(self.sent) if name in {"", sent.name}), None)

    def back(self, name: str) -> tuple[Got, ...]:
        """Return what came back upon a send, in order."""
        subject = self.subject(name)
        return tuple(got for got in self.got if subject is not None and got.to == subject.name)

    def acknowledgement(self, name: str) -> Acknowledgement | None:
        """Return the acknowledgement of a send."""
        found = [got for got in self.back(name) if got.kind == "contrl"]
        return acknowledgement(found[-1].payload, found[-1].syntax) if found else None

    def replies(self, name: str) -> tuple[Reply, ...]:
        """Return the answers to the messages of a send."""
        return tuple(reply(got.payload, got.syntax) for got in self.back(name) if got.kind == "answer")


def broken_rules(interchanges: Iterable[Interchange]) -> tuple[str, ...]:
    """Name the rules of syntax that interchanges break, as `cadline check --syntax-only` finds them."""
    found = {
        finding.code
        for interchange in interchanges
        for finding in interchange.every_finding()
        if finding.severity == "error"
    }
    return tuple(sorted(found))


def shown(payload: bytes) -> str:
    """Return bytes as text: UTF-8, or ISO 8859-1 where they are none."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload.decode("latin-1")
