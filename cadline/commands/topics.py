"""Which topics does the house need on Kafka? `cadline topics`."""

import click
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from cadline.commands.common import with_settings
from cadline.errors import SettingsError, Unavailable
from cadline.settings import Settings
from ingest.records import TOPICS, dead_letters_of


@click.group("topics")
def topics() -> None:
    """Create the topics that the stages read and write."""


@topics.command("apply")
@click.option("--partitions", type=click.IntRange(1), default=4, show_default=True, help="Of each topic.")
@click.option("--replicas", type=click.IntRange(1), default=1, show_default=True, help="Of each partition.")
@with_settings
def apply(settings: Settings, partitions: int, replicas: int) -> None:
    """Create every topic that is missing; leave those that exist as they are.

    Records of one key (a sender, then an importer's account) stay in one partition: raising the number of
    partitions later moves keys, so choose it for the years to come.
    """
    if not settings.kafka:
        raise SettingsError(
            "CADLINE_KAFKA: expected bootstrap servers, host:port (the embedded log needs no topics)"
        )
    for name in sorted({*TOPICS, *map(dead_letters_of, TOPICS)}):
        created = _create(settings, NewTopic(settings.topic_prefix + name, partitions, replicas))
        click.echo(f"{settings.topic_prefix}{name}: {'created' if created else 'exists'}")


def _create(settings: Settings, topic: NewTopic) -> bool:
    try:
        admin = KafkaAdminClient(bootstrap_servers=settings.kafka.split(","))
        try:
            admin.create_topics([topic], wait_for_metadata=True)
        finally:
            admin.close()
    except TopicAlreadyExistsError:
        return False
    except KafkaError as error:
        raise Unavailable(f"Kafka at {settings.kafka}: {error}") from error
    return True
