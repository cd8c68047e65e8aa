"""What went in, what happened, what came out? The house at a glance, read from its database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from accounting import ledger
from ingest import tables
from ingest.decisions import Rejected, rejections
from outbound.tables import outbox
from schemas.assessment import CHARGES
from schemas.findings import describe
from schemas.money import Cents, dollars

WIDTH = 78


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts and sums. receipts: arrivals by outcome. interchanges: by syntax. papers: by kind.

    declarations: by verdict. trial_balance: cents by account, debit positive.
    """

    receipts: Counter[str]
    interchanges: Counter[str]
    syntax_rejected: int
    declarations: Counter[str]
    rejected: list[Rejected]
    trial_balance: dict[str, Cents]
    papers: Counter[str]

    @classmethod
    def read(cls, connection: Connection) -> "Overview":
        """Read the whole overview."""
        return cls(
            receipts=_counted(connection, tables.receipt.c.outcome),
            interchanges=_counted(connection, tables.interchange.c.syntax),
            syntax_rejected=connection.scalar(
                select(func.count()).select_from(tables.message).where(~tables.message.c.accepted)
            )
            or 0,
            declarations=_counted(connection, tables.decision.c.verdict),
            rejected=rejections(connection),
            trial_balance=ledger.trial_balance(connection),
            papers=_counted(connection, outbox.c.kind),
        )

    def lines(self) -> Iterator[str]:
        """Yield the overview for a person."""
        yield from self._received()
        yield from self._decided()
        yield from self._booked()
        yield from self._sent()

    def as_json(self) -> dict[str, object]:
        """Return the overview as one JSON object."""
        return {
            "receipts": dict(self.receipts),
            "interchanges": dict(self.interchanges),
            "messages_rejected_for_syntax": self.syntax_rejected,
            "declarations": dict(self.declarations),
            "rejected": [
                {
                    "interchange": each.interchange,
                    "message": each.reference,
                    "transaction_number": each.transaction_number,
                    "findings": [finding.code for finding in each.findings if finding.severity == "error"],
                }
                for each in self.rejected
            ],
            "trial_balance_cents": self.trial_balance,
            "papers": dict(self.papers),
        }

    def _received(self) -> Iterator[str]:
        yield _heading("What went in")
        yield _row("interchanges received", sum(self.receipts.values()))
        yield _row("  new, in EDIFACT", self.interchanges["edifact"])
        yield _row("  new, in XML", self.interchanges["xml"])
        yield _row("  repeats, answered with the same bytes again", self.receipts["repeat"])
        yield _row("  other content under a taken reference, refused", self.receipts["conflict"])
        yield _row("  unreadable, kept in quarantine", self.receipts["unreadable"])

    def _decided(self) -> Iterator[str]:
        yield _heading("What happened")
        yield _row("messages rejected for their syntax (CONTRL says why)", self.syntax_rejected)
        yield _row("declarations accepted", self.declarations["accepted"])
        yield _row("adjustments that wait, or were ruled on", self.declarations["pending"])
        yield _row("repeats of a version that stands, answered as before", self.declarations["repeated"])
        yield _row("declarations rejected", self.declarations["rejected"])
        for each in self.rejected:
            number = each.transaction_number or "without number"
            yield f"    {number}  ({each.interchange}, message {each.reference})"
            for finding in each.findings:
                if finding.severity == "error":
                    yield f"      {finding.code}  {describe(finding).message}"

    def _booked(self) -> Iterator[str]:
        yield _heading("What was posted (trial balance, Canadian dollars)")
        yield f"{'':<24}{'receivable':>18}{'revenue':>18}{'sum':>14}"
        for charge in CHARGES:
            owed = self.trial_balance.get(f"receivable.{charge}", 0)
            earned = self.trial_balance.get(f"revenue.{charge}", 0)
            if owed or earned:
                name = charge.replace("_", " ")
                yield f"  {name:<22}{dollars(owed):>18}{dollars(earned):>18}{dollars(owed + earned):>14}"
        yield f"  {'all accounts':<22}{'':>18}{'':>18}{dollars(sum(self.trial_balance.values())):>14}"

    def _sent(self) -> Iterator[str]:
        yield _heading("What came out")
        for kind, name in PAPERS.items():
            yield _row(name, self.papers[kind])


PAPERS = {
    "contrl": "syntax acknowledgements (CONTRL)",
    "answer": "answers to declarations (CUSRES)",
    "daily-notice": "daily notices (STATAC)",
    "statement": "statements of account (STATAC)",
    "broker-summary": "customs broker summaries (STATAC)",
}


def _counted(connection: Connection, column: ColumnElement[str]) -> Counter[str]:
    rows = connection.execute(select(column, func.count()).group_by(column))
    return Counter({value: count for value, count in rows})  # noqa: C416 - rows are no pairs to dict()


def _heading(text: str) -> str:
    return f"\n{text}\n{'─' * WIDTH}"


def _row(name: str, count: int) -> str:
    return f"  {name:<64}{count:>10}"
