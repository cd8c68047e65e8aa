"""How does history from before the book come in, and what came? `cadline opening`."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from cadline.commands.common import FILE, FINDINGS, echo_json, json_option, with_house
from cadline.commands.values import DOLLAR, decided
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest.audit import Author
from ingest.opening import Opening, OpeningRefused, openings, read_items, take_in
from schemas.acts import BroughtForward
from schemas.book import Entry
from schemas.money import Cents, dollars
from schemas.table_errors import TableError


@click.group("opening")
def opening() -> None:
    """Debts and credits from before the book: imported once, each explained."""


@opening.command("import")
@click.argument("file", type=FILE)
@click.option("--total", type=DOLLAR, help="Control total in dollars: debts less credits.")
@click.option("--dry-run", is_flag=True, help="Read and check everything; post nothing.")
@decided
@json_option
@with_house
def import_(  # noqa: PLR0913 - one parameter an option
    house: House, file: Path, total: Cents | None, name: str, reason: str, *, dry_run: bool, as_json: bool
) -> None:
    """Import opening items from a CSV FILE, whole or not at all; again changes nothing.

    type is a charge for a debt (customs_duty, sima, surtax, excise_duty, excise_tax, gst, provincial,
    interest, penalty) or a kind of credit (payment, cancellation, refund, drawback, penalty, opening). A debt
    has a due date and a credit has none. A further column, interest_from, says where a debt's interest starts
    here, if not on the day after its due date. Everything wrong is said at once, with exit code 1.

    \b
    account,reference,type,amount,due,arose,explanation
    123456782RM0001,OLD-1,gst,120.50,2024-09-30,2024-09-03,unpaid B3 of September 2024
    123456782RM0001,OLD-2,opening,20.00,,2024-08-12,unapplied payment of August 2024

    \b
    cadline opening import ledger.csv --total 100.50 --by "A. Officer" --why "clean-up of the old ledger"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    try:
        items = read_items(file.read_text(encoding="utf-8-sig"), file.name)
        with writing(house.engine) as connection:
            found = take_in(connection, items, author, total)
            if dry_run:
                connection.rollback()
    except (TableError, OpeningRefused, UnicodeDecodeError) as error:
        click.echo(f"cadline: nothing is imported:\n{error}", err=True)
        raise click.exceptions.Exit(FINDINGS) from None
    _report(found, dry_run=dry_run, as_json=as_json)


def _report(found: Opening, *, dry_run: bool, as_json: bool) -> None:
    known = len(found.entries) - found.new
    if as_json:
        echo_json(
            {
                "entries": len(found.entries),
                "new": found.new,
                "known": known,
                "debts_cents": found.debts_cents,
                "credits_cents": found.credits_cents,
                "net_cents": found.net_cents,
                "dry_run": dry_run,
            }
        )
        return
    click.echo(f"{'debts':12}{dollars(found.debts_cents):>18}")
    click.echo(f"{'credits':12}{dollars(found.credits_cents):>18}")
    click.echo(f"{'together':12}{dollars(found.net_cents):>18}")
    done = "would be imported" if dry_run else "imported"
    click.echo(f"{found.new} items {done}, {known} known already")


@opening.command("list")
@click.option("--account", metavar="BN15", help="Only of this program account.")
@json_option
@with_house
def list_(house: House, account: str | None, *, as_json: bool) -> None:
    """List the opening items, each with its explanation."""
    with reading(house.engine) as connection:
        _list(connection, account, as_json=as_json)


def _list(connection: Connection, account: str | None, *, as_json: bool) -> None:
    for entry in openings(connection, account=account):
        for found in _parts(entry):
            if as_json:
                echo_json(found)
            else:
                due = f"due {found['due']}" if found["due"] else "credit"
                place = f"{found['account']}  {found['reference']}  {found['type']}"
                click.echo(
                    f"{place}  {dollars(found['cents']):>14}  {due}  arose {found['arose']}  "
                    f"{found['explanation']}"
                )


def _parts(entry: Entry) -> list[dict[str, Any]]:
    """Return the debts of an opening entry, or its credit, one for each."""
    act = entry.act
    if not isinstance(act, BroughtForward):
        raise Refused(f"{entry.key} is no opening item")
    head = {"key": entry.key, "account": entry.party, "reference": entry.reference}
    tail = {"arose": act.arose, "explanation": act.explanation}
    debts = [
        {**head, "type": item.charge, "cents": item.cents, "due": item.due, **tail} for item in entry.items
    ]
    if entry.credit is None:
        return debts
    return [{**head, "type": entry.credit.kind, "cents": entry.credit.cents, "due": None, **tail}]
