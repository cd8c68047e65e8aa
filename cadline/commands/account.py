"""What does an account owe, and why? `cadline account`."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, get_args

import click
from sqlalchemy import Connection

from accounting.accounts import (
    HistoryLine,
    Moment,
    Wanted,
    debt_of,
    free_credits_at,
    histories,
    history,
    open_parts_at,
)
from accounting.clearing import Debt
from accounting.positions import OpenDebt, OwedItem, Position, days_overdue, position
from cadline.commands.common import as_day, declaration_number, echo_json, json_option, with_house
from cadline.commands.ledger import as_instant
from cadline.database import reading
from cadline.wiring import House
from schemas.book import EntryKind
from schemas.days import eastern_day
from schemas.money import dollars

DAY = click.DateTime(["%Y-%m-%d"])

as_of_option = click.option(
    "--as-of", metavar="INSTANT", callback=as_instant, help="What the book said then (ISO 8601 with zone)."
)
as_of_day_option = click.option(
    "--as-of-day", type=DAY, callback=as_day, help="What counts until this Eastern day, by what is known."
)


@click.group("account")
def account() -> None:
    """Look into one program account: what it owes, what is free, and how that came about."""


@account.command("show")
@click.argument("number", metavar="BN15")
@as_of_option
@as_of_day_option
@json_option
@with_house
def show(house: House, number: str, as_of: datetime | None, as_of_day: date | None, *, as_json: bool) -> None:
    """Show what account BN15 owes: by charge and item by item, what is overdue, and its free credits.

    A correction is taken into the declaration that it corrects, and what is paid is not shown. With --as-of,
    what the book said at that instant; with --as-of-day, what counts until that Eastern day by all that is
    known now; with both, what the book said then about that day.

    \b
    Example:
      cadline account show 999002017RM0001 --as-of-day 2026-03-31
    """  # noqa: D301 - click reads \b as "keep these line ends"
    moment = Moment(as_of, as_of_day)
    day = _day(house, moment)
    with reading(house.engine) as connection:
        debts = _debts(connection, number, moment)
        found = position(number, day, debts, free_credits_at(connection, number, moment))
    if as_json:
        echo_json(found.model_dump(mode="json"))
    else:
        click.echo("\n".join(_position_lines(found)))


@account.command("items")
@click.argument("number", metavar="BN15")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@as_of_option
@as_of_day_option
@json_option
@with_house
def items(  # noqa: PLR0913 - one parameter an option
    house: House, number: str, as_of: datetime | None, as_of_day: date | None, *, overdue: bool, as_json: bool
) -> None:
    """List the open items of account BN15: due date, days overdue, billing period and stream of each.

    \b
    Example:
      cadline account items 999002017RM0001 --overdue --json
    """  # noqa: D301 - click reads \b as "keep these line ends"
    moment = Moment(as_of, as_of_day)
    day = _day(house, moment)
    with reading(house.engine) as connection:
        found = _open_debts(connection, number, moment, day)
    for each in found:
        if overdue and not each.days_overdue:
            continue
        if as_json:
            echo_json(each.model_dump(mode="json"))
        else:
            click.echo(_debt_line(each))
    if not found and not as_json:
        click.echo("nothing is open")


@account.command("history")
@click.argument("number", metavar="BN15")
@click.option("--since", type=DAY, callback=as_day, help="Posted on this Eastern day or later.")
@click.option("--until", type=DAY, callback=as_day, help="Posted on this Eastern day or earlier.")
@click.option("--event-since", type=DAY, callback=as_day, help="Counts as of this Eastern day or later.")
@click.option("--event-until", type=DAY, callback=as_day, help="Counts as of this Eastern day or earlier.")
@click.option("--kind", "kinds", type=click.Choice(get_args(EntryKind)), multiple=True, help="Of this kind.")
@click.option("--transaction", help="About this declaration (14 digits) or reference, its clearings too.")
@click.option("--broker", default="", help="Filed by this broker (BN9 or BN15).")
@click.option(
    "--csv", "table", is_flag=False, flag_value="-", metavar="[FILE]", help="Write CSV, to a file or here."
)
@json_option
@with_house
def history_(  # noqa: PLR0913 - one parameter an option
    house: House,
    number: str,
    *,
    since: date | None,
    until: date | None,
    event_since: date | None,
    event_until: date | None,
    kinds: tuple[str, ...],
    transaction: str | None,
    broker: str,
    table: str | None,
    as_json: bool,
) -> None:
    """List everything that was posted to account BN15, in the order of posting, with the balance behind it.

    The balance is what is owed less what is free; filters leave lines out and do not change it.

    \b
    Example:
      cadline account history 999002017RM0001 --since 2026-03-01 --kind payment --csv march.csv
    """  # noqa: D301 - click reads \b as "keep these line ends"
    wanted = Wanted(
        posted=(since, until),
        counted=(event_since, event_until),
        kinds=kinds,
        transaction=_reference(transaction),
        broker=broker,
    )
    with reading(house.engine) as connection:
        lines = history(connection, number, wanted)
        if table is not None:
            _write_table(lines, table)
            return
        for line in lines:
            if as_json:
                echo_json(line.model_dump(mode="json"))
            else:
                click.echo(_history_line(line))


def _reference(text: str | None) -> str:
    """Return the reference that somebody typed; of a printed number, the declaration's."""
    return declaration_number(text)[0] if text and text.isdigit() else text or ""


