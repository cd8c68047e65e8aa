"""Which databases and brokers can a test ask for? Real ones, fresh for every test."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
import structlog

DATABASE_NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Let no test write to the log of another: a command's stream is closed when it ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'book.sqlite'}"


@pytest.fixture(scope="session")
def postgres_sockets() -> Iterator[str]:
    """The socket folder of one PostgreSQL for the whole session."""
    # pytest's own folders have paths too long for a socket's name.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, servers.postgres(Path(folder)) as sockets:
        yield sockets


@pytest.fixture
def postgres_url(postgres_sockets: str) -> str:
    """The URL of an empty PostgreSQL database of this test's own."""
    return servers.create_database(postgres_sockets, f"test_{next(DATABASE_NUMBERS)}")


@pytest.fixture
def kafka_servers(tmp_path: Path) -> Iterator[str]:
    """Bootstrap servers of an empty broker that speaks the Kafka protocol (not Apache Kafka)."""
    folder = tmp_path / "broker"
    folder.mkdir()
    with servers.kafka_of_wheel(folder) as bootstrap:
        yield bootstrap


@pytest.fixture
def apache_kafka(tmp_path: Path) -> Iterator[str]:
    """Bootstrap servers of an empty Apache Kafka of this test's own; for tests marked `servers`."""
    with servers.apache_kafka(tmp_path / "kafka") as bootstrap:
        yield bootstrap
