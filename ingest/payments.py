"""What does a person do with payments? Record, dishonour, assign, grant, disburse: each once, each audited.

Whatever is wrong is found at once and told as findings; then nothing is changed. Doing a thing again is
harmless: the entry that stands is given back. Other content under the same key is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from accounting import ledger
from accounting.payment_rules import cheque_cents_max, disbursed_cents_min
from accounting.payments import (
    SUSPENSE,
    Booking,
    FreeCredit,
    assigned,
    assignment_key,
    disbursed,
    disbursement_key,
    dishonour_key,
    dishonoured,
    grant_key,
    granted,
    oldest_first,
    paid_cents,
    payment,
    payment_key,
    received,
    received_act,
)
from ingest import audit
from ingest.card_limit import card_room
from ingest.clearing import clear_at_once, undo
from ingest.payment_records import (
    entry_of,
    free_credits,
    open_debts,
    paid_out,
    standing,
    streams_of,
)
from schemas.acts import (
    CreditDisbursed,
    CreditGranted,
    CreditKind,
    PaymentAssigned,
    PaymentDishonoured,
    PaymentReceived,
)
from schemas.book import Entry
from schemas.days import eastern_day
from schemas.findings import Finding, rejects
from schemas.money import Cents, dollars
from schemas.remittance import payment_finding


class PaymentRefused(Exception):  # noqa: N818 - named as a sentence
    """What was asked for cannot be done; the findings say why, all of it. Nothing was changed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(", ".join(finding.code for finding in findings))


@dataclass(frozen=True, slots=True)
class Done:
    """What an act brought into the book. is_new: false when it stood there before. findings: warnings."""

    entry: Entry
    is_new: bool
    findings: tuple[Finding, ...] = ()


def record(
    connection: Connection, account: str, cents: Cents, act: PaymentReceived, author: audit.Author
) -> Done:
    """Record a payment that came in for an account; it waits there as a credit.

    Raises PaymentRefused: an unknown account, a future instant, a limit, another payment of that reference.
    """
    ledger.lock(connection, [account])
    stored = entry_of(connection, payment_key(act.method, account, act.reference))
    if stored is not None:
        return _same(stored, _differences(stored, cents, act))
    stream = streams_of(connection, [account]).get(account)
    findings = (
        *circumstances(connection, account, act.received_at, author.now),
        *_payment_findings(connection, account, cents, act, author.now),
    )
    if findings or stream is None:
        raise PaymentRefused(findings)
    entry = payment(account, stream, cents, act, author.now)
    return _done(connection, entry, author, "payment recorded")


def dishonour(
    connection: Connection, key: str, reason: str, author: audit.Author, day: date | None = None
) -> Done:
    """Take a payment back (NSF): its credit goes, and the debts that it paid stand open again.

    key: of the payment's entry; of one that has left suspense, either. day: the Eastern day as of which it
    counts [today]. Raises PaymentRefused when there is no such payment, or when it was paid out.
    """
    paid = entry_of(connection, key)
    if paid is None or not isinstance(paid.act, PaymentReceived):
        raise PaymentRefused((payment_finding("PAY-010", found=key),))
    return take_back(connection, standing(connection, paid), reason, author, day)


def take_back(
    connection: Connection, paid: Entry, reason: str, author: audit.Author, day: date | None = None
) -> Done:
    """Take back the payment of an entry, as `dishonour` does."""
    ledger.lock(connection, [paid.party])
    stands = standing(connection, paid)
    if stands.party != paid.party:  # it was assigned while we waited
        return take_back(connection, stands, reason, author, day)
    stored = entry_of(connection, dishonour_key(paid.key))
    if stored is not None:
        said = stored.act.reason if isinstance(stored.act, PaymentDishonoured) else ""
        return _same(stored, {"reason": (reason, said)} if reason != said else {})
    findings = tuple(
        payment_finding("PAY-012", found=dollars(part.cents), expected=part.reference, name=paid.key)
        for part in paid_out(connection, paid.key)
    )
    if findings:
        raise PaymentRefused(findings)
    day = day or eastern_day(author.now)
    if paid.party != SUSPENSE:
        undo(connection, paid.party, paid.key, reason=reason, day=day, now=author.now)
    entry = dishonoured(paid, reason, Booking(paid.party, paid.stream, day, author.now))
    return _done(connection, entry, author, "payment dishonoured")


