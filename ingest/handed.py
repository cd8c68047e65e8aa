"""Which records did this process make a moment ago? What they hold need not be read from their bytes again.

Where all stages run in one process, a record is read by the next stage soon after it was written. The log
keeps its bytes all the same: this only spares reading them, and forgets nothing that anybody needs.
"""

from typing import TypeVar

from schemas.base import Value

Held = TypeVar("Held", bound=Value)


class Handed:
    """Values that were handed on, by their bytes, until the next stage takes them.

    most: how many are held; the oldest make room. What nobody takes, as when a batch fails or another process
    works it, is let go so; it is read from its bytes.
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._held: dict[bytes, Value] = {}

    def keep(self, content: bytes, value: Value) -> None:
        """Hold a value whose bytes are handed on."""
        if not self._most:
            return
        if len(self._held) >= self._most:
            del self._held[next(iter(self._held))]
        self._held[content] = value

    def take(self, content: bytes, kind: type[Held]) -> Held:
        """Return the value of some bytes. Raises ValueError when they are not of the kind."""
        held = self._held.pop(content, None)
        return held if isinstance(held, kind) else kind.model_validate_json(content)
