"""A paper made of the book's movements ties out; with one left out, doubled or changed it does not."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accounting.billed import Billed
from accounting.corrections import corrected
from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.shown import Posted, unshown
from accounting.statements import statement
from accounting.summaries import broker_summary
from accounting.tieout import Terms, tie_notices, tie_statements, tie_summaries
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


def notice(movements, supplement=0):
    return daily_notice(ACCOUNT, "Agate", DAY, DAY, 7, movements, supplement=supplement)


def tie_notice(key, paper, movements):
    return tie_notices(key, [paper] if paper else [], Posted(tuple(movements)))


def tie_statement(key, paper, booked, told):
    return tie_statements(key, [paper] if paper else [], booked, told, Terms())


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


@given(booked, st.data())
def test_a_day_closed_early_again_and_again_ties_out_with_its_supplements(movements, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(movements)), max_size=3)))
    series = []
    for end in [*cuts, len(movements)]:
        new = unshown(series, Posted(tuple(movements[:end]))).movements
        if new:
            series.append(notice(new, supplement=len(series)))
    shown = [each for paper in series for section in paper.sections for each in section.movements]
    assert sorted(each.transaction_number for each in shown) == sorted(
        each.movement.transaction_number for each in movements
    )
    assert list(tie_notices("key", series, Posted(tuple(movements)))) == []
    assert sum(paper.cents for paper in series) == sum(each.movement.cents for each in movements)


@given(booked, st.data())
def test_what_two_notices_of_a_day_show_is_named(movements, data):
    one = data.draw(st.sampled_from(movements))
    series = [notice(movements), notice([one], supplement=1)]
    problems = list(tie_notices("key", series, Posted(tuple(movements))))
    assert "movement" in {found.invariant for found in problems}
    assert {found.where for found in problems} == {"key/2"}


def test_nothing_today_is_right_when_nothing_was_posted_and_wrong_when_something_was():
    assert list(tie_notices("key", [notice([])], Posted())) == []
    problems = list(tie_notices("key", [notice([])], Posted((moved(1, 1234),))))
    assert {found.invariant for found in problems} == {"movement", "figure"}
    [stray] = tie_notices("key", [notice([moved(1, 1234)])], Posted())
    assert "the book has nothing" in stray.message


@given(booked, st.integers(0, 3), st.integers(0, 3))
def test_summaries_and_their_supplements_tie_out_rejections_too(movements, first, later):
    def summary(found, rejected, supplement=0):
        refused = {ACCOUNT: rejected} if rejected else {}
        return broker_summary("123456782", "B", DAY, DAY, DAY, 1, found, refused, supplement=supplement)

    series = [summary(movements[:1], first), summary(movements[1:], later, 1)]
    if len(movements) == 1 and not later:
        series.pop()
    told = {ACCOUNT: first + later} if first + later else {}
    assert list(tie_summaries("key", series, movements, told)) == []
    more = {ACCOUNT: first + later + 1}
    assert {found.where for found in tie_summaries("key", series, movements, more)} == {
        "key/2" if len(series) == 2 else "key"
    }
    assert list(tie_summaries("key", [], movements, {}))


@given(booked, st.data())
def test_a_corrected_statement_says_what_is_different_and_ties_out(movements, data):
    early = movements[: data.draw(st.integers(0, len(movements)))]
    before, fresh = account_statement(early), account_statement(movements)
    version = corrected(before, fresh, "it came later")
    if early == movements:
        assert version is None
        return
    told = {found.field for found in version.correction.differences}
    missing = {
        f"declaration {each.movement.transaction_number} version 1" for each in movements[len(early) :]
    }
    assert missing <= told
    assert (version.version, version.correction.replaces) == (2, 1)
    assert list(tie_statements("key", [before, version], billed(movements), sums(movements), Terms())) == []
    assert list(tie_statements("key", [before], billed(movements), sums(movements), Terms()))


def test_versions_of_a_statement_follow_one_another():
    one = account_statement([moved(1, 1234)])
    [problem] = tie_statements("key", [one, one], billed([moved(1, 1234)]), (1234, 0), Terms())
    assert (problem.invariant, problem.where) == ("version", "key/2")
