"""How is security given, changed, shared, ended, given back and used? Verbs of `cadline security`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from cadline.commands.common import FILE, echo_json, json_option, with_house
from cadline.commands.security_options import (
    amount_option,
    by_option,
    date_option,
    refusing,
    share_option,
    why_option,
)
from cadline.database import writing
from cadline.security_text import instrument_line
from cadline.wiring import House
from ingest import security as stored
from ingest.audit import Author
from ingest.security import Moved, SecurityRefused, Terms
from schemas.acts import METHODS, PaymentMethod
from schemas.days import eastern_day
from schemas.money import Cents
from schemas.security import FORMS, Instrument, SecurityForm, Share
from schemas.security_files import read_security

instrument_argument = click.argument("instrument", metavar="ID")
reference_option = click.option("--reference", required=True, help="Of the transfer; it moves once under it.")


@click.command("add")
@instrument_argument
@click.option("--form", type=click.Choice(FORMS), required=True, help="Deposit, or security agreement.")
@click.option(
    "--holder", metavar="BN15|BN9", required=True, help="Account; or business number, to be shared."
)
@amount_option("--amount", "What it is for.", required=True)
@date_option("--from", "First Eastern day in force.", to="valid_from", required=True)
@date_option("--until", "Last Eastern day in force [without end].", to="valid_until")
@click.option("--provider", default="", help="Who guarantees payment; of an agreement.")
@share_option
@click.option("--method", type=click.Choice(METHODS), help="How a deposit's money came [electronic].")
@by_option
@why_option
@json_option
@with_house
def add(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    form: SecurityForm,
    holder: str,
    amount: Cents,
    valid_from: date,
    valid_until: date | None,
    provider: str,
    shares: tuple[Share, ...],
    method: PaymentMethod | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Take in security: the agreement or deposit that ID names.

    \b
    cadline security add SB-1001 --form agreement --holder 999002017RM0001 --amount 6000 \\
        --from 2026-01-01 --provider "Example Surety" --by Ann --why "e-bond received"
    cadline security add SB-1002 --form agreement --holder 999002017 --amount 12000 \\
        --share 999002017RM0001=7000 --share 999002017RM0003=5000 \\
        --from 2026-01-01 --provider "Example Surety" --by Ann --why "e-bond received"

    A deposit's money is posted to the account `security.deposit`; by card, it counts against the card's limit
    of the billing cycle. The same once more changes nothing; other content under the same ID is refused.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    new = Instrument(
        id=instrument,
        form=form,
        holder=holder,
        provider=provider,
        amount_cents=amount,
        shares=shares,
        valid_from=valid_from,
        valid_until=valid_until,
        method=(method or "electronic") if form == "deposit" else None,
        since=valid_from,
        moved_cents=amount if form == "deposit" else 0,
    )
    author = Author(name, reason, house.clock.now())
    with refusing(as_json=as_json), writing(house.engine) as connection:
        stored.give(connection, [new], author)
        standing = stored.known(connection, instrument)[-1]
    _tell(standing, as_json=as_json)


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and check everything; store nothing.")
@by_option
@why_option
@json_option
@with_house
def import_(  # noqa: PLR0913 - one parameter an option
    house: House, file: Path, name: str, reason: str, *, dry_run: bool, as_json: bool
) -> None:
    """Take in the instruments of a CSV FILE. Every fault is told at once, and then nothing is stored.

    \b
    id,form,holder,amount,valid_from[,valid_until,provider,shares,method,authority]
    SB-1,agreement,999002017RM0001,6000.00,2026-01-01,,Example Surety,,,

    shares: of an agreement of a business number (BN9), BN15=AMOUNT joined by blanks. What stands already, the
    same, is left alone.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    with refusing(as_json=as_json):
        lines = read_security(file)
        with writing(house.engine) as connection:
            count = _give(connection, file, lines, author, dry_run=dry_run)
    if as_json:
        echo_json({"instruments": len(lines), "new": count, "stored": not dry_run})
    else:
        done = "would be stored" if dry_run else "stored"
        click.echo(f"{count} of {len(lines)} instruments {done}; the others stand already")


