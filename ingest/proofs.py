"""Has everything been answered, once, and under numbers without gaps? The proof, from register and outbox.

    acknowledged   an interchange has one CONTRL (one that brings nothing but CONTRLs has none); another
                   content under a taken reference has its refusal
    answered       a message that carries a declaration has one answer, under the number drawn at receipt
    stray          every CONTRL and answer in the outbox belongs to something that was received
    numbers        the control references of each recipient, and the numbers of each paper, run from 1
    kept           what nobody could be answered about is in quarantine; nothing was set aside unanswered

That nothing is there twice, the keys of the outbox hold: they are unique. What is still being worked is not
answered yet, and so is told.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    cast,
    except_,
    exists,
    func,
    literal,
    or_,
    select,
)

from accounting.ledger import STREAM_ROWS
from accounting.verify import Problem
from ingest.tables import dead_letter, decision, interchange, message, paper, quarantine, receipt
from outbound.completeness import Run, runs
from outbound.numbers import control_reference as written
from outbound.tables import control_reference, outbox, paper_number

DECLARING = ("CUSDEC", "Declaration")
"""The types of messages that carry a declaration, as EDIFACT and as XML name them."""

REFUSAL_SUFFIX = 17
"""The end of the key of a refusal: a slash and 16 digits of the content's hash."""

CONTRL_KEY = literal("contrl/") + interchange.c.key
ANSWER_KEY = literal("answer/") + message.c.interchange + "/" + cast(message.c.position, String)


@dataclass
class Proof:
    """What was counted, and what does not hold. promised: numbers of answers that are still due."""

    connection: Connection
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    promised: dict[str, set[int]] = field(default_factory=dict)

    def rows(self, query: Select[Any]) -> Iterator[Any]:
        """Read rows as a stream: memory stays flat."""
        return iter(self.connection.execute(query, execution_options={"yield_per": STREAM_ROWS}))

    def miss(self, invariant: str, where: str, message: str) -> None:
        """Note something that does not hold."""
        self.problems.append(Problem(invariant, where, message))


def prove_answers(connection: Connection) -> Proof:
    """Return the proof; no problems means that everything was answered exactly once.

    connection: in one transaction that sees one state of the register.
    """
    proof = Proof(connection)
    for check in CHECKS:
        check(proof)
    return proof


def check_acknowledgements(proof: Proof) -> None:
    """Check that each interchange has its CONTRL, addressed to its sender."""
    beyond_contrl = exists().where(message.c.interchange == interchange.c.key, message.c.type != "CONTRL")
    any_message = exists().where(message.c.interchange == interchange.c.key)
    query = (
        select(interchange.c.key, interchange.c.sender, outbox.c.recipient)
        .join_from(interchange, outbox, outbox.c.key == CONTRL_KEY, isouter=True)
        .where(or_(beyond_contrl, ~any_message))
        .order_by(interchange.c.key)
    )
    for row in proof.rows(query):
        proof.counts["interchanges"] += 1
        if row.recipient is None:
            proof.miss("acknowledged", row.key, "has no CONTRL")
        elif row.recipient != row.sender:
            proof.miss("acknowledged", row.key, f"its CONTRL went to {row.recipient}")
        else:
            proof.counts["acknowledgements"] += 1


def check_answers(proof: Proof) -> None:
    """Check that each message that carries a declaration has its answer, under its number."""
    query = (
        select(
            message.c.interchange,
            message.c.position,
            message.c.answer_number,
            interchange.c.sender,
            outbox.c.recipient,
            outbox.c.control_reference,
            decision.c.verdict,
        )
        .join_from(message, interchange)
        .join(outbox, outbox.c.key == ANSWER_KEY, isouter=True)
        .join(
            decision,
            and_(decision.c.interchange == message.c.interchange, decision.c.position == message.c.position),
            isouter=True,
        )
        .where(or_(message.c.answer_number.is_not(None), _declares()))
        .order_by(message.c.interchange, message.c.position)
    )
    for row in proof.rows(query):
        proof.counts["declarations"] += 1
        found = _answer_fault(row)
        if found:
            proof.miss("answered", f"{row.interchange} message {row.position}", found)
        else:
            proof.counts["answers"] += 1
        if row.recipient is None and row.answer_number is not None:
            proof.promised.setdefault(row.sender, set()).add(row.answer_number)


def check_strays(proof: Proof) -> None:
    """Check that each answer belongs to a message that was received."""
    for key in _beside(proof, "answer", ANSWER_KEY):
        proof.miss("stray", key, "answers nothing that was received")


def check_refusals(proof: Proof) -> None:
    """Check that other content under a taken reference was refused, and that nothing else was."""
    refusals = Counter(key[:-REFUSAL_SUFFIX] for key in _beside(proof, "contrl", CONTRL_KEY))
    conflicts = (
        select(receipt.c.interchange, func.count().label("arrivals"))
        .where(receipt.c.outcome == "conflict")
        .group_by(receipt.c.interchange)
    )
    arrivals = {f"contrl/{row.interchange}": row.arrivals for row in proof.rows(conflicts)}
    proof.counts["refusals"] += sum(refusals.values())
    for key in sorted({*refusals, *arrivals}):
        if key not in arrivals:
            proof.miss("stray", key, "a CONTRL that acknowledges nothing that was received")
        elif not 1 <= refusals[key] <= arrivals[key]:
            said = f"other content arrived {arrivals[key]} times, and was refused {refusals[key]} times"
            proof.miss("acknowledged", key.removeprefix("contrl/"), said)


