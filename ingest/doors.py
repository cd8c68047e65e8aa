"""How does a payload come in? Every door stamps the receipt and puts the bytes on the inbound topic."""

from datetime import datetime
from io import BytesIO

import parsers
from ingest.records import INBOUND, RECEIVED_AT, Outgoing
from schemas.envelope import Envelope


def inbound(payload: bytes, received_at: datetime) -> Outgoing:
    """Return a payload as an inbound record, behind its sender: one sender's interchanges keep their order.

    received_at: UTC instant of receipt, which counts for lateness.
    """
    return Outgoing(INBOUND, _sender_of(payload), payload, {RECEIVED_AT: received_at.isoformat()})


def _sender_of(payload: bytes) -> str:
    """Return who sent the payload's first interchange; empty when that cannot be read. Reads no further."""
    first = next(parsers.stream(BytesIO(payload)))
    return first.sender if isinstance(first, Envelope) else ""
