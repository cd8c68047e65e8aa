"""What do the tests of this room share? An empty database of each kind, with our tables in it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine

from accounting.tables import metadata
from outbound import tables

OURS = [
    tables.outbox,
    tables.delivery,
    tables.control_reference,
    tables.paper_number,
    tables.recipient_rest,
]


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = create_engine(request.getfixturevalue(request.param))
    metadata.create_all(engine, tables=OURS)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection in an open transaction."""
    with engine.begin() as connection:
        yield connection
