"""Which papers can there be? Hypothesis strategies for every paper that a recipient can get."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from schemas import acts
from schemas.acts import CREDIT_KINDS, METHODS, InterestSpan
from schemas.assessment import BILLED, CHARGES, AssessedLine, Assessment
from schemas.billing import BillingDates
from schemas.book import Allocation
from schemas.findings import Finding, Where
from schemas.papers import (
    Activity,
    Answer,
    BrokerShare,
    BrokerSummary,
    ClientGroup,
    Correction,
    DailyNotice,
    Difference,
    DueSection,
    Movement,
    OpeningItem,
    PeriodPart,
    SecurityState,
    Statement,
)
from schemas.registry import STREAMS

DAYS = st.dates(date(2024, 10, 21), date(2099, 12, 31))
CENTS = st.integers(-(10**14), 10**14)
COUNTS = st.integers(0, 10**6)
NUMBERS = st.integers(1, 10**6)
VERSIONS = st.integers(1, 99999)
CHARGE_SUMS = st.dictionaries(st.sampled_from(BILLED), CENTS)
CREDIT_SUMS = st.dictionaries(st.sampled_from(CREDIT_KINDS), CENTS)
ACCOUNTS = st.from_regex(r"\A[0-9]{9}RM[0-9]{4}\Z")
BUSINESS_NUMBERS = st.from_regex(r"\A[0-9]{9}\Z")
TRANSACTION_NUMBERS = st.from_regex(r"\A[0-9]{14}\Z")
BROKERS = st.just("") | ACCOUNTS
LANGUAGES = st.sampled_from(["en", "fr"])

LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts that a message can carry unchanged: no control characters, no space at their ends."""
    return st.text(st.just(" ") | st.sampled_from("+:?'*") | LETTERS, max_size=most).map(str.strip)


NAMES = texts(30)


def few(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3).map(tuple)


