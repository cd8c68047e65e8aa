"""Stage 1: what has come in, and is it well formed? Registers, acknowledges (CONTRL), hands declarations on.

The numbers of the acknowledgement and of every answer are drawn here, per recipient and without gaps, so that
they do not depend on the order in which later stages finish (docs/decisions/0006).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from ingest import registry, tables
from ingest.answers import answer_key
from ingest.arrivals import Arrival, arrivals
from ingest.effects import Effects
from ingest.handed import Handed
from ingest.records import INBOUND, PARSED, Outgoing, Record
from ingest.register import Outcome, Register, answer_numbers, register_of
from outbound import numbers, outbox
from outbound.contrl import contrl
from schemas.envelope import Interchange, Message
from schemas.filing import Filing
from schemas.findings import Finding, Where
from schemas.papers import Header
from schemas.registry import Partner, Registry


@dataclass(frozen=True, slots=True)
class Parse:
    """The parse stage. agency: our own identification, which interchanges must name as their recipient."""

    agency: str
    name: str = "parse"
    source: str = INBOUND
    handed: Handed = field(default_factory=Handed)

    def handle(self, connection: Connection, batch: Sequence[Record], now: datetime) -> Sequence[Outgoing]:
        """Register a batch, acknowledge it, and hand its declarations on."""
        limits = registry.limits(connection)
        arrived = [arrival for record in batch for arrival in arrivals(record, limits)]
        work = Work(
            connection=connection,
            agency=self.agency,
            register=register_of(connection, arrived),
            registry=registry.read(connection, accounts=(), senders=_senders(arrived)),
            now=now,
            effects=Effects(),
            handed=self.handed,
        )
        for arrival in arrived:
            ACTIONS[work.register.outcome(arrival)](work, arrival)
        return work.effects.write(connection, now)


@dataclass(frozen=True, slots=True)
class Work:
    """What handling one batch needs at hand."""

    connection: Connection
    agency: str
    register: Register
    registry: Registry
    now: datetime
    effects: Effects
    handed: Handed

    def first(self, arrival: Arrival) -> None:
        """Register an interchange, acknowledge it, and hand its declarations on."""
        subject = self._judged(arrival.interchange)
        answers = self._draw_answers(arrival, subject)
        self._note_interchange(arrival, subject)
        self._note_messages(arrival, subject, answers)
        self._note_receipt(arrival, "first")
        self._hand_on(arrival, subject, answers)

    def repeat(self, arrival: Arrival) -> None:
        """Give the first acknowledgement and answers again, the same bytes; nothing happens a second time."""
        self._note_receipt(arrival, "repeat")
        self.effects.resend.append(f"contrl/{arrival.key}")
        positions = range(1, len(arrival.interchange.messages) + 1)
        self.effects.resend += [answer_key(arrival.key, position) for position in positions]

    def conflict(self, arrival: Arrival) -> None:
        """Refuse other content under a control reference that is taken (0085 = 26)."""
        self._note_receipt(arrival, "conflict")
        duplicate = Finding(
            code="SYN-26",
            edifact_code="26",
            where=Where(segment="UNB", element=6, byte=arrival.interchange.byte),
            found=arrival.interchange.envelope.control_reference if arrival.interchange.envelope else None,
        )
        refused = _refuse(arrival.interchange, duplicate)
        key = f"contrl/{arrival.key}/{arrival.digest[:16]}"
        if outbox.stored_keys(self.connection, [key]):
            self.effects.resend.append(key)
        else:
            self._acknowledge(refused, numbers.draw(self.connection, sender_of(arrival), 1), key)

    def again(self, arrival: Arrival) -> None:
        """Hand the declarations on once more: a crash may have come between commit and publishing."""
        self._hand_on(
            arrival, self._judged(arrival.interchange), answer_numbers(self.connection, arrival.key)
        )

    def done(self, arrival: Arrival) -> None:
        """Do nothing: the first delivery of this record left nothing to be repeated."""

    def quarantine(self, arrival: Arrival) -> None:
        """Keep what nobody can be answered about, with the reason."""
        self._note_receipt(arrival, "unreadable")
        findings = [finding.model_dump(mode="json") for finding in arrival.interchange.findings]
        self.effects.add(
            tables.quarantine,
            position=arrival.record.position,
            ordinal=arrival.ordinal,
            received_at=arrival.received_at,
            findings=json.dumps(findings),
            payload=arrival.original,
        )

    def _partner(self, arrival: Arrival) -> Partner | None:
        return self.registry.partners.get(sender_of(arrival))

    def _judged(self, subject: Interchange) -> Interchange:
        """Add what only this house can find: a sender it does not know, a recipient that it is not."""
        envelope = subject.envelope
        if envelope is None:
            return subject
        found = []
        if envelope.sender not in self.registry.partners:
            found.append(_of_unb("SYN-23", "23", 3, envelope.sender, ""))
        if envelope.recipient != self.agency:
            found.append(_of_unb("SYN-7", "7", 4, envelope.recipient, self.agency))
        return _refuse(subject, *found) if found else subject

    def _draw_answers(self, arrival: Arrival, subject: Interchange) -> dict[int, int]:
        """Acknowledge, and return the numbers of the answers, drawn together, by message place."""
        places = [place for place, message in numbered(subject) if is_answered(subject, message)]
        if not is_acknowledged(subject):
            return {}
        number = numbers.draw(self.connection, sender_of(arrival), 1 + len(places))
        self._acknowledge(subject, number, f"contrl/{arrival.key}")
        return dict(zip(places, range(number + 1, number + 1 + len(places)), strict=True))

    def _note_interchange(self, arrival: Arrival, subject: Interchange) -> None:
        envelope = subject.envelope
        if envelope is None:
            return
        self.effects.add(
            tables.interchange,
            key=arrival.key,
            sender=envelope.sender,
            control_reference=envelope.control_reference,
            test=envelope.test,
            syntax=envelope.syntax,
            digest=arrival.digest,
            received_at=arrival.received_at,
            accepted=subject.accepted,
            payload=arrival.original,
        )

    def _note_messages(self, arrival: Arrival, subject: Interchange, answers: Mapping[int, int]) -> None:
        for place, message in numbered(subject):
            self.effects.add(
                tables.message,
                interchange=arrival.key,
                position=place,
                reference=message.reference,
                type=message.type,
                accepted=subject.accepts(message),
                answer_number=answers.get(place),
                content=_within(subject, message).model_dump_json(exclude={"cad"}, exclude_defaults=True),
            )

    def _note_receipt(self, arrival: Arrival, outcome: Outcome) -> None:
        position, ordinal = arrival.place
        self.effects.add(
            tables.receipt,
            position=position,
            ordinal=ordinal,
            interchange=None if outcome == "unreadable" else arrival.key,
            outcome=outcome,
            received_at=arrival.received_at,
        )

    def _acknowledge(self, subject: Interchange, number: int, key: str) -> None:
        envelope = subject.envelope
        if envelope is None:
            return
        header = Header(
            sender=self.agency,
            recipient=envelope.sender,
            control_reference=numbers.control_reference(number),
            prepared=self.now,
            test=envelope.test,
        )
        self.effects.papers.append(
            outbox.Outgoing(
                key=key,
                recipient=envelope.sender,
                kind="contrl",
                subject=envelope.control_reference,
                control_reference=header.control_reference,
                syntax=envelope.syntax,
                payload=contrl(subject, header),
            )
        )

    def _hand_on(self, arrival: Arrival, subject: Interchange, answers: Mapping[int, int]) -> None:
        envelope = subject.envelope
        partner = self._partner(arrival)
        if envelope is None or partner is None:
            return
        for place, message in numbered(subject):
            if place not in answers or message.cad is None:
                continue
            filing = Filing(
                interchange=arrival.key,
                position=place,
                reference=message.reference,
                control_reference=envelope.control_reference,
                sender=envelope.sender,
                received_at=arrival.received_at,
                syntax=envelope.syntax,
                language=partner.language,
                test=envelope.test,
                answer_number=answers[place],
                cad=message.cad,
            )
            value = filing.model_dump_json().encode()
            self.handed.keep(value, filing)
            self.effects.outgoing.append(Outgoing(PARSED, filing.key, value))


ACTIONS: dict[Outcome, Callable[[Work, Arrival], None]] = {
    "first": Work.first,
    "repeat": Work.repeat,
    "conflict": Work.conflict,
    "again": Work.again,
    "done": Work.done,
    "unreadable": Work.quarantine,
}


def numbered(subject: Interchange) -> list[tuple[int, Message]]:
    """Return the messages with their places, from 1."""
    return list(enumerate(subject.messages, start=1))


def is_answered(subject: Interchange, message: Message) -> bool:
    """Return whether a message gets a business answer: its syntax is good and it carries a declaration."""
    return subject.accepts(message) and message.cad is not None


def is_acknowledged(subject: Interchange) -> bool:
    """Return whether an interchange gets a CONTRL: all do, but those that only bring CONTRLs themselves."""
    return not subject.messages or any(message.type != "CONTRL" for message in subject.messages)


def sender_of(arrival: Arrival) -> str:
    """Return who sent an arrival; empty when that could not be read."""
    return arrival.interchange.envelope.sender if arrival.interchange.envelope else ""


def _senders(arrived: Sequence[Arrival]) -> set[str]:
    return {sender_of(arrival) for arrival in arrived} - {""}


def _within(subject: Interchange, message: Message) -> Message:
    """Return a message with its offset in the interchange's own bytes, which are what is kept."""
    return message.model_copy(update={"byte": message.byte - subject.byte})


def _refuse(subject: Interchange, *findings: Finding) -> Interchange:
    return subject.model_copy(update={"findings": (*findings, *subject.findings)})


def _of_unb(code: str, edifact_code: str, element: int, found: str, expected: str) -> Finding:
    where = Where(segment="UNB", element=element, component=1)
    return Finding(code=code, edifact_code=edifact_code, where=where, found=found, expected=expected or None)
