"""What do the samples in the message guides say? One invented importer and broker; it adds up."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from outbound.contrl import contrl
from outbound.render import render
from parsers.edifact import read_edifact, write_interchange
from parsers.xml import Kind, read_xml, write_xml
from schemas.assessment import AssessedLine, Assessment, Step
from schemas.billing import BillingDates
from schemas.cad import Declaration, Invoice, Line, Party, Sima
from schemas.findings import Finding, Where
from schemas.papers import (
    Answer,
    BrokerShare,
    BrokerSummary,
    ClientGroup,
    DailyNotice,
    DueSection,
    Header,
    Movement,
    OpeningItem,
    Paper,
    PeriodPart,
    Statement,
)
from schemas.rules import Language

IMPORTER = "123456782RM0001"
BROKER = "987654324"
IMPORTER_NAME = "Meubles Exemple inc."
BROKER_NAME = "Courtage Exemple"

INBOUND = Header(
    sender="BROKER1",
    recipient="CARM",
    control_reference="000000117",
    prepared=datetime(2026, 11, 17, 14, 5, tzinfo=UTC),
)
OUTBOUND = Header(
    sender="CARM", recipient="BROKER1", control_reference="42", prepared=datetime(2026, 11, 18, 9, tzinfo=UTC)
)

CAD = Declaration(
    transaction_number="12345000000017",
    version=1,
    function="original",
    type="AB",
    importer=Party(identifier=IMPORTER, name=IMPORTER_NAME, country="CA", region="QC"),
    broker=Party(identifier=f"{BROKER}RM0001", name=BROKER_NAME),
    office="0497",
    release_date=date(2026, 11, 16),
    mode_of_transport="2",
    carrier_code="ABCD",
    cargo_control_numbers=("ABCD0000123",),
    gross_weight_kg=Decimal("1200.5"),
    control_lines=1,
    invoices=(
        Invoice(
            number="INV-77",
            issued=date(2026, 11, 9),
            currency="USD",
            total=Decimal("3450.00"),
            vendor=Party(name="Hudson Desk Co.", country="US", region="NY"),
            export="UNY",
            us_port_of_exit="0901",
            direct_shipment=date(2026, 11, 12),
        ),
    ),
    lines=(
        Line(
            number=1,
            invoice="INV-77",
            classification="9403501000",
            description="Bedroom furniture, wood",
            origin="UNY",
            treatment="2",
            quantity=Decimal(10),
            unit="NMB",
            value=Decimal("3450.00"),
            value_for_duty_code="13",
            surtax_subject=False,
            sima=Sima(subject="non-subject"),
        ),
    ),
)

DATES = BillingDates(
    accounting_due=date(2026, 11, 23),
    period_start=date(2026, 10, 18),
    period_end=date(2026, 11, 17),
    statement_date=date(2026, 11, 25),
    payment_due=date(2026, 12, 1),
    interest_from=date(2026, 12, 2),
)

ASSESSMENT = Assessment(
    tables="sample tables",
    lines=(
        AssessedLine(
            line=1,
            treatment="2",
            rate="9.5%",
            value_for_duty_cents=483000,
            customs_duty_cents=45885,
            value_for_tax_cents=528885,
            gst_cents=26444,
            explanation=(
                Step(
                    figure="customs_duty",
                    rule="duty",
                    formula="4830.00 x 9.5 % = 458.85",
                    inputs={"value_for_duty": "4830.00"},
                    rate="9.5%",
                    source="Customs Tariff, section 20",
                    table="tariff",
                    since=date(2026, 1, 1),
                    cents=45885,
                ),
            ),
        ),
    ),
)

ACCEPTED = Answer(
    interchange="000000117",
    message="1",
    transaction_number=CAD.transaction_number,
    version=1,
    importer=IMPORTER,
    verdict="accepted",
    accounting_date=date(2026, 11, 17),
    dates=DATES,
    assessment=ASSESSMENT,
)
REJECTED = Answer(
    interchange="000000117",
    message="2",
    transaction_number="12345000000024",
    version=1,
    importer=IMPORTER,
    verdict="rejected",
    findings=(
        Finding(
            code="IMP-002",
            where=Where(
                line=74,
                xpath='/DeclarationInterchange/Declaration[FunctionalReferenceID="2"]/Importer/ID',
                field="importer.identifier",
            ),
            found="123456782 RM 1",
            expected="123456782RM0001",
        ),
    ),
)

MOVEMENTS = (
    Movement(
        transaction_number=CAD.transaction_number,
        version=1,
        broker=BROKER,
        release_date=date(2026, 11, 16),
        accounting_date=date(2026, 11, 17),
        posted_day=date(2026, 11, 17),
        due=DATES.payment_due,
        statement_date=DATES.statement_date,
        value_for_duty_cents=483000,
        charges={"customs_duty": 45885, "gst": 26444},
        after_cents=72329,
    ),
    Movement(
        transaction_number="12345000000009",
        version=2,
        release_date=date(2026, 11, 10),
        accounting_date=date(2026, 11, 17),
        posted_day=date(2026, 11, 17),
        due=DATES.payment_due,
        statement_date=DATES.statement_date,
        charges={"gst": -1000},
        before_cents=11000,
        after_cents=10000,
    ),
)
CHARGES = {"customs_duty": 45885, "gst": 25444}
TOTAL = 71329

NOTICE = DailyNotice(
    number=7,
    account=IMPORTER,
    name=IMPORTER_NAME,
    day=date(2026, 11, 17),
    issued=date(2026, 11, 18),
    sections=(DueSection(due=DATES.payment_due, movements=MOVEMENTS, cents=TOTAL),),
    charges=CHARGES,
    cents=TOTAL,
    late_count=0,
)
STATEMENT = Statement(
    number=3,
    account=IMPORTER,
    name=IMPORTER_NAME,
    statement_date=DATES.statement_date,
    issued=DATES.statement_date,
    payment_due=DATES.payment_due,
    opening_items=(
        OpeningItem(
            transaction_number="12345000000002",
            version=1,
            broker=BROKER,
            due=date(2026, 10, 30),
            statement_date=date(2026, 10, 25),
            cents=5000,
        ),
    ),
    opening_cents=5000,
    parts=(
        PeriodPart(
            stream="commercial",
            period_start=DATES.period_start,
            period_end=DATES.period_end,
            movements=MOVEMENTS,
            charges=CHARGES,
            cents=TOTAL,
        ),
    ),
    charges=CHARGES,
    new_cents=TOTAL,
    payable_cents=TOTAL + 5000,
    brokers=(
        BrokerShare(broker="", name=IMPORTER_NAME, count=1, cents=-1000),
        BrokerShare(broker=BROKER, name=BROKER_NAME, count=1, cents=72329),
    ),
)
SUMMARY = BrokerSummary(
    number=2,
    broker=BROKER,
    name=BROKER_NAME,
    first_day=date(2026, 11, 17),
    last_day=date(2026, 11, 17),
    issued=date(2026, 11, 18),
    clients=(
        ClientGroup(
            account=IMPORTER,
            name=IMPORTER_NAME,
            accepted=1,
            rejected=1,
            late=0,
            charges=MOVEMENTS[0].charges,
            cents=72329,
            movements=MOVEMENTS[:1],
        ),
    ),
    accepted=1,
    rejected=1,
    charges=MOVEMENTS[0].charges,
    cents=72329,
)

PAPERS: dict[str, Sequence[Paper]] = {
    "cusres": (ACCEPTED, REJECTED),
    "statac": (NOTICE, STATEMENT, SUMMARY),
    "answer": (ACCEPTED, REJECTED),
    "daily-notice": (NOTICE,),
    "statement": (STATEMENT,),
    "broker-summary": (SUMMARY,),
}
"""The papers that show a guide, by EDIFACT message type or XML kind."""


SYNTAX_4_IMPORTER = CAD.importer.model_copy(update={"name": "Škoda Furniture Ltd."})
"""A name that needs more than 8859-1: what it stands in is written in syntax 4."""


def edifact_samples(profile: str, language: Language) -> list[bytes]:
    """Return interchanges that show an EDIFACT guide. Raises KeyError when nobody wrote a sample for it."""
    kind = profile.partition("_")[0]
    if kind == "cusdec":
        return [write_interchange(profile, INBOUND, [CAD])]
    if kind == "contrl":
        cad = CAD if profile == "contrl" else CAD.model_copy(update={"importer": SYNTAX_4_IMPORTER})
        broken = write_interchange("cusdec_d13a", INBOUND, [cad]).replace(b":102'", b":999'", 1)
        return [contrl(interchange, OUTBOUND) for interchange in read_edifact(broken)]
    return [render(paper, OUTBOUND, "edifact", language) for paper in PAPERS[kind]]


def xml_samples(kind: Kind, language: Language) -> list[bytes]:
    """Return interchanges that show an XML guide."""
    if kind == "declaration":
        return [write_xml(kind, INBOUND, [CAD])]
    if kind == "contrl":
        broken = write_xml("declaration", INBOUND, [CAD]).replace(b"2026-11-12", b"2026-02-30")
        return [contrl(interchange, OUTBOUND, language) for interchange in read_xml(broken)]
    return [render(paper, OUTBOUND, "xml", language) for paper in PAPERS[kind]]
