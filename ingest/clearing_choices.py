"""Which debts does a person choose for a credit, and what would a payment pay? One account at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from accounting import accounts, ledger
from accounting.accounts import debt_of
from accounting.clearing import (
    BILLED_PLACES,
    REQUESTED,
    Debt,
    FreeCredit,
    Lift,
    cleared,
    clearing_key,
    kind_of_lift,
    lifts,
)
from accounting.journal import read
from accounting.strategies import clearing_law, credit_type, strategy_on
from accounting.tables import chain, journal_entry
from ingest import tables
from ingest.audit import Act, Author, note
from ingest.clearing import debts_behind, headings, next_keys, tied, undo
from schemas.book import Allocation, Entry
from schemas.days import eastern_day
from schemas.money import Cents, dollars
from schemas.rules import Language

PREVIEW = "preview"
"""The key of a payment that is not made yet."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a choice cannot be posted. id: in `schemas/law/clearing.toml`; values: what its words name."""

    id: str
    values: Mapping[str, Any]

    def say(self, language: Language) -> str:
        """Say what is wrong, and what to do."""
        row = next(row for row in clearing_law()["refusal"] if row["id"] == self.id)
        text: str = row[language]
        return text.format(**self.values)


class ChoiceRefused(Exception):  # noqa: N818 - named as a sentence
    """A choice cannot be posted; nothing was changed. refusals: everything that is wrong with it."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(each.say("en") for each in refusals))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A debt that somebody chose. charge: None for all of the reference. cents: None for all that is open."""

    reference: str
    charge: str | None = None
    cents: Cents | None = None

    def __str__(self) -> str:
        return f"{self.reference}:{self.charge}" if self.charge else self.reference


@dataclass(frozen=True, slots=True)
class Choice:
    """What a credit is to pay. name: the chooser's own, under which a repeat is known; or empty."""

    party: str
    credit: str
    chosen: tuple[Chosen, ...]
    name: str = ""

    @property
    def key(self) -> str:
        """The natural key of a choice that has a name."""
        return f"clearing/{self.party}/{REQUESTED}/{self.name}"


# ---- preview --------------------------------------------------------------------------------------


def foreseen(
    connection: Connection, party: str, cents: Cents, day: date, name: str | None
) -> tuple[list[Debt], list[FreeCredit]]:
    """Return the debts and free credits of an account as they would stand with a payment on an Eastern day.

    What was paid too much counts as the credit that it will be. Nothing is written.
    """
    parts = accounts.open_parts(connection, [party]).get(party, [])
    known = accounts.histories(connection, [party], [part[0] for part in parts])
    free = accounts.free_credits(connection, [party]).get(party, [])
    if strategy_on(day, name).ties == "broker":
        free = tied(connection, party, free)
    gained = _gained(connection, lifts(parts), day)
    free += [each for _, each in gained if each.cents]
    free.append(FreeCredit(PREVIEW, "payment", cents, day, credit_type(PREVIEW, "payment")))
    return debts_behind(party, parts, gained, known), free


def _gained(connection: Connection, found: Iterable[Lift], day: date) -> list[tuple[Lift, FreeCredit]]:
    lifting = list(found)
    ended = accounts.cancelled(connection, [lift.reference for lift in lifting])
    gained = []
    for lift in lifting:
        key, kind = f"credit/{lift.reference}", kind_of_lift(lift.reference, ended)
        gained.append((lift, FreeCredit(key, kind, lift.cents, day, credit_type(key, kind))))
    return gained


def is_known(connection: Connection, party: str) -> bool:
    """Return whether the book or the registry knows an account."""
    booked = select(chain.c.party).where(chain.c.party == party, chain.c.sequence > 0)
    registered = select(tables.importer.c.account).where(tables.importer.c.account == party)
    return connection.scalar(booked) is not None or connection.scalar(registered) is not None


# ---- choosing -------------------------------------------------------------------------------------


def apply(connection: Connection, choice: Choice, author: Author) -> Entry:
    """Let a credit pay the debts that somebody chose, in their order; return the entry.

    A choice with a name that is posted already is found again, and nothing is changed. Raises ChoiceRefused
    with all that is wrong: a credit or debt that is not there, or amounts beyond what is free or open; and
    EntryConflict when the name stands for another choice.
    """
    ledger.lock(connection, [choice.party])
    held = _held(connection, choice)
    if held is not None:
        return held
    open_ = _open(connection, choice.party)
    allocations = list(_allocations(choice, open_, _free(connection, choice)))
    refusals = [each for each in allocations if isinstance(each, Refusal)]
    if refusals:
        raise ChoiceRefused(refusals)
    paid = [each for each in allocations if isinstance(each, Allocation)]
    return _post(connection, choice, paid, author)


