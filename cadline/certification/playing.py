"""What happens when a scenario is played? Its steps are taken one by one, and what they show is judged."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

import parsers
from accounting import ledger
from accounting.tables import journal_entry
from accounting.verify import verify
from cadline.certification.evidence import Book, Paper, PaperId, Seen, Sent, broken_rules
from cadline.certification.judging import judge
from cadline.certification.model import (
    Check,
    Close,
    Exchange,
    Expectation,
    ExpectBalance,
    ExpectBook,
    ExpectPaper,
    Group,
    Result,
    Rule,
    Scenario,
    Send,
    Status,
    Suite,
    Tick,
    Words,
)
from cadline.certification.payloads import Post
from cadline.certification.stage import OwnHouse, Stage
from cadline.database import reading, writing
from cadline.sample_days import SampleDay, statement_instant
from ingest import adjustments, tables
from ingest.audit import Author
from ingest.doors import inbound
from outbound.tables import outbox

Mutate = Callable[[Scenario, Send, bytes], bytes]
"""Changes the bytes of a send on their way; for the proof that each scenario can fail."""


def unchanged(_scenario: Scenario, _send: Send, payload: bytes) -> bytes:
    """Change nothing."""
    return payload


@dataclass(frozen=True)
class Player:
    """Plays the scenarios of one suite. mutate: what happens to bytes on their way."""

    stage: Stage
    suite: Suite
    mutate: Mutate = unchanged

    def play(self, group: Group, scenario: Scenario) -> Result:
        """Play a scenario in a house of its own and return what came of it."""
        began = perf_counter()
        why: Words | None = None
        checks: tuple[Check, ...] = ()
        exchanges: tuple[Exchange, ...] = ()
        try:
            with self.stage.house(scenario) as own:
                performance = Performance(self, scenario, own)
                checks = performance.run()
                exchanges = performance.exchanges
                why = performance.set_aside()
        except ValueError as error:
            why = Words(en=f"It cannot be played: {error}", fr=f"Il ne peut être joué : {error}")
        status: Status = "passed" if why is None and all(check.passed for check in checks) else "failed"
        return Result(
            suite=self.suite.id,
            group=group.id,
            scenario=scenario.id,
            title=scenario.title,
            requirements=scenario.requirements,
            rules=tuple(sorted(scenario.shown)),
            status=status,
            why=why,
            checks=checks,
            exchanges=exchanges,
            milliseconds=round(1000 * (perf_counter() - began)),
        )


@dataclass
class Performance:
    """One scenario while it is played."""

    player: Player
    scenario: Scenario
    own: OwnHouse
    seen: Seen = field(default_factory=Seen)

    def run(self) -> tuple[Check, ...]:
        """Take every step and return the checks of those that expect something."""
        checks: list[Check] = []
        for step in self.scenario.steps:
            act = ACTS.get(type(step))
            if act is not None:
                act(self, step)
            else:
                checks += self._judged(step)  # type: ignore[arg-type] # what is no act expects something
        return tuple(checks)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Return what travelled, in its order."""
        names = (*(sent.name for sent in self.seen.sent), "")
        sent = {each.name: each.exchange for each in self.seen.sent}
        back = {name: [got.exchange for got in self.seen.got if got.to == name] for name in names}
        return tuple(chain.from_iterable(([sent[name]] if name else []) + back[name] for name in names))

    def set_aside(self) -> Words | None:
        """Say what a stage could not work, if anything."""
        with reading(self.own.house.engine) as connection:
            reasons = list(connection.scalars(select(tables.dead_letter.c.reason)))
        if not reasons:
            return None
        said = "; ".join(reasons)
        return Words(en=f"Set aside as a dead letter: {said}", fr=f"Mis de côté comme lettre morte : {said}")

    def send(self, send: Send) -> None:
        """Let an interchange arrive, and work until all is idle."""
        self.own.lead(send.at or self.own.now)
        sent = self._sent(send)
        with writing(self.own.house.engine) as connection:
            self.own.house.log.publish(connection, [inbound(sent.payload, self.own.now)])
        self.seen = replace(self.seen, sent=(*self.seen.sent, sent))
        self._work(sent.name)

    def tick(self, tick: Tick) -> None:
        """Lead the clock on."""
        self.own.lead(tick.to)

    def close(self, close: Close) -> None:
        """Close a day, or make the statements of a statement day."""
        is_day = close.kind == "day"
        self.own.lead(SampleDay(close.day, ()).closing if is_day else statement_instant(close.day))
        with writing(self.own.house.engine) as connection:
            run = self.own.house.close_of_day(connection)
            if is_day:
                run.notices(close.day)
                run.summaries(close.day)
            else:
                run.statements(close.day)
        self._work("")

    def rule(self, rule: Rule) -> None:
        """Let an officer rule on an adjustment."""
        officer = Author("certification", "ruled by the scenario", self.own.now)
        with writing(self.own.house.engine) as connection:
            try:
                outgoing = adjustments.rule(connection, rule.number, rule.ruling, officer)
            except adjustments.NotWaiting as error:
                raise ValueError(str(error)) from None
            self.own.house.log.publish(connection, outgoing)
        self._work("")

    def _sent(self, send: Send) -> Sent:
        """Make what is sent: a repeat of the same bytes, or bytes that are written now."""
        name = send.name or str(len(self.seen.sent) + 1)
        sender = send.sender or self.scenario.sender
        earlier = self.seen.subject(send.again) if send.again else None
        reference = send.reference or (earlier.reference if earlier else f"{len(self.seen.sent) + 1:08d}")
        library = self.player.stage.library
        post = Post(
            library.declarations,
            self.scenario.syntax,
            self.own.house.settings.agency,
            library.folder / self.player.suite.id,
        )
        payload = earlier.payload if earlier else post.payload(send, sender, reference, self.own.now)
        payload = self.player.mutate(self.scenario, send, payload)
        return Sent(
            name=name,
            partner=sender,
            syntax=self.scenario.syntax,
            at=self.own.now,
            payload=payload,
            reference=reference,
            rules=broken_rules(parsers.read(payload)),
        )

    def _work(self, to: str) -> None:
        """Work until all is idle, and take in what came upon it."""
        self.seen = replace(self.seen, got=(*self.seen.got, *self.own.work(to)))

    def _judged(self, expectation: Expectation) -> tuple[Check, ...]:
        """Look up what an expectation asks about beside the wire, and judge it."""
        seen = self.seen
        match expectation:
            case ExpectBalance():
                with reading(self.own.house.engine) as connection:
                    owed = ledger.receivable(ledger.balance(connection, expectation.account))
                seen = replace(seen, balances={expectation.account: owed})
            case ExpectPaper():
                seen = replace(seen, papers=self._paper(expectation))
            case ExpectBook():
                seen = replace(seen, book=self._book())
        return judge(expectation, seen)

    def _paper(self, expected: ExpectPaper) -> Mapping[PaperId, Paper]:
        table = tables.paper.c
        with reading(self.own.house.engine) as connection:
            row = connection.execute(
                select(table.key, table.content).where(
                    table.kind == expected.kind,
                    table.subject == expected.subject,
                    table.day == expected.day,
                )
            ).first()
            if row is None:
                return {}
            sent_to = tuple(connection.scalars(select(outbox.c.recipient).where(outbox.c.key == row.key)))
        paper = Paper(json.loads(row.content), sent_to)
        return {(expected.kind, expected.subject, expected.day): paper}

    def _book(self) -> Book:
        with reading(self.own.house.engine) as connection:
            entries = connection.scalar(select(func.count()).select_from(journal_entry)) or 0
            return Book(entries, tuple(str(problem) for problem in verify(connection)))


ACTS: Mapping[type, Callable[[Performance, Any], None]] = {
    Send: Performance.send,
    Tick: Performance.tick,
    Close: Performance.close,
    Rule: Performance.rule,
}
