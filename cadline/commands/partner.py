"""Who exchanges messages with us, in which versions, tested or live? `cadline partner`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from cadline.certification.certificate import doubts, read_certificate
from cadline.certification.signing import trusted_keys
from cadline.commands.certify_keys import current_suite
from cadline.commands.common import (
    FILE,
    as_day,
    by_option,
    echo_json,
    json_option,
    why_option,
    with_house,
)
from cadline.database import reading, writing
from cadline.errors import Refused
from cadline.wiring import House
from ingest import partner_terms, registry, registry_changes
from ingest.audit import Author, lock
from ingest.partner_terms import TermsRefused
from ingest.registry_changes import ChangeRefused
from schemas.days import eastern_day
from schemas.identifiers import is_bn15
from schemas.partner_terms import GUIDES, Proof, Speech, Terms
from schemas.registry import Partner, Registry

DAY = click.DateTime(["%Y-%m-%d"])

guide_option = click.option(
    "--guide",
    "guides",
    type=click.Choice(list(GUIDES)),
    multiple=True,
    help="A message guide that it speaks; one option for each.",
)
since_option = click.option("--since", type=DAY, callback=as_day, help="First Eastern day of it [today].")
until_option = click.option("--until", type=DAY, callback=as_day, help="Last Eastern day [without end].")


@click.group("partner")
def partner() -> None:
    """Register partners: what they speak from which day, who answers for them, tested or live."""


@partner.command("register")
@click.argument("partner_id", metavar="PARTNER")
@click.option("--name", "called", required=True, help="The partner's name.")
@click.option("--account", required=True, help="The partner's program account (BN15).")
@click.option(
    "--role",
    type=click.Choice(["broker", "importer", "provider", "consultant"]),
    required=True,
    help="What it is.",
)
@click.option("--security", default="", help="Its account security number: 5 digits.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--contact", default="", help="Who answers for its messages: name, telephone, e-mail.")
@guide_option
@since_option
@until_option
@by_option
@why_option
@json_option
@with_house
def register(  # noqa: PLR0913 - one parameter an option
    house: House,
    partner_id: str,
    *,
    called: str,
    account: str,
    role: str,
    security: str,
    language: str,
    contact: str,
    guides: tuple[str, ...],
    since: date | None,
    until: date | None,
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Register a new PARTNER (its id in UNB), to be tested first.

    \b
    cadline partner register ACME --name "Acme Customs" --account 999001035RM0001 --role broker \\
        --security 54321 --guide cusdec_d13a --contact "Ann, 613-555-0100" --by Bob --why "form of 3 March"

    Without --guide it speaks cusdec_d13a. It answers in the syntax of its first guide.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if not is_bn15(account):
        raise click.BadParameter("a program account (BN15) whose check digit holds", param_hint="--account")
    if security and not (len(security) == 5 and security.isascii() and security.isdigit()):  # noqa: PLR2004 - five
        raise click.BadParameter("5 digits", param_hint="--security")
    author = Author(name, reason, house.clock.now())
    speaks = _speeches(guides or ("cusdec_d13a",), since or eastern_day(author.now), until)
    new = Partner.model_validate(
        {
            "id": partner_id,
            "name": called,
            "account": account,
            "role": role,
            "account_security_number": security,
            "syntax": GUIDES[speaks[0].guide].format,
            "language": language,
        }
    )
    with _refusing(), writing(house.engine) as connection:
        lock(connection)
        if _partner(connection, partner_id) is not None:
            raise TermsRefused(f"{partner_id} is a partner already; `cadline partner set` changes it")
        registry_changes.store(connection, Registry(partners={new.id: new}), author)
        terms = Terms(partner=new.id, contact=contact, speaks=speaks)
        partner_terms.agree(connection, terms, author, certified=_certified(house))
    _tell(new, terms, author, as_json=as_json)


@partner.command("set")
@click.argument("partner_id", metavar="PARTNER")
@click.option("--contact", help="Who answers for its messages.")
@guide_option
@since_option
@until_option
@click.option("--live/--test", "live", default=None, help="Live, or to be tested (again).")
@click.option(
    "--certificate",
    "certificates",
    type=FILE,
    multiple=True,
    help="A certificate of the partner; one option for each.",
)
@by_option
@why_option
@json_option
@with_house
def set_(  # noqa: PLR0913 - one parameter an option
    house: House,
    partner_id: str,
    *,
    contact: str | None,
    guides: tuple[str, ...],
    since: date | None,
    until: date | None,
    live: bool | None,
    certificates: tuple[Path, ...],
    name: str,
    reason: str,
    as_json: bool,
) -> None:
    """Change what was agreed with a PARTNER, and let it go live.

    \b
    cadline partner set ACME --live --certificate acme.json --by Bob --why "certified"
    cadline partner set ACME --guide cusdec_d13a --since 2026-06-01 --certificate d13a.json \\
        --by Bob --why "moves to D.13A"
    cadline partner set ACME --guide cusdec_d96b --since 2026-01-01 --until 2026-08-31 \\
        --by Bob --why "ends D.96B"

    What is not said stays. A guide named again has its new days; two guides on the same days are spoken side
    by side, as while moving from one version to the next. A live partner needs a certificate for each guide
    that it speaks now or later, unless CADLINE_GO_LIVE=free.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    author = Author(name, reason, house.clock.now())
    today = eastern_day(author.now)
    proofs = tuple(_proof(house, partner_id, file) for file in certificates)
    with _refusing(), writing(house.engine) as connection:
        lock(connection)
        known = _partner(connection, partner_id)
        if known is None:
            raise TermsRefused(f"{partner_id} is no partner; `cadline partner register` makes it one")
        held = partner_terms.read(connection).get(partner_id, Terms(partner=partner_id))
        speaks = _speeches(guides, since or today, until)
        news: dict[str, Any] = {
            "speaks": (*(each for each in held.speaks if each.guide not in guides), *speaks),
            "proofs": (*(each for each in held.proofs if each not in proofs), *proofs),
        }
        news |= {"contact": contact} if contact is not None else {}
        news |= {"stage": "production" if live else "test"} if live is not None else {}
        terms = held.model_copy(update=news)
        partner_terms.agree(connection, terms, author, certified=_certified(house))
    _tell(known, terms, author, as_json=as_json)


