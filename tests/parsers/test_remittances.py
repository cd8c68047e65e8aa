"""Does a bank's file say what its golden says, and is every broken one told of, whatever came?"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.limits import Limits
from parsers.remittances import read_payments
from parsers.remittances.quoted import accounts_in, cents_of, instant_of, references_in
from schemas.findings import describe, rejects

FIXTURES = Path(__file__).parents[2] / "fixtures" / "payments"
GOLDENS = sorted(FIXTURES.glob("*.json"))
BROKEN = sorted((FIXTURES / "broken").glob("*.json"))
SPECIMENS = [path.with_suffix("").read_bytes() for path in [*GOLDENS, *BROKEN]]


def golden(path: Path) -> tuple[bytes, Any]:
    return path.with_suffix("").read_bytes(), json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_a_good_file_is_read(path: Path) -> None:
    payload, expected = golden(path)
    found = read_payments(payload)
    assert found.model_dump(mode="json", exclude_defaults=True) == expected
    assert not rejects(found.findings)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_fault_of_a_broken_file_is_told_in_both_languages(path: Path) -> None:
    payload, expected = golden(path)
    found = read_payments(payload).findings
    assert rejects(found)
    assert [
        {
            "code": finding.code,
            "severity": finding.severity,
            **{language: describe(finding, language).model_dump() for language in ("en", "fr")},
        }
        for finding in found
    ] == [{key: value for key, value in each.items() if key != "at"} for each in expected["findings"]]


def test_the_same_payments_are_the_same_in_both_versions_of_camt() -> None:
    new = (FIXTURES / "camt054-08.xml").read_text("utf-8")
    old = (
        new.replace("camt.054.001.08", "camt.054.001.02")
        .replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
        .replace("<Pty><Nm>", "<Nm>")
        .replace("</Nm></Pty>", "</Nm>")
    )
    assert "<Pty>" not in old
    assert read_payments(old.encode()).lines == read_payments(new.encode()).lines


RETURNED = (FIXTURES / "camt054-02-returns.xml").read_text("utf-8")
REVERSAL = "<RvslInd>true</RvslInd>"
REASON = RETURNED[RETURNED.index("<RtrInf>") : RETURNED.index("</RtrInf>") + len("</RtrInf>")]
BOOKED = re.sub(r"\n +", "", (FIXTURES / "camt054-08.xml").read_text("utf-8"))
SECOND = '<Amt Ccy="CAD">500.50</Amt>'
REMITTANCE = (FIXTURES / "remittance-820.x12").read_bytes()
REMITTED = "<RmtInf><Ustrd>999002017RM0001</Ustrd></RmtInf>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RETURNED.replace(REVERSAL, ""), ["return"]),
        (RETURNED.replace(REASON, ""), ["return"]),
        (RETURNED.replace(REVERSAL, "").replace(REASON, ""), ["PAY-014"]),
        (RETURNED.replace("DBIT", "CRDT").replace("TtlDbt", "TtlCdt"), ["payment"]),
    ],
)
def test_what_takes_back_and_what_brings(text: str, found: list[str]) -> None:
    read = read_payments(text.encode())
    assert [line.sort for line in read.lines] + [finding.code for finding in read.findings] == found


@pytest.mark.parametrize(
    ("reversal", "remitted", "account"),
    [
        ("", REMITTED, "999002017RM0001"),
        (REVERSAL, REMITTED, ""),  # a debit of ours that came back pays for nobody
        ("", REMITTED.replace("</Ustrd>", " 999002025RM0001</Ustrd>"), ""),  # of whom of the two?
        ("", "", ""),
    ],
)
def test_a_credit_is_for_the_one_account_that_it_quotes(reversal: str, remitted: str, account: str) -> None:
    text = RETURNED.replace("DBIT", "CRDT").replace("TtlDbt", "TtlCdt")
    text = text.replace(REVERSAL, reversal).replace(REASON, remitted)
    (line,) = read_payments(text.encode()).lines
    assert line.account == account
    assert bool(line.quoted) == (not account)


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        ("999002017RM0001", ("999002017RM0001",)),
        ("acct 99900 2017 rm 0001.", ("999002017RM0001",)),
        ("999-002-017-RM-0001", ("999002017RM0001",)),
        ("999002018RM0001", ()),  # its check digit does not hold
        ("999002017RT0001", ()),  # no import/export account
        ("1999002017RM0001", ()),
        ("999002017RM00019", ()),
        ("999002017RM0001 and 999002025RM0001", ("999002017RM0001", "999002025RM0001")),
    ],
)
def test_accounts_in_what_a_payer_wrote(text: str, accounts: tuple[str, ...]) -> None:
    assert accounts_in([text]) == accounts


def test_references_in_what_a_payer_wrote() -> None:
    told = ["penalty/C288/12345000000017 then 12345000000017", "1234500000002500001", "123456789012345"]
    assert references_in(told) == ("penalty/C288/12345000000017", "12345000000017", "12345000000025")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1500", 150000),
        ("0.01", 1),
        ("1.50000", 150),
        ("1.005", None),
        ("1,00", None),
        ("", None),
        ("-2.5", -250),
        (".5", 50),  # X12 writes no zero in front
        (".", None),
    ],
)
def test_amounts(text: str, cents: int | None) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-08", "2026-03-08T16:00:00+00:00"),  # noon of the day on which summer time begins
        ("2026-03-07", "2026-03-07T17:00:00+00:00"),
        ("2026-03-16T14:30:00", "2026-03-16T18:30:00+00:00"),  # without a zone: Eastern
        ("2026-03-16T14:30:00Z", "2026-03-16T14:30:00+00:00"),
    ],
)
def test_instants(text: str, utc: str) -> None:
    found = instant_of(text)
    assert found is not None
    assert found.isoformat() == utc


@pytest.mark.parametrize("text", ["", "16 March", "2026-02-30", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_instant(text: str) -> None:
    assert instant_of(text) is None


@pytest.mark.parametrize("share", [b"0.00", b"-950.00"])
def test_a_share_of_a_payment_brings_something(share: bytes) -> None:
    left = b"1250.00" if share == b"0.00" else b"2200.00"
    payload = REMITTANCE.replace(b"**1000.00~", b"**%b~" % share).replace(b"**-50.00~", b"**0.00~")
    read = read_payments(payload.replace(b"**300.00~", b"**%b~" % left))
    assert [each.code for each in read.findings] == ["PAY-005"]


@pytest.mark.parametrize("status", ["INFO", "PDNG", "FUTR"])
def test_only_what_is_booked_came_in(status: str) -> None:
    read = read_payments(BOOKED.replace("<Cd>BOOK</Cd>", f"<Cd>{status}</Cd>").encode())
    assert read.lines == ()
    assert {each.code for each in read.findings} == {"PAY-019"}


def test_what_goes_the_other_way_in_a_batch_is_taken_off() -> None:
    back = BOOKED.replace(
        f"{SECOND}<CdtDbtInd>CRDT</CdtDbtInd>", f"{SECOND}<CdtDbtInd>DBIT</CdtDbtInd>{REASON}"
    )
    back = back.replace("2500.50", "1499.50").replace("3625.50", "2624.50")
    back = re.sub("<TtlCdtNtries>.*</TtlCdtNtries>", "", back)
    read = read_payments(back.encode())
    assert [(line.sort, line.cents) for line in read.lines[:2]] == [("payment", 200000), ("return", 50050)]
    assert not rejects(read.findings)


def test_a_bank_that_tries_its_files_brings_no_money() -> None:
    found = read_payments(REMITTANCE.replace(b"*0*P*>", b"*0*T*>")).findings
    assert [(each.code, each.where.field, each.found) for each in found] == [("PAY-003", "ISA15", "T")]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n"])
def test_places_are_those_of_the_file_whatever_stands_before_it(before: bytes) -> None:
    payload = before + REMITTANCE.replace(b"*1250.00*", b"*1250,00*")
    first = read_payments(payload).findings[0]
    assert payload[first.where.byte :].startswith(b"BPR*C*1250,00*")


@pytest.mark.parametrize("payload", SPECIMENS[:4])
def test_a_file_beyond_the_limit_is_refused_unread(payload: bytes) -> None:
    assert [each.code for each in read_payments(payload, Limits(message=100)).findings] == ["XML-01"]


@given(st.sampled_from(SPECIMENS), st.integers(0, 5000), st.binary(max_size=9), st.integers(0, 30))
def test_whatever_came_nothing_raises(payload: bytes, at: int, put: bytes, cut: int) -> None:
    place = at % (len(payload) + 1)
    found = read_payments(payload[:place] + put + payload[place + cut :])
    for finding in found.findings:
        assert describe(finding, "en").message
    for line in found.lines:
        assert line.cents > 0
        assert line.reference


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise(payload: bytes) -> None:
    read_payments(payload)
    read_payments(b"<Document>" + payload)
    read_payments(b"ISA*" + payload)
    read_payments(b"record,reference,account,amount,currency,payer,method,received_at,for,reason\n" + payload)


@given(
    st.sampled_from([path for path in GOLDENS if path.name.startswith(("payments", "remittance"))]), st.data()
)
def test_a_file_that_was_cut_is_never_taken_for_a_whole_one(path: Path, data: st.DataObject) -> None:
    payload = path.with_suffix("").read_bytes().rstrip()
    short = payload[: data.draw(st.integers(0, len(payload) - 8))]
    assert rejects(read_payments(short).findings)
