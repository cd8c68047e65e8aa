"""What is written into the book when a declaration is accepted?

A new entry: each charge is owed (debit `receivable.<charge>`) and earned (credit `revenue.<charge>`).
A later version first takes back what stood: the exact mirror of the earlier entry, then the new one.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from operator import attrgetter
from typing import Any

import orjson
from pydantic.main import IncEx

from accounting.days import next_month
from accounting.packing import unpack
from schemas.assessment import Assessment, Charge
from schemas.base import Value
from schemas.billing import BillingDates
from schemas.book import Entry, OpenItem, Posting
from schemas.cad import Declaration
from schemas.days import eastern_day
from schemas.money import Cents
from schemas.registry import Stream

NOTHING = Assessment(lines=())
"""What a cancelled declaration owes."""

STATEMENT_DATES: IncEx = {"__all__": {"statement_date"}}
TIMELY: IncEx = {"posted_at": True, "items": STATEMENT_DATES}
"""What an entry says only of when it was posted: the instant, and the statement that follows from it."""

FIELDS: Callable[[Value], dict[str, Any]] = attrgetter("__dict__")
"""Returns the fields of a value, in their order."""


def accept(  # noqa: PLR0913 - the words of a header, each named by the caller
    cad: Declaration,
    assessment: Assessment,
    *,
    stream: Stream,
    dates: BillingDates,
    event_day: date,
    posted_at: datetime,
    late: bool,
    replaced: Entry | None,
) -> tuple[Entry, ...]:
    """Return the entries of an accepted version: the new one, or the mirror of the earlier one and the new.

    event_day: the Eastern day of accounting. posted_at: the UTC instant of posting. replaced: the entry of
    the latest version in the book. When that is this very version, the declaration is being posted again;
    then there is nothing to mirror, and the ledger finds the entry by its key.

    A declaration that owes nothing, or that is cancelled, has an entry without postings: it is in the book,
    in a notice and on a statement like any other. Raises ValueError when a later version stands.
    """
    assessed = NOTHING if cad.function == "cancellation" else assessment
    charges = assessed.cents_by_charge()
    on = statement_date(dates, posted_at)
    entry = Entry(
        key=entry_key(cad),
        kind="declaration",
        party=cad.importer.identifier,
        broker=cad.broker.identifier,
        transaction_number=cad.transaction_number,
        version=cad.version,
        stream=stream,
        release_date=cad.release_date or event_day,
        event_day=event_day,
        posted_at=posted_at,
        dates=dates,
        late=late,
        value_for_duty_cents=assessed.value_for_duty_cents,
        postings=tuple(posting for charge, cents in charges.items() for posting in owed(charge, cents)),
        items=tuple(
            OpenItem(charge=charge, cents=cents, due=dates.payment_due, statement_date=on)
            for charge, cents in charges.items()
        ),
        assessment=assessed,
    )
    if replaced is None or replaced.version == entry.version:
        return (entry,)
    if replaced.version > entry.version:
        raise ValueError(f"{entry.key}: version {replaced.version} stands already")
    return mirror(replaced, entry), entry


def entry_key(cad: Declaration) -> str:
    """Return the natural key of the entry of a version."""
    return f"cad/{cad.transaction_number}/{cad.version}"


def owed(charge: Charge, cents: Cents) -> tuple[Posting, Posting]:
    """Return the two postings by which an importer owes an amount of a charge."""
    return (
        Posting(account=f"receivable.{charge}", cents=cents),
        Posting(account=f"revenue.{charge}", cents=-cents),
    )


def mirror(replaced: Entry, by: Entry) -> Entry:
    """Return the entry that takes back `replaced` in the billing of the entry that comes in its place.

    Every posting, item and value is negated, and due dates stay: what fell due then is what is taken back.
    The filer, the day, the billing dates and so the statement are those of the new entry, so that the pair
    stands on one paper, as one movement. The explanation stays with the entry that is mirrored.
    """
    on = statement_date(by.dates, by.posted_at)
    return replaced.model_copy(
        update={
            "key": f"{replaced.key}/reversal",
            "kind": "reversal",
            "broker": by.broker,
            "stream": by.stream,
            "event_day": by.event_day,
            "posted_at": by.posted_at,
            "dates": by.dates,
            "late": False,
            "value_for_duty_cents": -replaced.value_for_duty_cents,
            "postings": tuple(Posting(account=p.account, cents=-p.cents) for p in replaced.postings),
            "items": tuple(
                item.model_copy(update={"cents": -item.cents, "statement_date": on})
                for item in replaced.items
            ),
            "assessment": None,
        }
    )


def statement_date(dates: BillingDates, posted_at: datetime) -> date:
    """Return the one statement on which something posted at a UTC instant appears.

    The calendar's statement; when that was issued before the Eastern day of posting was over, the next
    month's. A statement issued on the 25th holds what was posted until the 24th.
    """
    issued, day = dates.statement_date, posted_day(posted_at)
    while issued <= day:
        issued = next_month(issued).replace(day=issued.day)
    return issued


@lru_cache(maxsize=256)
def posted_day(posted_at: datetime) -> date:
    """Return the Eastern day of a UTC instant. A batch has one instant, and zones take their time."""
    return eastern_day(posted_at)


def content(entry: Entry) -> bytes:
    """Return the text of an entry, from which `Entry` reads it back; this text is what is hashed.

    It is `model_dump_json`, byte for byte. A declaration's, of several KB, is written in half its time.
    """
    if entry.act is not None:
        return entry.model_dump_json().encode()
    told = _told(entry) | {"dates": _told(entry.dates)}
    return orjson.dumps(told, default=FIELDS, option=orjson.OPT_UTC_Z)


def _told(value: Value) -> dict[str, Any]:
    """Return the fields of a value, without those that say nothing."""
    silent = _silent(type(value))
    return {name: found for name, found in FIELDS(value).items() if found or name not in silent}


@cache
def _silent(kind: type[Value]) -> frozenset[str]:
    """Return the names of the fields that a value leaves out when they are empty."""
    return frozenset(name for name, field in kind.model_fields.items() if field.exclude_if)


def is_same(entry: Entry, other: Entry) -> bool:
    """Whether two entries say the same, whenever they are posted.

    An entry that is posted again after a lost reply is the same entry, at another instant.
    """
    return entry.model_dump_json(exclude=TIMELY) == other.model_dump_json(exclude=TIMELY)


def link(previous_hash: str, text: bytes) -> str:
    """Return the hash of an entry's text behind the hash of the entry before it in its party's chain."""
    return sha256(b"%b\n%b" % (previous_hash.encode(), text)).hexdigest()


def read(packed: bytes) -> Entry:
    """Return the entry whose text lies in the book. Raises ValueError when it is none."""
    return Entry.model_validate_json(unpack(packed))
