"""Accounts, declarations, payments and instruments for the tests of security, in one line each."""

from datetime import UTC, date, datetime, timedelta

from accounting.acts import act_entry
from accounting.calendar import billing_dates
from accounting.journal import accept
from accounting.ledger import post
from ingest import registry
from ingest.audit import Author
from schemas.acts import PaymentReceived
from schemas.assessment import AssessedLine, Assessment
from schemas.book import Credit
from schemas.cad import Declaration, Invoice, Line, Party
from schemas.registry import Importer, Registry
from schemas.security import Instrument

BUSINESS = "123456782"
ACCOUNT, OTHER, EXPORTER = f"{BUSINESS}RM0001", f"{BUSINESS}RM0002", f"{BUSINESS}RM0003"
MARCH = date(2026, 3, 16)


def at(day, hour=15):
    """The UTC instant of an hour of an Eastern day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def ann(day=MARCH):
    return Author("Ann", "a letter", at(day))


def register(connection):
    importers = (
        Importer(account=ACCOUNT, name="One"),
        Importer(account=OTHER, name="Two"),
        Importer(account=EXPORTER, name="Three", kind="exporter"),
    )
    registry.write(connection, Registry(importers={each.account: each for each in importers}))


def agreement(name="SB-1", **news):
    plain = {"form": "agreement", "holder": ACCOUNT, "amount_cents": 600_000, "provider": "Example Surety"}
    days = {"valid_from": date(2026, 1, 1), "since": date(2026, 1, 1)}
    return Instrument.model_validate({"id": name} | plain | days | news)


def deposit(name="DEP-1", cents=500_000, day=date(2026, 1, 1), **news):
    plain = {"form": "deposit", "holder": ACCOUNT, "amount_cents": cents, "moved_cents": cents}
    days = {"valid_from": day, "since": day}
    return Instrument.model_validate({"id": name, "method": "electronic"} | plain | days | news)


def file_declaration(connection, number, cents, released=MARCH, account=ACCOUNT):
    """Post a declaration that owes GST; posted on the day after its release."""
    cad = Declaration(
        transaction_number=number,
        version=1,
        function="original",
        type="AB",
        importer=Party(identifier=account),
        release_date=released,
        invoices=(Invoice(number="1"),),
        lines=(Line(number=1, invoice="1", classification="9403501000"),),
    )
    entries = accept(
        cad,
        Assessment(lines=(AssessedLine(line=1, treatment="MFN", rate="0%", gst_cents=cents),)),
        stream="commercial",
        dates=billing_dates("commercial", released),
        event_day=released + timedelta(days=1),
        posted_at=at(released + timedelta(days=1)),
        late=False,
        replaced=None,
    )
    post(connection, entries)


def pay(connection, reference, cents, day, account=ACCOUNT):
    """Post a payment that waits as a free credit."""
    key = f"payment/electronic/{account}/{reference}"
    act = PaymentReceived(
        reference=reference, payer=account, method="electronic", received_at=at(day), value_day=day
    )
    credit = Credit(key=key, kind="payment", cents=cents, day=day)
    entry = act_entry(
        act,
        key=key,
        party=account,
        stream="commercial",
        event_day=day,
        posted_at=at(day),
        contra="cash.received",
        credit=credit,
    )
    post(connection, [entry])
