from datetime import UTC, date, datetime, timedelta

import pytest
from books import IMPORTER, OTHER_BROKER, POSTED, TRANSACTION, accepted, assessment, declaration

from accounting.calendar import billing_dates
from accounting.journal import content, is_same, read, statement_date
from accounting.packing import pack, unpack
from schemas.acts import PenaltyRaised
from schemas.assessment import AssessedLine, Assessment, Step
from schemas.book import Allocation, Credit, Entry, OpenItem, Posting
from schemas.findings import Finding, Where

(FIRST,) = accepted(declaration(), assessment(10_000, 500, 200_000))


def test_a_first_version_is_owed_and_earned_by_charge() -> None:
    assert FIRST.key == f"cad/{TRANSACTION}/1"
    assert FIRST.party == IMPORTER
    assert FIRST.postings == (
        Posting(account="receivable.customs_duty", cents=10_000),
        Posting(account="revenue.customs_duty", cents=-10_000),
        Posting(account="receivable.gst", cents=500),
        Posting(account="revenue.gst", cents=-500),
    )
    due, statement = date(2026, 3, 31), date(2026, 3, 25)
    assert FIRST.items == (
        OpenItem(charge="customs_duty", cents=10_000, due=due, statement_date=statement),
        OpenItem(charge="gst", cents=500, due=due, statement_date=statement),
    )


def test_a_correction_is_the_exact_mirror_and_the_new_entry() -> None:
    later = POSTED + timedelta(days=10)
    mirror, second = accepted(
        declaration(2, broker=OTHER_BROKER), assessment(8_000), posted_at=later, replaced=FIRST
    )
    assert (mirror.key, mirror.kind, mirror.version) == (f"{FIRST.key}/reversal", "reversal", 1)
    assert [(p.account, p.cents) for p in mirror.postings] == [(p.account, -p.cents) for p in FIRST.postings]
    assert mirror.value_for_duty_cents == -FIRST.value_for_duty_cents
    assert {item.due for item in mirror.items} == {item.due for item in FIRST.items}
    assert {item.statement_date for item in (*mirror.items, *second.items)} == {date(2026, 4, 25)}
    assert mirror.broker == second.broker == OTHER_BROKER
    assert second.key == f"cad/{TRANSACTION}/2"


def test_a_cancelled_declaration_owes_nothing_and_is_still_in_the_book() -> None:
    mirror, cancelled = accepted(declaration(2, function="cancellation"), assessment(10_000), replaced=FIRST)
    assert sum(p.cents for p in mirror.postings if p.account.startswith("receivable.")) == -10_500
    assert (cancelled.postings, cancelled.items) == ((), ())


def test_the_same_version_again_has_no_mirror_and_says_the_same() -> None:
    (again,) = accepted(
        declaration(),
        assessment(10_000, 500, 200_000),
        posted_at=POSTED + timedelta(days=40),
        replaced=FIRST,
    )
    assert again != FIRST
    assert is_same(again, FIRST)


@pytest.mark.parametrize(
    "other",
    [
        accepted(declaration(), assessment(10_001, 500, 200_000)),
        accepted(declaration(), assessment(10_000, 500, 200_001)),
        accepted(declaration(broker=OTHER_BROKER), assessment(10_000, 500, 200_000)),
        accepted(declaration(), assessment(10_000, 500, 200_000), late=True),
    ],
)
def test_other_content_is_not_the_same(other: tuple[Entry, ...]) -> None:
    assert not is_same(other[0], FIRST)


def test_an_earlier_version_cannot_follow_a_later_one() -> None:
    _, second = accepted(declaration(2), assessment(8_000), replaced=FIRST)
    with pytest.raises(ValueError, match="version 2 stands already"):
        accepted(declaration(1), assessment(8_000), replaced=second)


# Released on 16 March 2026: the calendar says the statement of 25 March.
@pytest.mark.parametrize(
    ("posted_at", "expected"),
    [
        (datetime(2026, 3, 16, 12, tzinfo=UTC), date(2026, 3, 25)),
        (datetime(2026, 3, 25, 3, 59, tzinfo=UTC), date(2026, 3, 25)),  # 23:59 on the 24th, Eastern
        (datetime(2026, 3, 25, 4, 0, tzinfo=UTC), date(2026, 4, 25)),  # midnight: the day of issue
        (datetime(2026, 4, 24, 12, tzinfo=UTC), date(2026, 4, 25)),
        (datetime(2026, 4, 25, 12, tzinfo=UTC), date(2026, 5, 25)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2027, 1, 25)),
    ],
)
def test_the_one_statement_of_an_entry(posted_at: datetime, expected: date) -> None:
    assert statement_date(billing_dates("commercial", date(2026, 3, 16)), posted_at) == expected


FOUND = Finding(
    code="ASM-001", where=Where(field="lines[0].origin"), found="Côte d'Ivoire", values={"a": "é"}
)
EXPLAINED = Step(figure="gst", rule="tax.gst", formula="1.00 → 0.05", since=date(2008, 1, 1), cents=5)


@pytest.mark.parametrize(
    "entry",
    [
        FIRST,
        *accepted(declaration(2, function="cancellation"), assessment(10_000), replaced=FIRST),
        FIRST.model_copy(update={"posted_at": POSTED.replace(microsecond=1), "late": True}),
        FIRST.model_copy(update={"assessment": None, "reference": "R", "broker": '"\\\n'}),
        FIRST.model_copy(
            update={
                "dates": FIRST.dates.model_copy(update={"moved_from": date(2026, 3, 30), "moved_by": "CN"})
            }
        ),
        FIRST.model_copy(
            update={
                "credit": Credit(key="k", kind="refund", cents=1, day=date(2026, 3, 1)),
                "allocations": (Allocation(credit="k", kind="refund", reference="r", cents=1),),
            }
        ),
        FIRST.model_copy(
            update={
                "assessment": Assessment(
                    lines=(
                        AssessedLine(
                            line=1, treatment="MFN", rate="5%", explanation=(EXPLAINED,), findings=(FOUND,)
                        ),
                    )
                )
            }
        ),
        FIRST.model_copy(
            update={
                "act": PenaltyRaised(
                    code="C288", on="1", day=date(2026, 3, 1), served=date(2026, 3, 2), source="s"
                )
            }
        ),
    ],
)
def test_the_text_of_an_entry_is_its_json(entry: Entry) -> None:
    assert content(entry).decode() == entry.model_dump_json()
    assert content(Entry.model_validate_json(content(entry))) == content(entry)


def test_a_packed_text_is_read_back() -> None:
    assert read(pack(content(FIRST))) == FIRST
    with pytest.raises(ValueError, match="not a packed text"):
        unpack(b"plain")


def test_another_explanation_is_not_the_same() -> None:
    assert FIRST.assessment is not None
    other = FIRST.model_copy(update={"assessment": FIRST.assessment.model_copy(update={"tables": "other"})})
    assert not is_same(other, FIRST)