def check_control_references(proof: Proof) -> None:
    """Check that each recipient's control references run from 1 to the last that was drawn."""
    drawn = {row.recipient: row.last for row in proof.rows(select(control_reference))}
    query = select(outbox.c.recipient, func.count(), func.max(outbox.c.control_reference))
    held = {who: (count, int(top)) for who, count, top in proof.rows(query.group_by(outbox.c.recipient))}
    proof.counts["recipients"] += len(held)
    for recipient in sorted({*drawn, *held}):
        last = drawn.get(recipient, 0)
        if held.get(recipient) != (last, last):
            numbers = select(outbox.c.control_reference).where(outbox.c.recipient == recipient)
            known = {int(row.control_reference) for row in proof.rows(numbers)}
            _tell_gaps(proof, recipient, last, known | proof.promised.get(recipient, set()))


def check_paper_numbers(proof: Proof) -> None:
    """Check that the notices, statements and summaries of each subject run from 1 to the last drawn."""
    drawn = {(row.kind, row.subject): row.last for row in proof.rows(select(paper_number))}
    query = select(paper.c.kind, paper.c.subject, func.count(), func.max(paper.c.number))
    held = {
        (kind, subject): (count, top)
        for kind, subject, count, top in proof.rows(query.group_by(paper.c.kind, paper.c.subject))
    }
    proof.counts["papers"] += sum(count for count, _ in held.values())
    for kind, subject in sorted({*drawn, *held}):
        last = drawn.get((kind, subject), 0)
        if held.get((kind, subject)) != (last, last):
            numbers = select(paper.c.number).where(paper.c.kind == kind, paper.c.subject == subject)
            _tell_gaps(proof, f"{kind} {subject}", last, {row.number for row in proof.rows(numbers)})


def check_kept(proof: Proof) -> None:
    """Check that what could not be read is kept, and that no arrival was set aside without an answer."""
    same = and_(quarantine.c.position == receipt.c.position, quarantine.c.ordinal == receipt.c.ordinal)
    unreadable = (
        select(receipt.c.position, quarantine.c.position.label("kept"))
        .join_from(receipt, quarantine, same, isouter=True)
        .where(receipt.c.outcome == "unreadable")
        .order_by(receipt.c.position, receipt.c.ordinal)
    )
    for row in proof.rows(unreadable):
        proof.counts["unreadable"] += 1
        if row.kept is None:
            proof.miss("kept", row.position, "could not be read, and is not in quarantine")
    arrived = exists().where(receipt.c.position == dead_letter.c.position)
    aside = select(dead_letter.c.position).where(dead_letter.c.stage == "parse", ~arrived)
    for row in proof.rows(aside.order_by(dead_letter.c.position)):
        proof.miss("kept", row.position, "was set aside by the parse stage: nobody has been answered")


CHECKS: tuple[Callable[[Proof], None], ...] = (
    check_acknowledgements,
    check_answers,
    check_strays,
    check_refusals,
    check_control_references,
    check_paper_numbers,
    check_kept,
)
"""The answers come before the numbers: a number that is promised to an answer is no gap."""


def _declares() -> ColumnElement[bool]:
    """Return the condition that a message carries a declaration that was read."""
    return and_(message.c.accepted, message.c.type.in_(DECLARING))


def _answer_fault(row: Any) -> str:
    """Say what is wrong with the answer to a message; empty when it is right."""
    if row.answer_number is None:
        return "carries a declaration, and no number was drawn for its answer"
    if row.recipient is None:
        return f"has no answer; {f'decided: {row.verdict}' if row.verdict else 'nothing was decided yet'}"
    if (row.recipient, row.control_reference) != (row.sender, written(row.answer_number)):
        promised = f"{row.sender} {written(row.answer_number)}"
        return f"its answer is {row.recipient} {row.control_reference}, expected {promised}"
    return "" if row.verdict else "has an answer, and nothing was decided"


def _beside(proof: Proof, kind: str, expected: ColumnElement[str]) -> list[str]:
    """Return the keys of a kind of paper that are not expected. EXCEPT sorts, however long the tables are."""
    beside = except_(select(outbox.c.key).where(outbox.c.kind == kind), select(expected))
    return sorted(proof.connection.scalars(beside))


def _tell_gaps(proof: Proof, where: str, last: int, known: set[int]) -> None:
    """Note the numbers up to the last drawn that nothing carries, and those beyond it."""
    missing = runs(number for number in range(1, last + 1) if number not in known)
    beyond = runs(sorted(number for number in known if not 1 <= number <= last))
    if missing:
        proof.miss("numbers", where, f"nothing carries {_listed(missing)}")
    if beyond:
        proof.miss("numbers", where, f"{_listed(beyond)} was never drawn; the last number is {last}")


def _listed(found: tuple[Run, ...]) -> str:
    return ", ".join(f"{run.first}" if run.first == run.last else f"{run.first}-{run.last}" for run in found)
