"""What was agreed with a partner? The message guides that it speaks, from which day; tested, or live."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.registry import Syntax

Stage = Literal["test", "production"]


class Guide(Value):
    """A message in a format and a version, as a message guide lays it out."""

    message: str
    format: Syntax
    version: str


GUIDES: Mapping[str, Guide] = {
    "cusdec_d13a": Guide(message="CUSDEC", format="edifact", version="D.13A"),
    "cusdec_d96b": Guide(message="CUSDEC", format="edifact", version="D.96B"),
    "declaration": Guide(message="Declaration", format="xml", version="1"),
}
"""The guides in which declarations come, by name; docs/guides prints them."""


class Speech(Value):
    """A guide that a partner speaks from `since` to `until`, both days included, or without end.

    Two guides on the same day are an old and a new version side by side.
    """

    guide: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether it is spoken on an Eastern day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def ends_before(self, day: date) -> bool:
        """Return whether it is over on an Eastern day."""
        return self.until is not None and self.until < day


class Proof(Value):
    """A certificate that was shown. digest: SHA-256 of its file. key: the id of the key that signed it."""

    guide: str
    suite: str
    version: str
    issued: datetime
    expires: datetime | None = None
    key: str
    digest: str


class Terms(Value):
    """What holds with one partner. contact: who answers for its messages, as text."""

    partner: str
    stage: Stage = "test"
    contact: str = ""
    speaks: tuple[Speech, ...] = ()
    proofs: tuple[Proof, ...] = ()

    def spoken_on(self, day: date) -> tuple[str, ...]:
        """Return the guides that the partner speaks on an Eastern day, each once."""
        return tuple(dict.fromkeys(each.guide for each in self.speaks if each.holds_on(day)))

    def unproven(self, now: datetime, day: date) -> tuple[str, ...]:
        """Return the guides, spoken on the Eastern day or later, for which no certificate stands now."""
        proven = {proof.guide for proof in self.proofs if proof.expires is None or now < proof.expires}
        wanted = dict.fromkeys(each.guide for each in self.speaks if not each.ends_before(day))
        return tuple(guide for guide in wanted if guide not in proven)
