"""What is given as security for release prior to payment? Instruments: deposits and security agreements.

An instrument is known by its identifier and has versions: each says what it is from a day on. A version is
never changed; what happens to the instrument adds one.
"""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from schemas.acts import PaymentMethod
from schemas.base import Value
from schemas.identifiers import is_bn15
from schemas.money import Cents

SecurityForm = Literal["deposit", "agreement"]
"""Money that is deposited, or a written agreement by which a provider guarantees payment (SOR/2024-42)."""

FORMS: tuple[SecurityForm, ...] = ("deposit", "agreement")

THRESHOLDS: tuple[int, ...] = (75, 90, 100)
"""Percents of utilisation of which an account is warned, unless a setting names others."""

Step = Literal["given", "changed", "shared", "terminated", "released", "collected"]
"""What made a version: it was given; its amount was changed; its shares were; a provider gave notice; a
deposit was given back; a demand was paid, or met from the deposit."""

AUTHORITY = "SOR/86-1062 s.11"
"""The legislative authority under which security for release prior to payment is given."""


class Share(Value):
    """The part of an instrument that covers one program account (BN15)."""

    account: str
    cents: Cents


class Instrument(Value):
    """An instrument as it is from a day on.

    id: a number or other identifier, unique among all instruments. holder: the program account (BN15), or
    the business number (BN9) of an agreement that several accounts share. program: the two letters of those
    accounts. provider: who guarantees; empty for a deposit. amount_cents: what it is for. shares: of a
    shared agreement, how much covers which account. valid_from, valid_until: Eastern days, both included;
    without an end None. noticed: the day on which its termination was notified. method: how a deposit's
    money came. version: from 1. since: the Eastern day from which this version holds. step: what made it.
    reference: of the money that moved with it. moved_cents: how much did. account: that it was collected for.
    """

    id: str
    form: SecurityForm
    holder: str
    program: str = "RM"
    provider: str = ""
    authority: str = AUTHORITY
    amount_cents: Cents
    shares: tuple[Share, ...] = ()
    valid_from: date
    valid_until: date | None = None
    noticed: date | None = None
    method: PaymentMethod | None = None
    version: int = 1
    since: date
    step: Step = "given"
    reference: str = ""
    moved_cents: Cents = 0
    account: str = ""

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        """Refuse a version that begins before the instrument: a programmer's error, never a person's."""
        if self.since < self.valid_from:
            raise ValueError(f"{self.id}: version {self.version} holds from before the instrument is valid")
        return self

    @property
    def accounts(self) -> tuple[str, ...]:
        """The program accounts that it covers."""
        return (self.holder,) if is_bn15(self.holder) else tuple(share.account for share in self.shares)

    @property
    def is_taken_in(self) -> bool:
        """Whether money came in with this version."""
        return self.moved_cents > 0 and self.step in {"given", "changed"}

    def is_valid_on(self, day: date) -> bool:
        """Return whether it is in force on an Eastern day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def share_of(self, account: str) -> Cents:
        """Return how much of it covers an account, whether it is in force or not."""
        if self.holder == account:
            return self.amount_cents
        return sum(share.cents for share in self.shares if share.account == account)
