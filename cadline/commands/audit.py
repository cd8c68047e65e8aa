"""Who changed the registry, when and why? `cadline audit`."""

import json
from dataclasses import asdict

import click

from cadline.commands.common import FINDINGS, echo_json, json_option, with_house
from cadline.database import reading
from cadline.wiring import House
from ingest import audit as stored
from ingest.audit import Note


@click.group("audit")
def audit() -> None:
    """Who changed what, when and why; and the proof that no note was changed."""


@audit.command("list")
@click.option("--about", "subject", help="Only notes about this account or partner.")
@json_option
@with_house
def list_(house: House, subject: str | None, *, as_json: bool) -> None:
    """List the notes, oldest first; with --json, each with what was there before and after."""
    with reading(house.engine) as connection:
        for note in stored.notes(connection, subject):
            if as_json:
                echo_json(_as_json(note))
            else:
                click.echo(
                    f"{note.number:>6}  {note.at:%Y-%m-%dT%H:%M:%SZ}  {note.act:<18} {note.subject:<16} "
                    f"{note.by}: {note.why}"
                )


@audit.command("verify")
@json_option
@with_house
def verify(house: House, *, as_json: bool) -> None:
    """Prove that the notes are those that were written: none changed, none missing. Exit code 1 if not.

    Keep the count and the last hash elsewhere, and notes that are taken away at the end are seen too.
    """
    with reading(house.engine) as connection:
        problems = stored.verify(connection)
        last = stored.last(connection)
    if as_json:
        echo_json(
            {
                "holds": not problems,
                "notes": last.number if last else 0,
                "last_hash": last.hash if last else None,
                "problems": problems,
            }
        )
    else:
        for problem in problems:
            click.echo(problem)
        end = f"{last.number} notes, the last with hash {last.hash}" if last else "no notes"
        click.echo(f"The audit {'does not hold' if problems else 'holds'}: {end}.")
    click.get_current_context().exit(FINDINGS if problems else 0)


def _as_json(note: Note) -> dict[str, object]:
    return asdict(note) | {"at": note.at.isoformat(), "content": json.loads(note.content)}
