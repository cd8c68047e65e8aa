from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from accounting.tables import metadata
from cadline.database import engine_of


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty book, once on SQLite and once on PostgreSQL."""
    engine = engine_of(request.getfixturevalue(request.param))
    metadata.create_all(engine)
    yield engine
    engine.dispose()
