"""How are the papers of a day made? `cadline notices`, `cadline statements`, `cadline summaries`."""

import sys
from collections.abc import Callable, Mapping
from datetime import date
from typing import get_args

import click

from accounting.days import month_end
from accounting.schedule import statement_day
from cadline.commands.common import day_option, echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.statement_text import statement_lines
from cadline.wiring import House
from ingest.audit import Author
from ingest.closed_days import Due
from ingest.closing import NothingIssued
from outbound.pages import page
from schemas.days import eastern_day
from schemas.papers import Statement
from schemas.rules import Language

FORMS: Mapping[str, Callable[[Statement, Language], str]] = {
    "text": lambda found, _language: "\n".join(statement_lines(found)),
    "json": lambda found, _language: found.model_dump_json(),
    "html": page,
}
"""How a preliminary statement is shown; only its page has two languages."""


@click.command("notices")
@day_option
@json_option
@with_house
def notices(house: House, day: date, *, as_json: bool) -> None:
    """Build and send the daily notices of an Eastern day: every account to which something was posted.

    Run it after midnight Eastern. Running it again changes nothing, unless the day was closed early: what was
    posted later that day comes on a supplementary notice.

    Papers are written and committed for some hundred accounts at a time; a run that was cut short goes on
    where it was. On a terminal it shows how far it has come.
    """
    _warn_of_an_early_close(house, day)
    _report(_closed(house, Due(day, "daily-notice"), is_told=not as_json), day, as_json=as_json)


@click.command("statements")
@day_option
@click.option("--preliminary", is_flag=True, help="Show the statement of one account as it would be now.")
@click.option("--account", help="Whose preliminary or corrected statement (BN15).")
@click.option("--correct", "correcting", is_flag=True, help="Issue the next version of one statement.")
@click.option("--reason", default="", help="Why it is corrected; told on it, and kept.")
@click.option("--by", default="operator", show_default=True, help="Who corrects it.")
@click.option(
    "--format", "form", type=click.Choice([*FORMS]), default="text", help="Of a preliminary statement."
)
@click.option("--language", type=click.Choice(get_args(Language)), default="en", help="Of its page.")
@json_option
@with_house
def statements(  # noqa: PLR0913 - one for each option
    house: House,
    day: date,
    account: str | None,
    form: str,
    language: Language,
    *,
    preliminary: bool,
    correcting: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Build and send the statements of account of a statement day, the 25th.

    Every account that owes something, or to which something was posted in the period, gets one. Running it
    again changes nothing, but for a statement that was issued before its day: where something came after it,
    a corrected version is issued.

    With --correct, --account and --reason, the account's statement is held against the book; where the book
    says otherwise, the next version is issued, with a number of its own and a list of what is different.

    \b
    cadline statements --date 2026-03-25 --account 999002017RM0001 \\
        --correct --reason "security of 3 March was entered late" --by Ann

    With --preliminary and --account, the account's statement is shown as it would be now. Nothing is sent or
    stored, and no number is drawn.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if statement_day(day) != day:
        raise Refused(f"statements are issued on {statement_day(day)}, not on {day}")
    if (preliminary or correcting) != bool(account) or (preliminary and correcting):
        raise click.UsageError("--preliminary or --correct, and --account, go together")
    if correcting != bool(reason.strip()):
        raise click.UsageError("--correct and --reason go together")
    if account and correcting:
        _correct(house, day, account, Author(by, reason.strip(), house.clock.now()), as_json=as_json)
    elif account is None:
        _report(_closed(house, Due(day, "statement"), is_told=not as_json), day, as_json=as_json)
    else:
        click.echo(FORMS["json" if as_json else form](_preliminary(house, day, account), language))


@click.command("summaries")
@day_option
@click.option("--month", "monthly", is_flag=True, help="Of the whole month in which the day lies.")
@json_option
@with_house
def summaries(house: House, day: date, *, monthly: bool, as_json: bool) -> None:
    """Build and send the customs broker summaries of an Eastern day: what each broker filed, by client.

    With --month, those of the month of that day, due on the 1st of the next. Run it after midnight Eastern.
    Running it again changes nothing, but for what came after an early close: that is on a supplement.
    """
    due = Due(month_end(day), "monthly-summary") if monthly else Due(day, "broker-summary")
    _warn_of_an_early_close(house, due.day)
    _report(_closed(house, due, is_told=not as_json), day, as_json=as_json)


def _correct(house: House, day: date, account: str, author: Author, *, as_json: bool) -> None:
    """Correct a statement and tell what is different. Raises Refused where there is none."""
    try:
        with writing(house.engine) as connection:
            version = house.close_of_day(connection).correct(account, day, author)
    except NothingIssued as error:
        raise Refused(f"{error}; `cadline statements --date {day}` issues those that are due") from None
    if as_json:
        told = version.model_dump(mode="json", include={"number", "version", "correction"}) if version else {}
        echo_json({"date": str(day), "account": account, "corrected": version is not None, **told})
    elif version is None or version.correction is None:
        click.echo(f"nothing to correct: the statement of {account} for {day} says what the book says")
    else:
        for each in version.correction.differences:
            click.echo(f"{each.field}: {each.before or 'nothing'} -> {each.after or 'nothing'}")
        click.echo(
            f"version {version.version} of the statement of {account} for {day} is number {version.number}"
        )


def _preliminary(house: House, day: date, account: str) -> Statement:
    with reading(house.engine) as connection:
        found = house.close_of_day(connection).preliminary(account, day)
    if not (found.name or found.parts or found.opening_items):
        raise Refused(f"{account} is no account in the registry, and nothing was posted to it")
    return found


def _closed(house: House, due: Due, *, is_told: bool) -> list[str]:
    """Write a close to its end; return the papers' keys. is_told: show on a terminal how far it has come."""
    runs, keys = house.close_runs(), list[str]()
    is_shown = is_told and sys.stderr.isatty()
    with click.progressbar(
        runs.parts(due),
        length=runs.length(due) if is_shown else 1,
        label=f"{due.kind} {due.day}",
        item_show_func=lambda _: f"{len(keys)} papers",
        file=sys.stderr,
        hidden=not is_shown,
    ) as parts:
        for part in parts:
            keys += part.keys
    return keys


def _warn_of_an_early_close(house: House, day: date) -> None:
    """Say on standard error that a day still runs: its papers are written once, with what is there now."""
    if day >= eastern_day(house.clock.now()):
        click.echo(
            f"{day} is not over: what is posted later that day comes on a supplement, at the next close",
            err=True,
        )


def _report(keys: list[str], day: date, *, as_json: bool) -> None:
    if as_json:
        echo_json({"date": day.isoformat(), "written": keys})
        return
    for key in keys:
        click.echo(key)
    click.echo(f"{len(keys)} papers written for {day}")
