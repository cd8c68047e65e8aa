"""Does a declaration hold, and what does it owe? The rules and the assessment together, without any I/O."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from accounting.assess import assess
from accounting.calendar import billing_dates
from accounting.moves import NO_MOVES, Moves
from schemas.assessment import Assessment
from schemas.cad import Declaration
from schemas.days import eastern_day
from schemas.filing import Accepted, Filing
from schemas.findings import Finding, Severity, rejects
from schemas.money import Cents
from schemas.registry import Registry, Stream
from schemas.tables import Tables
from validators import Context, validate

COURIER_LOW_VALUE = "F"
"""The type of a consolidated courier declaration: it follows the CLVS calendar whoever the importer is."""

AS_GRAVE: Mapping[Severity, tuple[Severity, ...]] = {"error": ("error",), "warning": ("warning", "error")}
"""By severity, those that weigh as much or more."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a judgement rests on besides the filing.

    standing: the version that it would replace. last_version: the last version number taken, which is a
    later one where an adjustment was refused. moves: payment due dates that the agency moved.
    """

    tables: Tables
    registry: Registry
    standing: Accepted | None = None
    last_version: int | None = None
    moves: Moves = NO_MOVES


def judge(filing: Filing, bench: Bench) -> Accepted | tuple[Finding, ...]:
    """Return the accepted filing, or the findings that reject it."""
    findings, assessment = examine(filing.cad, filing.sender, eastern_day(filing.received_at), bench)
    if rejects(findings) or filing.cad.release_date is None:
        return findings
    stream = stream_of(filing.cad, bench.registry)
    event_day = eastern_day(filing.received_at)
    accounted = bench.standing.accounting_date if bench.standing else event_day
    ordinary = billing_dates(stream, filing.cad.release_date, accounted)
    dates = bench.moves.applied(ordinary, stream, filing.cad.release_date, event_day)
    return Accepted(
        filing=filing,
        stream=stream,
        dates=dates,
        accounting_date=accounted,
        event_day=event_day,
        late=accounted > dates.accounting_due,
        adjustment=_is_adjustment(event_day, bench),
        findings=findings,
        assessment=assessment,
    )


def examine(
    cad: Declaration, sender: str, received_day: date, bench: Bench
) -> tuple[tuple[Finding, ...], Assessment]:
    """Return everything found about a declaration, and its assessment.

    sender: partner id. received_day: Eastern day. The assessor's finding is left out where a rule has found
    as much, or worse, on the same field: nobody needs to read twice that a code is unknown.
    """
    assessment = _assess(cad, bench.tables)
    found = validate(cad, _context(sender, received_day, assessment, bench))
    said = {(finding.where.field, finding.severity) for finding in found}
    further = [finding for finding in assessment.findings if not _is_said(finding, said)]
    return (*found, *further), assessment


def _is_said(finding: Finding, said: Collection[tuple[str | None, Severity]]) -> bool:
    """Return whether something as grave has been said about the finding's field."""
    return any((finding.where.field, severity) in said for severity in AS_GRAVE[finding.severity])


def _is_adjustment(event_day: date, bench: Bench) -> bool:
    """Return whether a change comes after the payment due date: it posts only when approved (CHG-014)."""
    return bench.standing is not None and event_day > _payment_due(bench.standing, event_day, bench)


def _payment_due(standing: Accepted, day: date, bench: Bench) -> date:
    """Return the day by which the version that stands is to be paid, as it is known on a day."""
    ordinary = standing.dates.moved_from or standing.dates.payment_due
    return max(standing.dates.payment_due, bench.moves.due(standing.stream, ordinary, day))


def stream_of(cad: Declaration, registry: Registry) -> Stream:
    """Return the billing stream of a declaration: the importer's, but courier low value for type F."""
    if cad.type == COURIER_LOW_VALUE:
        return "clvs"
    importer = registry.importers.get(cad.importer.identifier)
    return importer.stream if importer else "commercial"


def _assess(cad: Declaration, tables: Tables) -> Assessment:
    """Assess; a cancelled declaration owes nothing."""
    if cad.function == "cancellation":
        return Assessment(lines=(), tables=tables.version)
    return assess(cad, tables)


def _context(sender: str, received_day: date, assessment: Assessment, bench: Bench) -> Context:
    """Tell the rules what they need to know of the sender, the day and the version before."""
    context = Context(tables=bench.tables, registry=bench.registry, sender=sender, received_day=received_day)
    if bench.standing is None:
        return context
    return replace(
        context,
        previous=bench.standing.filing.cad,
        last_version=bench.last_version,
        first_accounted=bench.standing.accounting_date,
        payment_due=_payment_due(bench.standing, received_day, bench),
        transaction_last_used=bench.standing.event_day,
        line_changes_cents=_line_changes(assessment, bench.standing.assessment),
    )


def _line_changes(now: Assessment, before: Assessment) -> Mapping[int, Cents]:
    """Return by line number how much more, or less, a line owes than in the version before."""
    owed = {line.line: line.total_cents for line in before.lines}
    return {line.line: line.total_cents - owed.get(line.line, 0) for line in now.lines}
