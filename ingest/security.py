"""Which security was given, and how does it change? Instruments in versions, each change noted; money posted.

Whoever changes something holds the end of the audit, so instruments change one at a time. A deposit's
money goes through the book in the same transaction. To do a thing twice does it once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from accounting import ledger
from accounting.acts import act_entry
from accounting.demand import demand, earliest_termination
from accounting.ledger import STREAM_ROWS, post
from ingest import registry
from ingest.audit import Act, Author, lock, note
from ingest.card_limit import card_room
from ingest.security_book import debts_of, exposures
from ingest.tables import security_version
from schemas.acts import SecurityMoved
from schemas.book import Credit, Entry
from schemas.identifiers import bn9_of, is_bn9, is_bn15, is_importer_account
from schemas.money import Cents, dollars
from schemas.registry import Importer
from schemas.security import Instrument, Share, Step

Versions = tuple[Instrument, ...]

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}", re.ASCII)
ENDLESS = "a deposit holds until it is released: give no last day"

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,34}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """What changes from an Eastern day on. cents, until: None for what stays as it is."""

    since: date
    cents: Cents | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that moves on an Eastern day. reference: of the bank or the cheque; it moves once under it."""

    cents: Cents
    reference: str
    day: date


class SecurityRefused(Exception):  # noqa: N818 - named as a sentence
    """Security cannot be given or changed so. The message says everything that stands against it."""


# ---- reading --------------------------------------------------------------------------------------


def history(connection: Connection, instrument: str) -> Versions:
    """Return an instrument's versions in their order; none when it is not known."""
    wanted = _versions().where(security_version.c.instrument == instrument)
    return tuple(_read(row) for row in connection.execute(wanted))


def known(connection: Connection, instrument: str) -> Versions:
    """Return an instrument's versions. Raises SecurityRefused when nobody gave it."""
    versions = history(connection, instrument)
    if not versions:
        raise SecurityRefused(
            f"{instrument} is no security that was given: `cadline security list` shows them"
        )
    return versions


def of_business(connection: Connection, business_numbers: Iterable[str]) -> list[Versions]:
    """Return the instruments of business numbers (BN9), each with its versions, by identifier."""
    wanted = _versions().where(security_version.c.business_number.in_(set(business_numbers)))
    rows = connection.execute(wanted)
    return [tuple(map(_read, group)) for _, group in groupby(rows, key=attrgetter("instrument"))]


def every(connection: Connection) -> Iterator[Versions]:
    """Yield every instrument with its versions, by business number and identifier, as a stream."""
    rows = connection.execute(_versions(), execution_options={"yield_per": STREAM_ROWS})
    for _, group in groupby(rows, key=attrgetter("instrument")):
        yield tuple(map(_read, group))


def _versions() -> Select[Any]:
    found = security_version.c
    return select(security_version).order_by(found.business_number, found.instrument, found.version)


def _read(row: Row[Any]) -> Instrument:
    return Instrument.model_validate_json(row.content)


# ---- changing -------------------------------------------------------------------------------------


def give(connection: Connection, news: Sequence[Instrument], author: Author) -> int:
    """Store new instruments; return how many are new. One that stands already, the same, is left alone.

    Raises SecurityRefused with every fault of every instrument, and then nothing is stored.
    """
    _hold(connection, [new.holder for new in news if new.form == "deposit"])
    faults = [fault for new in news for fault in faults_of(connection, new)]
    if faults:
        raise SecurityRefused("\n".join(faults))
    fresh = [new for new in news if not history(connection, new.id)]
    for new in fresh:
        _write(connection, None, new, author)
    return len(fresh)


def faults_of(connection: Connection, new: Instrument) -> list[str]:
    """Return everything that stands against a new instrument, each said in a line."""
    stored = history(connection, new.id)
    if stored:
        return [] if stored[0] == new else [f"{new.id}: stands already with other content; change it instead"]
    accounts = registry.read(connection, accounts=new.accounts, senders=()).importers
    return [f"{new.id}: {fault}" for fault in (*_faults(new, accounts), *_card_faults(connection, new))]


