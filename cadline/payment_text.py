"""How are payments shown? As JSON for machines, as lines for a person, as CSV."""

import csv
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click

from cadline.checked import JsonObject, place
from cadline.commands.common import echo_json
from ingest.bank_files import Imported, Outcome
from ingest.payment_records import PaymentRecord
from ingest.payments import Done
from schemas.findings import Finding, Where, describe
from schemas.money import dollars
from schemas.rules import Language

COLUMNS = (
    "key",
    "account",
    "reference",
    "payer",
    "method",
    "received_at",
    "value_day",
    "amount",
    "free",
    "state",
    "for",
    "source",
    "quoted",
)


@dataclass(frozen=True, slots=True)
class Teller:
    """Says what became of an act, in the form and language that were asked for."""

    language: Language
    as_json: bool

    def payment(self, found: PaymentRecord, done: Done, verb: str) -> None:
        """Say what became of a payment that was recorded or assigned."""
        if self.as_json:
            echo_json(payment_json(found) | {"status": verb if done.is_new else "stands already"})
        else:
            click.echo(f"{payment_text(found)}\n{verb if done.is_new else 'it stands in the book already'}")

    def entry(self, done: Done, verb: str) -> None:
        """Say which entry an act made, with the credits that it is of, and what it warns of."""
        entry = done.entry
        cents = entry.credit.cents if entry.credit else -sum(each.cents for each in entry.allocations)
        if self.as_json:
            told = {"key": entry.key, "account": entry.party, "day": entry.event_day, "credit_cents": cents}
            parts = [{"credit": each.credit, "cents": each.cents} for each in entry.allocations]
            status = verb if done.is_new else "stands already"
            echo_json({**told, "parts": parts, "status": status, "findings": self._json(done.findings)})
            return
        click.echo(f"{entry.key}  {entry.event_day}  credit {dollars(cents)}")
        for each in entry.allocations:
            click.echo(f"  {dollars(each.cents):>16}  of {each.credit}")
        click.echo(verb if done.is_new else "it stands in the book already")
        self._echo(done.findings)

    def outcome(self, file: str, outcome: Outcome, *, dry_run: bool) -> None:
        """Say what a file came to, and everything that is to be said about it."""
        if self.as_json:
            told = outcome.imported.model_dump(mode="json") | {"dry_run": dry_run}
            echo_json({"file": file} | told | {"findings": self._json(outcome.findings)})
        else:
            click.echo(f"{file}: {import_text(outcome.imported, dry_run=dry_run)}")
            self._echo(outcome.findings)

    def refusal(self, findings: Iterable[Finding]) -> None:
        """Say why nothing was done."""
        if self.as_json:
            echo_json({"status": "refused", "findings": self._json(findings)})
        else:
            click.echo("refused: nothing was changed")
            self._echo(findings)

    def _json(self, findings: Iterable[Finding]) -> list[JsonObject]:
        return [
            {
                "code": finding.code,
                "severity": finding.severity,
                "where": finding.where.model_dump(exclude_none=True),
                "found": finding.found,
                "expected": finding.expected,
                "values": finding.values,
                **describe(finding, self.language).model_dump(),
            }
            for finding in findings
        ]

    def _echo(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            text = describe(finding, self.language)
            at = f" at {place(finding.where, '')}" if finding.where != Where() else ""
            click.echo(f"  {finding.severity} {finding.code}{at}\n    {text.message}\n    {text.remedy}")


def import_text(done: Imported, *, dry_run: bool) -> str:
    """Say what a file came to."""
    if done.status != "booked":
        return f"{done.status}; nothing was booked ({done.format})"
    waiting = f"{done.unmatched} of them in suspense ({dollars(done.unmatched_cents)})"
    parts = [
        f"{done.payments} payments of {dollars(done.payments_cents)}",
        waiting if done.unmatched else "",
        f"{done.returns} returns of {dollars(done.returns_cents)}" if done.returns else "",
        f"{done.repeated} known already" if done.repeated else "",
    ]
    booked = "would be booked" if dry_run else "booked"
    return f"{', '.join(filter(None, parts))}: {booked} ({done.format})"


def payment_text(found: PaymentRecord) -> str:
    """Write a payment in a line."""
    return f"{found.key}  {found.value_day}  {dollars(found.cents):>14}  {found.state}"


def payment_json(found: PaymentRecord) -> JsonObject:
    """Return a payment as one object."""
    return found.model_dump(mode="json")


def echo_payments(found: Iterable[PaymentRecord]) -> None:
    """Print payments with what they paid, and their sum."""
    count = cents = free = 0
    for each in found:
        count, cents, free = count + 1, cents + each.cents, free + each.free_cents
        click.echo(payment_text(each))
        if each.quoted:
            click.echo(f"    from {each.payer or 'nobody named'}: {each.quoted}")
        for part in each.used:
            what = f"{part.charge} due {part.due}" if part.charge else "paid out"
            click.echo(f"    {dollars(part.cents):>14}  {part.reference}  {what}")
    click.echo(f"{count} payments, {dollars(cents)} in all, {dollars(free)} of it free")


def write_csv(found: Iterable[PaymentRecord]) -> None:
    """Print payments as CSV, amounts in dollars."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found:
        amounts = {"amount": dollars(each.cents), "free": dollars(each.free_cents)}
        row = payment_json(each) | amounts | {"for": " ".join(each.requested)}
        writer.writerow([row[column] for column in COLUMNS])
