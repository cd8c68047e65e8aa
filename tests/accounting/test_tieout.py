"""A paper made of the book's movements ties out; with one left out, doubled or changed it does not."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accounting.billed import Billed
from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.statements import statement
from accounting.tieout import tie_notice, tie_statement
from schemas.papers import Movement, OpeningItem

ACCOUNT = "123456782RM0001"
DAY = date(2026, 3, 16)
STATEMENT = date(2026, 3, 25)


def moved(number: int, cents: int, due: int = 31) -> AccountMovement:
    return AccountMovement(
        account=ACCOUNT,
        stream="commercial",
        period_start=date(2026, 2, 18),
        period_end=date(2026, 3, 17),
        movement=Movement(
            transaction_number=f"{number:014d}",
            version=1,
            release_date=DAY,
            accounting_date=DAY,
            posted_day=DAY,
            due=date(2026, 3, due),
            statement_date=STATEMENT,
            charges={"gst": cents},
            after_cents=cents,
        ),
    )


booked = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(-(10**9), 10**9), st.sampled_from([30, 31])),
    min_size=1,
    max_size=6,
    unique_by=lambda words: words[0],
).map(lambda rows: [moved(*row) for row in rows])


def notice(movements):
    return daily_notice(ACCOUNT, "Agate", DAY, DAY, 7, movements)


def billed(movements, opening=()):
    return Billed(tuple(movements), (), tuple(opening))


def account_statement(movements, opening=()):
    return statement(ACCOUNT, "Agate", STATEMENT, STATEMENT, 7, movements, opening, {})


def sums(movements, opening=()):
    return sum(each.movement.cents for each in movements), sum(item.cents for item in opening)


def unpaid(cents):
    return OpeningItem(reference="9", due=DAY, statement_date=DAY, charges={"gst": cents}, cents=cents)


@given(booked)
def test_a_paper_of_the_book_ties_out_in_whatever_order_it_is_told(movements):
    assert list(tie_notice("key", notice(movements), movements[::-1])) == []
    opening = [unpaid(1234)]
    found, told = account_statement(movements, opening), sums(movements, opening)
    assert list(tie_statement("key", found, billed(movements[::-1], opening), told)) == []


@given(booked, st.data())
def test_a_movement_left_out_or_doubled_is_named(movements, data):
    one = data.draw(st.sampled_from(movements))
    words = f"{one.movement.transaction_number} version 1"
    for shown in ([each for each in movements if each is not one], [*movements, one]):
        for problems in (
            tie_notice("key", notice(shown), movements),
            tie_statement("key", account_statement(shown), billed(movements), sums(movements)),
        ):
            assert [words in p.message for p in problems if p.invariant == "movement"] == [True]


@given(booked)
def test_a_paper_that_is_missing_names_all_that_it_should_show(movements):
    for problems in (
        tie_notice("key", None, movements),
        tie_statement("key", None, billed(movements), sums(movements)),
    ):
        assert [found.invariant for found in problems] == ["paper"] * len(movements)


def test_a_statement_of_an_old_debt_alone_is_missed_too():
    [problem] = tie_statement("key", None, billed((), [unpaid(1234)]), (0, 1234))
    assert problem.message == "is missing; 12.34 was unpaid"


def test_the_postings_have_the_last_word():
    movements = [moved(1, 1234)]
    [problem] = tie_statement("key", account_statement(movements), billed(movements), (1235, 0))
    assert (problem.invariant, problem.message) == ("postings", "new_cents is 1234, the postings sum to 1235")
