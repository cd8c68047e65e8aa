"""What does each paper say in EDIFACT? Papers as the nested dicts that our message guides write.

The guides (`schemas/profiles/cusres_d13a.toml`, `statac_d13a.toml`) name the keys used here.
"""

from collections.abc import Iterable

from outbound.act_rows import (
    Block,
    Document,
    activity_blocks,
    charge_rows,
    correction,
    credit_rows,
    opening_item,
    security,
)
from schemas.assessment import Assessment
from schemas.findings import Finding, describe
from schemas.papers import (
    Answer,
    BrokerSummary,
    ChargeSums,
    ClientGroup,
    CreditSums,
    DailyNotice,
    Movement,
    PeriodPart,
    Statement,
)
from schemas.rules import Language

LINES_MAX = 9999
"""Lines that may follow one DOC of a CUSRES (SG12)."""

ROWS_MAX = 50_000
"""Rows of one STATAC message: they stay below its 200,000 (SG3) and its count of segments below n..6."""

SUMMED = frozenset({"declaration", "opening", "activity"})
"""The rows that a part adds up: those that stand on one statement or notice and on no other."""

NO_CREDITS: CreditSums = {}

IDENTIFIER_MAX, PARTY_MAX, NAME_MAX, TAG_MAX = 70, 35, 70, 3
"""Lengths of 1004 and 1154, 3039, 3036, 9166 in the directory."""

# ---- the answer ----------------------------------------------------------------------------------


def answer(paper: Answer, language: Language) -> Document:
    """Return the content of a CUSRES: the verdict, every finding in words, and what is owed by when."""
    return {
        **vars(paper),
        "transaction_number": _cut(paper.transaction_number, IDENTIFIER_MAX),
        "interchange": _cut(paper.interchange, IDENTIFIER_MAX),
        "message": _cut(paper.message, IDENTIFIER_MAX),
        "importer": _cut(paper.importer, PARTY_MAX),
        "language": language,
        "dates": paper.dates,
        "findings": [finding(found, language) for found in paper.findings],
        "assessment": paper.assessment and assessed(paper.assessment),
    }


def finding(found: Finding, language: Language) -> Document:
    """Return a finding with its place, what was found and expected, and how to mend it, in words."""
    where = found.where
    place = {
        **vars(where),
        "segment": _cut(where.segment or "", TAG_MAX),
        "field": _cut(where.field or "", IDENTIFIER_MAX),
        "xpath": (where.xpath or "")[-IDENTIFIER_MAX:],  # its end tells most
    }
    return {**vars(found), **vars(describe(found, language)), "where": place}


def assessed(assessment: Assessment) -> Document:
    """Return what an accepted declaration owes: in all, and line by line in portions that a group holds."""
    lines = [{**vars(line), "total_cents": line.total_cents} for line in assessment.lines]
    return {
        "charges": [
            {"charge": charge, "cents": cents} for charge, cents in assessment.cents_by_charge().items()
        ],
        "total_cents": assessment.total_cents,
        "value_for_duty_cents": assessment.value_for_duty_cents,
        "portions": [
            {"tables": assessment.tables, "lines": lines[start : start + LINES_MAX]}
            for start in range(0, max(len(lines), 1), LINES_MAX)
        ],
    }


def _cut(text: str, length: int) -> str:
    """Shorten a text to what its data element holds; three points say that something is gone."""
    return text if len(text) <= length else f"{text[: length - 3]}..."[:length]


# ---- papers of the account -----------------------------------------------------------------------


def daily_notice(paper: DailyNotice, rows_max: int = ROWS_MAX) -> list[Document]:
    """Return the parts of a daily notice."""
    head = {
        "kind": paper.kind,
        "number": paper.number,
        "supplement": paper.supplement or None,
        "account": paper.account,
        "name": _cut(paper.name, NAME_MAX),
        "broker": paper.broker,
        "day": paper.day,
        "issued": paper.issued,
        "late": paper.late_count,
        "total_cents": paper.cents,
        "disbursed_cents": paper.disbursed_cents,
    }
    blocks = [_total(paper.charges, paper.cents, paper.credits)]
    for section in paper.sections:
        blocks.append([{"kind": "due", "due": section.due, "cents": section.cents}])
        blocks += map(_declaration, section.movements)
    for activity in paper.activities:
        blocks += activity_blocks(activity)
    return _parts(head, blocks, rows_max)


