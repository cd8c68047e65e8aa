"""What becomes of changes after the payment due date? They wait until an officer approves or refuses them.

An adjustment is judged and answered like any change, but nothing of it is posted before it is approved
(brokers' guides on corrections and adjustments). Approving hands it on to the post stage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, select

from ingest import tables
from ingest.audit import Act, Author, lock, note
from ingest.records import VALIDATED, Outgoing
from schemas.filing import Accepted
from schemas.identifiers import PRINTED_NUMBER, VERSION_DIGITS, printed_number
from schemas.money import Cents

PRINTED_DIGITS = 14 + VERSION_DIGITS

Ruling = Literal["approved", "refused"]


class NotWaiting(Exception):  # noqa: N818 - named as a sentence
    """No adjustment of that number waits; the message says what is there instead."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change that waits. cents: the duties and taxes of the version that it proposes."""

    accepted: Accepted

    @property
    def number(self) -> str:
        """The printed number: 14 digits and the version."""
        return printed_number(self.accepted.filing.cad.transaction_number, self.accepted.filing.cad.version)

    @property
    def cents(self) -> Cents:
        """What the declaration would owe."""
        return self.accepted.assessment.total_cents


def waiting(connection: Connection) -> list[Adjustment]:
    """Return the adjustments that nobody has ruled on, oldest first."""
    return _adjustments(connection, tables.ruling.c.ruling.is_(None))


def rule(connection: Connection, number: str, ruling: Ruling, officer: Author) -> Sequence[Outgoing]:
    """Rule on an adjustment by its printed number, and return what goes on to be posted.

    A ruling stands. To approve again hands the adjustment on once more, in case it got lost on the way; the
    post stage posts it once. A refused version keeps its number: the next one follows it. The adjustments
    of one declaration are ruled on in their order, since a later one is built upon the earlier. Raises
    NotWaiting, naming what waits, for any other number.
    """
    lock(connection)
    open_ones = {each.number: each.accepted for each in waiting(connection)}
    if number in open_ones:
        _insist_on_order(number, open_ones)
        _note(connection, open_ones[number], ruling, officer)
        return _handed_on(open_ones[number]) if ruling == "approved" else []
    approved = {
        each.number: each.accepted for each in _adjustments(connection, tables.ruling.c.ruling == "approved")
    }
    if ruling == "approved" and number in approved:
        return _handed_on(approved[number])
    raise NotWaiting(f"{_why_not(connection, number)}; waiting: {', '.join(open_ones) or 'none'}")


def _why_not(connection: Connection, number: str) -> str:
    """Say why a number does not wait: somebody ruled on it, or it is no adjustment."""
    table = tables.ruling.c
    transaction_number, version = number[:-VERSION_DIGITS], number[-VERSION_DIGITS:]
    if len(number) != PRINTED_DIGITS or not PRINTED_NUMBER.fullmatch(number):
        return f"{number} is no printed number: 14 digits and the 5-digit version"
    ruled = connection.execute(
        select(tables.ruling).where(
            table.transaction_number == transaction_number, table.version == int(version)
        )
    ).first()
    if ruled is None:
        return f"{number} does not wait for a ruling"
    return f"{number} was {ruled.ruling} by {ruled.ruled_by} on {ruled.ruled_at:%Y-%m-%d}; a ruling stands"


def _adjustments(connection: Connection, condition: ColumnElement[bool]) -> list[Adjustment]:
    decision, ruling = tables.decision.c, tables.ruling.c
    same = (ruling.transaction_number == decision.transaction_number) & (ruling.version == decision.version)
    contents = connection.scalars(
        select(decision.content)
        .join_from(tables.decision, tables.ruling, same, isouter=True)
        .where(decision.verdict == "pending", condition)
        .order_by(decision.decided_at, decision.transaction_number, decision.version)
    )
    return [Adjustment(Accepted.model_validate_json(content)) for content in contents]


def _insist_on_order(number: str, waiting_numbers: Iterable[str]) -> None:
    """Raise NotWaiting when an earlier version of the same declaration waits still."""
    same = (each for each in waiting_numbers if each[:-VERSION_DIGITS] == number[:-VERSION_DIGITS])
    first = min(same)
    if first != number:
        raise NotWaiting(f"{number} cannot be ruled on yet; {first} is to be ruled on first")


def _note(connection: Connection, accepted: Accepted, ruling: Ruling, officer: Author) -> None:
    connection.execute(
        tables.ruling.insert().values(
            transaction_number=accepted.filing.cad.transaction_number,
            version=accepted.filing.cad.version,
            ruling=ruling,
            ruled_by=officer.name,
            ruled_at=officer.now,
            reason=officer.reason,
        )
    )
    number = printed_number(accepted.filing.cad.transaction_number, accepted.filing.cad.version)
    content = {"ruling": ruling, "total_cents": accepted.assessment.total_cents}
    note(connection, officer, [Act("rule on adjustment", number, content)])


def _handed_on(accepted: Accepted) -> list[Outgoing]:
    return [Outgoing(VALIDATED, accepted.filing.key, accepted.model_dump_json().encode())]
