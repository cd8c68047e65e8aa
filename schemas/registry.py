"""Who is who, and who may file for whom on which day? Partners, accounts, delegations of authority."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.identifiers import bn9_of
from schemas.rules import Language

Syntax = Literal["edifact", "xml"]
Stream = Literal["commercial", "non-rpp", "csa1", "csa2", "clvs", "ctc"]
"""The billing stream of an account: released prior to payment, paid at release, Customs
Self-Assessment options 1 and 2, courier low value, continuous transmission commodities."""

STREAMS: tuple[Stream, ...] = ("commercial", "non-rpp", "csa1", "csa2", "clvs", "ctc")


class Partner(Value):
    """Somebody who exchanges messages with us, known by the identification in UNB (0004).

    account: the partner's BN15. account_security_number: 5 digits, empty when it has none.
    syntax, language: what it gets its answers and papers in.
    """

    id: str
    name: str
    account: str
    role: Literal["broker", "importer", "provider"]
    account_security_number: str = ""
    syntax: Syntax = "edifact"
    language: Language = "en"


class Importer(Value):
    """A program account. kind: only an importer's RM account may be named on a CAD (trade: bulletin 5397).

    statements_to: the one partner that gets its notices and statements by EDI; empty when nobody does.
    """

    account: str
    name: str
    kind: Literal["importer", "exporter"] = "importer"
    stream: Stream = "commercial"
    statements_to: str = ""
    language: Language = "en"


class Delegation(Value):
    """An importer's permission for a broker (BN9) to file, from `since` to `until`, both days included."""

    importer: str
    broker: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the delegation is in force on an Eastern day."""
        return self.since <= day and (self.until is None or day <= self.until)


class Registry(Value):
    """A snapshot of partners, importers and delegations, as far as a batch of declarations needs them."""

    partners: Mapping[str, Partner] = {}
    importers: Mapping[str, Importer] = {}
    delegations: tuple[Delegation, ...] = ()

    def may_file(self, broker: str, importer: str, day: date) -> bool:
        """Return whether a broker (BN15 or BN9) holds a delegation of the importer's account on a day."""
        return any(
            delegation.importer == importer
            and delegation.broker == bn9_of(broker)
            and delegation.holds_on(day)
            for delegation in self.delegations
        )

    def partner_of(self, bn9: str) -> Partner | None:
        """Return the partner that has a business number, or None; the first by id when several have it."""
        found = (self.partners[key] for key in sorted(self.partners))
        return next((partner for partner in found if bn9_of(partner.account) == bn9), None)
