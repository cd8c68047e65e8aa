"""Who approves a change after the payment due date? `cadline adjustments`."""

import click

from cadline.commands.common import echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest.adjustments import Adjustment, NotWaiting, Ruling, rule, waiting
from ingest.audit import Author
from schemas.money import dollars

by_option = click.option("--by", "name", required=True, help="Who rules.")
why_option = click.option("--why", "reason", required=True, help="Why; kept with the ruling.")


@click.group("adjustments")
def adjustments() -> None:
    """Changes after the payment due date: they are posted only when somebody approves them."""


@adjustments.command("list")
@json_option
@with_house
def list_(house: House, *, as_json: bool) -> None:
    """List the adjustments that wait, oldest first."""
    with reading(house.engine) as connection:
        held = waiting(connection)
    for each in held:
        if as_json:
            echo_json(_as_json(each))
        else:
            cad = each.accepted.filing.cad
            click.echo(f"{each.number}  {cad.importer.identifier}  would owe {dollars(each.cents)}")
    if not held and not as_json:
        click.echo("nothing waits")


@adjustments.command("approve")
@click.argument("number")
@by_option
@why_option
@json_option
@with_house
def approve(house: House, number: str, name: str, reason: str, *, as_json: bool) -> None:
    """Approve the adjustment of this printed NUMBER (19 digits): it goes on to be posted.

    A ruling stands: an approved adjustment cannot be refused any more, nor a refused one approved.
    """
    _rule(house, number, "approved", Author(name, reason, house.clock.now()))
    _tell(number, "approved", as_json=as_json)


@adjustments.command("refuse")
@click.argument("number")
@by_option
@why_option
@json_option
@with_house
def refuse(house: House, number: str, name: str, reason: str, *, as_json: bool) -> None:
    """Refuse the adjustment of this printed NUMBER (19 digits): nothing of it is posted.

    The version keeps its number; the next change follows it.
    """
    _rule(house, number, "refused", Author(name, reason, house.clock.now()))
    _tell(number, "refused", as_json=as_json)


def _rule(house: House, number: str, ruling: Ruling, officer: Author) -> None:
    """Rule first and hand on then: when a crash comes between, approving again hands on again."""
    try:
        with writing(house.engine) as connection:
            outgoing = rule(connection, number, ruling, officer)
    except NotWaiting as error:
        raise Refused(str(error)) from None
    with writing(house.engine) as connection:
        house.log.publish(connection, outgoing)


def _tell(number: str, ruling: Ruling, *, as_json: bool) -> None:
    if as_json:
        echo_json({"number": number, "ruling": ruling})
    else:
        click.echo(f"{number} {ruling}")


def _as_json(adjustment: Adjustment) -> dict[str, object]:
    filing = adjustment.accepted.filing
    return {
        "number": adjustment.number,
        "importer": filing.cad.importer.identifier,
        "broker": filing.cad.broker.identifier,
        "received_at": filing.received_at.isoformat(),
        "total_cents": adjustment.cents,
    }
