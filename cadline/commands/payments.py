"""What came in, what came back, what goes out? `cadline payments`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import click
from sqlalchemy import Connection

from accounting.ledger import EntryConflict
from accounting.payments import SUSPENSE, received
from cadline.commands.common import FILE, FINDINGS, as_day, echo_json, json_option, with_house
from cadline.commands.lawful import language_option
from cadline.commands.ledger import as_instant
from cadline.database import answering, reading, writing
from cadline.payment_text import Teller, echo_payments, payment_json, write_csv
from cadline.wiring import House
from ingest import payments as acts
from ingest.audit import Author
from ingest.bank_files import Outcome, import_file
from ingest.payment_records import STATES, Filter, records_of
from ingest.payment_records import payments as stored_payments
from ingest.payments import Done, PaymentRefused
from parsers.remittances.quoted import cents_of, reference_of
from parsers.remittances.totals import amount_findings, currency_findings, reference_findings
from schemas.acts import METHODS, CreditDisbursed, CreditGranted, CreditKind, PaymentMethod
from schemas.findings import Finding, Where
from schemas.identifiers import is_importer_account
from schemas.money import Cents
from schemas.remittance import payment_finding
from schemas.rules import Language

DAY = click.DateTime(["%Y-%m-%d"])
NEGATIVE = {"ignore_unknown_options": True}
"""Lets an amount such as -5.00 through, so that the rules can say what is wrong with it."""

GRANTS = ("drawback", "refund", "penalty")
BY_DEFAULT = "operator"


def telling(command: Callable[..., None]) -> Callable[..., None]:
    """Give a verb --by, --why, --json and --language; it is called with `author` and `tell`.

    What it refuses is told as findings, with exit code 1; nothing is kept of it.
    """

    @click.option("--by", "name", default=BY_DEFAULT, show_default=True, help="Who does it.")
    @click.option("--why", default="by hand", show_default=True, help="Why; kept in the audit.")
    @json_option
    @language_option
    @wraps(command)
    def called(
        *, house: House, as_json: bool, language: Language, name: str, why: str, **options: Any
    ) -> None:
        tell = Teller(language, as_json=as_json)
        author = Author(name, why, house.clock.now())
        try:
            command(house=house, tell=tell, author=author, **options)
        except PaymentRefused as refused:
            tell.refusal(refused.findings)
            click.get_current_context().exit(FINDINGS)

    return with_house(called)


@click.group("payments")
def payments() -> None:
    """Payments, credits and what is paid out: by hand, and from the bank's files.

    Money that comes waits on the account as a credit until something is due; then the daily clearing pays
    debts with it.
    """


@payments.command("record", context_settings=NEGATIVE)
@click.argument("account")
@click.argument("amount")
@click.option("--reference", required=True, help="The payer's or the bank's; once an account and method.")
@click.option("--payer", default="", help="Who paid; a broker may pay for an importer.")
@click.option("--method", type=click.Choice(METHODS), default="electronic", show_default=True)
@click.option("--received-at", metavar="INSTANT", callback=as_instant, help="ISO 8601 with zone [now].")
@click.option("--for", "requested", multiple=True, metavar="REFERENCE", help="A debt to be paid; in order.")
@click.option("--currency", default="CAD", show_default=True, help="Only Canadian dollars are taken.")
@telling
def record(  # noqa: PLR0913 - one parameter an option
    *,
    house: House,
    tell: Teller,
    author: Author,
    account: str,
    amount: str,
    reference: str,
    payer: str,
    method: PaymentMethod,
    received_at: datetime | None,
    requested: tuple[str, ...],
    currency: str,
) -> None:
    """Record a payment of AMOUNT dollars to a program ACCOUNT (BN15).

    \b
    cadline payments record 999002017RM0001 1500.00 --reference WIRE-77 \\
        --payer "Agate Brokers" --received-at 2026-03-31T23:59:00-04:00 --for 90101260000001

    An electronic payment counts as of its Eastern day, to 23:59; a cheque that comes after 16:00, or on a
    day off, as of the next business day. Card payments are limited to 4,999.99 a billing cycle and account.
    Saying the same again is the same payment; another payment needs another reference.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    wrong = [*currency_findings(currency, Where(), "currency")]
    wrong += typed_findings(amount, reference)
    if wrong:
        with reading(house.engine) as connection:
            wrong += acts.circumstances(connection, account, received_at or author.now, author.now)
        raise PaymentRefused(tuple(wrong))
    act = received(
        reference=reference,
        payer=payer,
        method=method,
        received_at=received_at or author.now,
        requested=tuple(dict.fromkeys(map(reference_of, requested))),
    )
    with posting(house) as connection:
        act = acts.receipt_repeated(connection, account, act, instant_given=received_at is not None)
        done = acts.record(connection, account, cents_of(amount) or 0, act, author)
        tell_payment(connection, tell, done, "recorded")


