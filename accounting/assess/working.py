"""How is one line worked out? Figure after figure, each with the step that explains it, or a finding."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from schemas.assessment import AssessedLine, Step
from schemas.cad import Declaration, Invoice, Line
from schemas.findings import Finding, Where
from schemas.money import Cents, dollars, to_cents, to_dollars
from schemas.rates.relief import Remission
from schemas.rules import all_rules
from schemas.tables import Tables

FIGURES = (
    "value_for_duty",
    "customs_duty",
    "sima",
    "surtax",
    "excise_duty",
    "excise_tax",
    "value_for_tax",
    "gst",
    "provincial",
)
"""What is worked out, in this order."""


AMOUNT_MAX = Decimal(10) ** 15
"""A value or a quantity beyond it is nobody's: sums of it would leave what the book can hold."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure rests on: our name for the reasoning, the rate as written, its place, since when."""

    rule: str
    rate: str = ""
    source: str = ""
    table: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The facts about one line that are the same for every figure.

    position: of the line in the declaration, from 0. day: the Eastern day whose tables apply, normally
    the day of release; None when the declaration has none. country: of origin, a US state being the US;
    "" when it is not known. export_country: likewise, of export.
    """

    cad: Declaration
    line: Line
    position: int
    invoice: Invoice | None
    day: date | None
    country: str
    export_country: str
    tables: Tables


@dataclass(slots=True)
class Working:
    """One line while it is worked out. A figure that cannot be known is in `undetermined`.

    treatment: the code applied. claimed: the abbreviation of the treatment that the goods are entitled to,
    though it may give nothing on the line. declaration_value_cents, invoice_value_cents: the value for duty
    of all lines, and of those of the line's invoice. remission: the one that was granted.
    """

    case: Case
    treatment: str = ""
    claimed: str = ""
    declaration_value_cents: Cents = 0
    invoice_value_cents: Cents = 0
    remission: Remission | None = None
    rate: str = ""
    sima_code: str = ""
    cents: dict[str, Cents] = field(default_factory=dict)
    undetermined: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def dollars(self, figure: str) -> Decimal | None:
        """Return a figure in exact dollars; None while it is not known."""
        return to_dollars(self.cents[figure]) if figure in self.cents else None

    def record(self, figure: str, exact: Decimal, formula: str, inputs: dict[str, str], basis: Basis) -> None:
        """Add an exact amount in dollars to a figure, rounded to the cent, with its explanation."""
        cents = to_cents(exact)
        self.cents[figure] = self.cents.get(figure, 0) + cents
        self.steps.append(
            Step(
                figure=figure,
                rule=basis.rule,
                formula=f"{formula} = {_result(exact, cents)}",
                inputs=inputs,
                rate=basis.rate,
                source=basis.source,
                table=basis.table,
                since=basis.since,
                cents=cents,
            )
        )

    def is_sane(self, field: str, amount: Decimal) -> bool:
        """Return whether an amount or quantity can be worked with; one that cannot be is a finding."""
        if 0 <= amount < AMOUNT_MAX:
            return True
        self.find("ASM-008", field=field, found=f"{amount:.6g}", expected=f"{AMOUNT_MAX}")
        return False

    def nothing_due(self, figure: str, rule: str, why: str, source: str = "") -> None:
        """Record that a figure is nought, and why, in words instead of a sum."""
        self.cents.setdefault(figure, 0)
        self.steps.append(Step(figure=figure, rule=rule, formula=why, source=source, cents=0))

    def leave(self, figure: str) -> None:
        """Leave a figure undetermined; a finding says why."""
        self.undetermined.append(figure)

    def find(
        self,
        code: str,
        *,
        field: str,
        found: str | None = None,
        expected: str | None = None,
        **values: str,
    ) -> None:
        """Add a finding about a field of the line (or of the declaration, when `field` starts with `/`)."""
        place = field[1:] if field.startswith("/") else f"lines[{self.case.position}].{field}"
        finding = Finding(
            code=code,
            severity=all_rules()[code].severity,
            where=Where(field=place),
            found=found,
            expected=expected,
            values={"line": str(self.case.line.number), **values},
        )
        self.findings.append(finding)

    def doubt(self, code: str, *, field: str, found: str, **values: str) -> None:
        """Add a finding that only warns, because what was compared with is known in part."""
        self.find(code, field=field, found=found, **values)
        self.findings[-1] = self.findings[-1].model_copy(update={"severity": "warning"})

    def result(self) -> AssessedLine:
        """Return the line as assessed."""
        amounts = {f"{figure}_cents": cents for figure, cents in self.cents.items()}
        return AssessedLine(
            line=self.case.line.number,
            treatment=self.treatment,
            rate=self.rate,
            sima_code=self.sima_code,
            undetermined=tuple(self.undetermined),
            explanation=tuple(self.steps),
            findings=tuple(self.findings),
            **amounts,
        )


def _result(exact: Decimal, cents: Cents) -> str:
    rounded = dollars(cents)
    return rounded if exact == to_dollars(cents) else f"{exact.normalize():f} → {rounded} (half up)"
