"""Which dates bind a declaration? Accounting, statement and payment days, as plain fields.

How they are computed stands in `accounting.calendar`.
"""

from datetime import date

from schemas.base import Value


class BillingDates(Value):
    """All days are Eastern days.

    accounting_due: last day to account without a penalty. period_start, period_end: the billing period,
    both included. statement_date: when the statement is issued. payment_due: last day to pay.
    interest_from: first day that bears interest on an unpaid amount.
    """

    accounting_due: date
    period_start: date
    period_end: date
    statement_date: date
    payment_due: date
    interest_from: date
