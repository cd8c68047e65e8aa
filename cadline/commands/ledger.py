"""What does the book say, and does it hold? `cadline ledger`."""

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from accounting import auditor
from accounting import ledger as book
from accounting.exporting import ImportRefused, export_book, import_book
from accounting.verify import verify as problems_of
from cadline.clock import instant_of
from cadline.commands.common import FINDINGS, FOLDER, as_day, echo_json, json_option
from cadline.database import answering, engine_of, reading, upgrade
from cadline.errors import Refused
from cadline.settings import read_settings
from schemas.book import Entry
from schemas.money import Cents, dollars

AUDITOR = "auditor.py"

DAY = click.DateTime(["%Y-%m-%d"])


def with_book(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --database; it is called with a `connection` that reads the book."""

    @click.option(
        "--database", metavar="URL", help="Ledger database [CADLINE_DATABASE; sqlite:///cadline.sqlite]."
    )
    @wraps(command)
    def called(*, database: str | None, **options: Any) -> None:
        engine = engine_of(read_settings(os.environ, {"database": database}).database)
        upgrade(engine)
        with reading(engine) as connection:
            command(connection=connection, **options)
        engine.dispose()

    return called


def as_instant(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
    """Read an instant with its zone, or say what one looks like."""
    try:
        return instant_of(text) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group("ledger")
def ledger() -> None:
    """Look into the book, and prove it."""


@ledger.command("balance")
@click.argument("account")
@click.option(
    "--as-of", metavar="INSTANT", callback=as_instant, help="What the book said then (ISO 8601 with zone)."
)
@json_option
@with_book
def balance(connection: Connection, account: str, as_of: datetime | None, *, as_json: bool) -> None:
    """Show the balance of one program ACCOUNT (BN15), by account of the general ledger."""
    balances = book.balance(connection, account, as_of)
    owed = book.receivable(balances)
    if as_json:
        echo_json({"account": account, "balances_cents": balances, "receivable_cents": owed})
        return
    _echo_balances(balances)
    click.echo(f"{'owed':32}{dollars(owed):>18}")


@ledger.command("trial-balance")
@json_option
@with_book
def trial_balance(connection: Connection, *, as_json: bool) -> None:
    """Show each account of the general ledger over all parties, and their sum, which is zero."""
    balances = book.trial_balance(connection)
    total = sum(balances.values())
    if as_json:
        echo_json({"balances_cents": balances, "sum_cents": total})
        return
    _echo_balances(balances)
    click.echo(f"{'sum':32}{dollars(total):>18}")


@ledger.command("entries")
@click.option("--account", help="Only entries of this program account (BN15).")
@click.option("--transaction", help="Only entries of this declaration (14 digits).")
@click.option("--since", type=DAY, callback=as_day, help="Posted on this Eastern day or later.")
@click.option("--until", type=DAY, callback=as_day, help="Posted on this Eastern day or earlier.")
@json_option
@with_book
def entries(  # noqa: PLR0913 - one for each option
    connection: Connection,
    account: str | None,
    transaction: str | None,
    since: date | None,
    until: date | None,
    *,
    as_json: bool,
) -> None:
    """List journal entries in the order of the accounts' chains; with --json, each with its working."""
    found = book.entries(
        connection, party=account, transaction_number=transaction, first_day=since, last_day=until
    )
    for entry in found:
        click.echo(entry.model_dump_json() if as_json else _in_a_line(entry))


@ledger.command("verify")
@json_option
@with_book
def verify(connection: Connection, *, as_json: bool) -> None:
    """Prove every invariant of the book. Exit code 1 when one fails.

    \b
    Each entry's postings sum to zero and are what its hashed text says; chains have no gaps;
    balances are the sums of their postings; reversals are exact mirrors; what was posted for a
    declaration is its latest version; each version stands on exactly one statement.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    problems = problems_of(connection)
    if as_json:
        echo_json(
            {
                "holds": not problems,
                "problems": [
                    {"invariant": found.invariant, "where": found.where, "message": found.message}
                    for found in problems
                ],
            }
        )
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"The book does not hold: {len(problems)} problems." if problems else "The book holds.")
    if problems:
        raise click.exceptions.Exit(FINDINGS)


@ledger.command("export")
@click.option("--to", "folder", type=FOLDER, required=True, help="Folder for the files; made if need be.")
@with_book
def export(connection: Connection, folder: Path) -> None:
    """Write the whole book as JSON Lines and CSV, with a manifest of hashes.

    The file auditor.py, put beside them, checks the book with nothing but Python:
    python auditor.py FOLDER
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = export_book(connection, folder)
    shutil.copyfile(auditor.__file__, folder / AUDITOR)
    for name, file in manifest["files"].items():
        click.echo(f"{file['rows']:12,}  {name}")


@ledger.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--database", metavar="URL", help="Ledger database [CADLINE_DATABASE; sqlite:///cadline.sqlite]."
)
def import_(folder: Path, database: str | None) -> None:
    """Post an exported book from FOLDER into an empty one.

    Every hash comes out as it was, or nothing is kept.
    """
    engine = engine_of(read_settings(os.environ, {"database": database}).database)
    upgrade(engine)
    try:
        with answering(), engine.begin() as connection:
            count = import_book(connection, folder)
    except ImportRefused as error:
        raise Refused(f"{folder}: {error}") from None
    finally:
        engine.dispose()
    click.echo(f"{count:,} entries are in the book.")


def _echo_balances(balances: Mapping[str, Cents]) -> None:
    for account, cents in balances.items():
        click.echo(f"{account:32}{dollars(cents):>18}")


def _in_a_line(entry: Entry) -> str:
    """Say an entry in a line: posted when, to whom, what, and how much it adds to what is owed."""
    owed = sum(posting.cents for posting in entry.postings if posting.account.startswith("receivable."))
    return f"{entry.posted_at:%Y-%m-%d %H:%M}Z  {entry.party}  {entry.key:42}{dollars(owed):>16}"
