"""What must the rules be told besides the declaration? The day, the sender, the tables, what came before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from schemas.cad import Declaration
from schemas.codes import Codes
from schemas.money import Cents
from schemas.registry import Registry
from schemas.tariff.line import Tariff

Channel = Literal["edi", "portal"]


class RuleTables(Protocol):
    """What the rules read of the tables (`schemas.tables.Tables` has it)."""

    @property
    def codes(self) -> Codes:
        """The code tables."""

    @property
    def tariff(self) -> Tariff:
        """The customs tariff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that a verdict depends on besides the declaration itself. Days are Eastern days.

    tables: the code tables and the tariff. registry: partners, importers and delegations, as far as this
    declaration needs them. sender: the partner's identification in the envelope (`Partner.id`).
    received_day: the day of receipt. channel: the door it came through.

    What is known of the same transaction number; leave all of it None for a number never seen:

    previous: the latest version that stands. last_version: the last version number taken, where that is a
    later one: an adjustment that was refused keeps its number. first_accounted: the day on which its first
    version was accounted for. payment_due: the last day to pay for it; a change is a correction until that
    day and an adjustment after it. line_changes_cents: by line number, what the line owes now less what it
    owed in the previous version (both assessed by the caller); the rules on refunds keep silent without it.
    transaction_last_used: the last day on which a declaration used the number, kept as `previous` or not.
    """

    tables: RuleTables
    registry: Registry
    sender: str
    received_day: date
    channel: Channel = "edi"
    previous: Declaration | None = None
    last_version: int | None = None
    first_accounted: date | None = None
    payment_due: date | None = None
    line_changes_cents: Mapping[int, Cents] | None = None
    transaction_last_used: date | None = None
