"""Which declarations, envelopes and bytes may come? Hypothesis strategies, for every room's tests.

`declarations()` gives every field of the canonical CAD a chance, within what the message guides carry.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from schemas.cad import ChangeReason, Declaration, Declared, Invoice, Line, Party, Sima
from schemas.papers import Header

LATIN = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=("Cc",))
ANY_PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Cn"))


def _ends_well(text: str) -> bool:
    return not text.endswith(" ")


def texts(most: int, least: int = 1, alphabet: st.SearchStrategy[str] = LATIN) -> st.SearchStrategy[str]:
    """Texts as EDIFACT carries them: without control characters, and without spaces at their end."""
    return st.text(alphabet, min_size=least, max_size=min(most, 9)).filter(_ends_well)


def codes(most: int) -> st.SearchStrategy[str]:
    return st.text("ABCXYZ0123456789", min_size=1, max_size=most)


def maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | values


DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))
CENTS = st.integers(-(10**15), 10**15)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)
QUANTITIES = st.decimals(0, 10**9, places=3)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(second=0, microsecond=0)
)


def parties(least: int = 0) -> st.SearchStrategy[Party]:
    identifier = texts(35) if least else maybe(texts(35))
    return st.builds(
        Party,
        identifier=identifier,
        name=maybe(texts(70)),
        country=maybe(codes(3)),
        region=maybe(codes(9)),
    )


REASONS = st.builds(ChangeReason, code=codes(17), pointer=maybe(texts(100)), explanation=maybe(texts(512)))


def reasons(most: int) -> st.SearchStrategy[tuple[ChangeReason, ...]]:
    return st.lists(REASONS, max_size=most).map(tuple)


SIMA = st.builds(
    Sima,
    subject=st.sampled_from(["subject", "non-subject", "undertaking"]),
    measure=maybe(texts(70)),
    exporter=maybe(texts(70)),
    model=maybe(texts(70)),
    invoice_price=st.none() | AMOUNTS,
    currency=maybe(codes(3)),
    duty_cents=st.none() | CENTS,
)
DECLARED = st.builds(Declared, **{name: st.none() | CENTS for name in Declared.model_fields})
INVOICES = st.builds(
    Invoice,
    number=texts(70),
    issued=st.none() | DAYS,
    vendor=parties(),
    purchaser=parties(),
    export=maybe(codes(3)),
    us_port_of_exit=maybe(codes(4)),
    direct_shipment=st.none() | DAYS,
    currency=maybe(codes(3)),
    total=st.none() | AMOUNTS,
    freight_cents=st.none() | CENTS,
)


@st.composite
def lines(draw: Callable[..., Any], number: int, invoice: str) -> Line:
    unit, excise_unit = draw(maybe(codes(3))), draw(maybe(codes(3)))
    return Line(
        number=number,
        invoice=invoice,
        classification=draw(codes(10)),
        description=draw(maybe(texts(512))),
        origin=draw(maybe(codes(3))),
        export=draw(maybe(codes(3))),
        treatment=draw(maybe(codes(2))),
        tariff_code=draw(maybe(codes(4))),
        special_authority=draw(maybe(texts(16))),
        quantity=draw(st.none() | QUANTITIES) if unit else None,
        unit=unit,
        value=draw(st.none() | AMOUNTS),
        value_for_duty_code=draw(maybe(codes(2))),
        excise_code=draw(maybe(codes(7))),
        excise_quantity=draw(st.none() | QUANTITIES) if excise_unit else None,
        excise_unit=excise_unit,
        gst_code=draw(maybe(codes(7))),
        surtax_subject=draw(st.none() | st.booleans()),
        surtax_code=draw(maybe(codes(35))),
        sima=draw(st.none() | SIMA),
        time_limit_months=draw(st.none() | st.integers(0, 999)),
        previous_transaction_number=draw(maybe(codes(14))),
        previous_line=draw(st.none() | st.integers(0, 99999)),
        reasons=draw(reasons(8)),
        declared=draw(DECLARED),
    )


@st.composite
def declarations(draw: Callable[..., Any]) -> Declaration:
    """Declarations with every field, filled or empty, whatever the rules may say of them."""
    invoices = tuple(draw(st.lists(INVOICES, min_size=1, max_size=3)))
    count = draw(st.integers(1, 3))
    numbers = [draw(st.sampled_from(invoices)).number for _ in range(count)]
    return Declaration(
        transaction_number=draw(texts(70)),
        version=draw(st.integers(0, 99999)),
        function=draw(st.sampled_from(["original", "change", "cancellation"])),
        type=draw(codes(2)),
        importer=draw(parties(least=1)),
        broker=draw(parties()),
        office=draw(maybe(codes(4))),
        release_date=draw(st.none() | DAYS),
        mode_of_transport=draw(maybe(codes(1))),
        port_of_unlading=draw(maybe(codes(4))),
        carrier_code=draw(maybe(codes(4))),
        cargo_control_numbers=tuple(draw(st.lists(texts(25), max_size=4))),
        warehouse=draw(maybe(codes(8))),
        gross_weight_kg=draw(st.none() | QUANTITIES),
        freight_cents=draw(st.none() | CENTS),
        casual=draw(st.booleans()),
        province=draw(maybe(codes(2))),
        payment_code=draw(maybe(codes(1))),
        reasons=draw(reasons(3)),
        related_transaction_number=draw(maybe(codes(14))),
        control_lines=draw(st.none() | st.integers(0, 99999)),
        invoices=invoices,
        lines=tuple(draw(lines(number, invoice)) for number, invoice in enumerate(numbers, start=1)),
    )


headers = st.builds(
    Header,
    sender=texts(35),
    recipient=texts(35),
    control_reference=codes(14),
    prepared=INSTANTS,
    test=st.booleans(),
)

FULL = Declaration(
    transaction_number="12345000000017",
    version=2,
    function="change",
    type="AB",
    importer=Party(identifier="123456782RM0001", name="ACME + SONS", country="CA", region="ON"),
    broker=Party(identifier="987654324RM0001", name="O'Brien: Customs?", country="CA", region="QC"),
    office="0497",
    release_date=date(2026, 7, 2),
    mode_of_transport="9",
    port_of_unlading="0809",
    carrier_code="9ABC",
    cargo_control_numbers=("9ABCPARS000123", "9ABCPARS000124"),
    warehouse="W0000123",
    gross_weight_kg=Decimal("1250.5"),
    freight_cents=12_345,
    casual=True,
    province="ON",
    payment_code="I",
    reasons=(ChangeReason(code="105", pointer="importer", explanation="Adresse corrigée"),),
    related_transaction_number="12345000000000",
    control_lines=1,
    invoices=(
        Invoice(
            number="INV-1",
            issued=date(2026, 6, 20),
            vendor=Party(identifier="V1", name="Müller GmbH", country="DE", region="HH"),
            purchaser=Party(identifier="P1", name="ACME", country="CA", region="ON"),
            export="DE",
            us_port_of_exit="0101",
            direct_shipment=date(2026, 6, 21),
            currency="EUR",
            total=Decimal("1000.00"),
            freight_cents=500,
        ),
    ),
    lines=(
        Line(
            number=1,
            invoice="INV-1",
            classification="9403501000",
            description="Wooden bedroom furniture",
            origin="DE",
            export="DE",
            treatment="31",
            tariff_code="9966",
            special_authority="85-2955-1",
            quantity=Decimal(12),
            unit="NMB",
            value=Decimal("1000.00"),
            value_for_duty_code="13",
            excise_code="E00",
            excise_quantity=Decimal("1.5"),
            excise_unit="LPA",
            gst_code="51",
            surtax_subject=False,
            surtax_code="S1",
            sima=Sima(
                subject="subject",
                measure="FURNITURE-1",
                exporter="Müller GmbH",
                model="M1",
                invoice_price=Decimal("83.33"),
                currency="EUR",
                duty_cents=100,
            ),
            time_limit_months=6,
            previous_transaction_number="12345000000009",
            previous_line=3,
            reasons=(ChangeReason(code="201", pointer="lines[0].value", explanation="price"),),
            declared=Declared(
                value_for_duty_cents=150_000,
                customs_duty_cents=0,
                sima_cents=1,
                surtax_cents=2,
                excise_cents=3,
                gst_cents=7_500,
            ),
        ),
    ),
)
"""A declaration in which no field is empty."""
