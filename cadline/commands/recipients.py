"""Who gets which papers, in which forms, by which way? Verbs of `cadline registry`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import get_args

import click
from sqlalchemy import Connection

from cadline.commands.common import as_day, by_option, echo_json, json_option, why_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import recipients, registry
from ingest.audit import Author, lock
from ingest.recipients import ProfileRefused
from ingest.statements_to import direct
from outbound.forms import WRITABLE
from schemas.days import eastern_day
from schemas.recipients import CHANNELS, LAYOUTS, PART_ROWS_MAX, Channel, Form, Layout, Profile
from schemas.rules import Language

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("profile")
@click.argument("recipient")
@click.option(
    "--form",
    "forms",
    type=click.Choice(WRITABLE),
    multiple=True,
    help="A form in which it gets its papers; give one option for each.",
)
@click.option("--layout", type=click.Choice(LAYOUTS), help="Version of the layouts.")
@click.option("--language", type=click.Choice(get_args(Language)), help="Of the words in its papers.")
@click.option("--part-rows", type=click.IntRange(1, PART_ROWS_MAX), help="Rows of an EDIFACT message.")
@click.option("--channel", type=click.Choice(CHANNELS), help="By which way papers leave.")
@click.option("--folder", help="Where they go, with --channel folder.")
@click.option("--nothing-today/--no-nothing-today", default=None, help="A notice of a day without postings.")
@click.option("--client-notices/--no-client-notices", default=None, help="A broker's view of its clients'.")
@click.option("--since", type=DAY, callback=as_day, help="The first Eastern day [today].")
@by_option
@why_option
@json_option
@with_house
def profile(  # noqa: PLR0913 - one parameter an option
    house: House,
    recipient: str,
    *,
    forms: tuple[Form, ...],
    layout: Layout | None,
    language: Language | None,
    part_rows: int | None,
    channel: Channel | None,
    folder: str | None,
    nothing_today: bool | None,
    client_notices: bool | None,
    since: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Agree with a RECIPIENT (partner id) on the forms, the language and the way of its papers.

    \b
    cadline registry profile MAPLETD --form xml --form pdf --language fr \\
        --nothing-today --since 2026-04-01 --by Ann --why "letter of 18 March"
    cadline registry profile BOREALCD --channel folder --folder /srv/edi --by Ann --why "new line"

    What is not said stays as it is. Notices, statements and summaries come in every form, each under a number
    of its own; answers come in the syntax of what they answer. Channels: topic (pushed to `edi.outbound`),
    folder (pushed into a folder), pull (fetched by `cadline papers pull`). A profile holds from its day on
    and never earlier, so both sides can prepare for a new layout while the old one is still sent.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    said: dict[str, object] = {
        "forms": forms or None,
        "layout": layout,
        "language": language,
        "part_rows": part_rows,
        "channel": channel,
        "folder": folder if folder is not None or channel in {None, "folder"} else "",
        "nothing_today": nothing_today,
        "client_notices": client_notices,
    }
    news = {field: value for field, value in said.items() if value is not None}
    since = since or eastern_day(author.now)
    with _refusing(), writing(house.engine) as connection:
        lock(connection)
        before = _held(connection, recipient, since)
        agreed = before.model_copy(update={**news, "since": since})
        recipients.agree(connection, agreed, author)
    _tell(agreed, as_json=as_json)


@click.command("profiles")
@click.option("--recipient", help="Only of this partner.")
@json_option
@with_house
def profiles(house: House, recipient: str | None, *, as_json: bool) -> None:
    """List what was agreed with whom about its papers, from which day; a later line takes an earlier's place.

    Who is not listed gets its papers as it is registered: in its syntax and language, over the topic.
    """
    with reading(house.engine) as connection:
        found = recipients.read(connection, [recipient] if recipient else None)
    for agreed in found.agreed.values():
        for each in agreed:
            _tell(each, as_json=as_json)
    if not found.agreed and not as_json:
        click.echo("nothing was agreed: papers go as partners are registered")


@click.command("statements-to")
@click.argument("account")
@click.argument("recipient", required=False)
@click.option("--nobody", is_flag=True, help="Let nobody get them by EDI.")
@by_option
@why_option
@json_option
@with_house
def statements_to(  # noqa: PLR0913 - one parameter an option
    house: House, account: str, recipient: str | None, *, nobody: bool, name: str, reason: str, as_json: bool
) -> None:
    """Say who gets the notices and statements of an ACCOUNT (BN15) by EDI: one RECIPIENT (partner id).

    \b
    cadline registry statements-to 999002017RM0001 AGATECB --by Ann --why "form BSF815 of 3 March"
    cadline registry statements-to 999002017RM0001 --nobody --by Ann --why "consent withdrawn"

    An importer may name only one, which then sees everything of the account. A second is refused: let nobody
    get them first. Nothing that was sent is sent anew.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if nobody == bool(recipient):
        raise click.UsageError("name a RECIPIENT, or --nobody")
    author = Author(name, reason, house.clock.now())
    with _refusing(), writing(house.engine) as connection:
        direct(connection, account, recipient or "", author)
    if as_json:
        echo_json({"account": account, "statements_to": recipient or None})
    else:
        click.echo(f"notices and statements of {account} go to {recipient or 'nobody'} by EDI")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ProfileRefused as error:
        raise Refused(f"nothing was stored:\n{error}") from None


def _held(connection: Connection, recipient: str, day: date) -> Profile:
    """Return the profile that holds on a day; raises Refused for somebody that is no partner."""
    partner = registry.read(connection, accounts=(), senders={recipient}).partners.get(recipient)
    if partner is None:
        raise Refused(f"{recipient} is no partner of the registry; `cadline registry show` lists them")
    return recipients.read(connection, [recipient]).on(partner, day)


def _tell(agreed: Profile, *, as_json: bool) -> None:
    if as_json:
        echo_json(agreed.model_dump(mode="json"))
        return
    way = f"{agreed.channel} {agreed.folder}".rstrip()
    wishes = [
        name
        for name, wanted in (
            ("nothing today", agreed.nothing_today),
            ("client notices", agreed.client_notices),
        )
        if wanted
    ]
    said = ", ".join(
        [*agreed.forms, agreed.layout, agreed.language, f"{agreed.part_rows} rows", way, *wishes]
    )
    click.echo(f"{agreed.recipient:<14} since {agreed.since}: {said}")


VERBS = (profile, profiles, statements_to)
"""What has to do with the recipients of papers, for the group `registry`."""
