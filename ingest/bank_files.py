"""How does a bank's file get into the book? Whole or not at all, and once.

    seen before? ──► its first answer again
    errors ───────► all of them at once, nothing is booked
    payments ─────► the account that a line quotes, or suspense when none is known
    returns ──────► the payment that they name is taken back

A payment whose reference the book holds with the same amount is passed over: two files may tell of it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update

from accounting import ledger
from accounting.bulk import insert_missing
from accounting.payments import (
    SUSPENSE,
    dishonour_key,
    paid_cents,
    payment,
    payment_key,
    received,
    received_act,
    unmatched,
)
from ingest import audit, tables
from ingest.clearing import clear_at_once
from ingest.payment_records import entries_of, named, paid_out, standing, streams_of
from ingest.payments import future_finding, limit_warnings, take_back
from parsers.remittances import read_payments
from schemas.base import Value
from schemas.book import Entry
from schemas.days import eastern_day
from schemas.findings import Finding, rejects
from schemas.money import Cents, dollars
from schemas.registry import Stream
from schemas.remittance import BankFile, BankLine, payment_finding

PLANNED = ""
"""What stands for what a file came to, until that is known."""


class Imported(Value):
    """What a file came to. repeated: how many of its payments and returns the book held already.

    status: booked; seen before, then nothing was done; or refused, then nothing was booked.
    """

    digest: str
    format: str
    message: str
    status: str
    payments: int = 0
    payments_cents: Cents = 0
    unmatched: int = 0
    unmatched_cents: Cents = 0
    returns: int = 0
    returns_cents: Cents = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file, and what is to be said about it; errors only of one that was refused."""

    imported: Imported
    findings: tuple[Finding, ...] = ()


def import_file(connection: Connection, payload: bytes, name: str, author: audit.Author) -> Outcome:
    """Book the payments and returns of a bank's file in the caller's transaction.

    A file with errors changes nothing; the caller who only wants to know rolls back.
    """
    digest = sha256(payload).hexdigest()
    file = read_payments(payload)
    # Whoever brings the same bytes meanwhile waits here, and then finds what they came to.
    insert_missing(connection, tables.bank_file, [(digest, file.format, name, author.now, PLANNED, payload)])
    stored = connection.scalar(select(tables.bank_file.c.content).where(tables.bank_file.c.digest == digest))
    if stored is not None and stored != PLANNED:
        return Outcome(Imported(**json.loads(stored)).model_copy(update={"status": "seen before"}))
    booking = _Booking(connection, file, digest, author)
    findings = booking.plan() if not rejects(file.findings) else ()
    findings = (*file.findings, *findings)
    if rejects(findings):
        connection.execute(delete(tables.bank_file).where(tables.bank_file.c.digest == digest))
        refused = Imported(digest=digest, format=file.format, message=file.message, status="refused")
        return Outcome(refused, findings)
    imported = booking.post()
    _keep(connection, imported, name, author)
    return Outcome(imported, findings)


