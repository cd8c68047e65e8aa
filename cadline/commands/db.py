"""How does the ledger database get its newest form? `cadline db`."""

import os

import click

from cadline.database import engine_of, upgrade
from cadline.settings import read_settings


@click.group("db")
def db() -> None:
    """Migrate the ledger database."""


@db.command("upgrade")
@click.option(
    "--database", metavar="URL", help="Ledger database [CADLINE_DATABASE; sqlite:///cadline.sqlite]."
)
def upgrade_database(database: str | None) -> None:
    """Create the tables, or bring them to the newest form.

    Safe to run again and by several processes at once: what is in its newest form stays as it is.
    """
    settings = read_settings(os.environ, {"database": database})
    engine = engine_of(settings.database)
    upgrade(engine)
    click.echo(f"The ledger database is in its newest form: {engine.url.render_as_string()}")
