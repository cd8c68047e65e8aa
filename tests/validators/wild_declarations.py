"""Declarations as nobody would write them, for properties: wild values beside sensible ones."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from schemas.cad import ChangeReason, Declaration, Declared, Invoice, Line, Party, Sima
from schemas.codes import load_codes

TODAY = date(2026, 3, 17)
CODES = load_codes()


def known(table: str) -> st.SearchStrategy[str]:
    return st.sampled_from(CODES.table(table).codes(TODAY))


WILD_TEXT = st.text(max_size=6)
DAYS = st.dates() | st.sampled_from([TODAY, date.min, date.max]) | st.none()
AMOUNTS = (
    st.none()
    | st.decimals(min_value=-(10**6), max_value=10**6, places=2)
    | st.sampled_from([Decimal("9E+999999"), Decimal("-1E-999999"), Decimal("1E+13"), Decimal(0)])
)
NUMBERS = st.integers(-2, 4) | st.integers()
ACCOUNTS = st.sampled_from(["123456782RM0001", "843219874RM0001", "888777661RM0001", "12345"]) | WILD_TEXT
TRANSACTIONS = st.sampled_from(["12345000000017", "23456000000017", "99999999999999"]) | WILD_TEXT
CLASSIFICATIONS = (
    st.sampled_from(["8712000090", "8517120030", "4907000090", "9948000000", "0000000000"]) | WILD_TEXT
)

parties = st.builds(Party, identifier=ACCOUNTS, name=WILD_TEXT)
reasons = st.builds(
    ChangeReason,
    code=known("reason_codes") | WILD_TEXT,
    pointer=WILD_TEXT,
    explanation=WILD_TEXT,
)
simas = st.builds(
    Sima,
    subject=st.sampled_from(["subject", "non-subject", "undertaking"]),
    measure=WILD_TEXT,
    invoice_price=AMOUNTS,
    currency=known("currencies") | WILD_TEXT,
    duty_cents=st.none() | st.integers(),
)
lines = st.builds(
    Line,
    number=NUMBERS,
    invoice=st.sampled_from(["A", "B", ""]),
    classification=CLASSIFICATIONS,
    origin=known("countries") | WILD_TEXT,
    export=known("countries") | WILD_TEXT,
    treatment=known("treatments") | WILD_TEXT,
    tariff_code=st.sampled_from(["", "9948", "9902", "99"]) | WILD_TEXT,
    special_authority=known("special_authorities") | WILD_TEXT | st.just("85-2955"),
    quantity=AMOUNTS,
    unit=known("units") | WILD_TEXT,
    value=AMOUNTS,
    value_for_duty_code=known("vfd_codes") | WILD_TEXT,
    excise_code=known("excise_codes") | WILD_TEXT | st.just("E50"),
    excise_quantity=AMOUNTS,
    excise_unit=WILD_TEXT,
    gst_code=WILD_TEXT | st.just("48"),
    surtax_subject=st.none() | st.booleans(),
    surtax_code=WILD_TEXT,
    sima=st.none() | simas,
    previous_transaction_number=TRANSACTIONS | st.just(""),
    previous_line=st.none() | NUMBERS,
    reasons=st.lists(reasons, max_size=3).map(tuple),
    declared=st.builds(Declared, value_for_duty_cents=st.none() | st.integers()),
)
invoices = st.builds(
    Invoice,
    number=st.sampled_from(["A", "B", ""]),
    vendor=parties,
    export=known("countries") | WILD_TEXT,
    us_port_of_exit=WILD_TEXT,
    direct_shipment=DAYS,
    currency=known("currencies") | WILD_TEXT,
    total=AMOUNTS,
)
declarations = st.builds(
    Declaration,
    transaction_number=TRANSACTIONS,
    version=NUMBERS,
    function=st.sampled_from(["original", "change", "cancellation"]),
    type=known("cad_types") | WILD_TEXT,
    importer=parties,
    broker=parties,
    office=known("offices") | WILD_TEXT,
    release_date=DAYS,
    mode_of_transport=known("modes") | WILD_TEXT,
    port_of_unlading=WILD_TEXT,
    cargo_control_numbers=st.lists(WILD_TEXT, max_size=2).map(tuple),
    warehouse=WILD_TEXT,
    casual=st.booleans(),
    province=known("provinces") | WILD_TEXT,
    reasons=st.lists(reasons, max_size=3).map(tuple),
    related_transaction_number=TRANSACTIONS,
    control_lines=st.none() | NUMBERS,
    invoices=st.lists(invoices, max_size=3).map(tuple),
    lines=st.lists(lines, max_size=4).map(tuple),
)
