"""Do the decisions and the book follow a small model, whatever partners and officers do, in any order?"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

import parsers
from accounting import ledger
from accounting.calendar import billing_dates
from accounting.verify import verify
from cadline.clock import FixedClock
from cadline.database import engine_of, reading, writing
from cadline.sample_days import SAMPLE_DAYS, sample_days
from cadline.settings import Settings
from cadline.wiring import House
from ingest import adjustments, audit, registry, tables
from ingest.doors import inbound
from outbound.tables import outbox
from parsers.edifact import write_interchange
from schemas.cad import ChangeReason, Declaration, Party
from schemas.days import eastern_day
from schemas.identifiers import bn9_of, printed_number
from schemas.papers import Header
from schemas.registry import RIGHTS, Delegation, Registry, Right, Scope
from schemas.registry_files import read_registry
from schemas.tables import Tables

MORNING = datetime(2026, 3, 16, 13, tzinfo=UTC)
NUMBERS = ("90101260000901", "90101260000902")
FOODS, SPORTS = "999002017RM0001", "999002074RM0001"
IMPORTERS = (FOODS, SPORTS)
AGATE, BOREAL, CEDAR = "AGATECB", "BOREALCD", "CEDARCC"
ACCOUNTS = {AGATE: "999001019RM0001", BOREAL: "999001027RM0001", CEDAR: "999001035RM0001"}
DELEGATED = {(FOODS, AGATE), (SPORTS, AGATE), (SPORTS, CEDAR)}
"""Who may act for whom in the sample days' registry."""

GIVEN: tuple[tuple[Right, ...], ...] = (RIGHTS, ("file", "view"), ("correct", "view"), ("adjust", "view"))
"""What a delegation may allow."""

REASON = ChangeReason(code="R5-00-COT", pointer="1", explanation="goods returned unopened")
"""A reason that asks for neither refund nor debt, so that any change of value may give it."""

Sent = tuple[str, Declaration]
"""A sender's partner id and what it declared."""

numbers = st.sampled_from(NUMBERS)
importers = st.sampled_from(IMPORTERS)
brokers = st.sampled_from((AGATE, AGATE, CEDAR))
scopes: st.SearchStrategy[Scope] = st.sampled_from(("program", "business"))
values = st.sampled_from((Decimal(1000), Decimal(2500)))


@dataclass
class Timeline:
    """The model of one declaration. versions: those that were ever let stand, with their senders."""

    accounted: date | None = None
    versions: dict[int, Sent] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    posted: int = 0

    @property
    def standing(self) -> Declaration | None:
        """The version that later ones are judged against."""
        left = self.versions.keys() - self.refused
        return self.versions[max(left)][1] if left else None

    @property
    def next_version(self) -> int:
        return max(self.versions, default=0) + 1

    def is_settled_on(self, day: date) -> bool:
        """Whether the payment due date has passed."""
        assert self.accounted is not None
        standing = self.versions[1][1]
        assert standing.release_date is not None
        return day > billing_dates("commercial", standing.release_date, self.accounted).payment_due