MOVEMENTS = st.builds(
    Movement,
    transaction_number=TRANSACTION_NUMBERS,
    version=VERSIONS,
    broker=BROKERS,
    release_date=DAYS,
    accounting_date=DAYS,
    posted_day=DAYS,
    due=DAYS,
    statement_date=DAYS,
    late=st.booleans(),
    value_for_duty_cents=CENTS,
    charges=CHARGE_SUMS,
    before_cents=st.none() | CENTS,
    after_cents=CENTS,
)
REFERENCES = texts(120).filter(lambda text: bool(text) and "  " not in text)
REASONS = texts(300).filter(lambda text: "  " not in text)
INSTANTS = st.datetimes(datetime(2024, 10, 21), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EXACT = st.decimals(-(10**9), 10**9, places=12)
ACTS = st.one_of(
    st.builds(
        acts.PaymentReceived,
        reference=REFERENCES,
        payer=NAMES,
        method=st.sampled_from(METHODS),
        received_at=INSTANTS,
        value_day=DAYS,
        requested=few(REFERENCES),
        source=NAMES,
        quoted=REASONS,
    ),
    st.builds(acts.PaymentAssigned, payment=REFERENCES, account=ACCOUNTS),
    st.builds(acts.PaymentDishonoured, payment=REFERENCES, reason=REASONS),
    st.builds(acts.CreditGranted, origin=REFERENCES, reason=REASONS, applied=st.none() | DAYS),
    st.builds(acts.CreditDisbursed, reference=REFERENCES, method=st.sampled_from(["cheque", "transfer"])),
    st.builds(
        acts.InterestCharged,
        on=REFERENCES,
        basis=st.sampled_from(["specified", "prescribed"]),
        kind=st.sampled_from(["interim", "final"]),
        through=DAYS,
        base_cents=CENTS,
        to_date_cents=CENTS,
        days=COUNTS,
        spans=few(
            st.builds(
                InterestSpan,
                first_day=DAYS,
                last_day=DAYS,
                days=COUNTS,
                percent=st.decimals(0, 30, places=4),
                balance=EXACT,
                interest=EXACT,
            )
        ),
    ),
    st.builds(
        acts.PenaltyRaised,
        code=st.sampled_from(["C288", "C292", "C336"]),
        on=REFERENCES,
        day=DAYS,
        served=DAYS,
        source=REASONS,
        relief=REASONS,
    ),
    st.builds(
        acts.Waived,
        entry=REFERENCES,
        reason=REASONS,
        person=NAMES,
        manner=st.sampled_from(["waived", "reversed"]),
    ),
    st.builds(acts.BroughtForward, explanation=REASONS, arose=DAYS, interest_from=st.none() | DAYS),
    st.builds(acts.Cleared, strategy=NAMES, undone=REASONS),
    st.builds(
        acts.SecurityMoved, instrument=REFERENCES, reason=REASONS, method=st.none() | st.sampled_from(METHODS)
    ),
)
ALLOCATIONS = st.builds(
    Allocation,
    credit=REFERENCES,
    kind=st.sampled_from(CREDIT_KINDS),
    reference=REFERENCES,
    charge=st.none() | st.sampled_from(BILLED),
    due=st.none() | DAYS,
    cents=CENTS,
)
ACTIVITIES = st.builds(
    Activity,
    kind=st.sampled_from(
        ["opening", "payment", "credit", "disbursement", "interest", "penalty", "clearing", "security"]
    ),
    key=REFERENCES,
    reference=st.just("") | REFERENCES,
    transaction_number=st.just("") | TRANSACTION_NUMBERS,
    event_day=DAYS,
    posted_day=DAYS,
    statement_date=DAYS,
    due=st.none() | DAYS,
    charges=CHARGE_SUMS,
    credits=CREDIT_SUMS,
    disbursed_cents=CENTS,
    allocations=few(ALLOCATIONS),
    act=st.none() | ACTS,
)
DAILY_NOTICES = st.builds(
    DailyNotice,
    number=NUMBERS,
    account=ACCOUNTS,
    name=NAMES,
    day=DAYS,
    issued=DAYS,
    sections=few(st.builds(DueSection, due=DAYS, movements=few(MOVEMENTS), cents=CENTS)),
    activities=few(ACTIVITIES),
    charges=CHARGE_SUMS,
    credits=CREDIT_SUMS,
    disbursed_cents=CENTS,
    cents=CENTS,
    late_count=COUNTS,
    supplement=st.integers(0, 9),
    broker=st.just("") | BUSINESS_NUMBERS,
)
OPENING_ITEMS = st.builds(
    OpeningItem,
    transaction_number=st.just("") | TRANSACTION_NUMBERS,
    version=st.just(0) | VERSIONS,
    broker=BROKERS,
    due=st.none() | DAYS,
    statement_date=DAYS,
    reference=st.just("") | REFERENCES,
    credit=st.none() | st.sampled_from(CREDIT_KINDS),
    charges=CHARGE_SUMS,
    cents=CENTS,
)
PERIOD_PARTS = st.builds(
    PeriodPart,
    stream=st.sampled_from(STREAMS),
    period_start=DAYS,
    period_end=DAYS,
    movements=few(MOVEMENTS),
    charges=CHARGE_SUMS,
    cents=CENTS,
)
STATEMENTS = st.builds(
    Statement,
    number=NUMBERS,
    account=ACCOUNTS,
    name=NAMES,
    statement_date=DAYS,
    issued=DAYS,
    payment_due=DAYS,
    opening_items=few(OPENING_ITEMS),
    opening_cents=CENTS,
    parts=few(PERIOD_PARTS),
    activities=few(ACTIVITIES),
    charges=CHARGE_SUMS,
    credits=CREDIT_SUMS,
    disbursed_cents=CENTS,
    security=st.none() | st.builds(SecurityState, secured_cents=CENTS, used_cents=CENTS),
    payment_due_before=st.none() | DAYS,
    payment_due_moved_by=NAMES,
    version=st.integers(1, 99),
    correction=st.none()
    | st.builds(
        Correction,
        replaces=st.integers(1, 98),
        reason=REASONS,
        differences=few(st.builds(Difference, field=NAMES, before=REASONS, after=REASONS)),
    ),
    new_cents=CENTS,
    payable_cents=CENTS,
    brokers=few(
        st.builds(BrokerShare, broker=st.just("") | BUSINESS_NUMBERS, name=NAMES, count=COUNTS, cents=CENTS)
    ),
)
CLIENTS = st.builds(
    ClientGroup,
    account=ACCOUNTS,
    name=NAMES,
    accepted=COUNTS,
    rejected=COUNTS,
    late=COUNTS,
    charges=CHARGE_SUMS,
    cents=CENTS,
    movements=few(MOVEMENTS),
)
BROKER_SUMMARIES = st.builds(
    BrokerSummary,
    number=NUMBERS,
    broker=BUSINESS_NUMBERS,
    name=NAMES,
    first_day=DAYS,
    last_day=DAYS,
    issued=DAYS,
    clients=few(CLIENTS),
    accepted=COUNTS,
    rejected=COUNTS,
    charges=CHARGE_SUMS,
    cents=CENTS,
    supplement=st.integers(0, 9),
)
BILLING_DATES = st.builds(
    BillingDates,
    accounting_due=DAYS,
    period_start=DAYS,
    period_end=DAYS,
    statement_date=DAYS,
    payment_due=DAYS,
    interest_from=DAYS,
)
OWED = st.integers(0, 10**14)
ASSESSED_LINES = st.builds(
    AssessedLine,
    line=NUMBERS.filter(lambda number: number < 10**6),
    treatment=texts(10),
    rate=texts(40),
    sima_code=st.sampled_from(["", "20", "51"]),
    value_for_duty_cents=OWED,
    value_for_tax_cents=OWED,
    **{f"{charge}_cents": OWED for charge in CHARGES},
    explanation=st.just(()),
    findings=st.just(()),
)
PLACES = st.builds(
    Where,
    byte=st.none() | COUNTS,
    line=st.none() | NUMBERS,
    segment=st.none() | st.sampled_from(["NAD", "CST", "LOC"]),
    segment_position=st.none() | NUMBERS,
    element=st.none() | st.integers(2, 20),
    component=st.none() | st.integers(1, 9),
    xpath=st.none() | st.just("/Declaration/Line[2]/Origin"),
    field=st.none() | st.just("lines[1].origin"),
)
FINDINGS = st.builds(
    Finding,
    code=st.just("XML-01"),
    severity=st.sampled_from(["error", "warning"]),
    where=PLACES,
    found=st.none() | texts(200).filter(bool),
    expected=st.none() | texts(200).filter(bool),
    edifact_code=st.none(),
    values=st.just({}),
)
ANSWERS = st.builds(
    Answer,
    interchange=TRANSACTION_NUMBERS,
    message=st.integers(1, 99).map(str),
    transaction_number=TRANSACTION_NUMBERS,
    version=VERSIONS,
    importer=st.just("") | ACCOUNTS,
    verdict=st.sampled_from(["accepted", "rejected"]),
    language=LANGUAGES,
    findings=few(FINDINGS),
    accounting_date=st.none() | DAYS,
    late=st.booleans(),
    dates=st.none() | BILLING_DATES,
    assessment=st.none()
    | st.builds(
        Assessment, lines=st.lists(ASSESSED_LINES, min_size=1, max_size=3).map(tuple), tables=texts(40)
    ),
)
PAPERS = DAILY_NOTICES | STATEMENTS | BROKER_SUMMARIES | ANSWERS
