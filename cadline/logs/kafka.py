"""How do the stages hand over work at scale? By Apache Kafka topics, at least once.

Effects are committed to the database first, then records are produced and acknowledged by all in-sync
replicas, then offsets are committed. A crash in between repeats work whose unique keys make it harmless.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import CommitFailedError, KafkaError
from kafka.structs import OffsetAndMetadata
from sqlalchemy import Connection

from cadline.errors import Unavailable
from ingest.records import Outgoing, Record

SESSION_TIMEOUT_MS = 10_000
"""How long a worker that was killed keeps its partitions from the others. A batch takes far less."""


@dataclass
class KafkaReader:
    """A stage's place in a topic: one consumer of the group `cadline-<stage>`."""

    consumer: KafkaConsumer
    produce: Callable[[Sequence[Outgoing]], None]
    poll_seconds: float
    prefix: str
    polled: list[Record] = field(default_factory=list)

    def poll(self) -> Sequence[Record]:
        """Return what the brokers hold for us, at most a batch; each partition's records in order."""
        try:
            found = self.consumer.poll(timeout_ms=int(self.poll_seconds * 1000))
        except KafkaError as error:
            raise Unavailable(f"Kafka: {error}") from error
        self.polled = [self._record(raw) for records in found.values() for raw in records]
        return self.polled

    def finish_inside(
        self, connection: Connection, batch: Sequence[Record], outgoing: Sequence[Outgoing]
    ) -> None:
        """Nothing: Kafka is told only after the database has committed."""

    def finish_after(self, batch: Sequence[Record], outgoing: Sequence[Outgoing]) -> None:
        """Produce, wait for the acknowledgements, then commit the offsets behind the batch."""
        self.produce(outgoing)
        behind: dict[TopicPartition, OffsetAndMetadata] = {}
        for record in batch:
            partition = TopicPartition(self.prefix + record.topic, record.partition)
            behind[partition] = OffsetAndMetadata(record.offset + 1, "", -1)
        try:
            self.consumer.commit(behind)
        except CommitFailedError:
            # The partitions have gone to another worker: it will read the batch again and find it done.
            self.polled = []
        except KafkaError as error:
            raise Unavailable(f"Kafka: {error}") from error

    def rewind(self) -> None:
        """Go back to the first record of each partition that was polled and not finished."""
        assigned = self.consumer.assignment()
        for record in reversed(self.polled):
            partition = TopicPartition(self.prefix + record.topic, record.partition)
            if partition in assigned:
                self.consumer.seek(partition, record.offset)
        self.polled = []

    def is_idle(self) -> bool:
        """Return whether we hold partitions and have read each to its end."""
        assigned = self.consumer.assignment()
        if not assigned:
            return False
        ends = self.consumer.end_offsets(assigned)
        return all(self.consumer.position(partition) >= end for partition, end in ends.items())

    def close(self) -> None:
        """Leave the group, so that others take over at once."""
        self.consumer.close(autocommit=False)

    def _record(self, raw: Any) -> Record:
        headers = {name: value.decode() for name, value in raw.headers}
        return Record(
            topic=raw.topic.removeprefix(self.prefix),
            partition=raw.partition,
            offset=raw.offset,
            key=(raw.key or b"").decode(),
            value=raw.value or b"",
            headers=headers,
        )


@dataclass
class KafkaLog:
    """All topics, on Apache Kafka. Connects on first use. published: records acknowledged so far."""

    servers: str
    prefix: str
    batch_records: int
    poll_seconds: float
    connect_seconds_max: float = 30.0
    producer: KafkaProducer | None = None
    published: int = 0

    def reader(self, stage: str, topic: str) -> KafkaReader:
        """Join the stage's consumer group on a topic. Raises Unavailable when no broker answers."""
        try:
            consumer = KafkaConsumer(
                self.prefix + topic,
                bootstrap_servers=self.servers.split(","),
                group_id=f"{self.prefix}cadline-{stage}",
                client_id=f"cadline-{stage}",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_poll_records=self.batch_records,
                bootstrap_timeout_ms=int(self.connect_seconds_max * 1000),
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=SESSION_TIMEOUT_MS // 3,
            )
        except KafkaError as error:
            raise Unavailable(f"Kafka at {self.servers}: {error}") from error
        return KafkaReader(consumer, self._produce, self.poll_seconds, self.prefix)

    def publish(self, connection: Connection, outgoing: Sequence[Outgoing]) -> None:  # noqa: ARG002 - Kafka needs no connection
        """Produce, and return when all in-sync replicas have acknowledged."""
        self._produce(outgoing)

    def close(self) -> None:
        """Flush and close the producer."""
        if self.producer is not None:
            self.producer.close()

    def _produce(self, outgoing: Sequence[Outgoing]) -> None:
        if not outgoing:
            return
        try:
            producer = self._producer()
            sent = [
                producer.send(
                    self.prefix + record.topic,
                    record.value,
                    record.key.encode(),
                    [(name, value.encode()) for name, value in record.headers.items()],
                )
                for record in outgoing
            ]
            producer.flush()
            for future in sent:
                future.get(timeout=0)  # an unacknowledged record must never pass for a delivered one
            self.published += len(sent)
        except KafkaError as error:
            raise Unavailable(f"Kafka at {self.servers}: {error}") from error

    def _producer(self) -> KafkaProducer:
        if self.producer is None:
            self.producer = KafkaProducer(
                bootstrap_servers=self.servers.split(","),
                client_id="cadline",
                bootstrap_timeout_ms=int(self.connect_seconds_max * 1000),
                acks="all",
                linger_ms=5,
                batch_size=256 * 1024,
                max_request_size=16 * 1024 * 1024,
            )
        return self.producer
