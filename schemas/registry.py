"""Who is who, and who may file for whom on which day? Partners, accounts, delegations of authority."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import field_serializer, field_validator

from schemas.base import Value
from schemas.identifiers import bn9_of
from schemas.rules import Language
from schemas.tolerance import Toleration

Syntax = Literal["edifact", "xml"]
Stream = Literal["commercial", "non-rpp", "csa1", "csa2", "clvs", "ctc"]
"""The billing stream of an account: released prior to payment, paid at release, Customs
Self-Assessment options 1 and 2, courier low value, continuous transmission commodities."""

Scope = Literal["program", "business"]
"""How far a delegation reaches: one program account (program management), or every program account of a
business number (business management)."""

Right = Literal["file", "correct", "adjust", "view"]
"""What a delegation allows: to account for goods; to change or withdraw a declaration until the payment is
due; to ask for a change after that; to see."""

RIGHTS: tuple[Right, ...] = ("file", "correct", "adjust", "view")

Visibility = Literal["own", "declarations", "balances"]
"""What the holder of a delegation sees: what it filed; all declarations; balances and statements too."""

STREAMS: tuple[Stream, ...] = ("commercial", "non-rpp", "csa1", "csa2", "clvs", "ctc")


class Partner(Value):
    """Somebody who exchanges messages with us, known by the identification in UNB (0004).

    account: the partner's BN15. role: a licensed customs broker, an importer, a provider that sends for
    others, or a trade consultant, who only adjusts. account_security_number: 5 digits, or empty. syntax,
    language: what it gets its answers and papers in. tolerates: what was agreed to be put up with in what it
    sends (see `schemas.tolerance`). As text, they are joined by blanks.
    """

    id: str
    name: str
    account: str
    role: Literal["broker", "importer", "provider", "consultant"]
    account_security_number: str = ""
    syntax: Syntax = "edifact"
    language: Language = "en"
    tolerates: tuple[Toleration, ...] = ()

    @field_validator("tolerates", mode="before")
    @classmethod
    def _split(cls, tolerates: object) -> object:
        return tuple(tolerates.split()) if isinstance(tolerates, str) else tolerates

    @field_serializer("tolerates")
    def _joined(self, tolerates: tuple[Toleration, ...]) -> str:
        return " ".join(tolerates)


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
    """An importer's permission for a broker or consultant (BN9), from `since` to `until`, both days included.

    importer: the program account (BN15) of scope `program`, the business number (BN9) of scope `business`.
    rights: what the holder may do; to see is always among them. As text they are joined by blanks.
    visibility: what it sees. What somebody filed itself it sees in any case.
    """

    importer: str
    broker: str
    since: date
    until: date | None = None
    scope: Scope = "program"
    rights: tuple[Right, ...] = RIGHTS
    visibility: Visibility = "balances"

    @field_validator("rights", mode="before")
    @classmethod
    def _split(cls, rights: object) -> object:
        """Put rights in one order, each once, from a text or a sequence."""
        named = rights.split() if isinstance(rights, str) else rights
        if not isinstance(named, tuple | list):
            return named
        known = tuple(right for right in RIGHTS if right in named or right == "view")
        return (*known, *(each for each in named if each not in RIGHTS))

    @field_serializer("rights")
    def _joined(self, rights: tuple[Right, ...]) -> str:
        return " ".join(rights)

    def holds_on(self, day: date) -> bool:
        """Return whether the delegation is in force on an Eastern day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def covers(self, account: str) -> bool:
        """Return whether the delegation reaches a program account (BN15)."""
        return self.importer == (bn9_of(account) if self.scope == "business" else account)


class Registry(Value):
    """A snapshot of partners, importers and delegations, as far as a batch of declarations needs them."""

    partners: Mapping[str, Partner] = {}
    importers: Mapping[str, Importer] = {}
    delegations: tuple[Delegation, ...] = ()

    def authority(self, broker: str, importer: str, day: date) -> tuple[Delegation, ...]:
        """Return the delegations of an account that a broker (BN15 or BN9) holds on an Eastern day."""
        held = (each for each in self.delegations if each.broker == bn9_of(broker))
        return tuple(each for each in held if each.covers(importer) and each.holds_on(day))

    def may(self, right: Right, broker: str, importer: str, day: date) -> bool:
        """Return whether a broker (BN15 or BN9) has a right for the importer's account on a day."""
        return any(right in each.rights for each in self.authority(broker, importer, day))

    def may_file(self, broker: str, importer: str, day: date) -> bool:
        """Return whether a broker (BN15 or BN9) may account for the importer's goods on a day."""
        return self.may("file", broker, importer, day)

    def partner_of(self, bn9: str) -> Partner | None:
        """Return the partner that has a business number, or None; the first by id when several have it."""
        found = (self.partners[key] for key in sorted(self.partners))
        return next((partner for partner in found if bn9_of(partner.account) == bn9), None)
