"""How large may a payload and its parts be? Settings, answered with a finding when one is exceeded."""

from schemas.base import Value


class Limits(Value):
    """Limits of reading, in bytes unless the name says otherwise.

    element, segment, message, interchange: the largest of each. messages: per interchange.
    findings: how many findings one message collects before reading of it stops.
    depth: nesting of XML elements.
    """

    element: int = 10_000
    segment: int = 100_000
    message: int = 100_000_000
    interchange: int = 10_000_000_000
    messages: int = 10_000_000
    findings: int = 200
    depth: int = 30


DEFAULT_LIMITS = Limits()
