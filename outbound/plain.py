"""How does a program or a spreadsheet read a paper? As JSON with everything, as CSV with one row a movement.

Both are UTF-8. JSON has cents and ISO dates, as our values have them; CSV has dollars with two decimals.
Names of keys and columns are the same in both languages; only the words of findings differ.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas.acts import InterestCharged, InterestSpan
from schemas.assessment import BILLED, CHARGES, AssessedLine, charge_cents
from schemas.book import Allocation
from schemas.findings import Finding, describe
from schemas.money import dollars
from schemas.papers import (
    Activity,
    Answer,
    BrokerSummary,
    DailyNotice,
    Movement,
    OpeningItem,
    Paper,
    Statement,
)
from schemas.rules import Language

Row = Mapping[str, Any]

MOVEMENT_COLUMNS = (
    "row",
    "entry",
    "kind",
    "reference",
    "account",
    "stream",
    "transaction_number",
    "version",
    "broker",
    "release_date",
    "accounting_date",
    "event_day",
    "posted_day",
    "due",
    "statement_date",
    "late",
    "value_for_duty",
    *BILLED,
    "credit",
    "disbursed",
    "total",
    "before",
    "after",
    "cleared_credit",
    "cleared_charge",
    "cleared",
    "first_day",
    "last_day",
    "days",
    "percent",
    "balance",
    "bears",
    "details",
)
ANSWER_COLUMNS = (
    "row",
    "transaction_number",
    "version",
    "line",
    "treatment",
    "rate",
    "value_for_duty",
    *CHARGES,
    "total",
    "rule",
    "severity",
    "field",
    "wire_line",
    "segment",
    "element",
    "component",
    "xpath",
    "found",
    "expected",
    "message",
    "remedy",
)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula and run it."""


def as_json(paper: Paper, language: Language) -> bytes:
    """Write a paper as JSON; findings carry their words."""
    if not isinstance(paper, Answer):
        return f"{paper.model_dump_json(indent=2)}\n".encode()
    content = paper.model_dump(mode="json")
    said = [describe(finding, language).model_dump() for finding in paper.findings]
    content["language"] = language
    content["findings"] = [found | words for found, words in zip(content["findings"], said, strict=True)]
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(paper: Paper, language: Language) -> bytes:
    """Write a paper as CSV: the rows that add up to its total, or an answer's findings and lines."""
    columns = ANSWER_COLUMNS if isinstance(paper, Answer) else MOVEMENT_COLUMNS
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows(paper, language))
    return text.getvalue().encode()


def rows(paper: Paper, language: Language) -> Iterator[Row]:
    """Yield the rows of a paper, in the order in which it shows them."""
    match paper:
        case Answer():
            yield from _answer_rows(paper, language)
        case DailyNotice():
            for section in paper.sections:
                yield from _movement_rows(section.movements, account=paper.account)
            yield from _activity_rows(paper.activities, paper.account)
        case Statement():
            yield from (_opening_row(item, paper.account) for item in paper.opening_items)
            for part in paper.parts:
                yield from _movement_rows(part.movements, account=paper.account, stream=part.stream)
            yield from _activity_rows(paper.activities, paper.account)
        case BrokerSummary():
            for client in paper.clients:
                yield from _movement_rows(client.movements, account=client.account)


def _movement_rows(movements: Iterable[Movement], **words: str) -> Iterator[Row]:
    for movement in movements:
        fields = movement.model_dump(mode="json", include=set(MOVEMENT_COLUMNS))
        yield {
            "row": "declaration",
            "entry": movement.entry,
            **words,
            **fields,
            "late": "late" if movement.late else "",
            "value_for_duty": dollars(movement.value_for_duty_cents),
            **{charge: dollars(cents) for charge, cents in movement.charges.items()},
            "total": dollars(movement.cents),
            "before": "" if movement.before_cents is None else dollars(movement.before_cents),
            "after": dollars(movement.after_cents),
        }


