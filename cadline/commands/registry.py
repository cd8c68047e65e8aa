"""Who is who, who may file for whom, and who sees what? `cadline registry`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from cadline.commands.common import (
    as_day,
    by_option,
    declaration_number,
    echo_json,
    json_option,
    why_option,
    with_house,
)
from cadline.commands.recipients import VERBS
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import registry as stored
from ingest import registry_changes, visibility
from ingest.audit import Author
from ingest.registry_changes import ChangeRefused
from schemas.days import eastern_day
from schemas.registry import RIGHTS, Delegation, Registry, Right, Scope, Visibility
from schemas.registry_files import read_registry
from schemas.table_errors import TableError
from schemas.visibility import Because, Viewer

DAY = click.DateTime(["%Y-%m-%d"])

SEES: dict[Visibility, str] = {
    "own": "what it filed",
    "declarations": "declarations",
    "balances": "declarations, balances and statements",
}

REASONS: dict[Because, str] = {
    "importer": "it is the importer",
    "statements": "it gets the notices and statements",
    "delegation": "it holds a delegation",
    "filed": "it filed, and sees that",
}


@click.group("registry")
def registry() -> None:
    """Partners, importer accounts, delegations of authority, and who gets which papers."""


for _verb in VERBS:
    registry.add_command(_verb)


@registry.command("import")
@click.argument("place", metavar="FOLDER|FILE.csv", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything; store nothing.")
@click.option("--by", "name", default="operator", show_default=True, help="Who makes the change.")
@click.option("--why", "reason", default="import", show_default=True, help="Why; kept with the change.")
@json_option
@with_house
def import_(  # noqa: PLR0913 - one parameter an option
    house: House, place: Path, name: str, reason: str, *, dry_run: bool, as_json: bool
) -> None:
    """Load partners.csv, importers.csv and delegations.csv of a folder, or one file by its header.

    What has the same key is replaced, everything else stays. Every fault of every file is told at once, and
    then nothing is stored. What is new or different is noted: `cadline audit list`.

    \b
    partners.csv     id,name,account,role
                     [,account_security_number,syntax,language,tolerates]
    importers.csv    account,name[,kind,stream,statements_to,language]
    delegations.csv  importer,broker,since[,until,scope,rights,visibility]

    scope: program (importer is a BN15; the default) or business (a BN9, for all its accounts). rights: some
    of file correct adjust view, joined by blanks [all]. visibility: own, declarations or balances [balances].
    tolerates: what is put up with from the partner, joined by blanks: one of latin-1 windows-1252 utf-8 (what
    is sent in truth), and hard-wrap (lines broken anywhere) [nothing].
    """  # noqa: D301 - click reads \b as "keep these line ends"
    try:
        read = read_registry(place)
    except TableError as error:
        raise Refused(f"nothing was stored:\n{error}") from None
    author = Author(name, reason, house.clock.now())
    with refusing():
        _check(house, read) if dry_run else _store(house, read, author)
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
        click.echo(
            f"authority {delegation.importer:<20} to {delegation.broker}  {delegation.since} {until}  "
            f"{_allowed(delegation.rights, delegation.visibility)}"
        )


@registry.command("delegate")
@click.argument("importer")
@click.argument("broker")
@click.option("--since", type=DAY, callback=as_day, required=True, help="First Eastern day.")
@click.option("--until", type=DAY, callback=as_day, help="Last Eastern day [without end].")
@click.option(
    "--scope",
    type=click.Choice(["program", "business"]),
    default="program",
    show_default=True,
    help="The program account of IMPORTER, or every account of its business number.",
)
@click.option(
    "--right",
    "rights",
    type=click.Choice(RIGHTS),
    multiple=True,
    help="What BROKER may do; give one option for each [all four]. To view is always among them.",
)
@click.option(
    "--visibility",
    type=click.Choice(["own", "declarations", "balances"]),
    default="balances",
    show_default=True,
    help="What BROKER sees: what it filed; all declarations; balances and statements too.",
)
@by_option
@why_option
@json_option
@with_house
def delegate(  # noqa: PLR0913 - one parameter an option
    house: House,
    importer: str,
    broker: str,
    *,
    since: date,
    until: date | None,
    scope: Scope,
    rights: tuple[Right, ...],
    visibility: Visibility,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Let a BROKER (BN9 or BN15) act for the account of an IMPORTER (BN15, or BN9 of scope business).

    \b
    cadline registry delegate 999002017RM0001 999001035 --since 2026-03-20 \\
        --right adjust --visibility own --by Ann --why "letter of 18 March"

    file: account for goods. correct: change or withdraw until the payment is due. adjust: ask for a change
    after that; all that a trade consultant can be given. To change a delegation, revoke it and delegate anew.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    delegation = Delegation(
        importer=registry_changes.delegator(importer, scope),
        broker=registry_changes.business_number(broker),
        since=since,
        until=until,
        scope=scope,
        rights=rights or RIGHTS,
        visibility=visibility,
    )
    author = Author(name, reason, house.clock.now())
    with refusing(), writing(house.engine) as connection:
        registry_changes.delegate(connection, delegation, author)
    _tell_delegation(delegation, as_json=as_json)


@registry.command("revoke")
@click.argument("importer")
@click.argument("broker")
@click.option("--on", "day", type=DAY, callback=as_day, required=True, help="The last day on which it holds.")
@by_option
@why_option
@json_option
@with_house
def revoke(  # noqa: PLR0913 - one parameter an option
    house: House, importer: str, broker: str, *, day: date, name: str, reason: str, as_json: bool
) -> None:
    """End the delegation of an IMPORTER (BN15, or BN9) to a BROKER (BN9 or BN15) with a day.

    The delegation stays in the registry, with its end. The broker keeps seeing what it filed itself.
    """
    author = Author(name, reason, house.clock.now())
    with refusing(), writing(house.engine) as connection:
        ended = registry_changes.revoke(connection, importer, broker, day, author)
    _tell_delegation(ended, as_json=as_json)


@registry.command("who-sees")
@click.argument("item", metavar="TRANSACTION|ACCOUNT")
@click.option("--on", "day", type=DAY, callback=as_day, help="Eastern day [today].")
@json_option
@with_house
def who_sees(house: House, item: str, day: date | None, *, as_json: bool) -> None:
    """Say who sees a declaration (14 digits, or 19 as printed) or an account (BN15) on a day, and why.

    Delegations are those that hold on that day. Who gets the papers is told as it is registered now.
    """
    day = day or eastern_day(house.clock.now())
    viewers = _viewers(house, item, day)
    if as_json:
        seen_by = [viewer.model_dump(mode="json") for viewer in viewers]
        echo_json({"item": item, "date": str(day), "viewers": seen_by})
        return
    for viewer in viewers:
        click.echo(_viewer_text(viewer))
    click.echo(f"{item} is seen by {len({viewer.who for viewer in viewers})} on {day}")


def _check(house: House, read: Registry) -> None:
    """Raise ChangeRefused where what was read cannot stand beside what is stored."""
    with reading(house.engine) as connection:
        registry_changes.check(connection, read)


def _store(house: House, read: Registry, author: Author) -> None:
    with writing(house.engine) as connection:
        registry_changes.store(connection, read, author)


@contextmanager
def refusing() -> Iterator[None]:
    """Tell a person why the registry cannot change as asked; nothing is stored then."""
    try:
        yield
    except ChangeRefused as error:
        raise Refused(f"nothing was stored:\n{error}") from None


def _viewers(house: House, item: str, day: date) -> tuple[Viewer, ...]:
    """Return who sees an item. Raises Refused for one that is not known."""
    with reading(house.engine) as connection:
        if not item.isdigit():
            if item not in stored.read(connection, accounts={item}, senders=()).importers:
                raise Refused(f"{item} is no account of the registry")
            return visibility.viewers_of_account(connection, item, day)
        number, _version = declaration_number(item)
        viewers = visibility.viewers_of_declaration(connection, number, day)
    if viewers is None:
        raise Refused(f"nobody filed a declaration {number}")
    return viewers


def _viewer_text(viewer: Viewer) -> str:
    delegated = f" {_span(viewer.since, viewer.until)}: {_allowed(viewer.rights, viewer.sees)}"
    since = delegated if viewer.because == "delegation" else ""
    versions = ", ".join(f"{version:05d}" for version in viewer.versions)
    shown = f"  [{versions}]" if versions else ""
    return f"{viewer.who:<16} {viewer.name:<42} {REASONS[viewer.because]}{since}{shown}"


def _tell_delegation(delegation: Delegation, *, as_json: bool) -> None:
    if as_json:
        echo_json(delegation.model_dump(mode="json"))
        return
    span = _span(delegation.since, delegation.until)
    said = _allowed(delegation.rights, delegation.visibility)
    click.echo(f"{delegation.importer} to {delegation.broker}: {span}: {said}")


def _allowed(rights: tuple[Right, ...], sees: Visibility) -> str:
    """Say what a delegation allows, and what its holder sees."""
    return f"may {', '.join(rights)}; sees {SEES[sees]}"


def _span(since: date | None, until: date | None) -> str:
    return f"since {since}, {f'until {until}' if until else 'without end'}"