def _day(house: House, moment: Moment) -> date:
    """Return the Eastern day on which the account is looked at: the one asked for, or that of the instant."""
    return moment.as_of_day or eastern_day(moment.as_of or house.clock.now())


def _debts(connection: Connection, number: str, moment: Moment) -> list[Debt]:
    return [debt_of(number, part) for part in open_parts_at(connection, number, moment)]


def _open_debts(connection: Connection, number: str, moment: Moment, day: date) -> list[OpenDebt]:
    """Return the open items with how each came into the book, by due date and reference."""
    parts = open_parts_at(connection, number, moment)
    known = histories(connection, [number], [part[0] for part in parts])
    found = []
    for part in parts:
        debt = debt_of(number, part, known)
        came = known.get((number, debt.reference, debt.charge == "interest"))
        found.append(
            OpenDebt(
                reference=debt.reference,
                charge=debt.charge,
                type=debt.type,
                due=debt.due,
                cents=debt.cents,
                days_overdue=days_overdue(debt.due, day),
                broker=debt.broker,
                statement_date=debt.statement,
                accounted=debt.accounted,
                stream=came.stream if came else None,
                period_start=came.period_start if came else None,
                period_end=came.period_end if came else None,
            )
        )
    return sorted(found, key=lambda each: (each.due, each.reference))


def _position_lines(found: Position) -> Iterator[str]:
    """Say how an account stands: items, then the sums, then the credits."""
    for item in found.items:
        yield _item_line(item)
    for charge, cents in found.charges.items():
        yield _sum_line(charge.replace("_", " "), cents)
    for held in found.credits:
        yield f"{held.key}  {held.type}, from {held.day}    {dollars(held.cents)} free"
    yield _sum_line("overdue", found.overdue_cents)
    yield _sum_line("free credits", found.free_cents)
    yield _sum_line("owed less free credits", found.total_cents)
    yield _sum_line("owed", found.owed_cents)


def _sum_line(label: str, cents: int) -> str:
    return f"{label:32}{dollars(cents):>18}"


def _item_line(item: OwedItem) -> str:
    charges = ", ".join(f"{charge} {dollars(cents)}" for charge, cents in item.charges.items())
    late = f", {item.days_overdue} days overdue" if item.days_overdue else ""
    return f"{item.reference}  due {item.due}    {dollars(item.cents):>16}  ({charges}{late})"


def _debt_line(each: OpenDebt) -> str:
    late = f"  {each.days_overdue} days overdue" if each.days_overdue else ""
    period = f"  {each.stream}, {each.period_start} to {each.period_end}" if each.stream else ""
    return (
        f"{each.due}  {dollars(each.cents):>14}  {each.charge:13} {each.type:9} {each.reference}"
        f"{period}{late}"
    )


def _history_line(line: HistoryLine) -> str:
    return (
        f"{line.posted_at:%Y-%m-%d %H:%M}Z  {line.event_day}  {line.kind:12} {line.key:44}"
        f" owed {dollars(line.owed_cents):>14}  free {dollars(line.free_cents):>14}"
        f"  balance {dollars(line.balance_cents):>14}"
    )


IN_DOLLARS = ("owed_cents", "free_cents", "balance_cents")

COLUMNS = [name.removesuffix("_cents") for name in HistoryLine.model_fields]


def _write_table(lines: Iterator[HistoryLine], place: str) -> None:
    """Write the history as CSV with a header; amounts in dollars."""
    with _opened(place) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in lines:
            writer.writerow(_cells(line))


def _cells(line: HistoryLine) -> list[Any]:
    shown: dict[str, Callable[[Any], Any]] = dict.fromkeys(IN_DOLLARS, dollars)
    shown["posted_at"] = datetime.isoformat
    return [shown.get(name, lambda value: value)(getattr(line, name)) for name in HistoryLine.model_fields]


@contextmanager
def _opened(place: str) -> Iterator[IO[str]]:
    if place == "-":
        yield sys.stdout
    else:
        with Path(place).open("w", encoding="utf-8", newline="") as file:
            yield file
