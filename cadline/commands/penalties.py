"""Which penalties were raised, which would be, and which are taken back? `cadline penalties`."""

from datetime import date
from typing import Any

import click
from sqlalchemy import select

from accounting.calendar import Case, billing_dates
from accounting.journal import read
from accounting.penalties import Penalty, late_accounting, late_payment
from accounting.tables import debt, journal_entry
from accounting.waivers import waiver_key
from cadline.commands.common import eastern_today, echo_json, json_option, with_house
from cadline.commands.lawful import case_option, stream_option
from cadline.commands.lifting import take_back
from cadline.commands.values import DAY, DOLLAR, decided
from cadline.database import reading, writing
from cadline.wiring import House
from ingest.audit import Author
from ingest.late import post_penalties
from ingest.rulings import entry_of
from schemas.acts import PenaltyRaised
from schemas.book import Entry
from schemas.money import Cents, dollars
from schemas.registry import Stream


@click.group("penalties")
def penalties() -> None:
    """Penalties for lateness: C288, C292 and C330 for accounting, C336 for paying; and what lifts them."""


@penalties.command("calculate")
@click.option("--release-date", type=DAY, help="Late accounting: the day of release.")
@click.option("--accounted", type=DAY, help="The day on which the declaration was accepted [today].")
@click.option("--value", type=DOLLAR, help="Value for duty, in dollars: up to 3,300 it is C292.")
@stream_option
@case_option
@click.option("--payment-due", type=DAY, help="Late payment: the last day to pay a statement.")
@click.option("--paid", type=DAY, help="The day on which it was paid in full [not yet].")
@json_option
def calculate(*, as_json: bool, **asked: Any) -> None:
    """Say which penalty lateness brings, if any: its code, amount and source, and the relief that lifts it.

    \b
    cadline penalties calculate --release-date 2026-03-16 --accounted 2026-03-24 --value 5000.00
    cadline penalties calculate --payment-due 2026-03-31 --paid 2026-04-02
    """  # noqa: D301 - click reads \b as "keep these line ends"
    found = _asked(**asked)
    if as_json:
        echo_json(_penalty_json(found))
    elif found is None:
        click.echo("no penalty: it was in time")
    else:
        relief = f"; not raised: relief {found.relief}" if found.relief else ""
        click.echo(
            f"{found.code}  {dollars(found.due_cents)}  {found.day} was missed{relief}  ({found.source})"
        )


def _asked(  # noqa: PLR0913 - the options
    *,
    release_date: date | None,
    accounted: date | None,
    value: Cents | None,
    stream: Stream,
    case: Case,
    payment_due: date | None,
    paid: date | None,
) -> Penalty | None:
    """Return the penalty that the options ask about. Raises UsageError with everything that lacks."""
    if (release_date is None) == (payment_due is None):
        raise click.UsageError("say --release-date for late accounting, or --payment-due for late payment")
    if payment_due is not None:
        return late_payment(payment_due, paid, eastern_today())
    if value is None or release_date is None:
        raise click.UsageError("late accounting needs --value: up to 3,300 dollars another penalty applies")
    day = accounted or eastern_today()
    try:
        dates = billing_dates(stream, release_date, day, case=case)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return late_accounting(stream, dates, release_date, day, value)


@penalties.command("run")
@click.option("--day", type=DAY, required=True, help="Eastern day whose penalties are raised.")
@json_option
@with_house
def run(house: House, day: date, *, as_json: bool) -> None:
    """Raise the penalties of a day: for late accounting, and for statements due the day before.

    The daily run does it by itself. Running it again raises nothing twice, and what is missing: a payment of
    that day may have been dishonoured since.

        cadline penalties run --day 2026-04-01
    """
    with writing(house.engine) as connection:
        keys = post_penalties(connection, day, house.clock.now())
    if as_json:
        echo_json({"day": day, "posted": keys})
    else:
        click.echo("\n".join([*keys, f"{len(keys)} penalties noted for {day}"]))


@penalties.command("list")
@click.option("--account", metavar="BN15", help="Only of this program account.")
@click.option("--code", help="Only these, such as C336.")
@json_option
@with_house
def list_(house: House, account: str | None, code: str | None, *, as_json: bool) -> None:
    """List the penalties in the book, those under a relief included, and what became of each."""
    wanted = select(journal_entry.c.content).where(journal_entry.c.kind == "penalty")
    if account is not None:
        wanted = wanted.where(journal_entry.c.party == account)
    with reading(house.engine) as connection:
        ordered = wanted.order_by(journal_entry.c.party, journal_entry.c.sequence)
        for content in connection.scalars(ordered, execution_options={"yield_per": 1000}):
            entry = read(content)
            if code is not None and getattr(entry.act, "code", "") != code.upper():
                continue
            open_cents = sum(
                connection.scalars(
                    select(debt.c.cents).where(
                        debt.c.party == entry.party, debt.c.reference == entry.debt_reference
                    )
                )
            )
            _tell(_as_json(entry, open_cents, entry_of(connection, waiver_key(entry.key))), as_json=as_json)


@penalties.command("waive")
@click.argument("key")
@click.option("--amount", type=DOLLAR, help="A part of it, in dollars [all].")
@decided
@json_option
@with_house
def waive_(  # noqa: PLR0913 - one parameter an option
    house: House, key: str, amount: Cents | None, name: str, reason: str, *, as_json: bool
) -> None:
    """Forgive the penalty or interest of the entry KEY (Customs Act s.3.3). What was paid becomes a credit.

    cadline penalties waive penalty/C288/12345000000017 --by "A. Officer" --why "system outage"
    """
    take_back(house, key, "waived", amount, Author(name, reason, house.clock.now()), as_json=as_json)


@penalties.command("reverse")
@click.argument("key")
@decided
@json_option
@with_house
def reverse(house: House, key: str, name: str, reason: str, *, as_json: bool) -> None:
    """Take the penalty or the interest of the entry KEY back: it should not have been raised."""
    take_back(house, key, "reversed", None, Author(name, reason, house.clock.now()), as_json=as_json)


def _as_json(entry: Entry, open_cents: Cents, waiver: Entry | None) -> dict[str, Any]:
    """Return a penalty as it stands. state: raised, relieved, waived or reversed."""
    act = entry.act
    said = act.model_dump(mode="json", exclude={"act"}) if isinstance(act, PenaltyRaised) else {}
    lifted = getattr(waiver.act, "manner", "waived") if waiver else "raised"
    cents = sum(item.cents for item in entry.items)
    return {
        "key": entry.key,
        "account": entry.party,
        "relief": "",
        **said,
        "state": "relieved" if said.get("relief") else lifted,
        "cents": cents,
        "open_cents": open_cents,
        "due": entry.items[0].due if entry.items else None,
    }


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        echo_json(found)
        return
    why = f" ({found['relief']})" if found["relief"] else ""
    click.echo(
        f"{found['key']}  {found['account']}  {dollars(found['cents'])}  open {dollars(found['open_cents'])}"
        f"  {found['state']}{why}  {found['day']} was missed"
    )


def _penalty_json(found: Penalty | None) -> dict[str, Any]:
    if found is None:
        return {"penalty": None}
    return {"penalty": found.code, **found.model_dump(mode="json"), "due_cents": found.due_cents}
