"""What does an account owe, and why? `cadline account`."""

from datetime import datetime

import click
from sqlalchemy import Connection

from accounting import ledger as book
from accounting.accounts import OwedItem, owed_items
from cadline.commands.common import echo_json, json_option
from cadline.commands.ledger import as_instant, with_book
from schemas.money import dollars


@click.group("account")
def account() -> None:
    """Look into one program account."""


@account.command("show")
@click.argument("number", metavar="BN15")
@click.option(
    "--as-of", metavar="INSTANT", callback=as_instant, help="What was owed then (ISO 8601 with zone)."
)
@json_option
@with_book
def show(connection: Connection, number: str, as_of: datetime | None, *, as_json: bool) -> None:
    """Show what account BN15 owes: each declaration with its due date, never a bare total.

    A correction is taken into the declaration that it corrects; what cancels out is not shown.
    """
    items = owed_items(connection, number, as_of)
    owed = book.receivable(book.balance(connection, number, as_of))
    if as_json:
        echo_json(
            {"account": number, "owed_cents": owed, "items": [item.model_dump(mode="json") for item in items]}
        )
        return
    for item in items:
        click.echo(_in_a_line(item))
    click.echo(f"{'owed':32}{dollars(owed):>18}")


def _in_a_line(item: OwedItem) -> str:
    charges = ", ".join(f"{charge} {dollars(cents)}" for charge, cents in item.charges.items())
    return f"{item.transaction_number}  due {item.due}    {dollars(item.cents):>16}  ({charges})"
