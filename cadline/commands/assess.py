"""What do the declarations in a file owe? `cadline assess`: every cent explained; nothing is posted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

import parsers
from accounting.assess import assess as assess_declaration
from cadline.assessed import Assessed, Unreadable
from cadline.commands.common import (
    FILE,
    FINDINGS,
    GOOD,
    as_day,
    echo_json,
    json_option,
    limits_of,
    tolerate_option,
)
from cadline.commands.lawful import language_option, with_tables
from cadline.errors import Refused
from schemas.cad import Declaration
from schemas.envelope import Message
from schemas.findings import Finding
from schemas.rules import Language
from schemas.tables import Tables
from schemas.tolerance import Toleration

DECLARATIONS: TypeAdapter[Declaration | list[Declaration]] = TypeAdapter(Declaration | list[Declaration])


@click.command("assess")
@click.argument("file", type=FILE)
@click.option("--explain", is_flag=True, help="Show how every figure came about.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=as_day,
    help="What if the goods were released on this day? The exchange rates stay those of the shipment.",
)
@tolerate_option
@language_option
@json_option
@with_tables
def assess(  # noqa: PLR0913 - one parameter an option
    tables: Tables,
    file: Path,
    as_of: date | None,
    tolerate: tuple[Toleration, ...],
    language: Language,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Work out duties and taxes of the declarations in FILE: EDIFACT, XML, or declarations as JSON.

    Each figure carries its rule, inputs, rate, source and rounding; JSON always has them. Exit code 1 when a
    declaration cannot be read or has a finding that is an error.
    """
    rejected = False
    for found in _found(file, limits_of(tolerate) or parsers.DEFAULT_LIMITS):
        shown = _shown(found, file, tables, as_of, language)
        rejected |= shown.rejected
        if as_json:
            echo_json(shown.as_json())
        else:
            click.echo("\n".join(shown.text(explain=explain)))
    click.get_current_context().exit(FINDINGS if rejected else GOOD)


@dataclass(frozen=True)
class Found:
    """What a file holds: a declaration or none, what is wrong with its message, and the message if any."""

    cad: Declaration | None
    findings: tuple[Finding, ...] = ()
    message: Message | None = None


def _shown(
    found: Found, file: Path, tables: Tables, as_of: date | None, language: Language
) -> Assessed | Unreadable:
    if found.cad is None:
        return Unreadable(found.findings, language)
    assessed = Assessed(
        found.cad, assess_declaration(found.cad, tables, as_of=as_of), language, found.findings
    )
    if found.message:
        fields = [finding.where.field for finding in assessed.assessment.findings if finding.where.field]
        assessed.places = parsers.locate(file.read_bytes(), found.message, fields)
    return assessed


def _found(file: Path, limits: parsers.Limits) -> Iterator[Found]:
    """Yield each declaration of a file, and what could not be read of it."""
    payload = file.read_bytes()
    if payload.lstrip()[:1] in (b"{", b"["):
        yield from (Found(cad) for cad in _from_json(payload, file))
        return
    for interchange in parsers.read(payload, limits=limits):
        if not interchange.messages:
            yield Found(None, tuple(interchange.every_finding()))
        for message in interchange.messages:
            yield Found(message.cad, interchange.findings_above(message) + message.findings, message)


def _from_json(payload: bytes, file: Path) -> list[Declaration]:
    try:
        read = DECLARATIONS.validate_json(payload)
    except ValidationError as error:
        raise Refused(f"{file} is no declaration as JSON: {error}") from None
    return read if isinstance(read, list) else [read]