@click.command("change")
@instrument_argument
@amount_option("--amount", "The new amount.")
@date_option("--until", "The new last day in force.", to="valid_until")
@date_option("--since", "Eastern day from which it holds [today].", to="since")
@by_option
@why_option
@json_option
@with_house
def change(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    amount: Cents | None,
    valid_until: date | None,
    since: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Change the amount or the last day of an instrument, by an endorsement. A deposit can only be raised.

    \b
    cadline security change SB-1001 --amount 9000 --since 2026-11-15 --by Ann --why "review of October"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    terms = Terms(since or eastern_day(author.now), amount, valid_until)
    _do(house, lambda connection: stored.change(connection, instrument, terms, author), as_json=as_json)


@click.command("share")
@instrument_argument
@share_option
@date_option("--since", "Eastern day from which it holds [today].", to="since")
@by_option
@why_option
@json_option
@with_house
def share(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    shares: tuple[Share, ...],
    since: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Say how much of an agreement of a business number covers which of its accounts.

    \b
    cadline security share SB-1002 --share 999002017RM0001=6000 --share 999002017RM0003=6000 \\
        --since 2026-04-01 --by Ann --why "letter of 30 March"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    day = since or eastern_day(author.now)
    _do(house, lambda connection: stored.share(connection, instrument, shares, day, author), as_json=as_json)


@click.command("terminate")
@instrument_argument
@date_option("--noticed", "Eastern day of the notice [today].", to="noticed")
@date_option("--on", "Last Eastern day in force [30 days after the notice].", to="last_day")
@by_option
@why_option
@json_option
@with_house
def terminate(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    noticed: date | None,
    last_day: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """End an agreement, at least 30 days after its provider gave notice (SOR/2024-42 s.7).

    \b
    cadline security terminate SB-1001 --noticed 2026-04-01 --on 2026-05-01 --by Ann --why "provider's notice"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    day = noticed or eastern_day(author.now)
    _do(
        house,
        lambda connection: stored.terminate(
            connection, instrument, noticed=day, last_day=last_day, author=author
        ),
        as_json=as_json,
    )


@click.command("release")
@instrument_argument
@amount_option("--amount", "How much is given back.", required=True)
@reference_option
@date_option("--on", "Eastern day [today].", to="day")
@by_option
@why_option
@json_option
@with_house
def release(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    amount: Cents,
    reference: str,
    day: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Give back money of a deposit, unless what stays would not cover what is outstanding.

    \b
    cadline security release DEP-7 --amount 2000 --reference EFT-88 --by Ann --why "review: less is needed"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    money = Moved(amount, reference, day or eastern_day(author.now))
    _do(house, lambda connection: stored.release(connection, instrument, money, author), as_json=as_json)


@click.command("collect")
@instrument_argument
@click.option("--account", metavar="BN15", help="For which account [the only one it covers].")
@amount_option("--amount", "How much was paid, or is taken.", required=True)
@reference_option
@date_option("--on", "Eastern day [today].", to="day")
@by_option
@why_option
@json_option
@with_house
def collect(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str,
    account: str | None,
    amount: Cents,
    reference: str,
    day: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Take in what a provider paid on a demand, or take it out of a deposit: as a credit of the account.

    \b
    cadline security collect SB-1001 --amount 1500 --reference EFT-91 --by Ann --why "demand of 1 May"

    What is left of the instrument is lowered by it. Clearing applies the credit to debts like any payment.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    money = Moved(amount, reference, day or eastern_day(author.now))

    def collected(connection: Connection) -> Instrument:
        whose = account or _only_account(stored.known(connection, instrument)[-1])
        return stored.collect(connection, instrument, whose, money, author)

    _do(house, collected, as_json=as_json)


CHANGES: tuple[click.Command, ...] = (add, import_, change, share, terminate, release, collect)
"""The verbs of this file, in the order of an instrument's life."""


def _do(house: House, act: Callable[[Connection], Instrument], *, as_json: bool) -> None:
    """Do a change in one transaction, and say how the instrument stands."""
    with refusing(as_json=as_json), writing(house.engine) as connection:
        standing = act(connection)
    _tell(standing, as_json=as_json)


def _tell(standing: Instrument, *, as_json: bool) -> None:
    click.echo(standing.model_dump_json() if as_json else instrument_line(standing))


def _only_account(standing: Instrument) -> str:
    if len(standing.accounts) != 1:
        raise SecurityRefused(f"{standing.id}: it covers {', '.join(standing.accounts)}: name the --account")
    return standing.accounts[0]


def _give(
    connection: Connection, file: Path, lines: list[tuple[int, Instrument]], author: Author, *, dry_run: bool
) -> int:
    """Store the instruments of a file, or only look; raise SecurityRefused with every fault and its line."""
    faults = [
        f"{file.name} line {line}: {fault}"
        for line, new in lines
        for fault in stored.faults_of(connection, new)
    ]
    if faults:
        raise SecurityRefused("\n".join(faults))
    if dry_run:
        return sum(not stored.history(connection, new.id) for _, new in lines)
    return stored.give(connection, [new for _, new in lines], author)
