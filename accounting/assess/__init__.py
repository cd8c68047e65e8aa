"""What does a declaration owe? Duties and taxes of every line, each figure with its explanation.

    value for duty = value for currency conversion * exchange rate of the day of direct shipment
    + customs duty    rate of the tariff under the treatment, or of a tariff code of chapter 99
    + SIMA            anti-dumping and countervailing duty
    + surtax          the orders that reach the goods
    + excise          duty and tax, by the one excise code
    - remissions      of duties, by special authority
    = value for tax
      GST             on the value for tax
      provincial      on the value for tax, casual goods only
    - remissions      of taxes

Charges are rounded one by one, line by line, and then added. The tables are those of the day of release,
which a correction does not change. Pure: the same declaration and tables give the same assessment.
"""

from collections.abc import Callable, Sequence
from datetime import date

from accounting.assess.declared import compare_declared
from accounting.assess.duty import customs_duty
from accounting.assess.excise import excise
from accounting.assess.relief import deferred, remit_duties, remit_taxes
from accounting.assess.sima import sima
from accounting.assess.surtax import surtax
from accounting.assess.taxes import gst, provincial, value_for_tax
from accounting.assess.value import value_for_duty
from accounting.assess.working import Case, Working
from schemas.assessment import Assessment
from schemas.cad import Declaration
from schemas.tables import Tables

STEPS_IN_ORDER: tuple[Callable[[Working], None], ...] = (
    customs_duty,
    sima,
    surtax,
    excise,
    remit_duties,
    value_for_tax,
    gst,
    provincial,
    remit_taxes,
    compare_declared,
)


def assess(cad: Declaration, tables: Tables, *, as_of: date | None = None) -> Assessment:
    """Return the duties and taxes of every line of a declaration, in cents, with their explanations.

    as_of: an Eastern day whose tables apply instead of those of the day of release, for "what if"; the
    exchange rate stays that of the direct shipment. What cannot be worked out is a finding, and its
    figure is named in `undetermined`.
    """
    day = as_of or cad.release_date
    workings = [Working(_case(cad, position, day, tables)) for position in range(len(cad.lines))]
    for working in workings:
        value_for_duty(working)
    _add_up(workings)
    for working in workings:
        if not deferred(working, day):
            for step in STEPS_IN_ORDER:
                step(working)
    return Assessment(lines=tuple(working.result() for working in workings), tables=tables.version)


def _add_up(workings: Sequence[Working]) -> None:
    """Tell every line the value for duty of its invoice and of the declaration: some rules have limits."""
    by_invoice: dict[str, int] = {}
    for working in workings:
        invoice = working.case.line.invoice
        by_invoice[invoice] = by_invoice.get(invoice, 0) + working.cents.get("value_for_duty", 0)
    whole = sum(by_invoice.values())
    for working in workings:
        working.declaration_value_cents = whole
        working.invoice_value_cents = by_invoice[working.case.line.invoice]


def _case(cad: Declaration, position: int, day: date | None, tables: Tables) -> Case:
    line = cad.lines[position]
    return Case(
        cad=cad,
        line=line,
        position=position,
        invoice=cad.invoice_of(line),
        day=day,
        country=_country(line.origin, day, tables),
        export_country=_country(line.export, day, tables),
        tables=tables,
    )


def _country(origin: str, day: date | None, tables: Tables) -> str:
    """Return the country of an origin or place of export, a US state being the US; "" when unknown."""
    row = tables.codes.table("countries").row(origin, day) if day else None
    return (row["parent"] or origin) if row else ""
