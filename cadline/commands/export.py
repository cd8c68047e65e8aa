"""How do papers become files? `cadline export`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import click
from sqlalchemy import Connection

from cadline.commands.common import FOLDER, echo_json, json_option, with_house
from cadline.database import reading
from cadline.errors import Refused
from cadline.wiring import House
from ingest.papers import value_of
from outbound.export import export as export_papers
from outbound.export import file_name, write_whole
from outbound.forms import PLAIN
from outbound.outbox import papers
from outbound.pdf import PdfUnavailable
from schemas.rules import Language


@click.command("export")
@click.option("--to", "folder", type=FOLDER, required=True, help="Folder to write to; made when missing.")
@click.option(
    "--as",
    "forms",
    type=click.Choice(tuple(PLAIN)),
    multiple=True,
    help="Also in this form; may be repeated.",
)
@click.option("--language", type=click.Choice(get_args(Language)), default="en", show_default=True)
@json_option
@with_house
def export(house: House, folder: Path, forms: tuple[str, ...], language: Language, *, as_json: bool) -> None:
    """Write every outbound interchange as a file, a folder for each recipient, with a list of them all.

    \b
    cadline export --to sent
    cadline export --to sent --as pdf --as csv --language fr

    Names and bytes depend on the papers alone: exporting twice gives the same files. With --as, each paper
    that is more than an acknowledgement lies beside its interchange in that form too.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with reading(house.engine) as connection:
        written = export_papers(connection, folder)
        beside = list(_beside(connection, folder, forms, language)) if forms else []
    if as_json:
        echo_json({"folder": str(folder), "files": [str(file) for file in (*written, *beside)]})
    else:
        also = f", {len(beside)} other forms" if forms else ""
        click.echo(f"{len(written)} interchanges{also} below {folder}")


def _beside(connection: Connection, folder: Path, forms: Sequence[str], language: Language) -> Iterator[Path]:
    """Write the papers in other forms, each under the name of its interchange; yield the files."""
    for stored in papers(connection):
        paper = value_of(connection, stored.paper or stored.key)
        if paper is None:
            continue
        for form in forms:
            file = folder / file_name(stored).with_suffix(f".{language}.{form}")
            try:
                write_whole(file, PLAIN[form](paper, language))
            except PdfUnavailable as error:
                raise Refused(str(error)) from error
            yield file