def statement(paper: Statement, rows_max: int = ROWS_MAX) -> list[Document]:
    """Return the parts of a statement of account."""
    head = {
        "kind": paper.kind,
        "number": paper.number,
        "version": paper.version,
        "account": paper.account,
        "name": _cut(paper.name, NAME_MAX),
        "issued": paper.issued,
        "statement_date": paper.statement_date,
        "payment_due": paper.payment_due,
        "payment_due_before": paper.payment_due_before,
        "payment_due_moved_by": paper.payment_due_moved_by,
        "opening_cents": paper.opening_cents,
        "total_cents": paper.new_cents,
        "payable_cents": paper.payable_cents,
        "disbursed_cents": paper.disbursed_cents,
    }
    blocks = [_total(paper.charges, paper.new_cents, paper.credits)]
    blocks += [correction(paper.correction)] if paper.correction else []
    blocks += map(opening_item, paper.opening_items)
    for part in paper.parts:
        blocks.append(_period(part))
        blocks += map(_declaration, part.movements)
    for activity in paper.activities:
        blocks += activity_blocks(activity)
    blocks += [security(paper.security)] if paper.security else []
    blocks += [
        [{"kind": "broker", **vars(share), "name": _cut(share.name, NAME_MAX)}] for share in paper.brokers
    ]
    return _parts(head, blocks, rows_max)


def broker_summary(paper: BrokerSummary, rows_max: int = ROWS_MAX) -> list[Document]:
    """Return the parts of a broker summary."""
    head = {
        "kind": paper.kind,
        "number": paper.number,
        "supplement": paper.supplement or None,
        "broker": paper.broker,
        "broker_name": _cut(paper.name, NAME_MAX),
        "issued": paper.issued,
        "first_day": paper.first_day,
        "last_day": paper.last_day,
        "accepted": paper.accepted,
        "rejected": paper.rejected,
        "late": sum(client.late for client in paper.clients),
        "total_cents": paper.cents,
    }
    blocks = [_total(paper.charges, paper.cents)]
    for client in paper.clients:
        blocks.append(_client(client))
        blocks += map(_declaration, client.movements)
    return _parts(head, blocks, rows_max)


def _total(charges: ChargeSums, cents: int, credits_: CreditSums = NO_CREDITS) -> Block:
    return [{"kind": "total", "cents": cents}, *charge_rows(charges), *credit_rows(credits_)]


def _period(part: PeriodPart) -> Block:
    return [{"kind": "period", **vars(part)}, *charge_rows(part.charges)]


def _client(client: ClientGroup) -> Block:
    row = {"kind": "client", **vars(client), "name": _cut(client.name, NAME_MAX)}
    return [row, *charge_rows(client.charges)]


def _declaration(movement: Movement) -> Block:
    charges = movement.charges
    row = {
        "kind": "declaration",
        **vars(movement),
        "cents": sum(charges.values()),
        "late": int(movement.late) or None,
    }
    return [row, *charge_rows(charges)]


def _parts(head: Document, blocks: Iterable[Block], rows_max: int) -> list[Document]:
    """Share blocks out to messages of at most `rows_max` rows; each knows its number and its own sum."""
    portions: list[list[Document]] = [[]]
    for block in blocks:
        if portions[-1] and len(portions[-1]) + len(block) > rows_max:
            portions.append([])
        portions[-1] += block
    return [
        {**head, "part": number, "parts": len(portions), "rows": rows, "part_cents": _part_cents(rows)}
        for number, rows in enumerate(portions, start=1)
    ]


def _part_cents(rows: Iterable[Document]) -> int:
    return sum(row["cents"] for row in rows if row["kind"] in SUMMED)
