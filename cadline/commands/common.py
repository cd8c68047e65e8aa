"""What do the verbs share? Options for the place of the state, the house that they wire, JSON lines."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cadline.clock import clock_of
from cadline.settings import Settings, read_settings
from cadline.telling import set_up_log
from parsers.limits import EVERYBODY, Limits
from schemas.days import eastern_day
from schemas.identifiers import read_number
from schemas.tolerance import TOLERATIONS, Toleration

if TYPE_CHECKING:
    from cadline.wiring import House

GOOD, FINDINGS, WRONG_USE, AWAY = 0, 1, 2, 3
"""Exit codes: good; the input has findings or is rejected; wrong use or settings; a server is away."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for machines, one object a line."
)

tolerate_option = click.option(
    "--tolerate",
    multiple=True,
    type=click.Choice(TOLERATIONS),
    help="Read the file as if this had been agreed with its sender.",
)


def limits_of(tolerate: tuple[Toleration, ...]) -> Limits | None:
    """Return limits of reading that put up with something from everybody; None where nothing is said."""
    return Limits(tolerated={EVERYBODY: tolerate}) if tolerate else None


by_option = click.option("--by", "name", required=True, help="Who makes the change.")
why_option = click.option("--why", "reason", required=True, help="Why; kept with the change.")

_SETTINGS: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
    click.option(
        "--database", metavar="URL", help="Ledger database [CADLINE_DATABASE; sqlite:///cadline.sqlite]."
    ),
    click.option(
        "--kafka",
        metavar="SERVERS",
        help="Kafka bootstrap servers [CADLINE_KAFKA; none: log in the database].",
    ),
    click.option(
        "--tables", type=FOLDER, help="Folder of tables that replace shipped ones [CADLINE_TABLES]."
    ),
    click.option(
        "--tariff",
        type=click.Path(path_type=Path),
        help="Tariff to use [CADLINE_TARIFF; the shipped sample].",
    ),
    click.option("--clock", metavar="CLOCK", help="`system`, an instant, or `file:PATH` [CADLINE_CLOCK]."),
)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options for settings; it is called with `settings`, read and checked."""

    @wraps(command)
    def called(**options: Any) -> None:
        chosen = {name: options.pop(name) for name in ("database", "kafka", "tables", "tariff", "clock")}
        settings = read_settings(os.environ, chosen)
        set_up_log(settings)
        command(settings=settings, **options)

    for option in reversed(_SETTINGS):
        called = option(called)
    return called


def with_house(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options for settings; it is called with `house`, wired and closed after it."""

    @wraps(command)
    def called(*, settings: Settings, **options: Any) -> None:
        with opened(settings) as house:
            command(house=house, **options)

    return with_settings(called)


@contextmanager
def opened(settings: Settings) -> Iterator["House"]:
    """Wire a house and let go of it at the end."""
    from cadline.wiring import House  # noqa: PLC0415 - takes time to load, and some verbs need no house

    house = House(settings)
    try:
        yield house
    finally:
        house.close()


def as_day(_context: click.Context, _parameter: click.Parameter, moment: datetime | None) -> date | None:
    """Turn a parsed `--date` into a day: click knows moments only."""
    return moment.date() if moment else None


def eastern_today() -> date:
    """Return the Eastern day by the clock of the settings, for verbs that need no house."""
    return eastern_day(clock_of(read_settings(os.environ).clock).now())


def declaration_number(text: str) -> tuple[str, int | None]:
    """Read the number of a declaration that somebody typed, with its version where it has one."""
    try:
        return read_number(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


day_option = click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=as_day,
    required=True,
    help="Eastern day, YYYY-MM-DD.",
)


def echo_json(value: object) -> None:
    """Print one JSON object on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
