"""Would this file be accepted? `cadline check`: parse and validate, post nothing."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

import parsers
from cadline.checked import Checked, Judge
from cadline.commands.common import (
    FILE,
    FINDINGS,
    GOOD,
    echo_json,
    json_option,
    limits_of,
    tolerate_option,
    with_house,
)
from cadline.errors import SettingsError
from cadline.repeated import with_repeats
from cadline.wiring import House
from parsers.edifact import DirectoryError, load_directories, stream_syntax
from schemas.envelope import Event
from schemas.rules import Language
from schemas.tolerance import Toleration


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
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=5000,
    show_default=True,
    help="How many messages and findings of a file are shown; all are counted.",
)
@tolerate_option
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@json_option
@with_house
def check(  # noqa: PLR0913 - one parameter an option
    house: House,
    files: tuple[Path, ...],
    *,
    directories: tuple[Path, ...],
    most: int,
    tolerate: tuple[Toleration, ...],
    language: Language,
    syntax_only: bool,
    as_json: bool,
) -> None:
    """Parse and validate FILES, and say everything that is wrong with them, where, and how to mend it.

    Nothing is posted. Who may file for whom, and what was filed before, is asked of the ledger database
    when there is one; without it, those rules are left out. The registry also says what was agreed with a
    sender, unless --tolerate does. Exit code 1 when any file is rejected.
    A file is read message by message: its size makes no difference to memory.

    \b
    Examples:
      cadline check interchange.edi
      cadline check --json *.edi *.xml
      cadline check --syntax-only --directory d96b.json --directory d96b-codes.json invoice.edi
      cadline check --tolerate utf-8 --tolerate hard-wrap interchange.edi
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if directories and not syntax_only:
        raise click.UsageError("--directory goes with --syntax-only: only our own guides carry rules")
    limits = limits_of(tolerate)
    judge = _syntax_judge(directories, limits) if syntax_only else house.checker(limits)
    rejected = False
    for file in files:
        checked = _checked(file, judge, language, most)
        rejected |= checked.rejected
        if as_json:
            echo_json(checked.as_json())
        else:
            click.echo("\n".join(checked.lines()))
    click.get_current_context().exit(FINDINGS if rejected else GOOD)


def _checked(file: Path, judge: Judge, language: Language, most: int) -> Checked:
    with file.open("rb") as stream:
        syntax = parsers.syntax_of(stream.read(parsers.HEAD_BYTES))
        stream.seek(0)
        return Checked(str(file), syntax, language, most).read(with_repeats(judge(stream), stream))


def _syntax_judge(directories: tuple[Path, ...], limits: parsers.Limits | None) -> Judge:
    """Return what judges the syntax of a file. Raises SettingsError for a file that is no directory."""
    try:
        known = load_directories(directories)
    except DirectoryError as error:
        raise SettingsError(str(error)) from None

    def judge(stream: BinaryIO) -> Iterable[Event]:
        syntax = parsers.syntax_of(stream.read(parsers.HEAD_BYTES))
        stream.seek(0)
        if syntax == "xml":
            return parsers.stream(stream)
        return parsers.or_unreadable(stream_syntax(stream, known, limits or parsers.DEFAULT_LIMITS))

    return judge
