"""How much interest is due, and on what? `cadline interest`."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from accounting.calendar import Case, InterestRule, billing_dates
from accounting.days import ONE_DAY
from accounting.interest import Payment, RateUnknown
from cadline.commands.common import FILE, FINDINGS, eastern_today, echo_json, json_option, with_house
from cadline.commands.lawful import case_option, interest_rule_option, stream_option, tables_option
from cadline.commands.lifting import refusing, take_back
from cadline.commands.values import DAY, DOLLAR, PAYMENT, PERCENT, RATE, decided
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.interest_rates import import_rates, rates_in
from cadline.interest_sum import (
    GivenRates,
    Kind,
    Method,
    Question,
    as_text,
    free_until,
    given_rate,
    rate_of_mean,
    span_json,
)
from cadline.interest_sum import (
    as_json as sum_json,
)
from cadline.settings import read_settings
from cadline.wiring import House
from ingest.audit import Author
from ingest.charging import charged_interest, post_interest
from ingest.rulings import allow_prescribed
from schemas.acts import Basis, InterestCharged
from schemas.money import Cents, dollars
from schemas.rates.interest import InterestRate
from schemas.registry import Stream


@click.group("interest")
def interest() -> None:
    """Interest on what is owed late, on penalties and on late refunds: worked out, charged, waived.

    Each day bears the yearly rate of its quarter, and interest bears interest: docs/interest.md.
    """


@interest.command("calculate")
@click.option("--amount", type=DOLLAR, required=True, help="What is owed, in dollars.")
@click.option("--due", type=DAY, help="Last day to pay; interest runs from the day after.")
@click.option("--release-date", type=DAY, help="Day of release, from which the due date is worked out.")
@click.option("--accounting-date", type=DAY, help="Day of accounting, for the rules named after it.")
@stream_option
@case_option
@interest_rule_option
@click.option("--served", type=DAY, help="Of a penalty: the day of service. None when paid in 30 days.")
@click.option(
    "--applied", type=DAY, help="Of a refund: the day of a complete application; from the 91st day."
)
@click.option("--to", "to_day", type=DAY, help="Interest to date: up to this day [today].")
@click.option("--paid-on", type=DAY, help="Everything was paid on this day: the interest is final.")
@click.option(
    "--payment", "payments", type=PAYMENT, multiple=True, metavar="DAY=DOLLARS", help="A part payment."
)
@click.option("--basis", type=click.Choice(["specified", "prescribed"]), help="[specified for debts]")
@click.option("--extended-to", type=DAY, help="An extension: prescribed when paid by then (s.33.7).")
@click.option(
    "--method",
    type=click.Choice(["daily", "monthly"]),
    default="daily",
    show_default=True,
    help="monthly: each month or part of one, prescribed (SIMA).",
)
@click.option("--prescribed", type=PERCENT, help="The prescribed rate of every quarter, in percent a year.")
@click.option(
    "--rate",
    "rates",
    type=RATE,
    multiple=True,
    metavar="QUARTER=PERCENT",
    help="A quarter's prescribed rate.",
)
@click.option(
    "--mean", "means", type=RATE, multiple=True, metavar="QUARTER=PERCENT", help="Its Treasury-bill mean."
)
@tables_option
@json_option
def calculate(folder: Path | None, *, as_json: bool, **asked: Any) -> None:
    """Work out the interest on an amount, with its days, rates and balances.

    Say from when with one of --due, --release-date, --served or --applied. Rates come from the table, unless
    they are given.

    \b
    cadline interest calculate --amount 10000.00 --due 2026-03-31 --to 2026-04-30 --rate 2026Q2=2.6
    cadline interest calculate --amount 10000.00 --due 2026-03-31 --paid-on 2026-04-15 \\
        --payment 2026-04-07=4000.00 --mean 2026Q2=2.55
    """  # noqa: D301 - click reads \b as "keep these line ends"
    question = _question(**asked)
    faults = list(question.faults())
    if faults:
        raise click.UsageError("\n".join(faults))
    try:
        found = question.answer(_given_rates(_folder(folder), **asked))
    except RateUnknown as error:
        raise Refused(f"{error}, or give it with --rate QUARTER=PERCENT") from None
    if as_json:
        echo_json(sum_json(question, found))
    else:
        click.echo("\n".join(as_text(question, found)))


STARTS: Mapping[str, Kind] = {"due": "debt", "release_date": "debt", "served": "penalty", "applied": "refund"}
"""The options that say from when, and what each is asked about."""


def _question(**asked: Any) -> Question:
    """Return what the options ask. Raises UsageError when they do not say from when, once."""
    started = [name for name in STARTS if asked[name] is not None]
    if len(started) != 1:
        names = [f"--{name.replace('_', '-')}" for name in STARTS]
        raise click.UsageError(f"say from when with one of {', '.join(names)} ({len(started)} are given)")
    kind = STARTS[started[0]]
    start = asked[started[0]] if started[0] != "release_date" else _free_until(**asked)
    return Question(
        amount_cents=asked["amount"],
        free_until=free_until(kind, start),
        to=asked["to_day"] or eastern_today(),
        basis=_basis(kind, **asked),
        kind=kind,
        method=asked["method"],
        paid_on=asked["paid_on"],
        payments=tuple(Payment(day=day, cents=cents) for day, cents in asked["payments"]),
    )


def _given_rates(
    folder: Path | None,
    *,
    rates: Sequence[tuple[str, Decimal]],
    means: Sequence[tuple[str, Decimal]],
    prescribed: Decimal | None,
    **_asked: Any,
) -> GivenRates:
    """Return the rates that were given, before those of the table."""
    quarters = {quarter: given_rate(quarter, percent, None) for quarter, percent in rates}
    quarters |= {quarter: rate_of_mean(quarter, mean) for quarter, mean in means}
    return GivenRates(rates_in(folder), quarters, prescribed)


def _free_until(
    *,
    stream: Stream,
    release_date: date,
    accounting_date: date | None,
    interest_rule: InterestRule,
    case: Case,
    **_asked: Any,
) -> date:
    """Return the last day without interest of goods released on a day."""
    try:
        dates = billing_dates(stream, release_date, accounting_date, interest_rule=interest_rule, case=case)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return dates.interest_from - ONE_DAY


def _basis(
    kind: Kind,
    *,
    basis: Basis | None,
    extended_to: date | None,
    paid_on: date | None,
    method: Method,
    **_asked: Any,
) -> Basis:
    """Return the rate that applies: as asked, or as the law has it."""
    if basis is not None:
        return basis
    if extended_to is not None:
        return "prescribed" if paid_on is not None and paid_on <= extended_to else "specified"
    return "specified" if kind == "debt" and method == "daily" else "prescribed"


@interest.group("rates")
def rates_() -> None:
    """The rates of the quarters."""


@rates_.command("list")
@tables_option
@json_option
def list_rates(folder: Path | None, *, as_json: bool) -> None:
    """List the quarters whose rates are known."""
    for rate in rates_in(_folder(folder)).quarters:
        if as_json:
            echo_json(_rate_json(rate))
        else:
            click.echo(
                f"{rate.quarter}  prescribed {rate.prescribed_percent:>8} %  specified "
                f"{rate.specified_percent:>8} %  {rate.period.since} to {rate.period.until}  {rate.source}"
            )


@rates_.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Read and check everything; write nothing.")
@tables_option
@json_option
def import_(file: Path, folder: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Take the rates of quarters from a CSV FILE into the folder of tables, beside those that are known.

    Columns: quarter; mean_yield_pct (the Treasury-bill mean, from which the rate is made) or prescribed_pct;
    source. A quarter that is known already takes the new rate. Everything wrong is said at once.

    \b
    quarter,mean_yield_pct,source
    2026Q2,2.55,Bank of Canada auctions of January 2026
    """  # noqa: D301 - click reads \b as "keep these line ends"
    target = _folder(folder)
    if target is None:
        raise click.UsageError("say which folder the rates go to: --tables FOLDER or CADLINE_TABLES")
    imported = import_rates(file, target, dry_run=dry_run)
    for rate in imported:
        if as_json:
            echo_json(_rate_json(rate))
        else:
            click.echo(f"{rate.quarter}  {rate.prescribed_percent} % prescribed")
    if not as_json:
        click.echo(f"{len(imported)} quarters {'would be ' if dry_run else ''}imported")


