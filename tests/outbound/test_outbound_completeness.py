"""Can a recipient prove by itself that nothing is missing?"""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from outbound.completeness import Listed, Shortfall, completeness, gap, shortfall

DAY = date(2026, 11, 16)
NEXT = date(2026, 11, 17)


def listed(number: int, digest: str = "aa", kind="daily-notice") -> Listed:
    return Listed(number=number, kind=kind, subject="100000009RM0001", digest=digest, cents=number * 100)


def days(*numbers: int) -> list[Listed]:
    return [listed(number) for number in numbers]


def test_the_digest_counts_and_sums_by_kind():
    summed = completeness("B1", DAY, 6, [*days(8, 7), listed(9, kind="statement")])
    assert (summed.first, summed.last) == (7, 9)
    assert summed.counts == {"daily-notice": 2, "statement": 1}
    assert summed.cents == {"daily-notice": 1500, "statement": 900}


@given(st.permutations([7, 8, 9, 10]))
def test_the_order_of_arrival_does_not_matter(order):
    sent = completeness("B1", DAY, 6, days(7, 8, 9, 10))
    assert completeness("B1", DAY, 6, days(*order)) == sent
    assert shortfall(sent, days(*order)).complete


def test_a_missing_paper_is_named():
    sent = completeness("B1", DAY, 6, days(7, 8, 9))
    assert shortfall(sent, days(7, 9)) == Shortfall(missing=(8,))


def test_a_paper_that_was_never_sent_is_named():
    sent = completeness("B1", DAY, 6, days(7))
    assert shortfall(sent, days(7, 99)) == Shortfall(surplus=(99,))


def test_a_paper_that_was_changed_on_the_way_shows():
    sent = completeness("B1", DAY, 6, days(7, 8))
    assert shortfall(sent, [listed(7), listed(8, digest="ab")]) == Shortfall(altered=True)


def test_nothing_today_is_not_the_same_as_something_lost():
    nothing = completeness("B1", DAY, 6, [])
    assert shortfall(nothing, []).complete
    assert not shortfall(completeness("B1", DAY, 6, days(7)), []).complete


def test_days_join_without_a_gap():
    first, empty = completeness("B1", DAY, 6, days(7, 8)), completeness("B1", NEXT, 8, [])
    after = completeness("B1", date(2026, 11, 18), 8, days(9))
    assert [list(gap(first, empty)), list(gap(empty, after)), list(gap(first, after))] == [[], [], []]
    assert list(gap(first, completeness("B1", NEXT, 10, days(11)))) == [9, 10]
    assert list(gap(first, completeness("B1", NEXT, 10, []))) == [9, 10]
