"""How do papers become files? `cadline export`."""

from pathlib import Path

import click

from cadline.commands.common import FOLDER, echo_json, json_option, with_house
from cadline.database import reading
from cadline.wiring import House
from outbound.export import export as export_papers


@click.command("export")
@click.option("--to", "folder", type=FOLDER, required=True, help="Folder to write to; made when missing.")
@json_option
@with_house
def export(house: House, folder: Path, *, as_json: bool) -> None:
    """Write every outbound interchange as a file, a folder for each recipient, with a list of them all.

    Names and bytes depend on the papers alone: exporting twice gives the same files.
    """
    with reading(house.engine) as connection:
        written = export_papers(connection, folder)
    if as_json:
        echo_json({"folder": str(folder), "files": [str(file) for file in written]})
    else:
        click.echo(f"{len(written)} interchanges below {folder}")