def assign(connection: Connection, key: str, account: str, author: audit.Author) -> Done:
    """Give an account the money that waits in suspense; it counts as of the day on which it came.

    Raises PaymentRefused for a key under which nothing waits, or an unknown account.
    """
    ledger.lock(connection, [account, SUSPENSE])
    waiting = entry_of(connection, key)
    if waiting is None or waiting.party != SUSPENSE or not isinstance(waiting.act, PaymentReceived):
        raise PaymentRefused((payment_finding("PAY-027", found=key),))
    leaving = entry_of(connection, assignment_key(key))
    if leaving is not None and isinstance(leaving.act, PaymentAssigned):
        other = {} if leaving.act.account == account else {"account": (account, leaving.act.account)}
        return _same(standing(connection, waiting), other)
    if entry_of(connection, dishonour_key(key)) is not None:
        raise PaymentRefused((payment_finding("PAY-027", found=key),))
    stream = streams_of(connection, [account]).get(account)
    if stream is None:
        raise PaymentRefused((payment_finding("PAY-015", found=account),))
    entries = assigned(waiting, account, stream, author.now)
    stored = entry_of(connection, entries[1].key)
    if stored is not None:
        return _same(
            stored, {"payment": (f"{dollars(paid_cents(waiting))} in suspense", "the account's own")}
        )
    ledger.post(connection, entries)
    _note(connection, entries[1], author, "payment assigned")
    return Done(entries[1], is_new=True)


def grant(  # noqa: PLR0913 - the words of a decision
    connection: Connection,
    account: str,
    act: CreditGranted,
    author: audit.Author,
    *,
    kind: CreditKind,
    cents: Cents,
) -> Done:
    """Grant an account a credit by a decision, which `act.origin` names; a decision grants once.

    Raises PaymentRefused for an unknown account, or another content under the same decision.
    """
    ledger.lock(connection, [account])
    stored = entry_of(connection, grant_key(kind, account, act.origin))
    if stored is not None:
        return _same(stored, _grant_differences(stored, cents, act))
    stream = streams_of(connection, [account]).get(account)
    if stream is None:
        raise PaymentRefused((payment_finding("PAY-015", found=account),))
    booking = Booking(account, stream, eastern_day(author.now), author.now)
    return _done(connection, granted(kind, cents, act, booking), author, "credit granted")


def disburse(
    connection: Connection, account: str, cents: Cents | None, act: CreditDisbursed, author: audit.Author
) -> Done:
    """Pay credits of an account out, the oldest first; cents: how much, None for all that is free.

    Raises PaymentRefused while something overdue is not paid, or when less is free.
    """
    ledger.lock(connection, [account])
    stored = entry_of(connection, disbursement_key(account, act.reference))
    if stored is not None:
        return _same(stored, _disbursement_differences(stored, cents, act))
    today = eastern_day(author.now)
    free = free_credits(connection, account)
    total = sum(each.cents for each in free)
    asked = total if cents is None else cents
    stream = streams_of(connection, [account]).get(account)
    findings = tuple(_disbursement_findings(connection, account, asked, total, today))
    if stream is None or rejects(findings):
        unknown = () if stream else (payment_finding("PAY-015", found=account),)
        raise PaymentRefused((*unknown, *findings))
    parts: list[FreeCredit] = oldest_first(free, asked)
    entry = disbursed(parts, act, Booking(account, stream, today, author.now))
    done = _done(connection, entry, author, "credit disbursed")
    return Done(done.entry, done.is_new, findings)


def limit_findings(
    connection: Connection, account: str, cents: Cents, act: PaymentReceived
) -> Iterator[Finding]:
    """Yield which limits a payment goes beyond, by its method and day; the card's says what is left of it."""
    if act.method == "card":
        room = card_room(connection, account, act.value_day)
        if cents > room.left_cents:
            yield payment_finding(
                "PAY-016",
                found=dollars(cents),
                expected=dollars(room.limit_cents),
                name=room.span,
                left=dollars(room.left_cents),
            )
    if act.method == "cheque" and cents > cheque_cents_max(act.value_day):
        largest = dollars(cheque_cents_max(act.value_day))
        yield payment_finding("PAY-017", found=dollars(cents), expected=largest)


def limit_warnings(
    connection: Connection, account: str, cents: Cents, act: PaymentReceived
) -> Iterator[Finding]:
    """Yield as warnings the limits that money went beyond which the bank has taken already."""
    for finding in limit_findings(connection, account, cents, act):
        name = f"by {act.method}"
        found = dollars(cents)
        yield payment_finding("PAY-020", found=found, expected=finding.expected or "", name=name)


def _payment_findings(
    connection: Connection, account: str, cents: Cents, act: PaymentReceived, now: datetime
) -> Iterator[Finding]:
    if act.received_at > now:
        return
    waiting = entry_of(connection, payment_key(act.method, SUSPENSE, act.reference))
    if waiting is not None:
        expected = f"{dollars(paid_cents(waiting))}, received for nobody who was known (payments assign)"
        yield payment_finding("PAY-025", name=waiting.key, found=dollars(cents), expected=expected)
    yield from limit_findings(connection, account, cents, act)


