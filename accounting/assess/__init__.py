"""What does a declaration owe? Duties and taxes of every line, each figure with its explanation.

    value for duty = value for currency conversion * exchange rate of the day of direct shipment
    + customs duty    rate of the tariff under the treatment, or of a tariff code of chapter 99
    + SIMA            anti-dumping and countervailing duty
    + surtax          the orders that reach the goods
    + excise          duty and tax, by the one excise code
    = value for tax
      GST             on the value for tax
      provincial      on the value for tax, casual goods only

Charges are rounded one by one, line by line, and then added. The tables are those of the day of release,
which a correction does not change. Pure: the same declaration and tables give the same assessment.
"""

from collections.abc import Callable
from datetime import date

from accounting.assess.duty import customs_duty
from accounting.assess.taxes import gst, provincial, value_for_tax
from accounting.assess.value import value_for_duty
from accounting.assess.working import Case, Working
from schemas.assessment import Assessment
from schemas.cad import Declaration
from schemas.tables import Tables

CHARGES_IN_ORDER: tuple[Callable[[Working], None], ...] = (
    customs_duty,
    value_for_tax,
    gst,
    provincial,
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
    for working in workings:
        for charge in CHARGES_IN_ORDER:
            charge(working)
    return Assessment(lines=tuple(working.result() for working in workings), tables=tables.version)


def _case(cad: Declaration, position: int, day: date | None, tables: Tables) -> Case:
    line = cad.lines[position]
    return Case(
        cad=cad,
        line=line,
        position=position,
        invoice=cad.invoice_of(line),
        day=day,
        country=_country(line.origin, day, tables),
        tables=tables,
    )


def _country(origin: str, day: date | None, tables: Tables) -> str:
    """Return the ISO country of an origin, a US state being the US; "" when it is not known."""
    row = tables.codes.table("countries").row(origin, day) if day else None
    return (row["parent"] or origin) if row else ""
