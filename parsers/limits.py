"""How large may a payload and its parts be, and what is put up with? Settings, answered with findings."""

from collections.abc import Mapping

from schemas.base import Value
from schemas.tolerance import Toleration

EVERYBODY = "*"
"""Stands for every sender in `Limits.tolerated`."""


class Limits(Value):
    """Limits of reading, in bytes unless the name says otherwise.

    element, segment, message, interchange: the largest of each. messages: per interchange.
    findings: how many findings one message collects before reading of it stops.
    depth: nesting of XML elements. tolerated: what was agreed with a sender (0004).
    """

    element: int = 10_000
    segment: int = 100_000
    message: int = 100_000_000
    interchange: int = 10_000_000_000
    messages: int = 10_000_000
    findings: int = 200
    depth: int = 30
    tolerated: Mapping[str, tuple[Toleration, ...]] = {}

    def tolerates(self, sender: str) -> tuple[Toleration, ...]:
        """Return what is put up with from a sender."""
        return self.tolerated.get(sender) or self.tolerated.get(EVERYBODY, ())


DEFAULT_LIMITS = Limits()
