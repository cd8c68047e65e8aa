"""How much security does release prior to payment take, and how far is it used? `cadline security`."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from accounting.days import ONE_DAY
from accounting.demand import SecuredDebt, demand
from accounting.security import (
    Cover,
    Month,
    Requirement,
    Utilisation,
    covers,
    requirement,
    review_days,
    rpp_standing,
    standing,
    utilisation,
)
from accounting.security import review as review_of
from cadline.commands.common import echo_json, json_option, with_house
from cadline.commands.ledger import as_instant
from cadline.commands.security_changes import CHANGES
from cadline.commands.security_options import (
    DAY,
    amount_option,
    as_months,
    date_option,
)
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.security_text import (
    demand_lines,
    instrument_line,
    requirement_lines,
    review_lines,
    utilisation_lines,
    version_line,
)
from cadline.wiring import House
from ingest import security as stored
from ingest.security import SecurityRefused, Versions
from ingest.security_book import debts_of, months_before
from ingest.security_watch import batches, note_crossings, secured, used
from ingest.security_watch import events as events_of
from schemas.amounts import cents_of
from schemas.csv_text import day_of
from schemas.days import eastern_day
from schemas.identifiers import bn9_of, is_bn15
from schemas.money import Cents, dollars
from schemas.security import FORMS, Instrument, SecurityForm

TOLD = "told amounts"
"""What a requirement is about that is worked out from amounts on the command line."""

form_option = click.option("--form", type=click.Choice(FORMS), help="Deposit, or security agreement.")
account_option = click.option("--account", metavar="BN15", help="Program account, from the book.")


@click.group("security")
def security() -> None:
    """Security for release prior to payment (RPP): required, given, used, demanded."""


for _change in CHANGES:
    security.add_command(_change)


# ---- what is required -----------------------------------------------------------------------------


@security.command("require")
@click.option(
    "--monthly", "months", metavar="DOLLARS,...", callback=as_months, help="Receivables of up to 12 months."
)
@click.option("--account", "accounts", metavar="BN15", multiple=True, help="Account, from the book.")
@form_option
@date_option("--on", "Eastern day by whose law, and before which months count [today].", to="day")
@json_option
@with_house
def require(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    months: tuple[Cents, ...] | None,
    accounts: tuple[str, ...],
    form: SecurityForm | None,
    day: date | None,
    as_json: bool,
) -> None:
    """Work out how much security an RM account needs: from monthly receivables, or from the book.

    \b
    cadline security require --monthly 1200.00,3400.50,0 --form agreement
    cadline security require --account 999002017RM0001 --on 2026-10-20

    A deposit is 100 % of the highest monthly receivable of twelve months, GST included; an agreement 50 %; at
    least 5,000 and at most 10,000,000 an account; nothing where nothing is receivable. Without --form both
    are told. From the book, a month is a billing period that ended in the twelve months before the day, or
    the one that runs; --account can be given more than once.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    _insist_on_one_source(months, accounts)
    on = day or eastern_day(house.clock.now())
    sums = {TOLD: _months(months)} if months is not None else _months_of(house, accounts, on)
    for whose, found in sums.items():
        for each in [form] if form else FORMS:
            _tell_requirement(requirement(found, each, on), whose, as_json=as_json)


