"""Was a payment due date moved? The agency does so by bulletin; an operator's table says from where to where.

What is due on a moved date is owed until the date that it was moved to: it bears interest from the day
after, and no penalty for late payment before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accounting.calendar import rules_on
from accounting.days import ONE_DAY
from schemas.billing import BillingDates, DueMove
from schemas.registry import Stream


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves that are known."""

    rows: tuple[DueMove, ...] = ()

    def of(self, stream: Stream, due: date, known_on: date) -> DueMove | None:
        """Return the move of a stream's due date as it was known on an Eastern day: the latest of several."""
        known = [row for row in self.rows if (row.stream, row.due) == (stream, due) and row.since <= known_on]
        return max(known, key=lambda row: row.since) if known else None

    def due(self, stream: Stream, due: date, known_on: date) -> date:
        """Return the day by which something due on a day must be paid."""
        move = self.of(stream, due, known_on)
        return move.moved_to if move else due

    def applied(
        self, dates: BillingDates, stream: Stream, release_date: date, known_on: date
    ) -> BillingDates:
        """Return the dates of goods with their payment due date moved, and what hangs on it."""
        move = self.of(stream, dates.payment_due, known_on)
        if move is None:
            return dates
        accounts_with_payment = rules_on(stream, release_date).accounting == "payment"
        return dates.model_copy(
            update={
                "accounting_due": move.moved_to if accounts_with_payment else dates.accounting_due,
                "payment_due": move.moved_to,
                "interest_from": max(dates.interest_from, move.moved_to + ONE_DAY),
                "moved_from": dates.payment_due,
                "moved_by": ": ".join(filter(None, (move.source, move.reason))),
            }
        )


NO_MOVES = Moves()
"""Nothing was moved."""


def move_faults(move: DueMove) -> Iterator[str]:
    """Yield everything that stands against a move."""
    if move.moved_to == move.due:
        yield f"{move.due} is moved to itself: say another day"
    if move.moved_to < move.due:
        yield f"{move.due} is moved back to {move.moved_to}: a due date is only ever deferred"
    if not move.source.strip():
        yield "no source is named: say which bulletin moved the date"
