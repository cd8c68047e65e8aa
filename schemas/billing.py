"""Which dates bind a declaration? Accounting, statement and payment days, as plain fields.

How they are computed stands in `accounting.calendar`.
"""

from datetime import date

from pydantic import Field

from schemas.base import Value, is_empty
from schemas.registry import Stream


class BillingDates(Value):
    """All days are Eastern days.

    accounting_due: last day to account without a penalty. period_start, period_end: the billing period,
    both included. statement_date: when the statement is issued. payment_due: last day to pay.
    interest_from: first day that bears interest on an unpaid amount. moved_from: the payment due date that
    was moved, None for nearly all; moved_by: the bulletin that moved it, and why.
    """

    accounting_due: date
    period_start: date
    period_end: date
    statement_date: date
    payment_due: date
    interest_from: date
    moved_from: date | None = Field(default=None, exclude_if=is_empty)
    moved_by: str = Field(default="", exclude_if=is_empty)


class DueMove(Value):
    """A payment due date that the agency moved: for a stream, from `due` to `moved_to`, both Eastern days.

    since: the Eastern day from which the move is known; of several moves of one date the latest known holds.
    source: the bulletin. reason: why, in a few words.
    """

    stream: Stream
    due: date
    moved_to: date
    since: date
    source: str
    reason: str = ""
