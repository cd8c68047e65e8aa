"""What does a declaration owe, and why? Every figure with the rule, the inputs and the rate behind it."""

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import Literal

from schemas.base import Value
from schemas.findings import Finding
from schemas.money import Cents

Charge = Literal[
    "customs_duty",
    "sima",
    "surtax",
    "excise_duty",
    "excise_tax",
    "gst",
    "provincial",
    "interest",
    "penalty",
]
"""The kinds of debt. `provincial` is HST's provincial part or PST; the last two no declaration owes."""

CHARGES: tuple[Charge, ...] = (
    "customs_duty",
    "sima",
    "surtax",
    "excise_duty",
    "excise_tax",
    "gst",
    "provincial",
)
"""What a declaration can owe."""

BILLED: tuple[Charge, ...] = (*CHARGES, "interest", "penalty")
"""Every kind of debt, in the order in which papers show them."""


class Step(Value):
    """One figure of the working: how it came about, so that a person can add it up again.

    figure: what was computed (a charge, `value_for_duty`, `value_for_tax`). rule: our id for the reasoning.
    formula: the sum in words and numbers. inputs: each number that went in, as text. rate: as the table
    writes it. source: act and section, order or table. table: name and version of the table that was read.
    """

    figure: str
    rule: str
    formula: str
    inputs: dict[str, str] = {}
    rate: str = ""
    source: str = ""
    table: str = ""
    since: date | None = None
    cents: Cents


class AssessedLine(Value):
    """A line's duties and taxes. `excise_cents` is duty and tax together; `total_cents` leaves value out.

    undetermined: the figures that could not be computed; they stand at zero here, and a finding says why.
    """

    line: int
    treatment: str
    rate: str
    value_for_duty_cents: Cents = 0
    customs_duty_cents: Cents = 0
    sima_cents: Cents = 0
    surtax_cents: Cents = 0
    excise_duty_cents: Cents = 0
    excise_tax_cents: Cents = 0
    value_for_tax_cents: Cents = 0
    gst_cents: Cents = 0
    provincial_cents: Cents = 0
    sima_code: str = ""
    undetermined: tuple[str, ...] = ()
    explanation: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def excise_cents(self) -> Cents:
        """Excise duty and excise tax together."""
        return self.excise_duty_cents + self.excise_tax_cents

    @property
    def total_cents(self) -> Cents:
        """Return the sum of all duties and taxes."""
        return sum(amounts(self))


amounts: Callable[[AssessedLine], tuple[Cents, ...]] = attrgetter(*(f"{charge}_cents" for charge in CHARGES))
"""Returns what a line owes, in the order of CHARGES."""


def charge_cents(line: AssessedLine, charge: Charge) -> Cents:
    """Return what a line owes of one charge."""
    amount: Cents = getattr(line, f"{charge}_cents")
    return amount


class Assessment(Value):
    """All lines of one declaration, assessed with one set of tables.

    tables: the names and versions of the tables that were read.
    """

    lines: tuple[AssessedLine, ...]
    tables: str = ""

    def cents_by_charge(self) -> dict[Charge, Cents]:
        """Return the sum of each charge over the lines; charges of zero are left out."""
        by_charge = zip(CHARGES, zip(*map(amounts, self.lines), strict=True), strict=bool(self.lines))
        return {charge: owed for charge, cents in by_charge if (owed := sum(cents))}

    @property
    def value_for_duty_cents(self) -> Cents:
        """Return the value for duty of all lines."""
        return sum(line.value_for_duty_cents for line in self.lines)

    @property
    def total_cents(self) -> Cents:
        """Return all duties and taxes of all lines."""
        return sum(line.total_cents for line in self.lines)

    @property
    def findings(self) -> Iterable[Finding]:
        """Yield the findings of every line."""
        return (finding for line in self.lines for finding in line.findings)
