"""What happened to one declaration? Its timeline, read from register, book, outbox and stored papers.

A message that no stage has decided on yet is not known by the number of its declaration.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

import parsers
from accounting import ledger
from accounting.journal import statement_date
from ingest import registry, tables
from ingest.answers import answer_key
from outbound.tables import delivery, outbox
from schemas.assessment import CHARGES
from schemas.book import Entry
from schemas.cad import Declaration
from schemas.days import eastern_day
from schemas.filing import Accepted
from schemas.identifiers import bn9_of
from schemas.papers import Answer, BrokerSummary, ChargeSums, DailyNotice, Statement
from schemas.timeline import Course, Decided, Posted, Received, Ruled, Sent, Step, Timeline

STANDING = ("accepted", "pending")
"""The verdicts that keep the whole declaration; the others keep the answer to it."""

Version = tuple[str, int]
"""A transaction number and a version."""

RegisterRow = Row[*tuple[Any, ...]]

Rows = Sequence[RegisterRow]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read of a declaration. reports: the papers that carry a version."""

    decisions: Rows
    repeats: Rows
    rulings: Mapping[int, RegisterRow]
    entries: Sequence[Entry]
    reports: Sequence[tuple[int, RegisterRow]]
    sent: Mapping[str, RegisterRow]
    delivered: Mapping[int, tuple[datetime, ...]]


def timeline(connection: Connection, transaction_number: str) -> Timeline:
    """Return the timeline of a declaration; one without courses for a number that was never decided on."""
    kept = _read(connection, transaction_number)
    courses = tuple(_course(row, kept) for row in kept.decisions)
    return Timeline(transaction_number=transaction_number, courses=courses)


def declarations(connection: Connection, transaction_number: str) -> dict[int, Declaration]:
    """Return what each version declares, by version: the one that stands, otherwise the last rejected one.

    A rejected version is read again from the bytes as they came.
    """
    found: dict[int, Declaration] = {}
    rows = [row for row in _decisions(connection, transaction_number) if not row.test]
    for row in sorted(rows, key=lambda row: row.verdict in STANDING):
        if row.verdict in STANDING:
            found[row.version] = Accepted.model_validate_json(row.content).filing.cad
        elif (cad := _as_received(connection, row)) is not None:
            found[row.version] = cad
    return dict(sorted(found.items()))


def _as_received(connection: Connection, decided: RegisterRow) -> Declaration | None:
    payload = connection.scalar(
        select(tables.interchange.c.payload).where(tables.interchange.c.key == decided.interchange)
    )
    (interchange,) = parsers.read(payload or b"", limits=registry.limits(connection))
    cad: Declaration | None = interchange.messages[decided.position - 1].cad
    return cad


def _read(connection: Connection, transaction_number: str) -> Kept:
    decisions = _decisions(connection, transaction_number)
    entries = list(ledger.entries(connection, transaction_number=transaction_number))
    reports = list(_reports(connection, transaction_number, entries))
    keys = {f"contrl/{row.interchange}" for row in decisions}
    keys |= {_answer_key(row) for row in decisions} | {paper.key for _, paper in reports}
    sent = {row.key: row for row in connection.execute(select(outbox).where(outbox.c.key.in_(keys)))}
    return Kept(
        decisions=decisions,
        repeats=_repeats(connection, decisions),
        rulings=_rulings(connection, transaction_number),
        entries=sorted(entries, key=lambda entry: entry.version),
        reports=reports,
        sent=sent,
        delivered=_deliveries(connection, [row.id for row in sent.values()]),
    )


