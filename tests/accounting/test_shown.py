"""Which of several papers of a day shows what was posted."""

from datetime import date
from itertools import starmap

from books import BROKER, IMPORTER

from accounting.movements import AccountMovement
from accounting.notices import daily_notice
from accounting.shown import Posted, shares, unshown
from schemas.papers import DailyNotice, Movement

DAY, DUE, ISSUED = date(2026, 3, 17), date(2026, 3, 31), date(2026, 3, 18)


def moved(version: int, before: int | None, after: int) -> AccountMovement:
    return AccountMovement(
        account=IMPORTER,
        stream="commercial",
        period_start=date(2026, 2, 18),
        period_end=DAY,
        movement=Movement(
            transaction_number="1",
            version=version,
            broker=BROKER,
            release_date=DAY,
            accounting_date=DAY,
            posted_day=DAY,
            due=DUE,
            statement_date=date(2026, 3, 25),
            charges={"gst": after - (before or 0)},
            before_cents=before,
            after_cents=after,
        ),
    )


CAME, LEFT = moved(1, None, 500), moved(1, 500, 0)


def notice(place: int, *shown: AccountMovement) -> DailyNotice:
    return daily_notice(IMPORTER, "Importer", DAY, ISSUED, place + 1, shown, (), supplement=place)


def test_a_version_that_left_the_account_is_another_movement_than_its_coming():
    assert unshown([notice(0, CAME)], Posted((CAME, LEFT))) == Posted((LEFT,))
    assert unshown([notice(0, CAME), notice(1, LEFT)], Posted((CAME, LEFT))) == Posted()


def test_each_paper_of_a_series_has_its_own_part_and_the_last_what_none_shows():
    second, third = moved(2, 500, 700), moved(3, 700, 900)
    papers = list(starmap(notice, [(0, CAME), (1, second)]))
    assert shares(papers, Posted((CAME, second, third))) == [Posted((CAME,)), Posted((second, third))]
