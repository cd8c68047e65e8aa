"""What do the verbs share that ask what the law says? Options for a case, and the tables."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from accounting.calendar import CASES, INTEREST_RULES
from cadline.commands.common import FOLDER
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.tariff_file import tariff_in_use
from schemas.registry import STREAMS
from schemas.table_errors import TableError
from schemas.tables import Tables, load_tables

language_option = click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the findings."
)

stream_option = click.option(
    "--stream",
    type=click.Choice(STREAMS),
    default="commercial",
    show_default=True,
    help="How the account is billed.",
)
case_option = click.option(
    "--case",
    type=click.Choice(CASES),
    default="ordinary",
    show_default=True,
    help="low-value: CSA goods up to 3,300 (s.10.31); deficient: information lacks (s.12, s.13).",
)
interest_rule_option = click.option(
    "--interest-rule",
    type=click.Choice(INTEREST_RULES),
    default="payment-due",
    show_default=True,
    help="From which reading of the law interest starts (docs/decisions/0005-interest-start.md).",
)

tables_option = click.option(
    "--tables",
    "folder",
    type=FOLDER,
    help="Folder of tables that replace shipped ones, exchange.csv that adds to them [CADLINE_TABLES].",
)

tariff_option = click.option(
    "--tariff",
    type=click.Path(path_type=Path),
    help="Tariff to use: imported, or a CSV [CADLINE_TARIFF; ./tariff.sqlite; the shipped sample].",
)


def with_tables(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options for tables and tariff; it is called with `tables`, loaded."""

    @wraps(command)
    def called(*, folder: Path | None, tariff: Path | None, **options: Any) -> None:
        settings = read_settings(os.environ, {"tables": folder, "tariff": tariff})
        command(tables=tables_of(settings.tables, settings.tariff), **options)

    return tables_option(tariff_option(called))


def tables_of(folder: Path | None, tariff: Path | None) -> Tables:
    """Load the tables. Raises Refused, naming file and place, when one cannot be read."""
    try:
        return load_tables(folder, tariff_in_use(tariff))
    except TableError as error:
        raise Refused(f"a table cannot be read:\n{error}") from None
