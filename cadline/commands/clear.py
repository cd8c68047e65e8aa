"""Which credit pays which debt? `cadline clear`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from accounting import accounts
from accounting.accounts import Traced
from accounting.clearing import Open
from accounting.clearing_outcome import Outcome, outcome
from accounting.ledger import EntryConflict
from accounting.strategies import StrategyUnknown, strategies, strategy_on
from cadline.clearing_case import CREDIT_COLUMNS, DEBT_COLUMNS, cents_of, read_case, rows_in, rows_of
from cadline.commands.common import FILE, FINDINGS, as_day, echo_json, json_option, with_house
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import clearing, clearing_choices
from ingest.audit import Author
from ingest.clearing_choices import PREVIEW, Choice, ChoiceRefused, Chosen
from schemas.assessment import BILLED
from schemas.book import Entry
from schemas.days import eastern_day
from schemas.identifiers import is_bn15, read_number
from schemas.money import Cents, dollars
from schemas.rules import Language

PROGRESS_ACCOUNTS = 10_000
"""Behind how many accounts a run says how far it is."""

day_option = click.option(
    "--day",
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=as_day,
    help="Eastern day as of which it counts [today].",
)
strategy_option = click.option(
    "--strategy", "name", help="Order of clearing, by name [the one that binds on the day]."
)
language_option = click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the reasons."
)
by_option = click.option("--by", "person", default="operator", show_default=True, help="Who decides it.")
why_option = click.option("--why", "reason", default="", help="Why; kept in the audit.")


def as_cents(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Cents | None:
    """Read an amount in dollars, or say what one looks like."""
    try:
        return cents_of(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def as_amounts(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> tuple[Cents, ...]:
    """Read amounts in dollars."""
    try:
        return tuple(cents_of(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def as_account(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """Read a program account, or say what one looks like."""
    if text is not None and not is_bn15(text):
        raise click.BadParameter(f"{text} is no program account; expected a BN15 such as 999002017RM0001")
    return text


@click.group("clear", invoke_without_command=True)
@click.option("--preview", is_flag=True, help="Show which debts a payment would clear, before it is made.")
@click.option("--account", callback=as_account, help="Whose (BN15).")
@click.option("--amount", metavar="DOLLARS", callback=as_cents, help="Of the payment, such as 1234.56.")
@day_option
@strategy_option
@language_option
@json_option
@with_house
@click.pass_context
def clear(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    house: House,
    *,
    preview: bool,
    account: str | None,
    amount: Cents | None,
    day: date | None,
    name: str | None,
    language: Language,
    as_json: bool,
) -> None:
    """Match credits with debts, by the order of clearing that binds on the day, or show what that would do.

    With --preview, --account and --amount: which debts a payment of that amount would clear, on the day and,
    if nothing else happens, on the due days after it; each with its reason, and what is left. Nothing is
    written.

    \b
    Example:
      cadline clear --preview --account 999002017RM0001 --amount 1234.56 --day 2026-03-31
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if context.invoked_subcommand is not None:
        return
    if not preview or account is None or amount is None:
        raise click.UsageError("--preview, --account and --amount go together; or name a verb, see --help")
    when = day or eastern_day(house.clock.now())
    with refusing(), reading(house.engine) as connection:
        if not clearing_choices.is_known(connection, account):
            raise Refused(f"{account} is no account in the registry, and nothing was posted to it")
        debts, free = clearing_choices.foreseen(connection, account, amount, when, name)
        found = outcome(debts, free, when, name, ahead=True, language=language)
    if as_json:
        echo_json(_preview_json(found, account, amount))
    else:
        click.echo("\n".join(_preview_lines(found, account, amount, language)))


