"""What would goods owe that somebody describes? They become declarations, and are assessed like any other.

One path: what the calculator answers, posting would charge.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from accounting.assess import assess
from cadline.assessed import Assessed, JsonObject, total_texts, totals
from cadline.errors import Refused
from schemas.base import Value
from schemas.cad import Declaration, Invoice, Line, Party, Sima, SimaSubject
from schemas.money import to_cents
from schemas.rules import Language
from schemas.tables import Tables

NUMBER = "00000000000000"
"""The transaction number of what is not a declaration."""


class Goods(Value):
    """A line of goods as described. date: of release, and of direct shipment unless `shipped` says other.

    value: in `currency`. The other fields are those of `schemas.cad.Line`; SIMA's are prefixed.
    """

    classification: str
    origin: str
    value: Decimal = Field(ge=0)
    currency: str
    date: dt.date
    shipped: dt.date | None = None
    export: str = ""
    treatment: str = ""
    tariff_code: str = ""
    special_authority: str = ""
    quantity: Decimal | None = Field(default=None, ge=0)
    unit: str = ""
    surtax_code: str = ""
    excise_code: str = ""
    excise_quantity: Decimal | None = Field(default=None, ge=0)
    excise_unit: str = ""
    gst_code: str = ""
    casual: bool = False
    province: str = ""
    type: str = "AB"
    sima: SimaSubject | None = None
    sima_measure: str = ""
    sima_exporter: str = ""
    sima_model: str = ""
    sima_price: Decimal | None = Field(default=None, ge=0)
    sima_currency: str = ""
    sima_duty: Decimal | None = Field(default=None, ge=0)

    @property
    def invoice(self) -> str:
        """Name the invoice of goods of one currency and day of shipment."""
        return f"{self.currency} {self.shipped or self.date}"

    def line(self, number: int) -> Line:
        """Return the goods as a line of a declaration."""
        return Line(
            number=number,
            invoice=self.invoice,
            classification=self.classification.replace(".", "").replace(" ", ""),
            origin=self.origin.upper(),
            export=self.export.upper(),
            unit=self.unit.upper(),
            excise_unit=self.excise_unit.upper(),
            surtax_subject=bool(self.surtax_code) or None,
            sima=self._sima(),
            **self.model_dump(include=_SAME_FIELDS),
        )

    def _sima(self) -> Sima | None:
        if self.sima is None:
            return None
        return Sima(
            subject=self.sima,
            measure=self.sima_measure,
            exporter=self.sima_exporter,
            model=self.sima_model,
            invoice_price=self.sima_price,
            currency=self.sima_currency,
            duty_cents=None if self.sima_duty is None else to_cents(self.sima_duty),
        )


_NORMALIZED = {"classification", "origin", "export", "unit", "excise_unit", "sima"}
_SAME_FIELDS = (Goods.model_fields.keys() & Line.model_fields.keys()) - _NORMALIZED


class Calculation:
    """Goods, worked out. Goods of one day, type and kind make one declaration, as they would when filed."""

    def __init__(self, goods: Sequence[Goods], tables: Tables, language: Language) -> None:
        self._parts = [
            Assessed(cad, assess(cad, tables), language)
            for cad in (_declaration(group) for group in _groups(goods))
        ]
        self._language: Language = language
        self._tables = tables

    @property
    def rejected(self) -> bool:
        """Whether any finding is an error."""
        return any(part.rejected for part in self._parts)

    def as_json(self) -> JsonObject:
        """Return the lines in the order of their description, and their totals."""
        lines = self._lines()
        return {"tables": self._tables.version, "lines": lines, "totals": totals(lines)}

    def text(self, *, explain: bool) -> Iterable[str]:
        """Yield lines for a person."""
        for part in self._parts:
            yield from part.line_texts(explain=explain)
        yield from total_texts(self._lines(), self._language)

    def _lines(self) -> list[JsonObject]:
        lines = [line for part in self._parts for line in part.line_objects()]
        return sorted(lines, key=lambda line: line["line"])


Numbered = tuple[int, Goods]


def _groups(goods: Sequence[Goods]) -> Iterable[list[Numbered]]:
    groups: dict[tuple[Any, ...], list[Numbered]] = {}
    for number, each in enumerate(goods, start=1):
        groups.setdefault((each.date, each.type, each.casual, each.province), []).append((number, each))
    return groups.values()


def _declaration(group: Sequence[Numbered]) -> Declaration:
    first = group[0][1]
    invoices = {
        each.invoice: Invoice(
            number=each.invoice,
            currency=each.currency.upper(),
            direct_shipment=each.shipped or each.date,
        )
        for _, each in group
    }
    return Declaration(
        transaction_number=NUMBER,
        version=1,
        function="original",
        type=first.type,
        importer=Party(),
        release_date=first.date,
        casual=first.casual,
        province=first.province.upper(),
        invoices=tuple(invoices.values()),
        lines=tuple(each.line(number) for number, each in group),
    )


def read_goods(file: Path, given: Mapping[str, Any]) -> list[Goods]:
    """Read goods from a CSV or JSON file; what a line leaves out is taken from `given`.

    JSON: a list of objects, or an object with `lines`. CSV: a header of field names. Raises Refused naming
    line and field.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        is_json = text.lstrip()[:1] in ("{", "[")
        records = _from_json(text) if is_json else list(csv.DictReader(io.StringIO(text), strict=True))
    except (ValueError, csv.Error, RecursionError, TypeError, KeyError) as error:
        raise Refused(f"{file} is neither CSV nor JSON of goods: {error}") from None
    return [
        goods_of(record, given, f"{file}, line of goods {number}: ")
        for number, record in enumerate(records, start=1)
    ]


def _from_json(text: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list, or of `lines`. Raises TypeError and KeyError for any other form."""
    read = json.loads(text, parse_float=Decimal)
    records = read["lines"] if isinstance(read, dict) else read
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise TypeError("expected a list of objects")
    return records


def goods_of(record: Mapping[str, Any], given: Mapping[str, Any], place: str = "") -> Goods:
    """Build a line of goods; empty cells count as absent. Raises Refused naming every wrong field."""
    named = {str(name).strip().replace("-", "_").lower(): value for name, value in record.items()}
    own = {name: value for name, value in named.items() if value not in ("", None)}
    try:
        return Goods(**{**given, **own})
    except ValidationError as error:
        faults = ("/".join(map(str, fault["loc"])) + ": " + fault["msg"] for fault in error.errors())
        raise Refused(place + "; ".join(faults)) from None
