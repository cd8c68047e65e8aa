"""Decisions of the validate stage that need history: adjustments, and repeats of a version that stands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

import parsers
from accounting import ledger
from accounting.verify import verify
from cadline.database import reading, writing
from cadline.sample_days import SAMPLE_DAYS, sample_days
from cadline.settings import Settings
from cadline.wiring import House
from ingest import audit, registry, tables
from ingest.adjustments import NotWaiting, rule, waiting
from ingest.audit import Author
from ingest.doors import inbound
from ingest.records import VALIDATED, Outgoing
from outbound.tables import outbox
from parsers.edifact import write_interchange
from schemas.cad import ChangeReason
from schemas.filing import Accepted
from schemas.papers import Header
from schemas.registry_files import read_registry

MONDAY = datetime(2026, 3, 16, 13, tzinfo=UTC)
MAY = datetime(2026, 5, 20, 13, tzinfo=UTC)
UP = sample_days()[1].files[3]
"""The file of the sample days that corrects 90101260000005."""

WITHDRAWN = ChangeReason(code="R5-00-COT", explanation="filed twice for one shipment")


@pytest.fixture
def house(sqlite_url):
    house = House(Settings(database=sqlite_url, tables=SAMPLE_DAYS / "tables", clock="2026-03-16T13:00:00Z"))
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    send(house, sample_days()[0].files[0].read_bytes(), MONDAY)
    yield house
    house.close()


def send(house, payload, instant):
    house.clock.instant = instant
    with writing(house.engine) as connection:
        house.log.publish(connection, [inbound(payload, instant)])
    house.shift().until_idle()


def decided(house, number):
    query = (
        select(tables.decision.c.version, tables.decision.c.verdict)
        .where(tables.decision.c.transaction_number == number)
        .order_by(tables.decision.c.decided_at, tables.decision.c.version)
    )
    with reading(house.engine) as connection:
        assert verify(connection) == []
        return [tuple(row) for row in connection.execute(query)]


def entry_keys(house, number):
    with reading(house.engine) as connection:
        return sorted(e.key for e in ledger.entries(connection) if e.transaction_number == number)


def answers(house):
    with reading(house.engine) as connection:
        return connection.scalars(select(outbox.c.key).where(outbox.c.kind == "answer")).all()


def test_a_change_after_the_payment_due_date_is_answered_and_waits(house):
    send(house, UP.read_bytes(), MAY)
    assert decided(house, "90101260000005") == [(1, "accepted"), (2, "pending")]
    assert entry_keys(house, "90101260000005") == ["cad/90101260000005/1"]
    assert len(answers(house)) == 11
    with reading(house.engine) as connection:
        assert [each.number for each in waiting(connection)] == ["9010126000000500002"]


def test_an_approved_adjustment_is_posted_once_and_answered_once(house):
    send(house, UP.read_bytes(), MAY)
    house.clock.instant = MAY + timedelta(days=1)  # an answer made anew would bear another date
    for _ in range(2):
        with writing(house.engine) as connection:
            officer = Author("M. Tremblay", "documents seen", MAY)
            house.log.publish(connection, rule(connection, "9010126000000500002", "approved", officer))
        house.shift().until_idle()
    assert entry_keys(house, "90101260000005") == [
        "cad/90101260000005/1",
        "cad/90101260000005/1/reversal",
        "cad/90101260000005/2",
    ]
    assert len(answers(house)) == 11


def test_a_refused_adjustment_is_never_posted_and_its_ruling_stands(house):
    send(house, UP.read_bytes(), MAY)
    officer = Author("M. Tremblay", "no documents", MAY)
    with writing(house.engine) as connection:
        assert rule(connection, "9010126000000500002", "refused", officer) == []
    with writing(house.engine) as connection, pytest.raises(NotWaiting, match="waiting: none"):
        rule(connection, "9010126000000500002", "approved", officer)
    assert entry_keys(house, "90101260000005") == ["cad/90101260000005/1"]


def test_adjustments_of_a_declaration_are_ruled_on_in_their_order(house):
    send(house, UP.read_bytes(), MAY)
    send(house, written("AGATECB", "NEXT", later(UP, version=3)), MAY)
    officer = Author("M. Tremblay", "documents seen", MAY)
    with (
        writing(house.engine) as connection,
        pytest.raises(NotWaiting, match="0500002 is to be ruled on first"),
    ):
        rule(connection, "9010126000000500003", "approved", officer)


def test_a_refused_withdrawal_keeps_its_number_and_nothing_else(house):
    withdrawal = later(UP, function="cancellation", reasons=(WITHDRAWN,))
    send(house, written("AGATECB", "WITHDRAW", withdrawal), MAY)
    with writing(house.engine) as connection:
        rule(connection, "9010126000000500002", "refused", Author("M. Tremblay", "sold already", MAY))
    send(house, written("AGATECB", "TAKEN", later(UP, version=2)), MAY)
    send(house, written("AGATECB", "NEXT", later(UP, version=3)), MAY + timedelta(days=1))
    assert decided(house, "90101260000005") == [
        (1, "accepted"),
        (2, "pending"),
        (2, "rejected"),
        (3, "pending"),
    ]


def test_the_same_version_in_another_interchange_gets_the_first_answer_again(house):
    cad = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[0].cad
    send(house, written("AGATECB", "REPEATED", cad), MAY)
    assert decided(house, cad.transaction_number) == [(1, "accepted"), (1, "repeated")]
    assert entry_keys(house, cad.transaction_number) == [f"cad/{cad.transaction_number}/1"]
    assert len(answers(house)) == 11


def test_a_version_that_was_replaced_is_answered_again_too(house):
    first = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[4].cad
    send(house, UP.read_bytes(), MONDAY + timedelta(days=1))
    send(house, written("AGATECB", "REPEATED", first), MAY)
    assert decided(house, "90101260000005") == [(1, "accepted"), (2, "accepted"), (1, "repeated")]


def test_nobody_gets_the_answer_to_what_another_declared(house):
    cad = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[0].cad
    send(house, written("BOREALCD", "COPIED", cad), MAY)
    assert decided(house, cad.transaction_number) == [(1, "accepted"), (1, "rejected")]


def later(file, **changes):
    """Return the declaration of a file with some fields changed."""
    return parsers.read(file.read_bytes())[0].messages[0].cad.model_copy(update=changes)


def written(sender, reference, cad):
    header = Header(sender=sender, recipient="CARM", control_reference=reference, prepared=MONDAY)
    return write_interchange("cusdec_d13a", header, [cad])


def test_a_version_behind_a_later_one_is_never_skipped_in_silence(house):
    """A change of importer takes another partition: records out of order end as a dead letter."""
    send(house, UP.read_bytes(), MONDAY)
    with writing(house.engine) as connection:
        contents = connection.scalars(
            select(tables.decision.c.content).where(tables.decision.c.verdict == "accepted")
        ).all()
        first = Accepted.model_validate_json(contents[0])
        later = first.filing.cad.model_copy(update={"transaction_number": "90101269999999", "version": 2})
        earlier = later.model_copy(update={"version": 1})
        filings = [
            first.filing.model_copy(update={"cad": cad, "position": place, "answer_number": place})
            for place, cad in ((98, later), (99, earlier))
        ]
        out_of_order = [first.model_copy(update={"filing": filing}) for filing in filings]
        house.log.publish(
            connection,
            [Outgoing(VALIDATED, each.filing.key, each.model_dump_json().encode()) for each in out_of_order],
        )
    house.shift().until_idle()
    assert entry_keys(house, "90101269999999") == ["cad/90101269999999/2"]
    with reading(house.engine) as connection:
        (letter,) = connection.execute(select(tables.dead_letter)).all()
    assert "version 2 stands already" in letter.reason


def test_a_ruling_is_in_the_audit(house):
    send(house, UP.read_bytes(), MAY)
    with writing(house.engine) as connection:
        rule(connection, "9010126000000500002", "refused", Author("M. Tremblay", "no documents", MAY))
    with reading(house.engine) as connection:
        (noted,) = audit.notes(connection, "9010126000000500002")
    assert (noted.by, noted.why, noted.act) == ("M. Tremblay", "no documents", "rule on adjustment")
