"""Where in the original does a finding point? Goes back to the bytes as they came."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

import parsers
from ingest import tables
from schemas.envelope import Message
from schemas.filing import Filing
from schemas.findings import Finding


def placed(connection: Connection, filing: Filing, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with their places on the wire, read from the stored interchange."""
    row = connection.execute(
        select(tables.interchange.c.payload, tables.message.c.content)
        .join_from(tables.message, tables.interchange)
        .where(
            tables.message.c.interchange == filing.interchange,
            tables.message.c.position == filing.position,
        )
    ).one()
    return located(row.payload, Message.model_validate_json(row.content), findings)


def located(original: bytes, message: Message, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings with their places in an interchange's own bytes."""
    fields = {finding.where.field for finding in findings if finding.where.field}
    places = parsers.locate(original, message, fields) if fields else {}
    return tuple(
        finding.model_copy(update={"where": places[finding.where.field]})
        if finding.where.field in places
        else finding
        for finding in findings
    )