@clear.command("run")
@day_option
@strategy_option
@json_option
@with_house
def run(house: House, day: date | None, name: str | None, *, as_json: bool) -> None:
    """Clear every account as of an Eastern day: what credits can pay of what may be cleared.

    What was paid too much of a declaration is first netted inside it, and the rest becomes a credit. The run
    goes account by account, some hundreds in one transaction; run it again when it was cut short. To run it
    twice changes nothing.

    \b
    Example:
      cadline clear run --day 2026-03-31
    """  # noqa: D301 - click reads \b as "keep these line ends"
    now = house.clock.now()
    when = day or eastern_day(now)
    seen = cleared = lifted = cents = 0
    with refusing():
        for chunk in _chunks(house, when, name):
            cleared += sum(entry.kind == "clearing" for entry in chunk.entries)
            lifted += sum(entry.kind == "credit" for entry in chunk.entries)
            cents += clearing.total(chunk.entries)
            if seen // PROGRESS_ACCOUNTS != (seen + chunk.accounts) // PROGRESS_ACCOUNTS:
                click.echo(f"{seen + chunk.accounts} accounts looked at, {cleared} cleared", err=True)
            seen += chunk.accounts
        strategy = strategy_on(when, name).name
    if as_json:
        echo_json(
            {
                "day": when.isoformat(),
                "strategy": strategy,
                "accounts": seen,
                "cleared": cleared,
                "lifted": lifted,
                "cents": cents,
            }
        )
    else:
        click.echo(
            f"{cleared} of {seen} accounts cleared as of {when} by the order {strategy}:"
            f" {dollars(cents)} of debts paid, {lifted} negative debts lifted"
        )


def _chunks(house: House, day: date, name: str | None) -> Iterator[clearing.Chunk]:
    """Clear chunk by chunk, each in a transaction of its own."""
    after: str | None = ""
    while after is not None:
        with writing(house.engine) as connection:
            chunk = clearing.clear_some(connection, after, day, house.clock.now(), name)
        if chunk:
            yield chunk
        after = chunk.last if chunk else None


@clear.command("apply")
@click.option("--account", required=True, callback=as_account, help="Whose (BN15).")
@click.option(
    "--credit", required=True, metavar="KEY", help="Of the credit, as `cadline account show` has it."
)
@click.option(
    "--to",
    "targets",
    required=True,
    multiple=True,
    metavar="REFERENCE[:CHARGE]",
    help="What it is to pay; several are paid in their order.",
)
@click.option(
    "--amount",
    "amounts",
    multiple=True,
    metavar="DOLLARS",
    callback=as_amounts,
    help="How much of it: one for each --to, in their order; without any, all that is open.",
)
@click.option("--reference", default="", help="Your own name for this choice: then a repeat is done once.")
@by_option
@why_option
@json_option
@with_house
def apply(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    account: str,
    credit: str,
    targets: tuple[str, ...],
    amounts: tuple[Cents, ...],
    reference: str,
    person: str,
    reason: str,
    as_json: bool,
) -> None:
    """Let a credit pay the items that you choose, whole or in part, whatever the order of clearing.

    It is refused when more is asked than is free of the credit, or open of an item. Exit code 1 then.

    \b
    Example:
      cadline clear apply --account 999002017RM0001 \\
        --credit payment/electronic/999002017RM0001/A17 \\
        --to 90100260000005:gst --amount 120.00 --by Ann --why "letter of 30 March"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    choice = Choice(account, credit, _chosen(targets, amounts), reference)
    author = Author(person, reason, house.clock.now())
    try:
        with writing(house.engine) as connection:
            entry = clearing_choices.apply(connection, choice, author)
    except ChoiceRefused as refused:
        _tell_refusals(refused, as_json=as_json)
    except EntryConflict as conflict:
        click.echo(f"nothing was changed: {conflict}", err=True)
        raise click.exceptions.Exit(FINDINGS) from None
    else:
        _tell_entry(entry, as_json=as_json)


@clear.command("undo")
@click.option("--account", required=True, callback=as_account, help="Whose (BN15).")
@click.option("--credit", required=True, metavar="KEY", help="The credit that is to have paid nothing.")
@by_option
@click.option("--why", "reason", required=True, help="Why; kept with the entry.")
@json_option
@with_house
def undo(  # noqa: PLR0913 - one parameter an option
    house: House, account: str, credit: str, person: str, reason: str, *, as_json: bool
) -> None:
    """Take back all that a credit paid of debts: they stand open again, and the credit is free.

    \b
    Example:
      cadline clear undo --account 999002017RM0001 \\
        --credit payment/electronic/999002017RM0001/A17 --by Ann --why "meant for another account"
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(person, reason, house.clock.now())
    with writing(house.engine) as connection:
        entry = clearing_choices.take_back(connection, account, credit, author)
    if entry is None:
        click.echo(f"{credit} pays no debt of {account}: there is nothing to take back", err=True)
        raise click.exceptions.Exit(FINDINGS)
    _tell_entry(entry, as_json=as_json)


