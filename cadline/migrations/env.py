"""How does Alembic run a step? On the connection and transaction that `cadline.database` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from accounting.tables import Instant


def render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own type as what it is in the database, so that a step does not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["target_metadata"],
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
