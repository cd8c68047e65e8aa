"""Does each queue keep what its recipient has not got, and let one that is not reached rest, not for ever?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from outbound.outbox import Outgoing, Stored, pending, put
from outbound.queues import (
    deliveries,
    mark_pulled,
    mark_pushed,
    note_failure,
    put_in_queue,
    queued,
    queues,
    ready,
)
from schemas.recipients import Channel

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


def waiting(connection: Connection, channel: Channel) -> list[Stored]:
    """Store a paper and let it wait in a queue."""
    paper = Outgoing(
        key="statement/100000009RM0001/2026-11-25",
        recipient="B1",
        kind="statement",
        subject="100000009RM0001",
        day=date(2026, 11, 25),
        control_reference="00000000000001",
        syntax="edifact",
        payload=b"UNB",
    )
    put(connection, [paper], NOON)
    put_in_queue(connection, [stored.id for stored in pending(connection, 10)], channel)
    return queued(connection, "B1", channel, 10)


def test_a_recipient_that_is_not_reached_rests_twice_as_long_each_time_up_to_an_hour(connection: Connection):
    rests = [note_failure(connection, "B1", "no such folder", NOON) - NOON for _ in range(12)]
    assert rests[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert rests[7:] == [timedelta(hours=1)] * 5


def test_who_rests_is_left_alone_until_then_and_told_with_why(connection: Connection):
    waiting(connection, "folder")
    until = note_failure(connection, "B1", "no such folder", NOON)
    assert ready(connection, "folder", NOON) == []
    assert ready(connection, "folder", until) == ["B1"]
    (queue,) = queues(connection)
    assert (queue.failures, queue.retry_at, queue.reason) == (1, until, "no such folder")


def test_a_paper_that_arrived_waits_no_more_and_its_recipient_was_reached(connection: Connection):
    papers = waiting(connection, "folder")
    note_failure(connection, "B1", "no such folder", NOON)
    mark_pushed(connection, papers, "folder:/srv/edi", NOON)
    assert queues(connection) == []
    assert note_failure(connection, "B1", "gone", NOON) == NOON + timedelta(seconds=30)


@pytest.mark.parametrize(("channel", "left"), [("folder", 1), ("pull", 0)])
def test_what_waits_to_be_pushed_waits_on_when_it_is_fetched(connection: Connection, channel, left):
    papers = waiting(connection, channel)
    mark_pulled(connection, papers, NOON)
    assert len(queued(connection, "B1", channel, 10)) == left
    assert [each.destination for each in deliveries(connection)] == ["pull"]
