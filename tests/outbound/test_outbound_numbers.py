"""Are numbers drawn without gaps, on both databases?"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine

from outbound.numbers import control_reference, draw, draw_all, draw_paper_number, draw_paper_numbers


def test_numbers_start_at_one_and_go_on_without_a_gap(connection: Connection):
    assert [draw(connection, "B1", count) for count in (1, 3, 1)] == [1, 2, 5]


def test_every_recipient_has_its_own_numbers(connection: Connection):
    draw(connection, "B1", 7)
    assert draw_all(connection, {"B2": 2, "B1": 1}) == {"B2": 1, "B1": 8}


def test_paper_numbers_run_by_subject_and_kind(connection: Connection):
    assert draw_paper_number(connection, "A", "statement") == 1
    assert draw_paper_number(connection, "A", "daily-notice") == 1
    assert draw_paper_numbers(connection, ["B", "A"], "statement") == {"A": 2, "B": 1}


def test_nothing_drawn_is_no_number(connection: Connection):
    assert draw_all(connection, {}) == {}


def test_a_draw_that_is_rolled_back_leaves_no_gap(engine: Engine):
    with engine.begin() as connection:
        draw(connection, "B1")
    with engine.connect() as connection:
        assert draw(connection, "B1") == 2
        connection.rollback()
    with engine.begin() as connection:
        assert draw(connection, "B1") == 2


@pytest.mark.parametrize("engine", ["postgres_url"], indirect=True)
def test_workers_that_draw_at_the_same_time_share_no_number(engine: Engine):
    def draw_two(_turn: int) -> int:
        with engine.begin() as connection:
            return draw_all(connection, {"B1": 2, "B2": 1})["B1"]

    with ThreadPoolExecutor(4) as workers:
        firsts = sorted(workers.map(draw_two, range(40)))
    assert firsts == list(range(1, 81, 2))


def test_a_reference_fills_its_data_element():
    assert control_reference(42) == "00000000000042"
