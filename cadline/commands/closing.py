"""How are the papers of a day made? `cadline notices`, `cadline statements`, `cadline summaries`."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import get_args

import click

from accounting.schedule import statement_day
from cadline.commands.common import day_option, echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.statement_text import statement_lines
from cadline.wiring import House
from ingest.closing import Close
from outbound.pages import page
from schemas.days import eastern_day
from schemas.papers import Statement
from schemas.rules import Language

FORMS: Mapping[str, Callable[[Statement, Language], str]] = {
    "text": lambda found, _language: "\n".join(statement_lines(found)),
    "json": lambda found, _language: found.model_dump_json(),
    "html": page,
}
"""How a preliminary statement is shown; only its page has two languages."""


@click.command("notices")
@day_option
@json_option
@with_house
def notices(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the daily notices of an Eastern day: every account to which something was posted.

    Run it after midnight Eastern. Running it again changes nothing.
    """
    _warn_of_an_early_close(house, day)
    _report(_closed(house, lambda close: close.notices(day)), day, as_json=as_json)


@click.command("statements")
@day_option
@click.option("--preliminary", is_flag=True, help="Show the statement of one account as it would be now.")
@click.option("--account", help="Whose preliminary statement (BN15).")
@click.option(
    "--format", "form", type=click.Choice([*FORMS]), default="text", help="Of a preliminary statement."
)
@click.option("--language", type=click.Choice(get_args(Language)), default="en", help="Of its page.")
@json_option
@with_house
def statements(  # noqa: PLR0913 - one for each option
    house: House,
    day: date,
    account: str | None,
    form: str,
    language: Language,
    *,
    preliminary: bool,
    as_json: bool,
) -> None:
    """Build and send the statements of account of a statement day, the 25th.

    Every account that owes something, or to which something was posted in the period, gets one. Running it
    again changes nothing.

    With --preliminary and --account, the account's statement is shown as it would be now. Nothing is sent or
    stored, and no number is drawn.
    """
    if statement_day(day) != day:
        raise Refused(f"statements are issued on {statement_day(day)}, not on {day}")
    if preliminary != bool(account):
        raise click.UsageError("--preliminary and --account go together")
    if account is None:
        _report(_closed(house, lambda close: close.statements(day)), day, as_json=as_json)
    else:
        click.echo(FORMS["json" if as_json else form](_preliminary(house, day, account), language))


@click.command("summaries")
@day_option
@json_option
@with_house
def summaries(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the customs broker summaries of an Eastern day: what each broker filed, by client.

    Run it after midnight Eastern. Running it again changes nothing.
    """
    _warn_of_an_early_close(house, day)
    _report(_closed(house, lambda close: close.summaries(day)), day, as_json=as_json)


def _preliminary(house: House, day: date, account: str) -> Statement:
    with reading(house.engine) as connection:
        found = house.close_of_day(connection).preliminary(account, day)
    if not (found.name or found.parts or found.opening_items):
        raise Refused(f"{account} is no account in the registry, and nothing was posted to it")
    return found


def _closed(house: House, act: Callable[[Close], list[str]]) -> list[str]:
    with writing(house.engine) as connection:
        return act(house.close_of_day(connection))


def _warn_of_an_early_close(house: House, day: date) -> None:
    """Say on standard error that a day still runs: its papers are written once, with what is there now."""
    if day >= eastern_day(house.clock.now()):
        click.echo(
            f"{day} is not over: what is posted later that day will be on none of its papers", err=True
        )


def _report(keys: list[str], day: date, *, as_json: bool) -> None:
    if as_json:
        echo_json({"date": day.isoformat(), "written": keys})
        return
    for key in keys:
        click.echo(key)
    click.echo(f"{len(keys)} papers written for {day}")
