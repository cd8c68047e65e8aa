"""Which papers can there be? Hypothesis strategies for every paper that a recipient can get."""

from datetime import date

from hypothesis import strategies as st

from schemas.assessment import CHARGES, AssessedLine, Assessment
from schemas.billing import BillingDates
from schemas.findings import Finding, Where
from schemas.papers import (
    Answer,
    BrokerShare,
    BrokerSummary,
    ClientGroup,
    DailyNotice,
    DueSection,
    Movement,
    OpeningItem,
    PeriodPart,
    Statement,
)
from schemas.registry import STREAMS

DAYS = st.dates(date(2024, 10, 21), date(2099, 12, 31))
CENTS = st.integers(-(10**14), 10**14)
COUNTS = st.integers(0, 10**6)
NUMBERS = st.integers(1, 10**6)
VERSIONS = st.integers(1, 99999)
CHARGE_SUMS = st.dictionaries(st.sampled_from(CHARGES), CENTS)
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
DAILY_NOTICES = st.builds(
    DailyNotice,
    number=NUMBERS,
    account=ACCOUNTS,
    name=NAMES,
    day=DAYS,
    issued=DAYS,
    sections=few(st.builds(DueSection, due=DAYS, movements=few(MOVEMENTS), cents=CENTS)),
    charges=CHARGE_SUMS,
    cents=CENTS,
    late_count=COUNTS,
)
OPENING_ITEMS = st.builds(
    OpeningItem,
    transaction_number=TRANSACTION_NUMBERS,
    version=VERSIONS,
    broker=BROKERS,
    due=DAYS,
    statement_date=DAYS,
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
    charges=CHARGE_SUMS,
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