def take_back(connection: Connection, party: str, credit: str, author: Author) -> Entry | None:
    """Take back all that a credit paid; return the entry, None when it pays nothing. A person's act."""
    entry = undo(connection, party, credit, reason=author.reason, day=eastern_day(author.now), now=author.now)
    if entry is not None:
        note(connection, author, [Act("undo clearing", party, {"credit": credit, "entry": entry.key})])
    return entry


def _held(connection: Connection, choice: Choice) -> Entry | None:
    """Return the entry under the name of a choice. Raises EntryConflict when it is another choice's."""
    packed = connection.scalar(select(journal_entry.c.content).where(journal_entry.c.key == choice.key))
    if not choice.name or packed is None:
        return None
    entry = read(packed)
    same = {choice.credit} == {each.credit for each in entry.allocations}
    if not same or {each.reference for each in choice.chosen} != {
        each.reference for each in entry.allocations
    }:
        raise ledger.EntryConflict(f"{choice.key} stands in the book for another choice")
    return entry


def _open(connection: Connection, party: str) -> list[Debt]:
    parts = accounts.open_parts(connection, [party]).get(party, [])
    debts = [debt_of(party, part) for part in parts if part[3] > 0]
    return sorted(debts, key=lambda debt: (debt.due, BILLED_PLACES[debt.charge]))


def _free(connection: Connection, choice: Choice) -> FreeCredit | Refusal:
    """Return the credit that was named, or say which there are."""
    free = accounts.free_credits(connection, [choice.party]).get(choice.party, [])
    named = next((each for each in free if each.key == choice.credit), None)
    there = ", ".join(f"{each.key} ({dollars(each.cents)})" for each in free)
    return named or Refusal("no-credit-free", {"credit": choice.credit, "there": there or "-"})


def _allocations(
    choice: Choice, open_: Sequence[Debt], free: FreeCredit | Refusal
) -> Iterator[Allocation | Refusal]:
    """Yield what the credit pays, and everything that stands against it."""
    if isinstance(free, Refusal):
        yield free
    left = {debt.place: debt.cents for debt in open_}
    paid: list[tuple[Debt, Cents]] = []
    for each in choice.chosen:
        yield from _refused(each, open_, left)
        paid += _taken(each, open_, left)
    wanted = sum(cents for _, cents in paid)
    if isinstance(free, FreeCredit):
        if wanted > free.cents:
            values = {"credit": free.key, "free": dollars(free.cents), "wanted": dollars(wanted)}
            yield Refusal("beyond-credit", values)
        yield from (_allocation(free, debt, cents) for debt, cents in paid)


def _refused(each: Chosen, open_: Sequence[Debt], left: Mapping[Any, Cents]) -> Iterator[Refusal]:
    """Yield what is wrong with a chosen debt."""
    there = sum(left[debt.place] for debt in open_ if _is(each, debt))
    if not there:
        yield Refusal("nothing-open", {"debt": str(each)})
    elif each.cents is not None and each.cents > there:
        values = {"debt": str(each), "open": dollars(there), "wanted": dollars(each.cents)}
        yield Refusal("beyond-debt", values)


def _taken(each: Chosen, open_: Sequence[Debt], left: dict[Any, Cents]) -> Iterator[tuple[Debt, Cents]]:
    """Yield what is paid of a chosen debt, oldest due first, and take it from what is left."""
    rest = each.cents
    for debt in open_:
        if _is(each, debt):
            cents = left[debt.place] if rest is None else min(rest, left[debt.place])
            rest = None if rest is None else rest - cents
            left[debt.place] -= cents
            if cents:
                yield debt, cents


def _is(each: Chosen, debt: Debt) -> bool:
    return debt.reference == each.reference and each.charge in {None, debt.charge}


def _allocation(free: FreeCredit, debt: Debt, cents: Cents) -> Allocation:
    return Allocation(
        credit=free.key,
        kind=free.kind,
        reference=debt.reference,
        charge=debt.charge,
        due=debt.due,
        cents=cents,
    )


def _post(connection: Connection, choice: Choice, paid: Sequence[Allocation], author: Author) -> Entry:
    day = eastern_day(author.now)
    key = choice.key
    if not choice.name:
        [key] = next_keys(connection, [clearing_key(choice.party, day)])
    entry = cleared(headings(connection, [choice.party], day, author.now)[choice.party], key, REQUESTED, paid)
    ledger.post(connection, [entry])
    content = {
        "entry": entry.key,
        "credit": choice.credit,
        "paid": [f"{each.reference}:{each.charge} {dollars(each.cents)}" for each in paid],
    }
    note(connection, author, [Act("apply credit", choice.party, content)])
    return entry
