"""What a version changes: nothing for itself, and every field once, by the numbers of invoices and lines."""

from datetime import date
from decimal import Decimal

import pytest

from schemas.cad import ChangeReason, Declaration, Declared, Invoice, Line, Party
from schemas.changes import Change, changes

FIRST = Declaration(
    transaction_number="90101260000005",
    version=1,
    function="original",
    type="AB",
    importer=Party(identifier="999002017RM0001", name="Orchard"),
    cargo_control_numbers=("A1", "B2"),
    invoices=(Invoice(number="I-1", currency="USD", direct_shipment=date(2026, 3, 10)),),
    lines=(
        Line(number=1, invoice="I-1", classification="0101210000", origin="FR", value=Decimal("100.00")),
        Line(number=2, invoice="I-1", classification="0102210000", origin="UUT"),
    ),
)


def line(number: int, **update: object) -> tuple[Line, ...]:
    """The lines of the first version, with one of them changed."""
    return tuple(each.model_copy(update=update) if each.number == number else each for each in FIRST.lines)


def of(part: str, number: str, field: str, before: str | None, after: str | None) -> Change:
    return Change.model_validate(
        {"part": part, "number": number, "field": field, "before": before, "after": after}
    )


TABLE = [
    ({"version": 2}, []),
    ({"function": "change"}, [of("header", "", "function", "original", "change")]),
    ({"office": "0497"}, [of("header", "", "office", None, "0497")]),
    ({"importer": Party(name="Orchard")}, [of("header", "", "importer.identifier", "999002017RM0001", None)]),
    ({"casual": True}, [of("header", "", "casual", "False", "True")]),
    ({"cargo_control_numbers": ("A1",)}, [of("header", "", "cargo_control_numbers[2]", "B2", None)]),
    (
        {"invoices": (Invoice(number="I-1", currency="EUR", direct_shipment=date(2026, 3, 11)),)},
        [
            of("invoice", "I-1", "direct_shipment", "2026-03-10", "2026-03-11"),
            of("invoice", "I-1", "currency", "USD", "EUR"),
        ],
    ),
    (
        {"lines": line(1, value=Decimal("125.00"))},
        [of("line", "1", "value", "100.00", "125.00")],
    ),
    (
        {"lines": line(2, declared=Declared(gst_cents=500))},
        [of("line", "2", "declared.gst_cents", None, "500")],
    ),
    (
        {"lines": line(2, reasons=(ChangeReason(code="10"),))},
        [of("line", "2", "reasons[1].code", None, "10")],
    ),
    ({"lines": FIRST.lines[::-1]}, []),
    (
        {"lines": FIRST.lines[:1]},
        [
            of("line", "2", "invoice", "I-1", None),
            of("line", "2", "classification", "0102210000", None),
            of("line", "2", "origin", "UUT", None),
        ],
    ),
    (
        {"lines": (*FIRST.lines, Line(number=2, invoice="I-1", classification="0103100000"))},
        [
            of("line", "2 (2)", "invoice", None, "I-1"),
            of("line", "2 (2)", "classification", None, "0103100000"),
        ],
    ),
]


@pytest.mark.parametrize(("update", "expected"), TABLE)
def test_a_version_changes(update: dict[str, object], expected: list[Change]) -> None:
    assert list(changes(FIRST, FIRST.model_copy(update=update))) == expected


@pytest.mark.parametrize(("update", "_expected"), TABLE)
def test_the_way_back_changes_the_same_fields(update: dict[str, object], _expected: list[Change]) -> None:
    later = FIRST.model_copy(update=update)
    back = {(each.part, each.number, each.field): (each.after, each.before) for each in changes(later, FIRST)}
    there = {
        (each.part, each.number, each.field): (each.before, each.after) for each in changes(FIRST, later)
    }
    assert back == there