def _opening_row(item: OpeningItem, account: str) -> Row:
    shown = {"transaction_number", "version", "broker", "due", "statement_date"}
    fields = item.model_dump(mode="json", include=shown)
    return {
        "row": "opening",
        "kind": item.credit,
        "reference": _safe(item.reference),
        "account": account,
        **fields,
        "version": item.version or "",
        **{charge: dollars(cents) for charge, cents in item.charges.items()},
        "credit": dollars(item.cents) if item.credit else "",
        "total": dollars(item.cents),
    }


def _activity_rows(activities: Iterable[Activity], account: str) -> Iterator[Row]:
    """Yield each activity, then what it cleared and the working of its interest, which add nothing."""
    for activity in activities:
        yield _activity_row(activity, account)
        told = {"entry": _safe(activity.key), "account": account}
        yield from (told | _clearing_row(each) for each in activity.allocations)
        if isinstance(activity.act, InterestCharged):
            yield from (told | _span_row(span) for span in activity.act.spans)


def _activity_row(activity: Activity, account: str) -> Row:
    shown = {"kind", "transaction_number", "event_day", "posted_day", "due", "statement_date"}
    return {
        "row": "activity",
        "entry": _safe(activity.key),
        "reference": _safe(activity.reference),
        "account": account,
        **activity.model_dump(mode="json", include=shown),
        **{charge: dollars(cents) for charge, cents in activity.charges.items()},
        "credit": dollars(sum(activity.credits.values())) if activity.credits else "",
        "disbursed": dollars(activity.disbursed_cents) if activity.disbursed_cents else "",
        "total": dollars(activity.cents),
        "details": _safe(_details(activity)),
    }


def _clearing_row(each: Allocation) -> dict[str, Any]:
    return {
        "row": "clearing",
        "kind": each.kind,
        "reference": _safe(each.reference),
        "due": each.due,
        "cleared_credit": _safe(each.credit),
        "cleared_charge": each.charge,
        "cleared": dollars(each.cents),
    }


def _span_row(span: InterestSpan) -> dict[str, Any]:
    """Return days in a row that bear one rate; balance and interest are exact dollars."""
    return {
        "row": "interest",
        "first_day": span.first_day,
        "last_day": span.last_day,
        "days": span.days,
        "percent": span.percent,
        "balance": f"{span.balance:f}",
        "bears": f"{span.interest:f}",
    }


def _details(activity: Activity) -> str:
    """Return what else an act says, as `name: text` joined by semicolons."""
    if activity.act is None:
        return ""
    told = activity.act.model_dump(mode="json", exclude={"act", "spans"})
    return "; ".join(f"{name}: {_detail(name, value)}" for name, value in told.items() if value)


def _detail(name: str, value: Any) -> str:
    if name.endswith("_cents"):
        return dollars(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


def _answer_rows(paper: Answer, language: Language) -> Iterator[Row]:
    number = {"transaction_number": _safe(paper.transaction_number), "version": paper.version}
    yield from (_finding_row(finding, language) | number for finding in paper.findings)
    if paper.assessment:
        yield from (_line_row(line) | number for line in paper.assessment.lines)


def _finding_row(finding: Finding, language: Language) -> dict[str, Any]:
    where = finding.where
    texts = {
        "found": finding.found or "",
        "expected": finding.expected or "",
        **describe(finding, language).model_dump(),
        "field": where.field or "",
        "xpath": where.xpath or "",
    }
    return {
        "row": "finding",
        "rule": finding.code,
        "severity": finding.severity,
        "wire_line": where.line,
        "segment": where.segment,
        "element": where.element,
        "component": where.component,
        **{name: _safe(text) for name, text in texts.items()},
    }


def _line_row(line: AssessedLine) -> dict[str, Any]:
    return {
        "row": "line",
        "line": line.line,
        "treatment": line.treatment,
        "rate": _safe(line.rate),
        "value_for_duty": dollars(line.value_for_duty_cents),
        **{charge: dollars(charge_cents(line, charge)) for charge in CHARGES},
        "total": dollars(line.total_cents),
    }


def _safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
