"""Would this file be accepted? `cadline check`: parse and validate, post nothing."""

from pathlib import Path

import click

import parsers
from cadline.checked import Checked, Judge
from cadline.commands.common import FILE, FINDINGS, GOOD, echo_json, json_option, with_house
from cadline.errors import SettingsError
from cadline.wiring import House
from parsers.edifact import DirectoryError, check_syntax, load_directories
from schemas.envelope import Interchange
from schemas.rules import Language


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option(
    "--syntax-only", is_flag=True, help="Check envelope, structure and elements; no business rules."
)
@click.option(
    "--directory",
    "directories",
    multiple=True,
    type=FILE,
    help="A UN/EDIFACT directory as JSON: checks every message type in it. With --syntax-only.",
)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@json_option
@with_house
def check(  # noqa: PLR0913 - one parameter an option
    house: House,
    files: tuple[Path, ...],
    directories: tuple[Path, ...],
    language: Language,
    *,
    syntax_only: bool,
    as_json: bool,
) -> None:
    """Parse and validate FILES, and say everything that is wrong with them, where, and how to mend it.

    Nothing is posted. Who may file for whom, and what was filed before, is asked of the ledger database
    when there is one; without it, those rules are left out. Exit code 1 when any file is rejected.

    \b
    Examples:
      cadline check interchange.edi
      cadline check --json *.edi *.xml
      cadline check --syntax-only --directory d96b.json --directory d96b-codes.json invoice.edi
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if directories and not syntax_only:
        raise click.UsageError("--directory goes with --syntax-only: only our own guides carry rules")
    judge = _syntax_judge(directories) if syntax_only else house.checker()
    rejected = False
    for file in files:
        checked = Checked(str(file), file.read_bytes(), judge, language)
        rejected |= checked.rejected
        if as_json:
            echo_json(checked.as_json())
        else:
            click.echo("\n".join(checked.lines()))
    click.get_current_context().exit(FINDINGS if rejected else GOOD)


def _syntax_judge(directories: tuple[Path, ...]) -> Judge:
    """Return what judges the syntax of a payload. Raises SettingsError for a file that is no directory."""
    try:
        known = load_directories(directories)
    except DirectoryError as error:
        raise SettingsError(str(error)) from None

    def judge(payload: bytes) -> list[Interchange]:
        if parsers.syntax_of(payload) == "xml":
            return parsers.read(payload)
        return list(check_syntax(payload, known))

    return judge
