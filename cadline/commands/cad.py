"""What happened to a declaration? `cadline cad`."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import click

from cadline.commands.common import declaration_number, echo_json, json_option, with_house
from cadline.database import reading
from cadline.errors import Refused
from cadline.timeline import Compared, timeline_json, timeline_lines
from cadline.wiring import House
from ingest.timeline import declarations, timeline
from schemas.cad import Declaration
from schemas.changes import changes
from schemas.rules import Language


@click.group("cad")
def cad() -> None:
    """Look into one declaration."""


@cad.command("show")
@click.argument("number", metavar="TRANSACTION")
@click.option("--version", type=click.IntRange(min=0), help="This version only.")
@click.option("--diff", is_flag=True, help="Show what each version changed against the one before.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@json_option
@with_house
def show(  # noqa: PLR0913 - one parameter an option
    house: House, number: str, version: int | None, language: Language, *, diff: bool, as_json: bool
) -> None:
    """Show everything that happened to a declaration, from its receipt to the papers that carry it.

    TRANSACTION is its number: 14 digits, or 19 as printed with the version. Rejected messages and repeats
    are shown too. --language is that of the findings.
    """
    transaction_number, printed = declaration_number(number)
    version = printed if version is None else version
    with reading(house.engine) as connection:
        whole = timeline(connection, transaction_number)
        declared = declarations(connection, transaction_number) if diff else {}
    courses = tuple(course for course in whole.courses if version in (None, course.version))
    if not courses:
        known = ", ".join(sorted({f"{course.version:05d}" for course in whole.courses})) or "none at all"
        raise Refused(f"nothing was decided on {number}; versions of {transaction_number}: {known}")
    shown = whole.model_copy(update={"courses": courses})
    compared = [each for each in _compared(declared) if version in (None, each.version)]
    if as_json:
        echo_json(timeline_json(shown, compared, language))
    else:
        click.echo("\n".join(timeline_lines(shown, compared, language)))


def _compared(declared: Mapping[int, Declaration]) -> Iterator[Compared]:
    """Yield each version beside the one before it."""
    for before, version in pairwise(sorted(declared)):
        yield Compared(version, before, changes(declared[before], declared[version]))
