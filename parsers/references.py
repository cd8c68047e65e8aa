"""Was this reference used before? References that count up one by one take no room."""

COUNTED_MOST = 35
"""Characters of a reference that may be a number: no standard has longer ones."""


class References:
    """References of one kind. Most senders count: then only the first and the last are kept."""

    def __init__(self) -> None:
        self._width = 0
        self._first = 0
        self._last = -1
        self._others: set[str] = set()

    def add(self, reference: str) -> bool:
        """Add a reference; return whether it is new. They are compared as text: 01 is not 1."""
        number = self._number(reference)
        if self._has(reference, number):
            return False
        if number is not None and number == self._last + 1:
            self._last = number
        else:
            self._others.add(reference)
        return True

    def __contains__(self, reference: str) -> bool:
        """Whether a reference was added before."""
        return self._has(reference, self._number(reference))

    def _has(self, reference: str, number: int | None) -> bool:
        counted = number is not None and self._first <= number <= self._last
        return counted or reference in self._others

    def _number(self, reference: str) -> int | None:
        """Return the number that counts on with the others, or None for any other text."""
        if len(reference) > COUNTED_MOST or not (reference.isascii() and reference.isdigit()):
            return None
        number = int(reference)
        if self._last < self._first:  # the first one: it starts the count
            self._width, self._first, self._last = len(reference), number, number - 1
        return number if reference == f"{number:0{self._width}}" else None