@clear.command("trace")
@click.argument("name", metavar="PAYMENT|REFERENCE")
@json_option
@with_house
def trace(house: House, name: str, *, as_json: bool) -> None:
    """Show what a payment paid, or what paid a debt: each allocation with its day and order.

    PAYMENT is the key of a credit, or the end of one, such as the payment's own reference. REFERENCE is a
    transaction number, or the key of a penalty. Exit code 1 when nothing of that name was cleared.

    \b
    Example:
      cadline clear trace payment/electronic/999002017RM0001/A17
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with reading(house.engine) as connection:
        wanted = _name_in_book(connection, name)
        found = list(accounts.trace(connection, wanted))
        free = accounts.credits_named(connection, wanted)
        open_ = accounts.debts_named(connection, wanted)
    if as_json:
        echo_json(
            {
                "name": wanted,
                "allocations": [_traced_json(each) for each in found],
                "free": [{"account": party, "credit": key, "cents": cents} for party, key, cents in free],
                "open": [_part_json(party, part) for party, part in open_],
            }
        )
    else:
        for each in found:
            click.echo(_traced_line(each))
        for _, key, cents in free:
            click.echo(f"{dollars(cents)} of {key} is free")
        for _, (reference, charge, due, cents) in open_:
            click.echo(f"{dollars(cents)} of {reference} {charge}, due {due}, is open")
    if not (found or free or open_):
        click.echo(f"the book knows no credit and no debt named {name}", err=True)
        raise click.exceptions.Exit(FINDINGS)


@clear.command("strategies")
@json_option
def strategies_(*, as_json: bool) -> None:
    """List the orders of clearing: on which days each binds, what it does, and where that is said."""
    for each in strategies().values():
        if as_json:
            echo_json(each.model_dump(mode="json"))
        else:
            until = f"until {each.until}" if each.until else "without end"
            chosen = "by day" if each.chosen == "by-day" else "only by name"
            click.echo(f"{each.name:16} since {each.since} {until}, {chosen}\n  {each.en}\n  {each.source}")


@clear.command("case")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), callback=as_day, required=True, help="Eastern day.")
@click.option("--debt", "debt_texts", multiple=True, metavar=",".join(DEBT_COLUMNS), help="One debt.")
@click.option("--credit", "credit_texts", multiple=True, metavar=",".join(CREDIT_COLUMNS), help="One credit.")
@click.option("--debts", type=FILE, help="CSV of debts, with those columns.")
@click.option("--credits", "free", type=FILE, help="CSV of credits, with those columns.")
@click.option("--ahead", is_flag=True, help="Go on through the days after, as a preview does.")
@strategy_option
@language_option
@json_option
def case(  # noqa: PLR0913 - one parameter an option
    *,
    day: date,
    debt_texts: tuple[str, ...],
    credit_texts: tuple[str, ...],
    debts: Path | None,
    free: Path | None,
    ahead: bool,
    name: str | None,
    language: Language,
    as_json: bool,
) -> None:
    """Clear debts and credits that you describe, without a book: which pays which, and why.

    Of a debt, the cells behind amount may be left out: type (B3, B2, LAP, NSF, NPA, K9, K23, interest; told
    by the reference and charge), broker, statement (the last 25th until it is due), accounted. Of a credit,
    those behind amount: day (the day of the clearing), broker (a BN9, or `consultant`).

    \b
    Example:
      cadline clear case --day 2026-04-01 --debt 90100260000005,gst,2026-03-31,100.00 \\
        --debt penalty/C288/90100260000005,penalty,2026-03-31,100.00 --credit A17,payment,150.00
    """  # noqa: D301 - click reads \b as "keep these line ends"
    with refusing():
        read_debts, read_credits = read_case(
            [*rows_of(debt_texts, DEBT_COLUMNS, "--debt"), *rows_in(debts, DEBT_COLUMNS)],
            [*rows_of(credit_texts, CREDIT_COLUMNS, "--credit"), *rows_in(free, CREDIT_COLUMNS)],
            day,
        )
        found = outcome(read_debts, read_credits, day, name, ahead=ahead, language=language)
    if as_json:
        echo_json(found.model_dump(mode="json"))
    else:
        click.echo("\n".join(_outcome_lines(found, language)))


# ---- reading what was asked -----------------------------------------------------------------------


@contextmanager
def refusing() -> Iterator[None]:
    """Say in words that an order of clearing is not known."""
    try:
        yield
    except StrategyUnknown as error:
        raise Refused(str(error)) from None


def _chosen(targets: Sequence[str], amounts: Sequence[Cents]) -> tuple[Chosen, ...]:
    """Put targets and amounts together. Raises UsageError when they do not fit."""
    if amounts and len(amounts) != len(targets):
        raise click.UsageError(
            f"{len(targets)} --to and {len(amounts)} --amount: one amount for each, or none for all of it"
        )
    each: list[Cents | None] = [*amounts] or [None] * len(targets)
    return tuple(_target(text, cents) for text, cents in zip(targets, each, strict=True))


def _target(text: str, cents: Cents | None) -> Chosen:
    """Read REFERENCE[:CHARGE]. Raises UsageError for a charge that there is not."""
    reference, _, charge = text.partition(":")
    if charge and charge not in BILLED:
        raise click.UsageError(f"--to {text}: {charge} is no charge; there are {', '.join(BILLED)}")
    return Chosen(_number(reference), charge or None, cents)


def _number(reference: str) -> str:
    """Return a reference; of a declaration's printed number, the number without its version."""
    return read_number(reference)[0] if reference.isdigit() and len(reference) in PRINTED else reference


