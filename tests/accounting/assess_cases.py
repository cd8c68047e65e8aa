"""Declarations to assess, small: one line unless said, released and shipped on 2026-03-02, in CAD."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from accounting.assess import assess
from schemas.assessment import AssessedLine, Assessment
from schemas.cad import Declaration, Invoice, Line, Party
from schemas.tables import Tables, load_tables

DAY = date(2026, 3, 2)
LINE = {
    "number": 1,
    "invoice": "1",
    "classification": "6109100022",
    "origin": "CN",
    "treatment": "2",
    "value": Decimal("1000.00"),
}
HEADER = {
    "transaction_number": "12345000000017",
    "version": 1,
    "function": "original",
    "type": "AB",
    "importer": Party(identifier="123456782RM0001"),
    "release_date": DAY,
}
INVOICE = {"number": "1", "currency": "CAD", "direct_shipment": DAY}


@cache
def shipped_tables() -> Tables:
    """The tables that we ship, loaded once."""
    return load_tables()


def declaration(*lines: dict[str, Any], **fields: Any) -> Declaration:
    """Build a declaration. fields: of header, invoice or line; lines: what differs line by line.

    `day` sets release and shipment together.
    """
    day = fields.pop("day", None)
    fields |= {"release_date": day, "direct_shipment": day} if day else {}
    header = HEADER | {key: fields[key] for key in fields.keys() & Declaration.model_fields.keys()}
    invoice = INVOICE | {key: fields[key] for key in fields.keys() & Invoice.model_fields.keys()}
    line = LINE | {key: fields[key] for key in fields.keys() & Line.model_fields.keys()}
    numbered = [line | {"number": number} | own for number, own in enumerate(lines or ({},), start=1)]
    return Declaration(
        invoices=(Invoice(**invoice),), lines=tuple(Line(**each) for each in numbered), **header
    )


def assessed(*lines: dict[str, Any], tables: Tables | None = None, **fields: Any) -> Assessment:
    """Assess a declaration built of `lines` and `fields`."""
    return assess(declaration(*lines, **fields), tables or shipped_tables())


def one(tables: Tables | None = None, **fields: Any) -> AssessedLine:
    """Assess a declaration of one line, and return that line."""
    (line,) = assessed(tables=tables, **fields).lines
    return line


def codes(line: AssessedLine) -> list[str]:
    """Return the rules of a line's findings."""
    return [finding.code for finding in line.findings]