@payments.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and check everything; book nothing.")
@telling
def import_(*, house: House, tell: Teller, author: Author, files: tuple[Path, ...], dry_run: bool) -> None:
    """Book the payments and returns of a bank's FILES: CAMT.054 (XML), X12 820, or CSV.

    \b
    cadline payments import camt054.xml --dry-run
    cadline payments import payments.csv

    A file is booked whole or not at all: every fault is told at once, and control sums are added up. The same
    file, or the same payment in another file, is booked once. What quotes no known account waits in suspense
    (`payments list --unmatched`, `payments assign`). The formats: docs/payments.md.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    refused = False
    for file in files:
        outcome = imported(house, file, author, dry_run=dry_run)
        tell.outcome(file.name, outcome, dry_run=dry_run)
        refused |= outcome.imported.status == "refused"
    if refused:
        click.get_current_context().exit(FINDINGS)


@payments.command("list")
@click.option("--account", default="", metavar="BN15", help="Of one program account.")
@click.option("--reference", default="", help="With exactly this reference.")
@click.option("--payer", default="", help="Whose payer has this in it.")
@click.option("--method", type=click.Choice(METHODS))
@click.option("--since", type=DAY, callback=as_day, help="First value day.")
@click.option("--until", type=DAY, callback=as_day, help="Last value day.")
@click.option("--state", type=click.Choice(STATES), help="What became of them.")
@click.option("--unmatched", is_flag=True, help="What waits in suspense: the same as --state unmatched.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
@json_option
@with_house
def list_(house: House, *, unmatched: bool, as_csv: bool, as_json: bool, **wanted: Any) -> None:
    """List payments with what became of each, by account and by when they were posted.

    \b
    cadline payments list --account 999002017RM0001 --since 2026-03-01 --csv
    cadline payments list --unmatched
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if unmatched:
        wanted["state"] = "unmatched"
    with reading(house.engine) as connection:
        found = stored_payments(connection, Filter(**{key: value for key, value in wanted.items() if value}))
        if as_csv:
            write_csv(found)
        elif as_json:
            for each in found:
                echo_json(payment_json(each))
        else:
            echo_payments(found)


@payments.command("assign")
@click.argument("payment", metavar="KEY|REFERENCE")
@click.argument("account")
@telling
def assign(*, house: House, tell: Teller, author: Author, payment: str, account: str) -> None:
    """Give money that waits in suspense to the ACCOUNT whose it is; it counts as of the day it came.

    \b
    cadline payments assign payment/electronic/SUSPENSE/WIRE-78 999002017RM0001 --by Ann --why "letter"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with posting(house) as connection:
        key = key_of(connection, payment, Filter(account=SUSPENSE, reference=payment), "PAY-027")
        tell_payment(connection, tell, acts.assign(connection, key, account, author), "assigned")


@payments.command("dishonour")
@click.argument("payment", metavar="KEY|REFERENCE")
@click.option("--account", default="", metavar="BN15", help="Whose payment, if its reference is not enough.")
@click.option("--reason", default="not sufficient funds", show_default=True, help="What the bank says.")
@click.option("--on", "day", type=DAY, callback=as_day, help="Eastern day as of which it counts [today].")
@telling
def dishonour(  # noqa: PLR0913 - one parameter an option
    *,
    house: House,
    tell: Teller,
    author: Author,
    payment: str,
    account: str,
    reason: str,
    day: date | None,
) -> None:
    """Take back a payment that did not hold (NSF): its credit goes, and what it paid is owed again.

    \b
    cadline payments dishonour WIRE-77 --account 999002017RM0001 --reason "not sufficient funds"

    The debts stand open with their own due dates, as if never paid.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with posting(house) as connection:
        key = key_of(connection, payment, Filter(account=account, reference=payment), "PAY-010")
        tell.entry(acts.dishonour(connection, key, reason, author, day), "dishonoured")


