"""What does a rule look at? The declaration with everything looked up once: parties, invoices, tariff lines.

Case ── the declaration, its context, the day whose tables apply
  └── commodities: each line with its invoice and its tariff line
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from schemas.cad import Declaration, Invoice, Line
from schemas.codes import Codes, CodeTable
from schemas.identifiers import CLASSIFICATION, bn9_of
from schemas.registry import Importer, Partner, Right
from schemas.tariff.line import Tariff, TariffLine
from validators.context import Context

CUSTOMS_TARIFF_BEGINS = date(1998, 1, 1)
"""The Customs Tariff, S.C. 1997, c. 36, came into force; nothing is looked up for earlier days."""

VALUE_DIGITS = 13
"""Digits before the point of a value, as the message profile allows; cents of that fit into 64 bits."""

NO_VALUES: Mapping[str, str] = MappingProxyType({})


class Hit(NamedTuple):
    """One place where a rule is broken.

    field: its path, such as `lines[2].origin`, counted from 0. values: further words for the rule's text.
    doubtful: what we compared with is not known in full, so that the finding may only warn.
    """

    field: str
    found: str | None = None
    expected: str | None = None
    values: Mapping[str, str] = NO_VALUES
    doubtful: bool = False


Predicate = Callable[["Case"], Iterable[Hit]]
"""The question of a rule: where does this declaration break it?"""


@dataclass(frozen=True, slots=True)
class Commodity:
    """One line with what belongs to it. index: its place in the declaration, from 0."""

    index: int
    line: Line
    invoice: Invoice | None
    tariff: TariffLine | None

    def hit(
        self,
        field: str,
        found: str | None = None,
        expected: str | None = None,
        *,
        doubtful: bool = False,
        **values: str,
    ) -> Hit:
        """Point at a field of this line; the line's number goes with it for the message."""
        words = {"line": str(self.line.number), **values}
        return Hit(f"lines[{self.index}].{field}", found, expected, words, doubtful)


@dataclass(frozen=True, slots=True)
class Case:
    """A declaration before the rules.

    day: the Eastern day whose codes and tariff apply to the goods: of release, or else of receipt.
    sender: the partner that sent it. importer: its account in the registry. filer: the BN9 of who answers
    for the filing, empty when the sender is unknown. type_row: of the CAD types.
    """

    cad: Declaration
    context: Context
    day: date
    sender: Partner | None
    importer: Importer | None
    filer: str
    type_row: Mapping[str, str] | None
    commodities: tuple[Commodity, ...]

    @classmethod
    def of(cls, cad: Declaration, context: Context) -> "Case":
        """Look everything up once, so that each rule is a comparison."""
        day = day_of_the_goods(cad, context)
        sender = context.registry.partners.get(context.sender)
        return cls(
            cad=cad,
            context=context,
            day=day,
            sender=sender,
            importer=context.registry.importers.get(cad.importer.identifier),
            filer=filer_of(cad, sender),
            type_row=context.tables.codes.table("cad_types").row(cad.type, context.received_day),
            commodities=commodities_of(cad, context.tables.tariff, day),
        )

    @property
    def codes(self) -> Codes:
        """The code tables."""
        return self.context.tables.codes

    @property
    def first(self) -> bool:
        """Whether the declaration opens a transaction: a first version of a number not accepted before."""
        return self.cad.function == "original" and self.context.previous is None

    @property
    def act(self) -> Right:
        """What the filer does: account for goods, or correct or, after the payment due date, adjust."""
        if self.cad.function == "original" or self.context.previous is None:
            return "file"
        due = self.context.payment_due
        return "adjust" if due and self.context.received_day > due else "correct"

    @property
    def goods(self) -> str:
        """What the CAD type is about (column `goods` of the CAD types); empty for an unknown type."""
        return self.type_row["goods"] if self.type_row else ""

    def country_of(self, place: str) -> str:
        """Return the country of a place: the United States for a US state, else the code as it came."""
        row = self.codes.table("countries").row(place, self.day)
        return (row["parent"] or place) if row else place

    def lacks(self, table: str, code: str) -> bool:
        """Return whether a code was declared that a table does not have in force on the day of the goods."""
        return bool(code) and self.codes.table(table).row(code, self.day) is None

    def table(self, name: str) -> CodeTable:
        """Return a code table."""
        return self.codes.table(name)


def day_of_the_goods(cad: Declaration, context: Context) -> date:
    """Return the release day; the day of receipt where there is none, or one that cannot be."""
    released = cad.release_date
    if released and CUSTOMS_TARIFF_BEGINS <= released <= context.received_day:
        return released
    return context.received_day


def filer_of(cad: Declaration, sender: Partner | None) -> str:
    """Return the BN9 of who files: a broker or importer for itself, a provider for whom it names."""
    if sender is None:
        return ""
    if sender.role == "provider":
        return bn9_of(cad.broker.identifier or cad.importer.identifier)
    return bn9_of(sender.account)


def commodities_of(cad: Declaration, tariff: Tariff, day: date) -> tuple[Commodity, ...]:
    """Join each line with its invoice and its tariff line."""
    invoices = {invoice.number: invoice for invoice in reversed(cad.invoices)}
    return tuple(
        Commodity(index, line, invoices.get(line.invoice), tariff_line(tariff, line.classification, day))
        for index, line in enumerate(cad.lines)
    )


def tariff_line(tariff: Tariff, classification: str, day: date) -> TariffLine | None:
    """Look a classification up; a number that is not well formed has no line."""
    return tariff.line(classification, day) if CLASSIFICATION.fullmatch(classification) else None