def change(connection: Connection, instrument: str, terms: Terms, author: Author) -> Instrument:
    """Change the amount of an instrument, or its last day; return how it stands.

    Raising a deposit takes in the difference. Raises SecurityRefused when it cannot change so.
    """
    latest = _latest(connection, instrument)
    amount = latest.amount_cents if terms.cents is None else terms.cents
    last_day = terms.until or latest.valid_until
    if (amount, last_day) == (latest.amount_cents, latest.valid_until):
        return latest
    faults = []
    if latest.form == "deposit" and amount < latest.amount_cents:
        faults.append("a deposit is not lowered but released: use `cadline security release`")
    if latest.form == "deposit" and last_day is not None:
        faults.append(ENDLESS)
    if amount <= 0:
        faults.append(f"an amount of {dollars(amount)} secures nothing; expected more than zero")
    moved = amount - latest.amount_cents if latest.form == "deposit" else 0
    news = {"amount_cents": amount, "valid_until": last_day, "step": "changed", "moved_cents": moved}
    return _next(connection, latest, {**news, "since": terms.since}, faults, author)


def share(
    connection: Connection, instrument: str, shares: Sequence[Share], since: date, author: Author
) -> Instrument:
    """Say from an Eastern day on how much of a shared agreement covers which account; return how it stands.

    Raises SecurityRefused when it cannot be shared so.
    """
    latest = _latest(connection, instrument)
    if latest.shares == tuple(shares):
        return latest
    news = {"shares": tuple(shares), "step": "shared", "since": since}
    return _next(connection, latest, news, [], author)


def terminate(
    connection: Connection, instrument: str, *, noticed: date, last_day: date | None, author: Author
) -> Instrument:
    """End an agreement with a day of which notice was given in time; return how it stands.

    last_day: the earliest that the notice allows unless another is named. Raises SecurityRefused when the
    notice is too short, or nothing is left to end.
    """
    latest = _latest(connection, instrument)
    earliest = earliest_termination(noticed)
    ends = last_day or earliest
    if (latest.noticed, latest.valid_until) == (noticed, ends):
        return latest
    faults = []
    if latest.form == "deposit":
        faults.append("a deposit is not terminated but released: use `cadline security release`")
    if ends < earliest:
        faults.append(f"notice of {noticed} ends it on {earliest} or later, not on {ends} (SOR/2024-42 s.7)")
    if latest.valid_until is not None and latest.valid_until < ends:
        faults.append(f"it ends on {latest.valid_until} already")
    news = {
        "valid_until": ends,
        "noticed": noticed,
        "step": "terminated",
        "since": max(noticed, latest.since),
    }
    return _next(connection, latest, news, faults, author)


def release(connection: Connection, instrument: str, money: Moved, author: Author) -> Instrument:
    """Give back money of a deposit; return how it stands. The reference makes it once.

    Raises SecurityRefused when there is not so much, or what stays would not cover what is outstanding.
    """
    latest = _latest(connection, instrument)
    done = _done(connection, latest, "released", money)
    if done is not None:
        return done
    faults = [*_money_faults(latest, money)]
    if latest.form != "deposit":
        faults.append("only a deposit is released; an agreement is terminated")
    else:
        faults += _uncovered(connection, latest, money)
    news = {
        "amount_cents": latest.amount_cents - money.cents,
        "step": "released",
        "reference": money.reference,
        "moved_cents": -money.cents,
        "since": money.day,
    }
    return _next(connection, latest, news, faults, author)


def collect(
    connection: Connection, instrument: str, account: str, money: Moved, author: Author
) -> Instrument:
    """Take in what was paid on a demand, or take it out of a deposit, as a credit of the account.

    What is left of the instrument is lowered by it. Return how it stands; the reference makes it once.
    Raises SecurityRefused when it is more than the security, or more than may be taken from a deposit.
    """
    latest = _latest(connection, instrument, account if is_importer_account(account) else "")
    done = _done(connection, latest, "collected", money)
    if done is not None:
        return done
    faults = [*_money_faults(latest, money)]
    if account not in latest.accounts:
        faults.append(f"it does not cover {account}; it covers {', '.join(latest.accounts)}")
    elif money.cents > latest.share_of(account):
        faults.append(
            f"{dollars(latest.share_of(account))} of it covers {account}, not {dollars(money.cents)}"
        )
    elif latest.form == "deposit":
        faults += _not_owed(connection, latest, account, money)
    news = {
        "amount_cents": latest.amount_cents - money.cents,
        "shares": _lowered(latest.shares, account, money.cents),
        "step": "collected",
        "reference": money.reference,
        "moved_cents": money.cents,
        "account": account,
        "since": money.day,
    }
    return _next(connection, latest, news, faults, author)


def _latest(connection: Connection, instrument: str, account: str = "") -> Instrument:
    """Return how an instrument stands, when nobody else can change it any more.

    account: to which money is posted with the change, besides the holder of a deposit.
    """
    standing = known(connection, instrument)[-1]
    moving = [standing.holder] if standing.form == "deposit" else [account] if account else []
    _hold(connection, moving)
    return known(connection, instrument)[-1]


