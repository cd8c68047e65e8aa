"""What does a written paper say? Read by our own EDIFACT reader, put together as the value again."""

from collections.abc import Iterator, Sequence
from typing import Any

from parsers.edifact.reading import read_documents
from schemas.assessment import CHARGES
from schemas.papers import Answer, BrokerSummary, DailyNotice, Paper, Statement

Row = dict[str, Any]
HEADINGS = {"due", "period", "client"}


def read_back(payload: bytes) -> Paper:
    """Read a paper from EDIFACT; AssertionError when our reader finds anything wrong with it."""
    documents = []
    for message, document in read_documents(payload):
        assert message.findings == ()
        assert document is not None
        documents.append(document)
    if "verdict" in documents[0]:
        return answer(documents[0])
    return BUILDERS[documents[0]["kind"]](documents[0], joined(documents))


def joined(documents: Sequence[Row]) -> list[Row]:
    """Put the rows of the parts together; each charge goes to the row that it belongs to."""
    rows: list[Row] = []
    for document in documents:
        assert (document["part"], document["parts"]) == (documents.index(document) + 1, len(documents))
        own = [row["cents"] for row in document["rows"] if row["kind"] in {"declaration", "opening"}]
        assert document["part_cents"] == sum(own)
        for row in document["rows"]:
            if row["kind"] in CHARGES:
                rows[-1]["charges"][row["kind"]] = row["cents"]
            else:
                rows.append({**row, "charges": {}})
    return rows


def movement(row: Row) -> Row:
    fields = {name: value for name, value in row.items() if name not in {"kind", "cents", "late"}}
    assert sum(row["charges"].values()) == row["cents"]
    return {**fields, "late": bool(row.get("late"))}


def groups(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield each heading with the movements under it."""
    heading: Row | None = None
    for row in rows:
        if row["kind"] in HEADINGS:
            if heading:
                yield heading
            heading = {**row, "movements": []}
        elif row["kind"] == "declaration":
            assert heading is not None
            heading["movements"].append(movement(row))
    if heading:
        yield heading


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in {"kind", *names}}


def daily_notice(head: Row, rows: list[Row]) -> DailyNotice:
    return DailyNotice(
        **{name: head[name] for name in ("number", "account", "day", "issued")},
        name=head.get("name", ""),
        sections=[without(group, "charges") for group in groups(rows)],
        charges=rows[0]["charges"],
        cents=head["total_cents"],
        late_count=head["late"],
    )


def statement(head: Row, rows: list[Row]) -> Statement:
    copied = (
        "number",
        "account",
        "issued",
        "statement_date",
        "payment_due",
        "opening_cents",
        "payable_cents",
    )
    brokers = [{"broker": "", **without(row, "charges")} for row in rows if row["kind"] == "broker"]
    return Statement(
        **{name: head[name] for name in copied},
        name=head.get("name", ""),
        opening_items=[without(row, "charges") for row in rows if row["kind"] == "opening"],
        parts=[without(group) for group in groups(rows)],
        charges=rows[0]["charges"],
        new_cents=head["total_cents"],
        brokers=brokers,
    )


def broker_summary(head: Row, rows: list[Row]) -> BrokerSummary:
    copied = ("number", "broker", "first_day", "last_day", "issued", "accepted", "rejected")
    return BrokerSummary(
        **{name: head[name] for name in copied},
        name=head.get("broker_name", ""),
        clients=[{"name": "", **without(group)} for group in groups(rows)],
        charges=rows[0]["charges"],
        cents=head["total_cents"],
    )


def answer(document: Row) -> Answer:
    assessment = document.pop("assessment", None)
    if assessment:
        read = [line for portion in assessment["portions"] for line in portion["lines"]]
        lines = [{"treatment": "", "rate": "", **without(line, "total_cents")} for line in read]
        assessment = {"tables": assessment["portions"][0].get("tables", ""), "lines": lines}
    findings = [without(found, "message", "remedy") for found in document.pop("findings", [])]
    return Answer(**document, assessment=assessment, findings=findings)


BUILDERS = {"daily-notice": daily_notice, "statement": statement, "broker-summary": broker_summary}