@interest.command("run")
@click.option("--day", type=DAY, required=True, help="Eastern day up to which interest is charged.")
@click.option(
    "--final-only", is_flag=True, help="Only what was cleared; not the interest to date of what is open."
)
@json_option
@with_house
def run(house: House, day: date, *, final_only: bool, as_json: bool) -> None:
    """Charge interest up to a day: on what is overdue to date, on what was cleared late to its payment.

    Each entry posts only what no earlier one has posted; running it again changes nothing. Exit code 1 when
    the rate of some days is not known: the debts concerned wait for a later run.

        cadline interest run --day 2026-04-17
    """
    with writing(house.engine) as connection:
        found = post_interest(
            connection, day, house.clock.now(), house.tables.rates.interest, interim=not final_only
        )
    if as_json:
        echo_json({"day": day, "posted": found.keys, "unknown": found.unknown})
    else:
        click.echo("\n".join([*found.keys, f"{len(found.keys)} entries posted for {day}", *found.unknown]))
    click.get_current_context().exit(FINDINGS if found.unknown else 0)


@interest.command("list")
@click.option("--account", required=True, metavar="BN15", help="Whose.")
@json_option
@with_house
def list_(house: House, account: str, *, as_json: bool) -> None:
    """List the interest that was charged or granted, each with its days, rate and base."""
    with reading(house.engine) as connection:
        for entry in charged_interest(connection, account):
            act = entry.act
            cents = sum(item.cents for item in entry.items) - (entry.credit.cents if entry.credit else 0)
            if not isinstance(act, InterestCharged):
                continue
            if as_json:
                said = act.model_dump(mode="json", exclude={"spans", "act"})
                spans = [span_json(span) for span in act.spans]
                echo_json({"key": entry.key, "cents": cents, **said, "spans": spans})
            else:
                click.echo(
                    f"{entry.key}  {dollars(cents):>14}  {act.kind}, {act.days} days to {act.through} at the "
                    f"{act.basis} rate on {dollars(act.base_cents)}; to date {dollars(act.to_date_cents)}"
                )


