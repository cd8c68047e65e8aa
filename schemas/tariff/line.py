"""What does the tariff say about one classification number, over a span of days?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TariffLine:
    """One classification number from `since` until `until` (both included; None: still in force).

    unit: the unit that quantities are declared in, "" when the tariff asks for none. rates: by the
    abbreviation of the treatment, as the file writes them; "" where the treatment gives nothing on this
    line, `?` where its rate was not seen. statuses: how MFN and the preferences are known.
    """

    classification: str
    since: date
    until: date | None
    edition: str
    unit: str
    rates: Mapping[str, str]
    mfn_status: str
    pref_status: str
    description: str

    def holds_on(self, day: date) -> bool:
        """Return whether the line is in force on an Eastern day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Tariff(Protocol):
    """A customs tariff with its history. Reading it is pure: it never changes once it is loaded."""

    @property
    def version(self) -> str:
        """Name the tariff and the digest of the file that it came from."""

    @property
    def since(self) -> date:
        """Return the first day that the tariff says anything about."""

    def line(self, classification: str, day: date) -> TariffLine | None:
        """Return the line of a 10-digit number in force on an Eastern day; None when there is none."""

    def history(self, classification: str) -> tuple[TariffLine, ...]:
        """Return every line that a 10-digit number has had, oldest first; empty when it never was one."""

    def search(self, words: str, limit: int = 20) -> Iterable[TariffLine]:
        """Find the newest lines by words of the description, or by the first digits of the number."""