def _decisions(connection: Connection, transaction_number: str) -> Rows:
    """Return the decisions on a declaration with the messages and interchanges that they are about."""
    decision, message, interchange = tables.decision, tables.message, tables.interchange
    same = and_(message.c.interchange == decision.c.interchange, message.c.position == decision.c.position)
    return connection.execute(
        select(
            decision,
            message.c.reference,
            interchange.c.sender,
            interchange.c.control_reference,
            interchange.c.syntax,
            interchange.c.received_at,
        )
        .join_from(decision, message, same)
        .join(interchange, interchange.c.key == decision.c.interchange)
        .where(decision.c.transaction_number == transaction_number)
        .order_by(decision.c.decided_at, decision.c.interchange, decision.c.position)
    ).all()


def _repeats(connection: Connection, decisions: Rows) -> Rows:
    """Return the later arrivals of the same bytes."""
    receipt = tables.receipt.c
    keys = {row.interchange for row in decisions}
    return connection.execute(
        select(receipt.interchange, receipt.received_at)
        .where(receipt.interchange.in_(keys), receipt.outcome == "repeat")
        .order_by(receipt.received_at)
    ).all()


def _rulings(connection: Connection, transaction_number: str) -> dict[int, RegisterRow]:
    same = tables.ruling.c.transaction_number == transaction_number
    return {row.version: row for row in connection.execute(select(tables.ruling).where(same))}


def _deliveries(connection: Connection, outbox_ids: Sequence[int]) -> dict[int, tuple[datetime, ...]]:
    rows = connection.execute(
        select(delivery.c.outbox_id, delivery.c.delivered_at)
        .where(delivery.c.outbox_id.in_(outbox_ids))
        .order_by(delivery.c.id)
    )
    found: dict[int, tuple[datetime, ...]] = {}
    for row in rows:
        found[row.outbox_id] = (*found.get(row.outbox_id, ()), row.delivered_at)
    return found


def _reports(
    connection: Connection, transaction_number: str, entries: Iterable[Entry]
) -> Iterator[tuple[int, RegisterRow]]:
    """Yield each version that a stored paper carries, with the paper."""
    paper = tables.paper
    places = [place for entry in entries for place in _places(entry)]
    if not places:
        return
    rows = connection.execute(select(paper).where(or_(*places)).order_by(paper.c.day, paper.c.key))
    for row in rows:
        carried = {
            version for number, version in CARRIED[row.kind](row.content) if number == transaction_number
        }
        yield from ((version, row) for version in sorted(carried))


def _places(entry: Entry) -> Iterator[Any]:
    """Yield the conditions of the papers that can carry an entry: of its day, its statement, later ones."""
    paper = tables.paper.c
    posted_day = eastern_day(entry.posted_at)
    yield paper.key == f"daily-notice/{entry.party}/{posted_day}"
    if entry.broker:
        yield paper.key == f"broker-summary/{bn9_of(entry.broker)}/{posted_day}"
    on = statement_date(entry.dates, entry.posted_at)
    yield and_(paper.kind == "statement", paper.subject == entry.party, paper.day >= on)


def _of_notice(content: str) -> Iterator[Version]:
    for section in DailyNotice.model_validate_json(content).sections:
        yield from ((each.transaction_number, each.version) for each in section.movements)


def _of_statement(content: str) -> Iterator[Version]:
    statement = Statement.model_validate_json(content)
    yield from ((item.transaction_number, item.version) for item in statement.opening_items)
    for part in statement.parts:
        yield from ((each.transaction_number, each.version) for each in part.movements)


def _of_summary(content: str) -> Iterator[Version]:
    for client in BrokerSummary.model_validate_json(content).clients:
        yield from ((each.transaction_number, each.version) for each in client.movements)


CARRIED: Mapping[str, Callable[[str], Iterator[Version]]] = {
    "daily-notice": _of_notice,
    "statement": _of_statement,
    "broker-summary": _of_summary,
}
"""The versions that a stored paper carries, by its kind."""


