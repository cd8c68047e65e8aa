"""Would this file be accepted? `cadline check`: parse and validate, post nothing."""

from pathlib import Path

import click

import parsers
from cadline.checked import Checked
from cadline.commands.common import FILE, FINDINGS, GOOD, echo_json, json_option, with_house
from cadline.wiring import House
from schemas.rules import Language


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option(
    "--syntax-only", is_flag=True, help="Check envelope, structure and elements; no business rules."
)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@json_option
@with_house
def check(
    house: House,
    files: tuple[Path, ...],
    language: Language,
    *,
    syntax_only: bool,
    as_json: bool,
) -> None:
    """Parse and validate FILES, and say everything that is wrong with them, where, and how to mend it.

    Nothing is posted. Who may file for whom, and what was filed before, is asked of the ledger database
    when there is one; without it, those rules are left out. Exit code 1 when any file is rejected.
    """
    judge = parsers.read if syntax_only else house.checker()
    rejected = False
    for file in files:
        checked = Checked(str(file), file.read_bytes(), judge, language)
        rejected |= checked.rejected
        if as_json:
            echo_json(checked.as_json())
        else:
            click.echo("\n".join(checked.lines()))
    click.get_current_context().exit(FINDINGS if rejected else GOOD)