def _hold(connection: Connection, accounts: Sequence[str]) -> None:
    """Hold accounts, then the audit: everybody who posts and notes takes them in this order."""
    ledger.lock(connection, accounts)
    lock(connection)


def _done(connection: Connection, latest: Instrument, step: Step, money: Moved) -> Instrument | None:
    """Return how an instrument stands when this very step was taken before.

    Raises SecurityRefused when the reference stands for another amount.
    """
    versions = history(connection, latest.id)
    same = [each for each in versions if (each.step, each.reference) == (step, money.reference)]
    if same and abs(same[0].moved_cents) != money.cents:
        raise SecurityRefused(
            f"{latest.id}: under {money.reference}, {dollars(abs(same[0].moved_cents))} were {step} "
            f"already, not {dollars(money.cents)}"
        )
    return latest if same else None


def _next(
    connection: Connection,
    latest: Instrument,
    news: Mapping[str, object],
    faults: Sequence[str],
    author: Author,
) -> Instrument:
    """Store the next version of an instrument, or raise SecurityRefused with all its faults."""
    plain = {"version": latest.version + 1, "reference": "", "moved_cents": 0, "account": ""}
    new = latest.model_copy(update={**plain, **news})
    told = [*faults]
    if new.since < latest.since:
        told.append(f"version {latest.version} holds from {latest.since}: a change begins then or later")
    if new.valid_until is not None and new.valid_until < new.valid_from:
        told.append(f"it would end on {new.valid_until}, before it begins on {new.valid_from}")
    importers = registry.read(connection, accounts=new.accounts, senders=()).importers
    told += [*_share_faults(new, importers), *_card_faults(connection, new)]
    if told:
        raise SecurityRefused("\n".join(f"{latest.id}: {fault}" for fault in told))
    _write(connection, latest, new, author)
    return new


def _write(connection: Connection, before: Instrument | None, new: Instrument, author: Author) -> None:
    """Store a version, move its money through the book, and note the change."""
    connection.execute(
        security_version.insert().values(
            instrument=new.id,
            version=new.version,
            business_number=bn9_of(new.holder),
            since=new.since,
            recorded_at=author.now,
            content=new.model_dump_json(),
        )
    )
    if new.moved_cents:
        post(connection, [_money_entry(connection, new, author)])
    was = before.model_dump(mode="json") if before else None
    content = {"before": was, "after": new.model_dump(mode="json")}
    note(connection, author, [Act(f"security {new.step}", new.id, content)])


def _money_entry(connection: Connection, new: Instrument, author: Author) -> Entry:
    """Return the entry of money that came in, went back, or was used, with a version of an instrument.

    A demand that is paid, or met from the deposit, becomes a credit of the account.
    """
    is_collected = new.step == "collected"
    account = new.account or new.holder
    key = f"security/{new.id}/{new.step}/{new.reference or new.version}"
    credit = Credit(key=key, kind="payment", cents=new.moved_cents, day=new.since) if is_collected else None
    held = registry.read(connection, accounts={account}, senders=()).importers.get(account)
    return act_entry(
        SecurityMoved(
            instrument=new.id, reason=author.reason, method=new.method if new.is_taken_in else None
        ),
        key=key,
        party=account,
        stream=held.stream if held else "commercial",
        event_day=new.since,
        posted_at=author.now,
        contra="cash.received" if is_collected and new.form == "agreement" else "security.deposit",
        moved_cents=0 if is_collected else new.moved_cents,
        credit=credit,
    )


# ---- what stands against it -----------------------------------------------------------------------


def _faults(new: Instrument, importers: Mapping[str, Importer]) -> Iterator[str]:
    """Yield everything that stands against a new instrument. importers: those of the registry it names."""
    if not IDENTIFIER.fullmatch(new.id):
        yield "an identifier has 1 to 35 letters, digits, points, hyphens or underscores"
    if new.amount_cents <= 0:
        yield f"an amount of {dollars(new.amount_cents)} secures nothing; expected more than zero"
    if new.valid_until is not None and new.valid_until < new.valid_from:
        yield f"it ends on {new.valid_until}, before it begins on {new.valid_from}"
    if new.form == "agreement" and not new.provider:
        yield "an agreement names its provider, who guarantees payment (SOR/2024-42 s.4)"
    if new.form == "deposit":
        yield from _deposit_faults(new)
    if is_importer_account(new.holder):
        if new.shares:
            yield f"only an agreement of a business number (BN9) is shared; {new.holder} holds it alone"
        yield from _unknown([new.holder], importers)
    elif not is_bn9(new.holder):
        yield f"{new.holder!r} is no RM account (BN15) and no business number (BN9) whose check digit holds"
    else:
        yield from _share_faults(new, importers)


