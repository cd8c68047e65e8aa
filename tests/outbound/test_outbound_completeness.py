"""Can a recipient prove by itself that nothing is missing?"""

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from outbound.completeness import Listed, Run, Shortfall, completeness, outstanding, runs, shortfall

DAY = date(2026, 11, 16)
NEXT = date(2026, 11, 17)


def listed(number: int, digest: str = "aa", kind="daily-notice") -> Listed:
    return Listed(number=number, kind=kind, subject="100000009RM0001", digest=digest, cents=number * 100)


def papers(*numbers: int) -> list[Listed]:
    return [listed(number) for number in numbers]


def test_the_digest_names_counts_and_sums_by_kind():
    summed = completeness("B1", DAY, [*papers(8, 7, 12), listed(9, kind="statement")])
    assert summed.numbers == (Run(first=7, last=9), Run(first=12, last=12))
    assert summed.counts == {"daily-notice": 3, "statement": 1}
    assert summed.cents == {"daily-notice": 2700, "statement": 900}


@given(st.permutations([7, 8, 9, 12]))
def test_the_order_of_arrival_does_not_matter(order):
    sent = completeness("B1", DAY, papers(7, 8, 9, 12))
    assert completeness("B1", DAY, papers(*order)) == sent
    assert shortfall(sent, papers(*order)).complete


@given(st.sets(st.integers(1, 200)))
def test_runs_hold_the_numbers_and_no_other(numbers):
    found = runs(sorted(numbers))
    assert [number for run in found for number in range(run.first, run.last + 1)] == sorted(numbers)
    assert all(after.first > before.last + 1 for before, after in itertools.pairwise(found))


def test_a_missing_paper_is_named():
    sent = completeness("B1", DAY, papers(7, 8, 9))
    assert shortfall(sent, papers(7, 9)) == Shortfall(missing=(8,))


def test_a_paper_that_was_never_sent_is_named():
    sent = completeness("B1", DAY, papers(7))
    assert shortfall(sent, papers(7, 99)) == Shortfall(surplus=(99,))


def test_a_paper_that_was_changed_on_the_way_shows():
    sent = completeness("B1", DAY, papers(7, 8))
    assert shortfall(sent, [listed(7), listed(8, digest="ab")]) == Shortfall(altered=True)


def test_nothing_today_is_not_the_same_as_something_lost():
    assert shortfall(completeness("B1", DAY, []), []).complete
    assert not shortfall(completeness("B1", DAY, papers(7)), []).complete


def test_a_number_that_is_sent_a_day_later_is_outstanding_until_then():
    first, second = completeness("B1", DAY, papers(1, 2, 4)), completeness("B1", NEXT, papers(3, 5))
    assert outstanding([first]) == (Run(first=3, last=3),)
    assert outstanding([first, second]) == outstanding([]) == ()
