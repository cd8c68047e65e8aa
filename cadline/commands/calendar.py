"""Which dates bind goods of a stream that were released on a day? `cadline calendar`."""

import json
from datetime import date, datetime

import click

from accounting.calendar import INTEREST_RULES, InterestRule, billing_dates
from schemas.registry import STREAMS, Stream

LABELS = {
    "accounting_due": "account for the goods by",
    "period_start": "billing period from",
    "period_end": "billing period to",
    "statement_date": "statement of account",
    "payment_due": "pay by",
    "interest_from": "interest from",
}

DAY = click.DateTime(["%Y-%m-%d"])


def day_of(_context: click.Context, _parameter: click.Parameter, moment: datetime | None) -> date | None:
    """Return the day of a parsed option: click knows moments only."""
    return moment.date() if moment else None


@click.command("calendar")
@click.option(
    "--stream",
    type=click.Choice(STREAMS),
    default="commercial",
    show_default=True,
    help="How the account is billed.",
)
@click.option(
    "--release-date",
    type=DAY,
    callback=day_of,
    required=True,
    help="Eastern day on which goods were released.",
)
@click.option(
    "--accounting-date", type=DAY, callback=day_of, help="Eastern day on which they were accounted for."
)
@click.option(
    "--interest-rule",
    type=click.Choice(INTEREST_RULES),
    default="payment-due",
    show_default=True,
    help="From which reading of the law interest starts (docs/decisions/0005-interest-start.md).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with ISO dates.")
def calendar(
    stream: Stream,
    release_date: date,
    accounting_date: date | None,
    interest_rule: InterestRule,
    *,
    as_json: bool,
) -> None:
    """Show by when to account, which billing period and statement, and by when to pay.

    \b
    Business days (to account) leave out Saturdays, Sundays and federal holidays.
    Weekdays (to pay) are Monday to Friday, holidays included.

    \b
    Example:
      cadline calendar --stream commercial --release-date 2026-03-17
    """  # noqa: D301 - click reads \b as "keep these line ends"
    dates = billing_dates(stream, release_date, accounting_date, interest_rule=interest_rule)
    if as_json:
        click.echo(json.dumps(dates.model_dump(mode="json")))
        return
    for name, label in LABELS.items():
        day: date = getattr(dates, name)
        click.echo(f"{label:26} {day:%a} {day.isoformat()}")