def _course(row: RegisterRow, kept: Kept) -> Course:
    """Return what became of one message; what follows a version is told where that version stands."""
    steps: list[Step] = [_received(row, row.received_at)]
    steps += _sent("acknowledged", f"contrl/{row.interchange}", kept)
    steps.append(_decided(row))
    steps += _sent("answered", _answer_key(row), kept)
    steps += [
        _received(row, again.received_at, repeat=True)
        for again in kept.repeats
        if again.interchange == row.interchange
    ]
    if row.verdict in STANDING and not row.test:
        steps += _afterwards(row.version, kept)
    return Course(
        version=row.version,
        interchange=row.interchange,
        position=row.position,
        importer=row.importer,
        test=row.test,
        verdict=row.verdict,
        steps=tuple(sorted(steps, key=_instant)),
    )


def _instant(step: Step) -> datetime:
    """Return what steps are sorted by; a paper that nobody gets comes last."""
    return step.at or datetime.max.replace(tzinfo=UTC)


def _received(row: RegisterRow, at: datetime, *, repeat: bool = False) -> Received:
    return Received(
        at=at,
        sender=row.sender,
        syntax=row.syntax,
        control_reference=row.control_reference,
        message=row.reference,
        position=row.position,
        repeat=repeat,
    )


def _decided(row: RegisterRow) -> Decided:
    kind = Accepted if row.verdict in STANDING else Answer
    kept = kind.model_validate_json(row.content)
    return Decided(
        at=row.decided_at,
        verdict=row.verdict,
        late=kept.late,
        tables=row.tables,
        findings=kept.findings,
    )


def _afterwards(version: int, kept: Kept) -> Iterator[Step]:
    """Yield what followed the decision on a version: a ruling, its entry, the papers that carry it."""
    ruling = kept.rulings.get(version)
    if ruling is not None:
        yield Ruled(at=ruling.ruled_at, ruling=ruling.ruling, by=ruling.ruled_by, reason=ruling.reason)
    yield from _posted(version, kept.entries)
    for carried, paper in kept.reports:
        if carried == version:
            sent = list(_sent("reported", paper.key, kept)) or [
                Sent(stage="reported", at=None, kind=paper.kind, key=paper.key)
            ]
            more = {"subject": paper.subject, "number": paper.number, "day": paper.day}
            yield from (each.model_copy(update=more) for each in sent)


def _posted(version: int, entries: Sequence[Entry]) -> Iterator[Posted]:
    """Yield the posting of a version: what it owes, and what it changes against the version before."""
    declared = [entry for entry in entries if entry.kind == "declaration"]
    before: Entry | None = None
    for entry in declared:
        if entry.version == version:
            yield _posting(entry, before)
        before = entry


def _posting(entry: Entry, before: Entry | None) -> Posted:
    charges, earlier = _charges(entry), _charges(before) if before else {}
    changed = {
        charge: charges.get(charge, 0) - earlier.get(charge, 0)
        for charge in CHARGES
        if charges.get(charge, 0) != earlier.get(charge, 0)
    }
    return Posted(
        at=entry.posted_at,
        entry=entry.key,
        account=entry.party,
        replaced=before.key if before else "",
        charges=charges,
        cents=sum(charges.values()),
        changes=changed,
        change_cents=sum(changed.values()),
        statement_date=statement_date(entry.dates, entry.posted_at),
        payment_due=entry.dates.payment_due,
    )


def _charges(entry: Entry) -> ChargeSums:
    owed = {posting.account: posting.cents for posting in entry.postings}
    return {charge: owed[f"receivable.{charge}"] for charge in CHARGES if f"receivable.{charge}" in owed}


def _sent(stage: Any, key: str, kept: Kept) -> Iterator[Sent]:
    """Yield the paper of a key, if it has been written."""
    row = kept.sent.get(key)
    if row is not None:
        yield Sent(
            stage=stage,
            at=row.created_at,
            kind=row.kind,
            key=key,
            subject=row.subject,
            recipient=row.recipient,
            control_reference=row.control_reference,
            delivered=kept.delivered.get(row.id, ()),
        )


def _answer_key(row: RegisterRow) -> str:
    return answer_key(row.interchange, row.position)