@security.command("review")
@click.option(
    "--year", type=click.IntRange(2025, 9998), help="In which the review is made [the last by --on]."
)
@click.option(
    "--monthly", "months", metavar="DOLLARS,...", callback=as_months, help="Receivables of up to 12 months."
)
@account_option
@form_option
@amount_option("--held", "With --monthly: security in force on the day of review.")
@amount_option("--held-later", "With --monthly: security in force on the day of --on [as --held].")
@date_option("--on", "Eastern day on which it is looked at [today].", to="day")
@json_option
@with_house
def review(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    year: int | None,
    months: tuple[Cents, ...] | None,
    account: str | None,
    form: SecurityForm | None,
    held: Cents | None,
    held_later: Cents | None,
    day: date | None,
    as_json: bool,
) -> None:
    """Review an account's security: over 20 October to 19 October, on 20 October.

    \b
    cadline security review --year 2026 --monthly 12000,18000 --held 6000 --on 2027-01-16
    cadline security review --year 2026 --account 999002017RM0001

    Only an increase over what is in force is notified. It is to be met by 15 January; else release prior to
    payment is suspended from the 16th until it is met. The form is that of what is in force, if not named.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    _insist_on_one_source(months, (account,) if account else ())
    on = day or eastern_day(house.clock.now())
    days = review_days(year or (on.year if on >= review_days(on.year).reviewed else on.year - 1))
    if months is None and account:
        held_by = _instruments(house, account)
        months_found = _months_of(house, (account,), days.reviewed, running=False)[account]
        now, later = (_held(held_by, account, each) for each in (days.reviewed, max(on, days.reviewed)))
        used_form = form or _form_in_force(held_by, account, days.reviewed)
    else:
        months_found, now = _months(months or ()), held or 0
        later, used_form = now if held_later is None else held_later, form or "agreement"
    required = requirement(months_found, used_form, days.reviewed)
    found = review_of(required, year=days.reviewed.year, held_cents=now, later_cents=later, on=on)
    if as_json:
        echo_json({"account": account} | found.model_dump(mode="json"))
    else:
        click.echo("\n".join(review_lines(found, account or TOLD)))


# ---- how far it is used ---------------------------------------------------------------------------


@security.command("utilisation")
@click.option("--account", "accounts", metavar="BN15", multiple=True, help="Account [all with security].")
@date_option("--on", "As the book stood at the end of an Eastern day [now].", to="day")
@amount_option("--owed", "Instead of an account: what is outstanding.")
@amount_option("--security", "With --owed: the security in force.", default="0")
@click.option("--threshold", "thresholds", type=click.IntRange(1), multiple=True, help="[of the settings]")
@json_option
@with_house
def utilisation_(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    accounts: tuple[str, ...],
    day: date | None,
    owed: Cents | None,
    security: Cents,
    thresholds: tuple[int, ...],
    as_json: bool,
) -> None:
    """Show how far security is used: what is outstanding of what is in force.

    \b
    cadline security utilisation --account 999002017RM0001
    cadline security utilisation --on 2026-03-31 --json
    cadline security utilisation --owed 4500.00 --security 5000.00

    Outstanding is what is receivable less free credits: a payment made meanwhile lowers it. Without --account
    every account is shown that an instrument names. The thresholds are CADLINE_SECURITY_THRESHOLDS.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    watched = thresholds or house.settings.security_thresholds
    if owed is not None:
        covered = [Cover(instrument=TOLD, form="agreement", cents=security)] if security else []
        told = utilisation(TOLD, receivable_cents=owed, covered=covered, thresholds=watched, day=day)
        _tell_utilisation(told, as_json=as_json)
        return
    today, count = day or eastern_day(house.clock.now()), 0
    with reading(house.engine) as connection:
        named = [(each, stored.of_business(connection, [bn9_of(each)])) for each in map(_rm, accounts)]
        for batch in batches(named or secured(stored.every(connection))):
            count += len(batch)
            for found in used(connection, batch, today, watched, day):
                _tell_utilisation(found, as_json=as_json)
    if not count and not as_json:
        click.echo("no security was given")


