"""The log over the Kafka protocol, on a small real broker: order, resumption, rewinding, absence."""

import gc

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cadline.cli import cadline
from cadline.database import reading, writing
from cadline.errors import Unavailable
from cadline.logs.kafka import KafkaLog
from cadline.sample_days import SAMPLE_DAYS, sample_days
from cadline.settings import Settings
from cadline.wiring import House
from ingest import registry, tables
from ingest.doors import inbound
from ingest.records import INBOUND, Outgoing
from outbound.tables import outbox
from schemas.registry_files import read_registry


@pytest.fixture
def log(kafka_servers):
    applied = CliRunner().invoke(
        cadline, ["topics", "apply", "--kafka", kafka_servers, "--partitions", "1"], catch_exceptions=False
    )
    assert applied.exit_code == 0, applied.output
    log = KafkaLog(kafka_servers, prefix="", batch_records=3, poll_seconds=0.2)
    yield log
    log.close()


def publish(log, *values):
    log.publish(None, [Outgoing(INBOUND, "key", value, {"name": "é"}) for value in values])


def poll(reader):
    for _ in range(50):
        if batch := reader.poll():
            return batch
    raise AssertionError("nothing came")


def test_records_come_in_order_with_their_headers_and_places(log):
    publish(log, b"1", b"2")
    reader = log.reader("test", INBOUND)
    batch = poll(reader)
    assert [(r.topic, r.offset, r.key, r.value, r.headers) for r in batch] == [
        (INBOUND, 0, "key", b"1", {"name": "é"}),
        (INBOUND, 1, "key", b"2", {"name": "é"}),
    ]
    reader.close()


def test_what_was_finished_is_not_read_again_and_what_was_not_is(log):
    publish(log, b"1", b"2", b"3", b"4")
    reader = log.reader("test", INBOUND)
    batch = poll(reader)
    reader.finish_after(batch[:1], [])
    reader.close()
    successor = log.reader("test", INBOUND)
    assert [record.value for record in poll(successor)] == [b"2", b"3", b"4"]
    successor.close()


def test_a_batch_that_failed_comes_again(log):
    publish(log, b"1", b"2")
    reader = log.reader("test", INBOUND)
    first = poll(reader)
    reader.rewind()
    assert poll(reader) == first
    reader.finish_after(first, [])
    assert reader.is_idle()
    reader.close()


# The client leaves the socket of a failed connection to the collector, who complains of it here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_is_not_there_is_unavailable():
    log = KafkaLog("127.0.0.1:1", prefix="", batch_records=3, poll_seconds=0.1, connect_seconds_max=0.5)
    with pytest.raises(Unavailable, match=r"Kafka at 127\.0\.0\.1:1"):
        log.reader("test", INBOUND)
    gc.collect()


@pytest.mark.usefixtures("log")
def test_a_day_of_samples_runs_over_the_protocol(kafka_servers, sqlite_url):
    settings = Settings(
        database=sqlite_url,
        kafka=kafka_servers,
        tables=SAMPLE_DAYS / "tables",
        clock="2026-03-16T18:00:00Z",
        poll_seconds=0.1,
    )
    house = House(settings)
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    received_at = house.clock.now()
    house.log.publish(None, [inbound(file.read_bytes(), received_at) for file in sample_days()[0].files])
    shift = house.shift()
    shift.until_idle()
    shift.close()
    with reading(house.engine) as connection:
        decided = connection.execute(select(tables.decision)).all()
        papers = connection.execute(select(outbox)).all()
    house.close()
    assert len(decided) == 31
    assert {paper.kind for paper in papers} == {"contrl", "answer"}
    assert all(paper.relayed_at is not None for paper in papers)
