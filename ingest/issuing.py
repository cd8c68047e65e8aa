"""How does a paper that is due become one that is issued? Numbered, kept as a value, written in every form.

Numbers are drawn in the order in which the papers come, which a close sorts by account: every run of it draws
the same ones, however it was cut into portions. A paper that is written stays as it is: a close that runs
again changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from accounting.bulk import among, insert_rows
from accounting.shown import ClosingPaper
from ingest import tables
from outbound import numbers, outbox
from outbound.forms import writer
from schemas.papers import Header, PaperKind
from schemas.recipients import Form, Profile


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that is due: everything but its number.

    key: natural; it is written once under it. subject: the account or broker whose papers are numbered.
    recipient: the profile of who gets it, None for nobody.
    """

    kind: PaperKind
    key: str
    subject: str
    day: date
    recipient: Profile | None
    build: Callable[[int], ClosingPaper]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of papers. agency: our identification. now: UTC instant."""

    connection: Connection
    agency: str
    now: datetime

    def write(self, drafts: Sequence[Draft]) -> list[str]:
        """Number, write and store the drafts that are not written yet; return their keys."""
        written = self._written(drafts)
        new = [draft for draft in drafts if draft.key not in written]
        if new:
            papers = self._numbered(new)
            self._store(new, papers)
            outbox.put(self.connection, list(self._letters(new, papers)), self.now)
        return [draft.key for draft in new]

    def _written(self, drafts: Sequence[Draft]) -> set[str]:
        held = among(self.connection, tables.paper.c.key, [draft.key for draft in drafts])
        return set(self.connection.scalars(select(tables.paper.c.key).where(held)))

    def _numbered(self, drafts: Sequence[Draft]) -> list[ClosingPaper]:
        """Build the papers, each with the next number of its subject and kind."""
        counts = Counter((draft.kind, draft.subject) for draft in drafts)
        next_numbers = numbers.draw_many(self.connection, counts)
        papers = []
        for draft in drafts:
            papers.append(draft.build(next_numbers[draft.kind, draft.subject]))
            next_numbers[draft.kind, draft.subject] += 1
        return papers

    def _store(self, drafts: Sequence[Draft], papers: Sequence[ClosingPaper]) -> None:
        """Keep the papers as values: they can be shown again in any form, for ever."""
        rows = [
            (
                draft.key,
                draft.kind,
                draft.subject,
                draft.day,
                paper.number,
                paper.model_dump_json(),
                draft.recipient.recipient if draft.recipient else "",
                " ".join(draft.recipient.forms) if draft.recipient else "",
            )
            for draft, paper in zip(drafts, papers, strict=True)
        ]
        insert_rows(self.connection, tables.paper, rows)

    def _letters(self, drafts: Sequence[Draft], papers: Sequence[ClosingPaper]) -> Iterator[outbox.Outgoing]:
        """Write each paper in each form of its recipient, every one under a control reference of its own."""
        references = self._references(drafts)
        for draft, paper in zip(drafts, papers, strict=True):
            if draft.recipient is not None:
                numbers_of = references[draft.recipient.recipient]
                for form in draft.recipient.forms:
                    yield self._letter(draft, paper, draft.recipient, form, next(numbers_of))

    def _letter(
        self, draft: Draft, paper: ClosingPaper, profile: Profile, form: Form, number: int
    ) -> outbox.Outgoing:
        header = Header(
            sender=self.agency,
            recipient=profile.recipient,
            control_reference=numbers.control_reference(number),
            prepared=self.now,
        )
        return outbox.Outgoing(
            key=key_of_form(draft.key, form, profile.forms),
            recipient=profile.recipient,
            kind=draft.kind,
            subject=draft.subject,
            day=draft.day,
            control_reference=header.control_reference,
            syntax=form,
            payload=writer(form, profile)(paper, header),
            paper=draft.key,
        )

    def _references(self, drafts: Sequence[Draft]) -> dict[str, Iterator[int]]:
        """Draw control references: for each recipient as many as it gets forms, handed out in order."""
        counts: Counter[str] = Counter()
        for draft in drafts:
            if draft.recipient is not None:
                counts[draft.recipient.recipient] += len(draft.recipient.forms)
        firsts = numbers.draw_all(self.connection, counts)
        return {
            recipient: iter(range(first, first + counts[recipient])) for recipient, first in firsts.items()
        }


def key_of_form(key: str, form: str, forms: Sequence[str]) -> str:
    """Return the key under which a form of a paper leaves: the paper's own for the first.

    >>> [key_of_form("statement/999002017RM0001/2026-03-25", each, ["xml", "pdf"]) for each in ("xml", "pdf")]
    ['statement/999002017RM0001/2026-03-25', 'statement/999002017RM0001/2026-03-25.pdf']
    """
    return key if form == forms[0] else f"{key}.{form}"