PRINTED = (14, 19)
"""How many digits a transaction number has, without its version and with it."""


def _name_in_book(connection: Connection, name: str) -> str:
    """Return the key of a credit or the reference of a debt that somebody named."""
    wanted = _number(name)
    ending = accounts.payments_ending(connection, wanted) if "/" not in wanted else []
    if len(ending) > 1:
        raise Refused(f"several payments are named {name}: {', '.join(ending)}; say which")
    return ending[0] if ending else wanted


# ---- telling --------------------------------------------------------------------------------------


def _preview_json(found: Outcome, account: str, amount: Cents) -> dict[str, object]:
    told = found.model_dump(mode="json")
    paid = [each for each in told["paid"] if each["credit"] == PREVIEW]
    left = sum(each.cents for each in found.free if each.credit == PREVIEW)
    return {
        "account": account,
        "day": told["day"],
        "strategy": found.strategy,
        "amount_cents": amount,
        "clears": paid,
        "cleared_cents": sum(each["cents"] for each in paid),
        "left_cents": left,
        "other_credits_clear": [each for each in told["paid"] if each["credit"] != PREVIEW],
        "still_open": told["open"],
        "still_open_cents": sum(each.cents for each in found.open),
        "other_credits_free": [each for each in told["free"] if each["credit"] != PREVIEW],
    }


