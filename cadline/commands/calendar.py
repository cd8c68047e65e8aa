"""Which dates bind goods of a stream that were released on a day? `cadline calendar`."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from accounting.calendar import INTEREST_RULES, Case, InterestRule, billing_dates
from accounting.moves import NO_MOVES, Moves
from cadline.commands.common import FILE, FINDINGS, echo_json, json_option, with_house
from cadline.commands.lawful import case_option, interest_rule_option, stream_option
from cadline.commands.values import DAY, decided
from cadline.database import engine_of, reading, writing
from cadline.due_moves_file import read_moves
from cadline.settings import read_settings
from cadline.wiring import House
from ingest import due_moves
from ingest.audit import Author
from ingest.due_moves import MoveRefused
from schemas.billing import BillingDates, DueMove
from schemas.days import eastern_day
from schemas.registry import STREAMS, Stream

LABELS = {
    "accounting_due": "account for the goods by",
    "period_start": "billing period from",
    "period_end": "billing period to",
    "statement_date": "statement of account",
    "payment_due": "pay by",
    "interest_from": "interest from",
}


@click.group("calendar", invoke_without_command=True)
@stream_option
@click.option("--release-date", type=DAY, help="Eastern day on which goods were released.")
@click.option("--accounting-date", type=DAY, help="Eastern day on which they were accounted for.")
@click.option("--accounting-limit", type=DAY, help="Last day permitted for it, where it is not the stream's.")
@case_option
@interest_rule_option
@json_option
@click.pass_context
def calendar(context: click.Context, /, *, as_json: bool, **asked: Any) -> None:
    """Show by when to account, which billing period and statement, and by when to pay.

    \b
    Business days (to account) leave out Saturdays, Sundays and federal holidays.
    Weekdays (to pay) are Monday to Friday, holidays included. Release day is day 0.
    A payment due date that the agency moved is shown with the date that it was moved from.

    \b
    Examples:
      cadline calendar --stream commercial --release-date 2026-03-17
      cadline calendar --stream csa1 --case low-value --release-date 2026-03-17
      cadline calendar --case deficient --release-date 2026-03-17 --accounting-date 2026-03-20
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if context.invoked_subcommand is not None:
        return
    if asked["release_date"] is None:
        raise click.UsageError("Missing option '--release-date'.")
    try:
        dates, starts = _dates(_moves(), **asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        echo_json({**dates.model_dump(mode="json"), "interest_from_by_rule": starts})
        return
    for name, label in LABELS.items():
        day: date = getattr(dates, name)
        click.echo(f"{label:26} {day:%a} {day.isoformat()}")
    if dates.moved_from:
        click.echo(
            f"{'moved from':26} {dates.moved_from:%a} {dates.moved_from.isoformat()}  {dates.moved_by}"
        )
    for rule, day in starts.items():
        click.echo(f"{'interest from, by rule':26} {day:%a} {day.isoformat()}  {rule}")


def _dates(  # noqa: PLR0913 - the options
    moves: Moves,
    *,
    stream: Stream,
    release_date: date,
    accounting_date: date | None,
    accounting_limit: date | None,
    case: Case,
    interest_rule: InterestRule,
) -> tuple[BillingDates, dict[InterestRule, date]]:
    """Return the dates by the rule that was chosen, and the start of interest by each. Raises ValueError."""
    found = {
        rule: moves.applied(
            billing_dates(
                stream,
                release_date,
                accounting_date,
                interest_rule=rule,
                case=case,
                accounting_limit=accounting_limit,
            ),
            stream,
            release_date,
            date.max,
        )
        for rule in INTEREST_RULES
    }
    return found[interest_rule], {rule: dates.interest_from for rule, dates in found.items()}


def _moves() -> Moves:
    """Return the moves of the ledger database, where there is one: the calendar needs none."""
    settings = read_settings(os.environ)
    engine = engine_of(settings.database)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return NO_MOVES
    with reading(engine) as connection:
        if not connection.dialect.has_table(connection, "due_move"):
            return NO_MOVES
        return due_moves.moves(connection)


@calendar.group("override")
def override() -> None:
    """Payment due dates that the agency moved, by bulletin: add, list, import.

    They bind declarations from the day on which they are known, and interest and penalties on what is owed.
    """


@override.command("add")
@click.option(
    "--stream", "streams", type=click.Choice(STREAMS), multiple=True, help="[every one but non-rpp]"
)
@click.option("--due", type=DAY, required=True, help="The payment due date by the calendar.")
@click.option("--to", "moved_to", type=DAY, required=True, help="The date that it was moved to.")
@click.option("--since", type=DAY, help="From when it is known [today].")
@click.option("--source", required=True, help="The bulletin.")
@decided
@json_option
@with_house
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    house: House,
    streams: Sequence[Stream],
    due: date,
    moved_to: date,
    since: date | None,
    source: str,
    name: str,
    reason: str,
    *,
    as_json: bool,
) -> None:
    """Move a payment due date.

    \b
    cadline calendar override add --due 2026-03-31 --to 2026-04-07 --source "Bulletin 5420" \\
        --by "A. Operator" --why "portal outage"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    known_from = since or eastern_day(house.clock.now())
    moved = [
        DueMove(stream=stream, due=due, moved_to=moved_to, since=known_from, source=source, reason=reason)
        for stream in streams or [stream for stream in STREAMS if stream != "non-rpp"]
    ]
    _store(house, moved, Author(name, reason, house.clock.now()), as_json=as_json)


@override.command("import")
@click.argument("file", type=FILE)
@decided
@json_option
@with_house
def import_(house: House, file: Path, name: str, reason: str, *, as_json: bool) -> None:
    """Take moves from a CSV FILE. Everything wrong is said at once, and then nothing is taken in.

    \b
    stream,due,moved_to,since,source,reason
    commercial,2026-03-31,2026-04-07,2026-03-28,Bulletin 5420,portal outage
    """  # noqa: D301 - click reads \b as "keep these line ends"
    _store(house, read_moves(file), Author(name, reason, house.clock.now()), as_json=as_json)


@override.command("list")
@json_option
@with_house
def list_(house: House, *, as_json: bool) -> None:
    """List the due dates that were moved."""
    with reading(house.engine) as connection:
        for move in due_moves.moves(connection).rows:
            _tell(move, as_json=as_json)


def _store(house: House, moved: Sequence[DueMove], author: Author, *, as_json: bool) -> None:
    try:
        with writing(house.engine) as connection:
            count = due_moves.add(connection, moved, author)
    except MoveRefused as error:
        click.echo(f"cadline: {error}", err=True)
        raise click.exceptions.Exit(FINDINGS) from None
    for move in moved:
        _tell(move, as_json=as_json)
    if not as_json:
        click.echo(f"{count} new, {len(moved) - count} known already")


def _tell(move: DueMove, *, as_json: bool) -> None:
    if as_json:
        echo_json(move.model_dump(mode="json"))
    else:
        click.echo(
            f"{move.stream:12} {move.due} -> {move.moved_to}  known from {move.since}  {move.source}"
            f"{': ' if move.reason else ''}{move.reason}"
        )