def circumstances(
    connection: Connection, account: str, received_at: datetime, now: datetime
) -> Iterator[Finding]:
    """Yield what is wrong with a payment whatever its amount: nobody's account, an instant to come."""
    if account not in streams_of(connection, [account]):
        yield payment_finding("PAY-015", field="account", found=account)
    if received_at > now:
        yield future_finding(received_at, now)


def future_finding(received_at: datetime, now: datetime) -> Finding:
    """Return that an instant has not come yet."""
    return payment_finding("PAY-007", found=received_at.isoformat(), expected=now.isoformat())


def _disbursement_findings(
    connection: Connection, account: str, cents: Cents, free: Cents, today: date
) -> Iterator[Finding]:
    for reference, due, owed in open_debts(connection, account):
        code = "PAY-021" if due < today else "PAY-024"
        yield payment_finding(code, found=dollars(owed), expected=str(due), name=reference)
    if cents > free or not cents:
        yield payment_finding("PAY-022", found=dollars(cents), expected=dollars(free))
    elif cents < disbursed_cents_min(today):
        expected = dollars(disbursed_cents_min(today))
        yield payment_finding("PAY-023", found=dollars(cents), expected=expected)


Differences = Mapping[str, tuple[object, object]]
"""What is asked for and what stands in the book, by what it is."""


def _same(stored: Entry, differences: Differences) -> Done:
    """Return what stands already. Raises PaymentRefused when something else is asked for under its key."""
    if differences:
        asked = ", ".join(f"{name} {found}" for name, (found, _) in differences.items())
        stands = ", ".join(f"{name} {known}" for name, (_, known) in differences.items())
        raise PaymentRefused((payment_finding("PAY-025", name=stored.key, found=asked, expected=stands),))
    return Done(stored, is_new=False)


def _differences(stored: Entry, cents: Cents, act: PaymentReceived) -> Differences:
    known = received_act(stored)
    both = {
        "amount": (dollars(cents), dollars(paid_cents(stored))),
        "payer": (act.payer, known.payer),
        "received": (act.received_at.isoformat(), known.received_at.isoformat()),
        "for": (" ".join(act.requested) or "nothing", " ".join(known.requested) or "nothing"),
    }
    return {name: (found, stands) for name, (found, stands) in both.items() if found != stands}


def _grant_differences(stored: Entry, cents: Cents, act: CreditGranted) -> Differences:
    known = stored.credit.cents if stored.credit else 0
    reason = stored.act.reason if isinstance(stored.act, CreditGranted) else ""
    both = {"amount": (dollars(cents), dollars(known)), "reason": (act.reason, reason)}
    return {name: (found, stands) for name, (found, stands) in both.items() if found != stands}


def _disbursement_differences(stored: Entry, cents: Cents | None, act: CreditDisbursed) -> Differences:
    known = sum(each.cents for each in stored.allocations)
    method = stored.act.method if isinstance(stored.act, CreditDisbursed) else ""
    both = {
        "amount": (dollars(known if cents is None else cents), dollars(known)),
        "method": (act.method, method),
    }
    return {name: (found, stands) for name, (found, stands) in both.items() if found != stands}


def _done(connection: Connection, entry: Entry, author: audit.Author, act: str) -> Done:
    """Post an entry and note who made it, in one transaction.

    Where something is overdue, a new credit pays it at once; otherwise it waits for a due day.
    """
    ledger.post(connection, [entry])
    _note(connection, entry, author, act)
    if entry.credit is not None and entry.credit.cents > 0:
        clear_at_once(connection, [entry.party], eastern_day(author.now), author.now)
    return Done(entry, is_new=True)


def _note(connection: Connection, entry: Entry, author: audit.Author, act: str) -> None:
    said = entry.act.model_dump(mode="json") if entry.act else {}
    content = {
        "key": entry.key,
        "postings": {each.account: each.cents for each in entry.postings},
        "act": said,
    }
    audit.note(connection, author, [audit.Act(act, entry.party, content)])


def receipt_repeated(
    connection: Connection, account: str, act: PaymentReceived, *, instant_given: bool
) -> PaymentReceived:
    """Return the act of a payment whose instant was left out: that of the book, when it stands there.

    So the same words said again later are the same payment.
    """
    stored = None if instant_given else entry_of(connection, payment_key(act.method, account, act.reference))
    if stored is None:
        return act
    known = received_act(stored)
    return received(
        reference=act.reference,
        payer=act.payer,
        method=act.method,
        received_at=known.received_at,
        requested=act.requested,
    )
