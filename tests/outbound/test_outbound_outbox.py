"""Does the outbox keep every paper once, give it out once, and let it be written to a folder?"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from outbound.export import LISTING, export
from outbound.outbox import Outgoing, PaperConflict, mark_relayed, papers, pending, put, resend, stored_keys
from outbound.tables import delivery

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 18, 12, tzinfo=UTC)


def paper(number: int = 1, recipient: str = "B1", payload: bytes = b"UNB", **fields) -> Outgoing:
    words = {
        "key": f"statement/{recipient}/{number}",
        "recipient": recipient,
        "kind": "statement",
        "subject": "100000009RM0001",
        "day": date(2026, 11, 25),
        "control_reference": f"{number:014d}",
        "syntax": "edifact",
        "payload": payload,
    }
    return Outgoing(**words | fields)


def test_a_paper_comes_out_as_it_went_in(connection: Connection):
    put(connection, [paper()], NOON)
    (stored,) = pending(connection, 10)
    assert stored.model_dump(exclude={"id", "created_at", "relayed_at", "channel"}) == paper().model_dump()
    assert (stored.created_at, stored.relayed_at, stored.digest) == (NOON, None, paper().digest)


def test_the_same_paper_again_changes_nothing(connection: Connection):
    assert put(connection, [paper()], NOON) == 1
    assert put(connection, [paper(), paper(2)], LATER) == 1
    assert [stored.created_at for stored in pending(connection, 10)] == [NOON, LATER]


def test_a_paper_twice_in_one_batch_is_stored_once(connection: Connection):
    assert put(connection, [paper(), paper()], NOON) == 1


@pytest.mark.parametrize("held_before", [True, False])
def test_other_content_under_a_taken_key_is_refused(connection: Connection, held_before):
    changed = paper(payload=b"UNB+other")
    batches = [[paper()], [paper(2), changed]] if held_before else [[paper(), changed]]
    *before, last = batches
    for batch in before:
        put(connection, batch, NOON)
    with pytest.raises(PaperConflict, match="statement/B1/1"):
        put(connection, last, NOON)


def test_no_papers_is_no_work(connection: Connection):
    assert put(connection, [], NOON) == 0
    mark_relayed(connection, [], NOON, "edi.outbound")
    assert pending(connection, 10) == []


def test_what_has_left_does_not_wait(connection: Connection):
    put(connection, [paper(number) for number in (1, 2, 3)], NOON)
    first, second = pending(connection, 2)
    mark_relayed(connection, [first.id, second.id], NOON, "edi.outbound")
    assert [waiting.key for waiting in pending(connection, 10)] == ["statement/B1/3"]


def test_a_second_delivery_is_logged_and_keeps_the_first_instant(connection: Connection):
    put(connection, [paper()], NOON)
    (waiting,) = pending(connection, 1)
    mark_relayed(connection, [waiting.id], NOON, "edi.outbound")
    mark_relayed(connection, [waiting.id], LATER, "folder")
    log = select(delivery.c.destination, delivery.c.delivered_at).order_by(delivery.c.id)
    assert [tuple(row) for row in connection.execute(log)] == [("edi.outbound", NOON), ("folder", LATER)]
    assert [stored.relayed_at for stored in papers(connection)] == [NOON]


def test_a_paper_to_be_sent_again_waits_again_with_its_bytes(connection: Connection):
    put(connection, [paper(), paper(2)], NOON)
    first, second = pending(connection, 2)
    mark_relayed(connection, [first.id, second.id], NOON, "edi.outbound")
    resend(connection, [first.key])
    assert pending(connection, 10) == [first]


def test_papers_can_be_read_by_recipient_and_since_a_cursor(connection: Connection):
    put(connection, [paper(1), paper(1, "B2"), paper(2)], NOON)
    first, *_rest = mine = list(papers(connection, recipient="B1"))
    assert [stored.key for stored in mine] == ["statement/B1/1", "statement/B1/2"]
    assert [stored.recipient for stored in papers(connection, after_id=first.id)] == ["B2", "B1"]


def test_asking_for_keys_finds_those_that_are_held(connection: Connection):
    put(connection, [paper()], NOON)
    unknown = [f"statement/B9/{number}" for number in range(1200)]
    assert stored_keys(connection, ["statement/B1/1", *unknown]) == {"statement/B1/1"}


def test_two_papers_under_one_control_reference_are_refused(connection: Connection):
    with pytest.raises(IntegrityError), connection.begin_nested():
        put(connection, [paper(), paper(key="another")], NOON)


def test_the_folder_is_the_same_however_often_it_is_written(connection: Connection, tmp_path: Path):
    put(connection, [paper(2, "B2", syntax="xml"), paper(1), paper(2, payload=b"second")], NOON)
    files = export(connection, tmp_path)
    listing = (tmp_path / LISTING).read_bytes()
    assert export(connection, tmp_path) == files
    assert (tmp_path / LISTING).read_bytes() == listing
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "B1/00000000000001-statement.edi",
        "B1/00000000000002-statement.edi",
        "B2/00000000000002-statement.xml",
    ]
    assert files[1].read_bytes() == b"second"


def test_a_recipient_cannot_name_a_folder_elsewhere(connection: Connection, tmp_path: Path):
    put(connection, [paper(recipient="../../etc"), paper(recipient="..")], NOON)
    assert all(
        file.is_relative_to(tmp_path) and ".." not in file.parts for file in export(connection, tmp_path)
    )


def test_the_folder_holds_papers_and_their_listing_and_nothing_else(connection: Connection, tmp_path: Path):
    put(connection, [paper()], NOON)
    export(connection, tmp_path / "out")
    written = (tmp_path / "out").rglob("*.*")
    assert sorted(path.name for path in written) == ["00000000000001-statement.edi", LISTING]
