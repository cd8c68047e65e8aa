"""How are the papers of a day made? `cadline notices`, `cadline statements`, `cadline summaries`."""

from collections.abc import Callable
from datetime import date

import click

from cadline.commands.common import day_option, echo_json, json_option, with_house
from cadline.database import writing
from cadline.wiring import House
from ingest.closing import Close


@click.command("notices")
@day_option
@json_option
@with_house
def notices(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the daily notices of an Eastern day: every account to which something was posted.

    Run it after midnight Eastern. Running it again changes nothing.
    """
    _report(_closed(house, lambda close: close.notices(day)), day, as_json=as_json)


@click.command("statements")
@day_option
@json_option
@with_house
def statements(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the statements of account of a statement day, the 25th.

    Every account that owes something, or to which something was posted in the period, gets one. Running it
    again changes nothing.
    """
    _report(_closed(house, lambda close: close.statements(day)), day, as_json=as_json)


@click.command("summaries")
@day_option
@json_option
@with_house
def summaries(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the customs broker summaries of an Eastern day: what each broker filed, by client.

    Run it after midnight Eastern. Running it again changes nothing.
    """
    _report(_closed(house, lambda close: close.summaries(day)), day, as_json=as_json)


def _closed(house: House, act: Callable[[Close], list[str]]) -> list[str]:
    with writing(house.engine) as connection:
        return act(house.close_of_day(connection))


def _report(keys: list[str], day: date, *, as_json: bool) -> None:
    if as_json:
        echo_json({"date": day.isoformat(), "written": keys})
        return
    for key in keys:
        click.echo(key)
    click.echo(f"{len(keys)} papers written for {day}")