@security.command("standing")
@account_option
@amount_option("--required", "Instead of an account: the security that is required.")
@amount_option("--held", "With --required: the security in force.", default="0")
@form_option
@click.option("--at", metavar="INSTANT", callback=as_instant, help="ISO 8601 with its zone [now].")
@json_option
@with_house
def standing_(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    account: str | None,
    required: Cents | None,
    held: Cents,
    form: SecurityForm | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say whether goods of an account can be released prior to payment, for its security.

    \b
    cadline security standing --account 999002017RM0001
    cadline security standing --required 5000 --held 0 --at 2025-05-20T06:59:59Z

    secured: what is in force suffices. not needed: nothing was receivable. transition: until 20 May 2025,
    03:00 EDT, goods were released without the importer's own security. unsecured: none of these.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    _insist_on_one_source(None if required is None else (required,), (account,) if account else ())
    instant = at or house.clock.now()
    day = eastern_day(instant)
    if required is None and account:
        held_by = _instruments(house, account)
        used_form = form or _form_in_force(held_by, account, day)
        months = _months_of(house, (account,), day)[account]
        required, held = requirement(months, used_form, day).required_cents, _held(held_by, account, day)
    found = rpp_standing(security_cents=held, required_cents=required or 0, instant=instant)
    if as_json:
        amounts = {"required_cents": required, "security_cents": held}
        echo_json({"account": account, "at": instant.isoformat(), "standing": found} | amounts)
    else:
        click.echo(f"{account or TOLD}: {found}; {dollars(held)} in force, {dollars(required or 0)} required")


@security.command("watch")
@click.option(
    "--date",
    "day",
    type=DAY,
    required=True,
    callback=lambda _c, _p, moment: moment.date(),
    help="Eastern day.",
)
@json_option
@with_house
def watch(house: House, day: date, *, as_json: bool) -> None:
    """Note which thresholds were crossed by the end of an Eastern day. Running it again changes nothing."""
    now = house.clock.now()
    if day >= eastern_day(now):
        raise Refused(f"{day} is not over: its crossings are noted once it is")
    with writing(house.engine) as connection:
        later = next(events_of(connection, since=day + ONE_DAY), None)
        if later is not None:
            raise Refused(f"{later.day} is noted already: days are noted in their order")
        count = note_crossings(connection, day, now, house.settings.security_thresholds)
    if as_json:
        echo_json({"date": str(day), "noted": count})
    else:
        click.echo(f"{count} crossings noted for {day}")


@security.command("events")
@account_option
@date_option("--since", "Crossed on this Eastern day or later.", to="since")
@date_option("--until", "Crossed on this Eastern day or earlier.", to="until")
@json_option
@with_house
def events(
    house: House, account: str | None, since: date | None, until: date | None, *, as_json: bool
) -> None:
    """List when utilisation crossed a threshold, upwards (above) or downwards (below): once a crossing.

    Crossings are noted when a day is closed, or by `cadline security watch`.
    """
    with reading(house.engine) as connection:
        found = list(events_of(connection, account, since, until))
    for each in found:
        if as_json:
            click.echo(each.model_dump_json())
        else:
            click.echo(
                f"{each.day}  {each.account}  {each.direction} {each.threshold} %  "
                f"{dollars(each.outstanding_cents)} of {dollars(each.security_cents)}"
            )
    if not found and not as_json:
        click.echo("no threshold was crossed")


# ---- what was given, and what may be demanded -----------------------------------------------------


@security.command("list")
@account_option
@date_option("--on", "Only what is in force on this Eastern day.", to="day")
@json_option
@with_house
def list_(house: House, account: str | None, day: date | None, *, as_json: bool) -> None:
    """List the security that was given, as it stands, or as it stood on a day."""
    count = 0
    with reading(house.engine) as connection:
        for versions in stored.every(connection):
            each = standing(versions, day) if day else versions[-1]
            if (
                each is None
                or (day and not each.is_valid_on(day))
                or (account and account not in each.accounts)
            ):
                continue
            count += 1
            click.echo(each.model_dump_json() if as_json else instrument_line(each))
    if not count and not as_json:
        click.echo("no security")


@security.command("show")
@click.argument("instrument", metavar="ID")
@json_option
@with_house
def show(house: House, instrument: str, *, as_json: bool) -> None:
    """Show an instrument, and every version of it."""
    versions = _known(house, instrument)
    if as_json:
        echo_json(
            versions[-1].model_dump(mode="json")
            | {"versions": [each.model_dump(mode="json") for each in versions]}
        )
        return
    click.echo(instrument_line(versions[-1]))
    for each in versions:
        click.echo(version_line(each))


@security.command("demand")
@click.argument("instrument", metavar="[ID]", required=False)
@account_option
@date_option("--on", "Eastern day of the demand [today].", to="day")
@form_option
@amount_option("--amount", "Without ID: what the instrument is for.")
@date_option("--from", "Without ID: its first day.", to="valid_from")
@date_option("--until", "Without ID: its last day [without end].", to="valid_until")
@click.option(
    "--debt", "texts", metavar="ACCRUED,DUE,DOLLARS[,REFERENCE]", multiple=True, help="Without ID: a debt."
)
@json_option
@with_house
def demand_(  # noqa: PLR0913 - one parameter an option
    house: House,
    *,
    instrument: str | None,
    account: str | None,
    day: date | None,
    form: SecurityForm | None,
    amount: Cents | None,
    valid_from: date | None,
    valid_until: date | None,
    texts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what may be demanded of a provider on a day, until when, and for which debts.

    \b
    cadline security demand SB-1001 --on 2026-05-01
    cadline security demand --amount 5000 --from 2025-01-01 --until 2025-12-31 \\
        --debt 2025-12-20,2026-01-30,7000.00 --on 2026-02-15

    The lesser of the amount and the debts that accrued while it was valid and are late; within one year after
    it ended; to be paid or rebutted within 60 days (SOR/2024-42 s.8 and 9). Nothing is stored; what is paid
    then comes in by `cadline security collect`.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    on = day or eastern_day(house.clock.now())
    if instrument is None:
        told = _told_instrument(form or "agreement", amount, valid_from, valid_until)
        found = [demand(told, TOLD, _told_debts(texts), on)]
    else:
        each = standing(_known(house, instrument), on) or _known(house, instrument)[0]
        with reading(house.engine) as connection:
            asked = [account] if account else each.accounts
            found = [demand(each, of, debts_of(connection, of, on), on) for of in asked]
    for one in found:
        click.echo(one.model_dump_json() if as_json else "\n".join(demand_lines(one)))


# ---- reading ----------------------------------------------------------------------------------------


def _insist_on_one_source(told: Sequence[Cents] | None, accounts: Sequence[str]) -> None:
    if (told is None) == (not accounts):
        raise click.UsageError("give either amounts or --account")
    for account in accounts:
        _rm(account)


def _rm(account: str) -> str:
    if not is_bn15(account):
        raise click.BadParameter(f"{account!r} is no program account (BN15) whose check digit holds")
    return account


def _months(amounts: Sequence[Cents]) -> tuple[Month, ...]:
    return tuple(Month(cents=cents) for cents in amounts)


def _months_of(
    house: House, accounts: Sequence[str], day: date, *, running: bool = True
) -> dict[str, tuple[Month, ...]]:
    with reading(house.engine) as connection:
        return {each: months_before(connection, each, day, running=running) for each in accounts}


def _instruments(house: House, account: str) -> list[Versions]:
    with reading(house.engine) as connection:
        return stored.of_business(connection, [bn9_of(account)])


def _held(instruments: Sequence[Versions], account: str, day: date) -> Cents:
    return sum(cover.cents for cover in covers(instruments, account, day))


def _form_in_force(instruments: Sequence[Versions], account: str, day: date) -> SecurityForm:
    """Return the form of what is in force: a deposit only when there is nothing else."""
    forms = {cover.form for cover in covers(instruments, account, day)}
    return "deposit" if forms == {"deposit"} else "agreement"


def _known(house: House, instrument: str) -> Versions:
    """Return the versions of an instrument. Raises Refused for one that was never given."""
    try:
        with reading(house.engine) as connection:
            return stored.known(connection, instrument)
    except SecurityRefused as error:
        raise Refused(str(error)) from None


def _tell_requirement(required: Requirement, whose: str, *, as_json: bool) -> None:
    if as_json:
        echo_json({"account": None if whose == TOLD else whose} | required.model_dump(mode="json"))
    else:
        click.echo("\n".join(requirement_lines(required, whose)))


def _tell_utilisation(found: Utilisation, *, as_json: bool) -> None:
    click.echo(found.model_dump_json() if as_json else "\n".join(utilisation_lines(found)))


def _told_instrument(
    form: SecurityForm, amount: Cents | None, valid_from: date | None, valid_until: date | None
) -> Instrument:
    if amount is None or valid_from is None:
        raise click.UsageError("name an instrument, or give --amount and --from (and --until)")
    return Instrument(
        id=form,
        form=form,
        holder=TOLD,
        amount_cents=amount,
        shares=(),
        valid_from=valid_from,
        valid_until=valid_until,
        since=valid_from,
    )


def _told_debts(texts: Sequence[str]) -> list[SecuredDebt]:
    """Read debts, or say of each that cannot be read what one looks like."""
    debts = [_told_debt(text, number) for number, text in enumerate(texts, 1)]
    wrong = [repr(text) for text, debt in zip(texts, debts, strict=True) if debt is None]
    if wrong:
        raise click.BadParameter(
            f"{', '.join(wrong)}: expected days and dollars, such as 2025-12-20,2026-01-30,7000.00"
        )
    return [debt for debt in debts if debt is not None]


def _told_debt(text: str, number: int) -> SecuredDebt | None:
    parts = [part.strip() for part in text.split(",")]
    accrued, due, amount, *rest = [*parts, "", "", ""][: max(len(parts), 3)]
    first, last, cents = day_of(accrued), day_of(due), cents_of(amount)
    if first is None or last is None or cents is None:
        return None
    reference = rest[0] if rest else f"debt {number}"
    return SecuredDebt(reference=reference, accrued=first, due=last, cents=cents)
