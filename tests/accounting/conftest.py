from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from accounting.tables import metadata


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty book, once on SQLite and once on PostgreSQL."""
    engine = create_engine(request.getfixturevalue(request.param))
    metadata.create_all(engine)
    yield engine
    engine.dispose()
