"""Do the servers that the other tests lean on really serve?"""

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from sqlalchemy import create_engine, text


def round_trip(bootstrap: str) -> list[bytes]:
    """Write two records and read them back."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic("greetings", num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for word in (b"bonjour", b"hello"):
        producer.send("greetings", word)
    producer.flush()
    producer.close()
    consumer = KafkaConsumer(
        "greetings", bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=10_000
    )
    records = [next(consumer).value for _ in range(2)]
    consumer.close()
    return records


def test_each_test_gets_an_empty_database_of_its_own(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mark (word text)"))
        assert connection.scalar(text("SELECT count(*) FROM mark")) == 0
    engine.dispose()


def test_a_second_test_does_not_see_the_first_ones_table(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('mark')")) is None
    engine.dispose()


def test_the_broker_of_the_wheel_keeps_records(kafka_servers: str) -> None:
    assert round_trip(kafka_servers) == [b"bonjour", b"hello"]


@pytest.mark.servers
def test_apache_kafka_keeps_records(apache_kafka: str) -> None:
    assert round_trip(apache_kafka) == [b"bonjour", b"hello"]
