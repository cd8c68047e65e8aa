"""What do the verbs share that ask what the law says? Options for the tables, and the tables themselves."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cadline.commands.common import FOLDER
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.tariff_file import tariff_in_use
from schemas.table_errors import TableError
from schemas.tables import Tables, load_tables

language_option = click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the findings."
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