class Declarations(RuleBasedStateMachine):
    """Partners file, repeat, correct and cancel; officers rule; authority comes and goes; days pass."""

    def __init__(self, template: Path, shared: Tables, specimen: Declaration) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        book = Path(self.folder.name) / "book.sqlite"
        book.write_bytes(template.read_bytes())
        self.house = House(Settings(database=f"sqlite:///{book}"))
        # Migrated already, and the tables are the same for all.
        self.house.__dict__ |= {"engine": engine_of(f"sqlite:///{book}"), "tables": shared}
        self.house.__dict__["clock"] = self.clock = FixedClock(MORNING)
        self.specimen = specimen
        self.references = (f"REF{number:04}" for number in count(1))
        self.payloads: list[tuple[Sent, str, bytes]] = []
        self.verdicts: dict[str, str] = {}
        self.timelines = {number: Timeline() for number in NUMBERS}
        self.authority: dict[tuple[str, str], tuple[Right, ...]] = dict.fromkeys(DELEGATED, RIGHTS)

    def teardown(self) -> None:
        self.house.close()
        self.folder.cleanup()

    # ---- what partners send -----------------------------------------------------------------------

    @initialize(importer=importers, value=values)
    def open_the_first(self, importer: str, value: Decimal) -> None:
        self._file(AGATE, self._declared(NUMBERS[0], importer, AGATE, value))

    @rule(number=numbers, importer=importers, value=values)
    def file(self, number: str, importer: str, value: Decimal) -> None:
        self._file(AGATE, self._declared(number, importer, AGATE, value))

    @rule(
        number=numbers,
        importer=importers,
        broker=brokers,
        value=values,
        skipped=st.sampled_from((0, 0, 0, -1, 1)),
    )
    def change(self, number: str, importer: str, broker: str, value: Decimal, skipped: int) -> None:
        version = max(1, self.timelines[number].next_version + skipped)
        later = {"version": version, "function": "change", "reasons": (REASON,)}
        self._file(broker, self._declared(number, importer, broker, value).model_copy(update=later))

    @rule(number=numbers, importer=importers, broker=brokers)
    def cancel(self, number: str, importer: str, broker: str) -> None:
        version = self.timelines[number].next_version
        later = {"version": version, "function": "cancellation", "reasons": (REASON,)}
        self._file(broker, self._declared(number, importer, broker, Decimal(1000)).model_copy(update=later))

    @precondition(lambda self: self.payloads)
    @rule(data=st.data())
    def repeat_the_bytes(self, data: st.DataObject) -> None:
        self._send(data.draw(st.sampled_from(self.payloads))[2])

    @precondition(lambda self: self.payloads)
    @rule(data=st.data())
    def repeat_the_version(self, data: st.DataObject) -> None:
        (sender, cad), _reference, _payload = data.draw(st.sampled_from(self.payloads))
        self._file(sender, cad)

    @precondition(lambda self: self.payloads)
    @rule(data=st.data())
    def copy_the_version_of_another(self, data: st.DataObject) -> None:
        (_sender, cad), _reference, _payload = data.draw(st.sampled_from(self.payloads))
        self._file(BOREAL, cad)

    @precondition(lambda self: self.payloads)
    @rule(data=st.data(), value=st.just(Decimal(4000)))
    def reuse_the_reference(self, data: st.DataObject, value: Decimal) -> None:
        (sender, cad), reference, _payload = data.draw(st.sampled_from(self.payloads))
        other = self._declared(cad.transaction_number, cad.importer.identifier, sender, value)
        self._send(self._written(sender, other, reference))

    # ---- what officers, importers and time do -------------------------------------------------------

    @precondition(lambda self: any(timeline.waiting for timeline in self.timelines.values()))
    @rule(data=st.data(), ruling=st.sampled_from(("approved", "refused")))
    def rule_on_an_adjustment(self, data: st.DataObject, ruling: adjustments.Ruling) -> None:
        waiting = [(number, version) for number in NUMBERS for version in self.timelines[number].waiting]
        number, version = data.draw(st.sampled_from(sorted(waiting)))
        timeline = self.timelines[number]
        if version > min(timeline.waiting):
            with pytest.raises(adjustments.NotWaiting, match="first"):
                self._rule(number, version, ruling)
            return
        self._rule(number, version, ruling)
        timeline.waiting.remove(version)
        if ruling == "approved":
            timeline.posted = version
        else:
            timeline.refused.add(version)

    @rule(days=st.sampled_from((1, 20, 70)))
    def let_days_pass(self, days: int) -> None:
        self.clock.instant += timedelta(days=days)

    @rule(importer=importers, broker=brokers, rights=st.sampled_from(GIVEN), scope=scopes)
    def delegate(self, importer: str, broker: str, rights: tuple[Right, ...], scope: Scope) -> None:
        self.revoke(importer, broker)
        self.authority[importer, broker] = rights
        given = Delegation(
            importer=bn9_of(importer) if scope == "business" else importer,
            broker=bn9_of(ACCOUNTS[broker]),
            since=self.today,
            scope=scope,
            rights=rights,
        )
        self._write(given)

    @rule(importer=importers, broker=brokers)
    def revoke(self, importer: str, broker: str) -> None:
        self.authority.pop((importer, broker), None)
        yesterday = self.today - timedelta(days=1)
        with reading(self.house.engine) as connection:
            known = registry.read(connection, accounts=[importer], senders=()).delegations
        ours = [each for each in known if each.broker == bn9_of(ACCOUNTS[broker])]
        self._write(*(each.model_copy(update={"until": yesterday}) for each in ours))

    # ---- what must hold after every step ------------------------------------------------------------

    @invariant()
    def verdicts_are_the_models(self) -> None:
        joined = tables.decision.c.interchange == tables.interchange.c.key
        query = select(tables.interchange.c.control_reference, tables.decision.c.verdict).join_from(
            tables.decision, tables.interchange, joined
        )
        with reading(self.house.engine) as connection:
            decided = [tuple(row) for row in connection.execute(query)]
            assert not connection.scalar(select(func.count()).select_from(tables.dead_letter))
        assert sorted(decided) == sorted(self.verdicts.items())

    @invariant()
    def every_message_has_one_answer_and_numbers_have_no_gaps(self) -> None:
        with reading(self.house.engine) as connection:
            papers = connection.execute(
                select(outbox.c.recipient, outbox.c.kind, outbox.c.control_reference)
            ).all()
        assert sum(paper.kind == "answer" for paper in papers) == len(self.verdicts)
        for recipient in ACCOUNTS:
            drawn = sorted(int(each.control_reference) for each in papers if each.recipient == recipient)
            assert drawn == list(range(1, len(drawn) + 1))

    @invariant()
    def the_book_is_sound_and_holds_the_models_versions(self) -> None:
        with reading(self.house.engine) as connection:
            assert list(map(str, verify(connection))) == []
            latest = ledger.latest_entry(connection, NUMBERS)
        held = {number: entry.version for number, entry in latest.items()}
        assert held == {number: each.posted for number, each in self.timelines.items() if each.posted}

    @invariant()
    def what_waits_is_what_the_model_waits_for(self) -> None:
        with reading(self.house.engine) as connection:
            listed = {each.number for each in adjustments.waiting(connection)}
        assert listed == {printed_number(n, v) for n in NUMBERS for v in self.timelines[n].waiting}

    # ---- the model ----------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return eastern_day(self.clock.instant)

    def _expected(self, sender: str, cad: Declaration) -> str:
        """Return the verdict that the model gives, and let the version stand where it does."""
        timeline = self.timelines[cad.transaction_number]
        if timeline.versions.get(cad.version) == (sender, cad):
            return "repeated"
        if not self._may_stand(sender, cad, timeline):
            return "rejected"
        timeline.accounted = timeline.accounted or self.today
        waits = bool(timeline.versions) and timeline.is_settled_on(self.today)
        timeline.versions[cad.version] = (sender, cad)
        if waits:
            timeline.waiting.add(cad.version)
            return "pending"
        timeline.posted = cad.version
        return "accepted"

    def _may_stand(self, sender: str, cad: Declaration, timeline: Timeline) -> bool:
        standing = timeline.standing
        named = {cad.importer.identifier} | ({standing.importer.identifier} if standing else set())
        act = self._act(cad, timeline)
        if not all(act in self.authority.get((importer, sender), ()) for importer in named):
            return False
        if cad.broker.identifier != ACCOUNTS[sender] or cad.version != timeline.next_version:
            return False
        if cad.function == "original":
            return standing is None
        return standing is not None and standing.function != "cancellation"

    def _act(self, cad: Declaration, timeline: Timeline) -> Right:
        """Return what a filing does, and needs a right for."""
        if cad.function == "original" or timeline.standing is None:
            return "file"
        return "adjust" if timeline.is_settled_on(self.today) else "correct"

    # ---- the house ----------------------------------------------------------------------------------

    def _declared(self, number: str, importer: str, broker: str, value: Decimal) -> Declaration:
        line, invoice = self.specimen.lines[0], self.specimen.invoices[0]
        return self.specimen.model_copy(
            update={
                "transaction_number": number,
                "importer": Party(identifier=importer),
                "broker": Party(identifier=ACCOUNTS[broker]),
                "invoices": (invoice.model_copy(update={"total": value}),),
                "lines": (line.model_copy(update={"value": value}),),
            }
        )

    def _file(self, sender: str, cad: Declaration) -> None:
        """File a declaration in an interchange of its own, and note what the model expects of it."""
        reference = next(self.references)
        payload = self._written(sender, cad, reference)
        received = parsers.read(payload)[0].messages[0].cad
        assert received is not None
        self.payloads.append(((sender, received), reference, payload))
        self.verdicts[reference] = self._expected(sender, received)
        self._send(payload)

    def _written(self, sender: str, cad: Declaration, reference: str) -> bytes:
        header = Header(
            sender=sender, recipient="CARM", control_reference=reference, prepared=self.clock.instant
        )
        return write_interchange("cusdec_d13a", header, [cad])

    def _send(self, payload: bytes) -> None:
        with writing(self.house.engine) as connection:
            self.house.log.publish(connection, [inbound(payload, self.clock.instant)])
        self.house.shift().until_idle()

    def _rule(self, number: str, version: int, ruling: adjustments.Ruling) -> None:
        officer = audit.Author("M. Tremblay", "documents seen", self.clock.instant)
        with writing(self.house.engine) as connection:
            going_on = adjustments.rule(connection, printed_number(number, version), ruling, officer)
            self.house.log.publish(connection, going_on)
        self.house.shift().until_idle()

    def _write(self, *delegations: Delegation) -> None:
        with writing(self.house.engine) as connection:
            registry.write(connection, Registry(delegations=delegations))


@pytest.fixture
def machine(tmp_path: Path) -> Callable[[], Declarations]:
    """Makes a house for each run out of one that was migrated and knows the sample days' registry."""
    template = tmp_path / "template.sqlite"
    house = House(Settings(database=f"sqlite:///{template}", tables=SAMPLE_DAYS / "tables"))
    with writing(house.engine) as connection:
        registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))
    specimen = parsers.read(sample_days()[0].files[0].read_bytes())[0].messages[1].cad
    assert specimen is not None
    shared = house.tables
    house.close()
    return lambda: Declarations(template, shared, specimen)


def test_decisions_and_book_follow_the_model(machine: Callable[[], Declarations]) -> None:
    few = settings(max_examples=15, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(machine, settings=few)
