"""Declarations, assessments and entries for the tests of the book, in one line each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from accounting.calendar import billing_dates
from accounting.journal import accept
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Entry
from schemas.cad import Declaration, Function, Invoice, Line, Party
from schemas.registry import Stream

IMPORTER = "123456782RM0001"
OTHER_IMPORTER = "123456782RM0002"
BROKER = "876543214RM0001"
OTHER_BROKER = "111111118RM0001"
TRANSACTION = "12345000000017"
RELEASED = date(2026, 3, 16)
POSTED = datetime(2026, 3, 17, 15, 0, tzinfo=UTC)


def declaration(  # noqa: PLR0913 - each has a default
    version: int = 1,
    *,
    number: str = TRANSACTION,
    importer: str = IMPORTER,
    broker: str = BROKER,
    function: Function = "original",
    released: date = RELEASED,
) -> Declaration:
    return Declaration(
        transaction_number=number,
        version=version,
        function=function,
        type="AB",
        importer=Party(identifier=importer),
        broker=Party(identifier=broker),
        release_date=released,
        invoices=(Invoice(number="1"),),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )


def assessment(duty: int = 0, gst: int = 0, value: int = 0) -> Assessment:
    line = AssessedLine(
        line=1,
        treatment="MFN",
        rate="5%",
        value_for_duty_cents=value,
        customs_duty_cents=duty,
        gst_cents=gst,
    )
    return Assessment(lines=(line,), tables="test")


def accepted(  # noqa: PLR0913 - each has a default
    cad: Declaration,
    assessed: Assessment,
    *,
    stream: Stream = "commercial",
    posted_at: datetime = POSTED,
    late: bool = False,
    replaced: Entry | None = None,
) -> tuple[Entry, ...]:
    return accept(
        cad,
        assessed,
        stream=stream,
        dates=billing_dates(stream, cad.release_date or RELEASED),
        event_day=date(2026, 3, 17),
        posted_at=posted_at,
        late=late,
        replaced=replaced,
    )


def simple_entries(numbers: Sequence[str], importer: str = IMPORTER) -> tuple[Entry, ...]:
    """One first version a number, each owing 100.00 of duty and 5.00 of GST."""
    return tuple(
        entry
        for number in numbers
        for entry in accepted(declaration(number=number, importer=importer), assessment(10_000, 500, 200_000))
    )