@payments.command("disburse", context_settings=NEGATIVE)
@click.argument("account")
@click.argument("amount", required=False)
@click.option("--all", "everything", is_flag=True, help="All that is free, in place of AMOUNT.")
@click.option("--reference", required=True, help="Of the cheque or transfer; once an account.")
@click.option("--method", type=click.Choice(["cheque", "transfer"]), default="cheque", show_default=True)
@telling
def disburse(  # noqa: PLR0913 - one parameter an option
    *,
    house: House,
    tell: Teller,
    author: Author,
    account: str,
    amount: str | None,
    everything: bool,
    reference: str,
    method: Literal["cheque", "transfer"],
) -> None:
    """Pay free credits of an ACCOUNT out: AMOUNT dollars, or --all; the oldest credit first.

    \b
    cadline payments disburse 999002017RM0001 250.00 --reference CHQ-1001

    Nothing is paid out while something overdue is not paid. Each part is linked to its credit.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if everything == (amount is not None):
        raise click.UsageError("give AMOUNT or --all, one of them")
    cents = checked(account, amount, reference)
    act = CreditDisbursed(reference=reference, method=method)
    with posting(house) as connection:
        done = acts.disburse(connection, account, None if everything else cents, act, author)
        tell.entry(done, "disbursed")


@payments.command("grant", context_settings=NEGATIVE)
@click.argument("account")
@click.argument("amount")
@click.option("--kind", type=click.Choice(GRANTS), required=True, help="K32; a refund; a cancelled penalty.")
@click.option("--origin", required=True, help="The number of the decision; it grants once.")
@click.option("--reason", default="", help="What the decision says.")
@click.option("--applied", type=DAY, callback=as_day, help="Eastern day of a complete application.")
@telling
def grant(  # noqa: PLR0913 - one parameter an option
    *,
    house: House,
    tell: Teller,
    author: Author,
    account: str,
    amount: str,
    kind: CreditKind,
    origin: str,
    reason: str,
    applied: date | None,
) -> None:
    """Grant an ACCOUNT a credit of AMOUNT dollars by a decision: drawback (K32), refund, cancelled penalty.

    \b
    cadline payments grant 999002017RM0001 640.00 --kind drawback --origin K32-2026-0007
    """  # noqa: D301 - click reads \b as "keep these line ends"
    cents = checked(account, amount, origin)
    act = CreditGranted(origin=origin, reason=reason, applied=applied)
    with posting(house) as connection:
        done = acts.grant(connection, account, act, author, kind=kind, cents=cents)
        tell.entry(done, "granted")


# ---- what the verbs share -------------------------------------------------------------------------


@contextmanager
def posting(house: House) -> Iterator[Connection]:
    """Open a transaction; a conflict of keys is told as a finding, and nothing is kept."""
    try:
        with writing(house.engine) as connection:
            yield connection
    except EntryConflict as error:
        key = str(error).partition(" ")[0]
        raise PaymentRefused(
            (payment_finding("PAY-025", name=key, found="this", expected="other"),)
        ) from None


def checked(account: str, amount: str | None, reference: str) -> Cents:
    """Return an amount in cents. Raises PaymentRefused with everything that is wrong with what was typed."""
    findings = list(typed_findings(amount, reference))
    if not is_importer_account(account):
        findings.append(payment_finding("PAY-015", field="account", found=account))
    if findings:
        raise PaymentRefused(tuple(findings))
    return cents_of(amount or "") or 0


def typed_findings(amount: str | None, reference: str) -> Iterator[Finding]:
    """Yield what is wrong with an amount and a reference as they were typed."""
    if amount is not None:
        yield from amount_findings(amount, Where(), "amount")
    yield from reference_findings(reference, Where(), "reference")


def key_of(connection: Connection, text: str, wanted: Filter, code: str) -> str:
    """Return the key of the payment that somebody named by key or reference.

    Raises PaymentRefused with a finding of `code` when none has that reference, UsageError when several do.
    """
    if text.startswith("payment/"):
        return text
    found = [each.key for each in stored_payments(connection, wanted)]
    if not found:
        raise PaymentRefused((payment_finding(code, found=text),))
    if len(found) > 1:
        raise click.UsageError(f"several payments have the reference {text}; name one: {', '.join(found)}")
    return found[0]


def imported(house: House, file: Path, author: Author, *, dry_run: bool) -> Outcome:
    """Import one file in a transaction of its own, which is taken back for a dry run or a refusal."""
    with answering(), house.engine.connect() as connection, connection.begin() as transaction:
        outcome = import_file(connection, file.read_bytes(), file.name, author)
        if dry_run or outcome.imported.status == "refused":
            transaction.rollback()
    return outcome


def tell_payment(connection: Connection, tell: Teller, done: Done, verb: str) -> None:
    """Say what became of a payment that was recorded or assigned."""
    tell.payment(next(records_of(connection, [done.entry])), done, verb)