def _deposit_faults(new: Instrument) -> Iterator[str]:
    if is_bn9(new.holder):
        yield "only an agreement can be shared; a deposit is given for one RM account (BN15)"
    if new.valid_until is not None:
        yield ENDLESS


def _card_faults(connection: Connection, new: Instrument) -> Iterator[str]:
    """Yield why a deposit cannot be given by card: debts and deposits share the limit of a billing cycle."""
    if new.method != "card" or not new.is_taken_in:
        return
    room = card_room(connection, new.holder, new.since)
    if new.moved_cents > room.left_cents:
        yield (
            f"by card, {dollars(room.left_cents)} are left of {dollars(room.limit_cents)} ({room.span}), "
            f"not {dollars(new.moved_cents)}: pay the rest another way"
        )


def _share_faults(new: Instrument, importers: Mapping[str, Importer]) -> Iterator[str]:
    """Yield what stands against the shares of an instrument that is held by a business number."""
    if is_bn15(new.holder):
        if new.shares:
            yield f"only an agreement of a business number (BN9) is shared; {new.holder} holds it alone"
        return
    accounts = [each.account for each in new.shares]
    if not accounts and new.step in {"given", "shared"}:
        yield f"an agreement of business number {new.holder} says its shares: BN15=AMOUNT for each account"
    for account in sorted({each for each in accounts if accounts.count(each) > 1}):
        yield f"{account} has two shares; expected one"
    for each in new.shares:
        if not is_importer_account(each.account) or bn9_of(each.account) != new.holder:
            yield f"{each.account} is no account of program {new.program} of business number {new.holder}"
        if each.cents < 0 or (not each.cents and new.step != "collected"):
            yield f"a share of {dollars(each.cents)} for {each.account} secures nothing; expected more"
    shared = sum(each.cents for each in new.shares)
    if shared > new.amount_cents:
        yield f"the shares are {dollars(shared)} together, more than its {dollars(new.amount_cents)}"
    yield from _unknown([each for each in accounts if is_importer_account(each)], importers)


def _unknown(accounts: Iterable[str], importers: Mapping[str, Importer]) -> Iterator[str]:
    for account in accounts:
        if account not in importers:
            yield f"{account} is no account of the registry: import it first (`cadline registry import`)"
        elif importers[account].kind != "importer":
            yield f"{account} is an {importers[account].kind}'s account: only an importer gives security"


def _money_faults(latest: Instrument, money: Moved) -> Iterator[str]:
    if money.cents <= 0:
        yield f"{dollars(money.cents)} is no amount of money that moves; expected more than zero"
    if money.cents > latest.amount_cents:
        yield f"{dollars(latest.amount_cents)} of it are left, not {dollars(money.cents)}"
    if not REFERENCE.fullmatch(money.reference):
        yield f"{money.reference!r} is no reference: 1 to 35 letters, digits, blanks, points, hyphens"


def _uncovered(connection: Connection, latest: Instrument, money: Moved) -> Iterator[str]:
    """Yield why a deposit cannot be given back: what is outstanding would not be covered."""
    others = sum(
        versions[-1].share_of(latest.holder)
        for versions in of_business(connection, [bn9_of(latest.holder)])
        if versions[-1].id != latest.id and versions[-1].is_valid_on(money.day)
    )
    left = max(others + latest.amount_cents - money.cents, 0)
    owed, free = exposures(connection, [latest.holder]).get(latest.holder, (0, 0))
    if owed - free > left:
        yield (
            f"{dollars(owed - free)} are outstanding on {latest.holder}, and {dollars(left)} of security "
            "would be left: let it be paid first, or collect it from the deposit"
        )


def _not_owed(connection: Connection, latest: Instrument, account: str, money: Moved) -> Iterator[str]:
    """Yield why so much cannot be taken out of a deposit."""
    found = demand(latest, account, debts_of(connection, account, money.day), money.day)
    if money.cents > found.cents:
        yield f"{dollars(found.cents)} may be taken for {account} on {money.day}, not {dollars(money.cents)}"


def _lowered(shares: Sequence[Share], account: str, cents: Cents) -> tuple[Share, ...]:
    """Return shares, that of an account lowered."""
    return tuple(
        each.model_copy(update={"cents": each.cents - cents}) if each.account == account else each
        for each in shares
    )