@partner.command("show")
@click.argument("partner_id", metavar="PARTNER")
@json_option
@with_house
def show(house: House, partner_id: str, *, as_json: bool) -> None:
    """Show what is agreed with a PARTNER, and what certifies it."""
    with reading(house.engine) as connection:
        known = _partner(connection, partner_id)
        terms = partner_terms.read(connection).get(partner_id)
    if known is None:
        raise Refused(f"{partner_id} is no partner; `cadline partner list` names them")
    _tell(known, terms, Author("", "", house.clock.now()), as_json=as_json)


@partner.command("list")
@json_option
@with_house
def list_(house: House, *, as_json: bool) -> None:
    """List all partners: tested or live, and what they speak today."""
    with reading(house.engine) as connection:
        everybody = registry.read_all(connection).partners
        agreed = partner_terms.read(connection)
    now = Author("", "", house.clock.now())
    for known in sorted(everybody.values(), key=lambda each: each.id):
        if as_json:
            _tell(known, agreed.get(known.id), now, as_json=True)
        else:
            click.echo(_line(known, agreed.get(known.id), eastern_day(now.now)))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (TermsRefused, ChangeRefused) as error:
        raise Refused(f"nothing was stored:\n{error}") from None


def _certified(house: House) -> bool:
    return house.settings.go_live == "certified"


def _partner(connection: Connection, partner_id: str) -> Partner | None:
    return registry.read(connection, accounts=(), senders={partner_id}).partners.get(partner_id)


def _speeches(guides: tuple[str, ...], since: date, until: date | None) -> tuple[Speech, ...]:
    return tuple(Speech(guide=guide, since=since, until=until) for guide in guides)


def _proof(house: House, partner_id: str, file: Path) -> Proof:
    """Return the proof that a certificate is. Raises Refused with every reason not to believe it."""
    found = read_certificate(file)
    said = found.statement
    keys = trusted_keys(house.settings.keys)
    reasons = [*doubts(found, keys, house.clock.now(), current_suite(said.suite))]
    if said.partner != partner_id:
        reasons.append(f"it is {said.partner}'s")
    if reasons:
        raise Refused(f"nothing was stored:\n{file} is not valid: " + "\n".join(reasons))
    return Proof(
        guide=said.profile,
        suite=said.suite,
        version=said.version,
        issued=said.issued,
        expires=said.expires,
        key=found.key,
        digest=sha256(file.read_bytes()).hexdigest(),
    )


def _tell(known: Partner, terms: Terms | None, author: Author, *, as_json: bool) -> None:
    today = eastern_day(author.now)
    if as_json:
        echo_json(_json(known, terms, today))
        return
    click.echo(_line(known, terms, today))
    if terms is None:
        return
    if terms.contact:
        click.echo(f"  contact {terms.contact}")
    for each in terms.speaks:
        guide = GUIDES[each.guide]
        until = f"until {each.until}" if each.until else "without end"
        said = f"{guide.message} {guide.format} {guide.version}"
        click.echo(f"  speaks {each.guide} ({said}) since {each.since}, {until}")
    for proof in terms.proofs:
        until = f"until {proof.expires:%Y-%m-%d}" if proof.expires else "without end"
        click.echo(f"  certified for {proof.guide} by suite {proof.suite} {proof.version}, {until}")


def _line(known: Partner, terms: Terms | None, today: date) -> str:
    stage = terms.stage if terms else "nothing agreed"
    spoken = ", ".join(terms.spoken_on(today)) if terms else known.syntax
    return f"{known.id:<14} {stage:<14} {known.role:<10} {known.account}  {spoken or 'nothing'}  {known.name}"


def _json(known: Partner, terms: Terms | None, today: date) -> dict[str, Any]:
    said = terms.model_dump(mode="json", exclude={"partner"}) if terms else {"stage": None, "speaks": []}
    for speech in said["speaks"]:
        speech.update(GUIDES[speech["guide"]].model_dump())
    spoken = list(terms.spoken_on(today)) if terms else []
    return {"partner": known.id} | known.model_dump(mode="json", exclude={"id"}) | said | {"today": spoken}