@interest.command("allow")
@click.option("--account", required=True, metavar="BN15", help="Whose debt.")
@click.option("--reference", required=True, help="Which: its transaction number, or its key.")
@click.option("--extended-to", type=DAY, help="An extension of time: prescribed only when it is met.")
@decided
@json_option
@with_house
def allow(  # noqa: PLR0913, PLR0917 - one parameter an option
    house: House,
    account: str,
    reference: str,
    extended_to: date | None,
    name: str,
    reason: str,
    *,
    as_json: bool,
) -> None:
    """Let a debt bear the prescribed rate instead of the specified one (Customs Act s.3.2, s.33.7).

    It binds from the next run on, for the debt's whole time; what was charged too much is taken back.
    """
    author = Author(name, reason, house.clock.now())
    with refusing(), writing(house.engine) as connection:
        allow_prescribed(connection, account, reference, extended_to, author)
    said = {"account": account, "reference": reference, "basis": "prescribed", "extended_to": extended_to}
    if as_json:
        echo_json(said)
    else:
        until = f", when it is paid by {extended_to}" if extended_to else ""
        click.echo(f"{account} {reference} bears the prescribed rate{until}")


@interest.command("waive")
@click.argument("key")
@click.option("--amount", type=DOLLAR, help="A part of it, in dollars [all].")
@decided
@json_option
@with_house
def waive_(  # noqa: PLR0913 - one parameter an option
    house: House, key: str, amount: Cents | None, name: str, reason: str, *, as_json: bool
) -> None:
    """Waive the interest of the entry KEY (`cadline interest list` shows it), all of it or a part."""
    take_back(house, key, "waived", amount, Author(name, reason, house.clock.now()), as_json=as_json)


def _folder(folder: Path | None) -> Path | None:
    return read_settings(os.environ, {"tables": folder}).tables


def _rate_json(rate: InterestRate) -> dict[str, object]:
    return {
        "quarter": rate.quarter,
        "prescribed_percent": str(rate.prescribed_percent),
        "specified_percent": str(rate.specified_percent),
        "mean_yield_percent": None if rate.mean_yield is None else str(rate.mean_yield),
        "since": rate.period.since,
        "until": rate.period.until,
        "source": rate.source,
    }
