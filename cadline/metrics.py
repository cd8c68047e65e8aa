"""What does Prometheus hear? Counters of the worker loop, and the business truth read at every scrape."""

from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select

from accounting.tables import balance, journal_entry
from cadline.database import reading
from cadline.errors import Unavailable
from ingest import tables
from outbound.tables import outbox

RECORDS = Counter("cadline_records", "Records that a stage has finished, by outcome.", ["stage", "outcome"])
BATCH_SECONDS = Histogram("cadline_batch_seconds", "From the start of a batch to its end.", ["stage"])
BATCH_RECORDS = Histogram(
    "cadline_batch_records",
    "Records in a batch.",
    ["stage"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000),
)
UNAVAILABLE = Counter("cadline_unavailable", "Times that a server was away and work was tried again.")


class BusinessTruth(Collector):
    """Reads from the ledger database what must be true, each time Prometheus asks.

    Served by the notify worker alone, so that each figure is told once.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def describe(self) -> list[GaugeMetricFamily]:
        """Say nothing at registration: the database may be away."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures; none while the database is away, which the scrape's absence shows."""
        try:
            with reading(self.engine) as connection:
                figures = {name: connection.scalar(query) or 0 for name, query in QUERIES.items()}
        except Unavailable:
            return
        for name, figure in figures.items():
            yield GaugeMetricFamily(name, MEANINGS[name], value=float(figure))


_accepted = (
    select(func.count())
    .select_from(tables.decision)
    .where(tables.decision.c.verdict == "accepted", ~tables.decision.c.test)
)
_pending = select(func.count()).select_from(tables.decision).where(tables.decision.c.verdict == "pending")
_approved = select(func.count()).select_from(tables.ruling).where(tables.ruling.c.ruling == "approved")
_posted = select(func.count()).select_from(journal_entry).where(journal_entry.c.kind == "declaration")

QUERIES = {
    "cadline_ledger_imbalance_cents": select(func.sum(balance.c.cents)),
    "cadline_accepted_not_posted": select(
        _accepted.scalar_subquery() + _approved.scalar_subquery() - _posted.scalar_subquery()
    ),
    "cadline_adjustments_waiting": select(
        _pending.scalar_subquery() - select(func.count()).select_from(tables.ruling).scalar_subquery()
    ),
    "cadline_outbox_waiting": select(func.count()).select_from(outbox).where(outbox.c.relayed_at.is_(None)),
    "cadline_dead_letters": select(func.count()).select_from(tables.dead_letter),
    "cadline_quarantined": select(func.count()).select_from(tables.quarantine),
}
MEANINGS = {
    "cadline_ledger_imbalance_cents": "Sum of all balances of the book. Anything but 0 is a defect.",
    "cadline_accepted_not_posted": "Declarations accepted and not yet in the book. Should return to 0.",
    "cadline_adjustments_waiting": "Changes after the payment due date that nobody has ruled on.",
    "cadline_outbox_waiting": "Papers written and not yet relayed. Should return to 0.",
    "cadline_dead_letters": "Records that a stage could not explain. Each waits for a person.",
    "cadline_quarantined": "Payloads that could not be read, and had nobody to answer.",
}


def serve(port: int, truth_of: Engine | None) -> None:
    """Serve /metrics on a port; with the business truth of a ledger database, if one is given."""
    if truth_of is not None:
        REGISTRY.register(BusinessTruth(truth_of))
    start_http_server(port)
