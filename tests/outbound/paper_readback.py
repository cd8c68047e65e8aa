"""What does a written paper say? Read by our own EDIFACT reader, put together as the value again."""

from collections.abc import Iterator, Sequence
from typing import Any

from parsers.edifact.reading import read_documents
from schemas.assessment import BILLED
from schemas.papers import (
    Activity,
    Answer,
    BrokerSummary,
    Correction,
    DailyNotice,
    Paper,
    SecurityState,
    Statement,
)

Row = dict[str, Any]
HEADINGS = {"due", "period", "client"}
SUMMED = {"declaration", "opening", "activity"}
SEVERAL = {"requested"}
"""The facts of which an act has a list."""


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
    """Put the rows of the parts together; what belongs to a row goes to the row that it belongs to."""
    rows: list[Row] = []
    for document in documents:
        assert (document["part"], document["parts"]) == (documents.index(document) + 1, len(documents))
        own = [row["cents"] for row in document["rows"] if row["kind"] in SUMMED]
        assert document["part_cents"] == sum(own)
        for row in document["rows"]:
            if row["kind"] in BILLED:
                rows[-1]["charges"][row["kind"]] = row["cents"]
            elif row["kind"] in BELONGING:
                BELONGING[row["kind"]](rows[-1], row)
            else:
                extras = {"credits": {}, "allocations": [], "facts": {}, "spans": []}
                rows.append({**row, "charges": {}, **extras})
    return rows


def credit(owner: Row, row: Row) -> None:
    owner["credits"][row["what"]] = row["cents"]


def allocation(owner: Row, row: Row) -> None:
    fields = {name: row[name] for name in ("charge", "due", "cents") if name in row}
    paid = {"credit": named(row, "key"), "kind": row["what"], "reference": named(row, "reference")}
    owner["allocations"].append(paid | fields)


def fact(owner: Row, row: Row) -> None:
    name = row["field"]
    value = row["cents"] if name.endswith("_cents") else row.get("transaction_number", "")
    owner["facts"][name] = [*owner["facts"].get(name, []), value] if name in SEVERAL else value


def more(owner: Row, row: Row) -> None:
    name, text = list(owner["facts"].items())[-1]
    piece = row["transaction_number"]
    owner["facts"][name] = [*text[:-1], text[-1] + piece] if name in SEVERAL else text + piece


def span(owner: Row, row: Row) -> None:
    owner["spans"].append(without(row))


BELONGING = {"credit": credit, "allocation": allocation, "fact": fact, "more": more, "span": span}


def named(row: Row, slot: str) -> str:
    return row.get(slot, "") + row.get(f"{slot}_more", "")


def movement(row: Row) -> Row:
    fields = without(row, "cents", "late", *EXTRAS)
    assert sum(row["charges"].values()) == row["cents"]
    return {**fields, "charges": row["charges"], "late": bool(row.get("late"))}


def activity(row: Row) -> Activity:
    act = row["facts"]
    fields = ("transaction_number", "event_day", "posted_day", "statement_date", "due", "charges", "credits")
    read = Activity(
        kind=row["what"],
        key=named(row, "key"),
        reference=named(row, "reference"),
        **{name: row[name] for name in (*fields, "disbursed_cents", "allocations") if name in row},
        act=({**act, "spans": row["spans"]} if act["act"] == "interest" else act) if act else None,
    )
    assert read.cents == row["cents"]
    return read


def opening_item(row: Row) -> Row:
    fields = without(row, "what", "reference_more", *EXTRAS)
    return {
        "due": None,
        **fields,
        "reference": named(row, "reference"),
        "credit": row.get("what"),
        "charges": row["charges"],
    }


def security(rows: list[Row]) -> SecurityState | None:
    for row in rows:
        if row["kind"] == "security":
            read = SecurityState(secured_cents=row["secured_cents"], used_cents=row["used_cents"])
            assert read.left_cents == row["cents"]
            return read
    return None


def correction(rows: list[Row]) -> Correction | None:
    for row in rows:
        if row["kind"] == "correction":
            found = [each["facts"] for each in rows if each["kind"] == "difference"]
            return Correction(replaces=row["version"], reason=row["facts"]["reason"], differences=found)
    return None


def groups(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield each heading with the movements under it."""
    heading: Row | None = None
    for row in rows:
        if row["kind"] in HEADINGS:
            if heading:
                yield heading
            heading = without(row, *(EXTRAS - {"charges"})) | {"movements": []}
        elif row["kind"] == "declaration":
            assert heading is not None
            heading["movements"].append(movement(row))
    if heading:
        yield heading


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in {"kind", *names}}


EXTRAS = {"charges", "credits", "allocations", "facts", "spans"}


def activities(rows: list[Row]) -> list[Activity]:
    return [activity(row) for row in rows if row["kind"] == "activity"]


def daily_notice(head: Row, rows: list[Row]) -> DailyNotice:
    return DailyNotice(
        **{name: head[name] for name in ("number", "account", "day", "issued")},
        name=head.get("name", ""),
        sections=[without(group, "charges") for group in groups(rows)],
        activities=activities(rows),
        charges=rows[0]["charges"],
        credits=rows[0]["credits"],
        disbursed_cents=head.get("disbursed_cents", 0),
        cents=head["total_cents"],
        late_count=head["late"],
        supplement=head.get("supplement", 0),
        broker=head.get("broker", ""),
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
        "version",
    )
    moved = ("payment_due_before", "payment_due_moved_by", "disbursed_cents")
    brokers = [{"broker": "", **without(row, *EXTRAS)} for row in rows if row["kind"] == "broker"]
    return Statement(
        **{name: head[name] for name in copied},
        **{name: head[name] for name in moved if name in head},
        name=head.get("name", ""),
        opening_items=[opening_item(row) for row in rows if row["kind"] == "opening"],
        parts=[without(group) for group in groups(rows)],
        activities=activities(rows),
        charges=rows[0]["charges"],
        credits=rows[0]["credits"],
        new_cents=head["total_cents"],
        brokers=brokers,
        security=security(rows),
        correction=correction(rows),
    )


def broker_summary(head: Row, rows: list[Row]) -> BrokerSummary:
    copied = ("number", "broker", "first_day", "last_day", "issued", "accepted", "rejected")
    return BrokerSummary(
        **{name: head[name] for name in copied},
        name=head.get("broker_name", ""),
        clients=[{"name": "", **without(group)} for group in groups(rows)],
        charges=rows[0]["charges"],
        cents=head["total_cents"],
        supplement=head.get("supplement", 0),
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
