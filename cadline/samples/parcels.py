"""What does a sample interchange hold, and what should become of it?"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from cadline.samples.people import AGENCY
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.base import Value
from schemas.cad import Declaration
from schemas.papers import Header
from schemas.registry import Partner

EDIFACT_PROFILE = "cusdec_d13a"
SUFFIX = {"edifact": "edi", "xml": "xml"}
PREPARED = time(13, 5)

Damage = Callable[[bytes], bytes]


class Planned(Value):
    """One message. rule: the rule that rejects the declaration, empty when it is accepted. why: in words."""

    cad: Declaration
    rule: str = ""
    why: str = ""


class Parcel(Value):
    """One file. place: its place in the day, from 1. about: what it shows.

    rule: the rule that rejects the file or one of its messages for its syntax. unread: which messages
    (from 1), all of them when empty. repeats: the place of the file of that day that it repeats.
    """

    day: date
    place: int
    partner: Partner
    what: str
    about: str
    messages: tuple[Planned, ...]
    damage: Damage | None = None
    rule: str = ""
    unread: tuple[int, ...] = ()
    repeats: int = 0

    @property
    def file(self) -> str:
        """Return the file's path below the folder of days."""
        name = f"{self.place:02d}-{self.partner.id.lower()}-{self.what}"
        return f"{self.day}/{name}.{SUFFIX[self.partner.syntax]}"

    @property
    def payload(self) -> bytes:
        """Return the bytes that arrive."""
        header = Header(
            sender=self.partner.id,
            recipient=AGENCY,
            control_reference=f"{self.day:%y%m%d}{self.repeats or self.place:02d}",
            prepared=datetime.combine(self.day, PREPARED, UTC),
        )
        cads = [planned.cad for planned in self.messages]
        if self.partner.syntax == "xml":
            written = write_xml("declaration", header, cads)
        else:
            written = write_interchange(EDIFACT_PROFILE, header, cads)
        return self.damage(written) if self.damage else written

    def fate(self, message: int) -> tuple[str, str, str]:
        """Return what becomes of a message (from 1), by which rule, and why.

        It is `accepted`, `rejected`, `unread` or `repeated`.
        """
        planned = self.messages[message - 1]
        if self.repeats:
            return "repeated", "", "the first acknowledgement goes out again, nothing else happens"
        if self.rule and (not self.unread or message in self.unread):
            return "unread", self.rule, planned.why
        return ("rejected" if planned.rule else "accepted"), planned.rule, planned.why


def good(*cads: Declaration) -> tuple[Planned, ...]:
    """Plan declarations that are accepted."""
    return tuple(Planned(cad=cad) for cad in cads)


def numbers_of(parcels: Sequence[Parcel]) -> list[str]:
    """Return the transaction numbers in the order of arrival, each once."""
    return list(dict.fromkeys(p.cad.transaction_number for parcel in parcels for p in parcel.messages))