@dataclass(slots=True)
class _Booking:
    """What is going to be booked of a file.

    known: how the accounts that it quotes are billed. new: the entries of its payments, by the number of the
    line. back: what its returns take back. repeated: lines that the book holds already.
    """

    connection: Connection
    file: BankFile
    digest: str
    author: audit.Author
    known: Mapping[str, Stream] = field(default_factory=dict)
    new: dict[int, Entry] = field(default_factory=dict)
    back: dict[int, Entry] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)

    def plan(self) -> tuple[Finding, ...]:
        """Decide what becomes of each line; return what is wrong with the file as the book sees it."""
        returns = [line for line in self.file.lines if line.sort == "return"]
        self.known = streams_of(self.connection, {line.account for line in self.file.lines})
        named_ = named(self.connection, [each for line in returns for each in line.originals])
        touched = {entry.party for paid in named_ for entry in (paid, standing(self.connection, paid))}
        # All at once, and before the audit: so that two files, or a file and a person, never deadlock.
        ledger.lock(self.connection, [*self.known, *touched, SUSPENSE])
        findings = [finding for line in self.file.lines for finding in self._future(line)]
        findings += self._plan_payments([line for line in self.file.lines if line.sort == "payment"])
        findings += self._plan_returns(returns, named_)
        return tuple(sorted(findings, key=lambda finding: finding.where.line or finding.where.byte or 0))

    def post(self) -> Imported:
        """Post what was planned; return what it came to."""
        ledger.post(self.connection, list(self.new.values()))
        for number, paid in self.back.items():
            line = self.file.lines[number - 1]
            take_back(self.connection, paid, line.reason, self.author, eastern_day(line.received_at))
        credited = [entry.party for entry in self.new.values() if entry.credit is not None]
        clear_at_once(self.connection, credited, eastern_day(self.author.now), self.author.now)
        waiting = [paid_cents(entry) for entry in self.new.values() if entry.party == SUSPENSE]
        return Imported(
            digest=self.digest,
            format=self.file.format,
            message=self.file.message,
            status="booked",
            payments=len(self.new),
            payments_cents=sum(map(paid_cents, self.new.values())),
            unmatched=len(waiting),
            unmatched_cents=sum(waiting),
            returns=len(self.back),
            returns_cents=sum(map(paid_cents, self.back.values())),
            repeated=len(self.repeated),
        )

    def _future(self, line: BankLine) -> Iterator[Finding]:
        if line.received_at > self.author.now:
            finding = future_finding(line.received_at, self.author.now)
            yield finding.model_copy(update={"where": line.where})

    def _plan_payments(self, lines: list[BankLine]) -> Iterator[Finding]:
        keys = {line.number: self._keys(line) for line in lines}
        held = entries_of(self.connection, [key for both in keys.values() for key in both])
        for line in lines:
            stored = [held[key] for key in keys[line.number] if key in held]
            if stored:
                yield self._repeat(line, stored[0])
            elif line.received_at <= self.author.now:
                entry = self._entry(line)
                self.new[line.number] = entry
                yield from self._warnings(line, entry)

    def _keys(self, line: BankLine) -> tuple[str, ...]:
        """Return the keys under which the book may hold a line's payment."""
        parties = (line.account, SUSPENSE) if line.account else (SUSPENSE,)
        return tuple(payment_key(line.method, party, line.reference) for party in parties)

    def _repeat(self, line: BankLine, stored: Entry) -> Finding:
        """Pass over a payment that the book holds, or refuse it when the book's is of another amount."""
        known = paid_cents(stored)
        if known != line.cents:
            found, expected = dollars(line.cents), dollars(known)
            return payment_finding(
                "PAY-009", where=line.where, name=stored.key, found=found, expected=expected
            )
        self.repeated.add(line.number)
        return payment_finding("PAY-028", where=line.where, found=stored.key)

    def _entry(self, line: BankLine) -> Entry:
        """Return the entry of a payment: on its account, or in suspense."""
        stream = self.known.get(line.account)
        act = received(
            reference=line.reference,
            payer=line.payer,
            method=line.method,
            received_at=line.received_at,
            requested=line.requested,
            source=f"{self.file.format}/{self.digest[:16]}/{line.number}",
            quoted="" if stream else line.quoted or line.account,
        )
        if stream is None:
            return unmatched(line.cents, act, self.author.now)
        return payment(line.account, stream, line.cents, act, self.author.now)

    def _warnings(self, line: BankLine, entry: Entry) -> Iterator[Finding]:
        act = received_act(entry)
        if entry.party == SUSPENSE:
            yield payment_finding("PAY-018", where=line.where, found=act.quoted, name=entry.key)
        for finding in limit_warnings(self.connection, entry.party, line.cents, act):
            yield finding.model_copy(update={"where": line.where})

    def _plan_returns(self, lines: list[BankLine], booked: list[Entry]) -> Iterator[Finding]:
        known = [*self.new.values(), *booked]
        for line in lines:
            paid = next(_returned(line, known), None)
            if paid is None:
                yield payment_finding("PAY-010", where=line.where, found=line.reference)
            else:
                yield from self._plan_return(line, standing(self.connection, paid))

    def _plan_return(self, line: BankLine, paid: Entry) -> Iterator[Finding]:
        if paid_cents(paid) != line.cents:
            found, expected = dollars(line.cents), dollars(paid_cents(paid))
            yield payment_finding("PAY-011", where=line.where, found=found, expected=expected, name=paid.key)
        elif paid in self.back.values() or ledger.held_keys(self.connection, [dishonour_key(paid.key)]):
            self.repeated.add(line.number)
            yield payment_finding("PAY-028", where=line.where, found=dishonour_key(paid.key))
        else:
            for part in paid_out(self.connection, paid.key):
                found = dollars(part.cents)
                yield payment_finding(
                    "PAY-012", where=line.where, found=found, expected=part.reference, name=paid.key
                )
            self.back[line.number] = paid


def _returned(line: BankLine, known: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the payments that a return may take back: of a reference that it names, and its account."""
    for entry in known:
        act = received_act(entry)
        if act.reference in line.originals and line.account in {"", entry.party, *_elsewhere(entry)}:
            yield entry


def _elsewhere(entry: Entry) -> tuple[str, ...]:
    """Return the account that money in suspense quoted: a return of it quotes the same."""
    return (received_act(entry).quoted,) if entry.party == SUSPENSE else ()


def _keep(connection: Connection, imported: Imported, name: str, author: audit.Author) -> None:
    """Keep what a file came to, and note who brought it."""
    content = imported.model_dump_json()
    is_this = tables.bank_file.c.digest == imported.digest
    connection.execute(update(tables.bank_file).where(is_this).values(content=content))
    act = audit.Act("payments imported", name, json.loads(content))
    audit.note(connection, author, [act])
