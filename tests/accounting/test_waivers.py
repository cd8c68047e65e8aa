"""What takes a penalty or interest back, whole or in part."""

from datetime import date

import pytest
from books import IMPORTER, POSTED, TRANSACTION, accepted, assessment, declaration

from accounting.acts import act_entry
from accounting.waivers import waiver_entry, waiver_faults, waiver_key
from schemas.acts import InterestCharged
from schemas.book import Entry
from schemas.money import Cents

DAY = date(2026, 5, 4)
DUES = date(2026, 4, 30), date(2026, 5, 29)


def interest(*cents: Cents) -> Entry:
    """Return an entry of interest whose parts fall due one after the other."""
    charged = InterestCharged(
        on=TRANSACTION,
        basis="specified",
        kind="interim",
        through=DAY,
        base_cents=10_000,
        to_date_cents=sum(cents),
        days=1,
        spans=(),
    )
    return act_entry(
        charged,
        key="interest/1",
        party=IMPORTER,
        stream="commercial",
        event_day=DAY,
        posted_at=POSTED,
        contra="revenue.interest",
        owed=[("interest", each, due) for each, due in zip(cents, DUES, strict=False)],
        reference=TRANSACTION,
    )


@pytest.mark.parametrize(
    ("cents", "taken"), [(None, [-300, -200]), (500, [-300, -200]), (350, [-300, -50]), (120, [-120])]
)
def test_as_much_is_owed_less_as_is_waived_part_by_part(cents, taken):
    entry = interest(300, 200)
    waiver = waiver_entry(
        entry, manner="waived", person="Ann", reason="first", day=DAY, posted_at=POSTED, cents=cents
    )
    assert [(item.cents, item.due) for item in waiver.items] == list(zip(taken, DUES, strict=False))
    assert {each.account: each.cents for each in waiver.postings} == {
        "receivable.interest": sum(taken),
        "revenue.interest": -sum(taken),
    }
    assert (waiver.key, waiver.reference) == (waiver_key(entry.key), TRANSACTION)


@pytest.mark.parametrize(
    ("entry", "cents", "said"),
    [
        (interest(300), None, []),
        (interest(300), 300, []),
        (interest(300), 301, ["3.01 cannot be waived of interest/1: it charged 3.00"]),
        (interest(300), 0, ["0.00 cannot be waived of interest/1: it charged 3.00"]),
        (interest(-300), None, ["interest/1 charges nothing: there is nothing to waive"]),
        (
            accepted(declaration(), assessment(1))[0],
            None,
            [f"cad/{TRANSACTION}/1 is of kind declaration: only penalties and interest are waived"],
        ),
    ],
)
def test_what_stands_against_a_waiver_is_told(entry, cents, said):
    assert list(waiver_faults(entry, cents)) == said