def _preview_lines(found: Outcome, account: str, amount: Cents, language: Language) -> Iterator[str]:
    yield _word(language, "payment").format(dollars(amount), account, found.day)
    yield from _outcome_lines(found, language)


WORDS = {
    "payment": ("A payment of {} for {} on {}", "Un paiement de {} pour {} le {}"),
    "order": ("by the order {}: {}", "selon l'ordre {}: {}"),
    "pays": (
        "{} clears {} of {} {} {}, due {}; {} stays open",
        "{} acquitte {} de {} {} {}, échue {}; reste {}",
    ),
    "on": ("on {}", "le {}"),
    "left": ("left of {}: {} ({})", "reste de {}: {} ({})"),
    "open": ("still open: {} of {} {} {}, due {} ({})", "encore ouvert: {} de {} {} {}, échue {} ({})"),
    "nothing": ("nothing is cleared", "rien n'est acquitté"),
}


def _word(language: Language, name: str) -> str:
    english, french = WORDS[name]
    return english if language == "en" else french


def _outcome_lines(found: Outcome, language: Language) -> Iterator[str]:
    """Say what is paid, day by day, with reasons; then what is left."""
    strategy = strategies()[found.strategy]
    yield _word(language, "order").format(strategy.name, strategy.en if language == "en" else strategy.fr)
    for each in found.paid:
        pays = _word(language, "pays").format(
            each.credit,
            dollars(each.cents),
            each.type,
            each.reference,
            each.charge,
            each.due,
            dollars(each.left_cents),
        )
        yield f"  {_word(language, 'on').format(each.on)} {pays}"
        yield f"    {each.why}"
    if not found.paid:
        yield f"  {_word(language, 'nothing')}"
    for held in found.free:
        yield "  " + _word(language, "left").format(held.credit, dollars(held.cents), held.why)
    for debt in found.open:
        yield "  " + _word(language, "open").format(
            dollars(debt.cents), debt.type, debt.reference, debt.charge, debt.due, debt.why
        )


def _tell_refusals(refused: ChoiceRefused, *, as_json: bool) -> None:
    """Say everything that is wrong with a choice, in both languages for machines. Exit code 1."""
    if as_json:
        problems = [{"id": each.id, "en": each.say("en"), "fr": each.say("fr")} for each in refused.refusals]
        echo_json({"applied": False, "problems": problems})
    else:
        for each in refused.refusals:
            click.echo(each.say("en"), err=True)
        click.echo("Nothing was changed.", err=True)
    raise click.exceptions.Exit(FINDINGS)


def _tell_entry(entry: Entry, *, as_json: bool) -> None:
    if as_json:
        allocations = [each.model_dump(mode="json") for each in entry.allocations]
        echo_json({"applied": True, "entry": entry.key, "account": entry.party, "allocations": allocations})
        return
    for each in entry.allocations:
        click.echo(
            f"{dollars(each.cents)} of {each.credit} to {each.reference} {each.charge}, due {each.due}"
        )
    click.echo(entry.key)


def _traced_json(each: Traced) -> dict[str, object]:
    return {
        "account": each.party,
        "entry": each.key,
        "day": each.day.isoformat(),
        "posted_at": each.posted_at.isoformat(),
        **each.allocation.model_dump(mode="json"),
    }


def _traced_line(each: Traced) -> str:
    found = each.allocation
    what = f"{found.charge}, due {found.due}" if found.charge else "paid out"
    return f"{each.day}  {dollars(found.cents):>14}  {found.credit} -> {found.reference} {what}  ({each.key})"


def _part_json(account: str, part: Open) -> dict[str, object]:
    reference, charge, due, cents = part
    return {"account": account, "reference": reference, "charge": charge, "due": due, "cents": cents}
