"""Who is who? `cadline registry`."""

from pathlib import Path

import click

from cadline.commands.common import echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import registry as stored
from schemas.registry_files import read_registry
from schemas.table_errors import TableError


@click.group("registry")
def registry() -> None:
    """Partners, importer accounts, and delegations of authority."""


@registry.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything; store nothing.")
@json_option
@with_house
def import_(house: House, folder: Path, *, dry_run: bool, as_json: bool) -> None:
    """Load partners.csv, importers.csv and delegations.csv of FOLDER.

    What has the same key is replaced, everything else stays. Every fault of every file is told at once, and
    then nothing is stored.
    """
    try:
        read = read_registry(folder)
    except TableError as error:
        raise Refused(f"nothing was stored:\n{error}") from None
    if not dry_run:
        with writing(house.engine) as connection:
            stored.write(connection, read)
    counts = {
        "partners": len(read.partners),
        "importers": len(read.importers),
        "delegations": len(read.delegations),
    }
    if as_json:
        echo_json(counts | {"stored": not dry_run})
    else:
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{told} {'would be stored' if dry_run else 'stored'}")


@registry.command("show")
@json_option
@with_house
def show(house: House, *, as_json: bool) -> None:
    """List partners, importers and delegations."""
    with reading(house.engine) as connection:
        known = stored.read_all(connection)
    if as_json:
        echo_json(known.model_dump(mode="json"))
        return
    for partner in known.partners.values():
        click.echo(f"{partner.role:<9} {partner.id:<20} {partner.account}  {partner.name}")
    for importer in known.importers.values():
        click.echo(f"account   {importer.account:<20} {importer.stream:<15}  {importer.name}")
    for delegation in known.delegations:
        until = f"until {delegation.until}" if delegation.until else "without end"
        click.echo(f"authority {delegation.importer:<20} to {delegation.broker}  {delegation.since} {until}")
