"""The timeline: a declaration is followed through every stage, by each message that carried it."""

from datetime import UTC, date, datetime

import pytest

from cadline.clock import FixedClock
from cadline.database import engine_of, reading, upgrade, writing
from cadline.logs.embedded import EmbeddedLog
from cadline.sample_days import SAMPLE_DAYS
from cadline.worker import NotifyWorker, Shift, StageWorker
from ingest import registry
from ingest.adjustments import rule
from ingest.audit import Author
from ingest.closing import Close
from ingest.doors import inbound
from ingest.stages.notify import Notify
from ingest.stages.parse import Parse
from ingest.stages.post import Post
from ingest.stages.validate import Validate
from ingest.timeline import declarations, timeline
from schemas.registry_files import read_registry
from schemas.tables import load_tables

DAYS = SAMPLE_DAYS / "days"
FIRST = (DAYS / "2026-03-16" / "01-agatecb-first.edi").read_bytes()
CHANGE = (DAYS / "2026-03-17" / "04-agatecb-correction-up.edi").read_bytes()
SECOND_ORIGINAL = (DAYS / "2026-03-18" / "03-agatecb-evening.edi").read_bytes()
CHANGED, TAKEN = "90101260000005", "90101260000001"
ACCOUNT = "999002025RM0001"

MONDAY = datetime(2026, 3, 16, 15, tzinfo=UTC)
NIGHT = datetime(2026, 3, 17, 5, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 17, 15, tzinfo=UTC)
IN_MAY = datetime(2026, 5, 5, 15, tzinfo=UTC)


class House:
    """The stages on a database, worked at whatever instant a test says."""

    def __init__(self, url):
        self.engine = engine_of(url)
        upgrade(self.engine)
        self.log = EmbeddedLog(self.engine, 100)
        self.clock = FixedClock(MONDAY)
        self.tables = load_tables(SAMPLE_DAYS / "tables", None)
        with writing(self.engine) as connection:
            registry.write(connection, read_registry(SAMPLE_DAYS / "registry"))

    def receive(self, instant, *payloads):
        with writing(self.engine) as connection:
            self.log.publish(connection, [inbound(payload, instant) for payload in payloads])
        self.work(instant)

    def work(self, instant):
        self.clock.instant = instant
        stages = [Parse("CARM"), Validate("CARM", self.tables), Post("CARM")]
        workers = [
            StageWorker(stage, self.engine, self.log, self.log.reader(stage.name, stage.source), self.clock)
            for stage in stages
        ]
        Shift(
            [*workers, NotifyWorker(Notify(100), self.engine, self.log, self.clock)], 0.01, 1.0
        ).until_idle()

    def close(self, instant, day):
        with writing(self.engine) as connection:
            close = Close(connection, registry.read_all(connection), "CARM", instant)
            close.notices(day)
            close.summaries(day)
        self.work(instant)

    def rule(self, ruling, instant):
        with writing(self.engine) as connection:
            outgoing = rule(connection, f"{CHANGED}00002", ruling, Author("Ann", "it is right", instant))
            self.log.publish(connection, outgoing)
        self.work(instant)

    def courses(self, number):
        with reading(self.engine) as connection:
            return timeline(connection, number).courses

    def declared(self, number):
        with reading(self.engine) as connection:
            return declarations(connection, number)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def house(request):
    house = House(request.getfixturevalue(request.param))
    yield house
    house.engine.dispose()


def stages(course):
    return [(step.stage, step.at) for step in course.steps]


def step_of(course, stage):
    (step,) = [step for step in course.steps if step.stage == stage]
    return step


def test_a_number_that_nobody_filed_has_no_courses(house):
    assert house.courses("90101269999999") == ()
    assert house.declared("90101269999999") == {}


def test_every_stage_of_an_accepted_declaration_is_told(house):
    house.receive(MONDAY, FIRST)
    house.close(NIGHT, MONDAY.date())
    (course,) = house.courses(CHANGED)
    assert (course.version, course.verdict, course.interchange, course.position) == (
        1,
        "accepted",
        "AGATECB/CARM/26031601",
        5,
    )
    assert stages(course) == [
        ("received", MONDAY),
        ("acknowledged", MONDAY),
        ("decided", MONDAY),
        ("answered", MONDAY),
        ("posted", MONDAY),
        ("reported", NIGHT),
        ("reported", NIGHT),
    ]
    assert step_of(course, "acknowledged").control_reference == "00000000000001"
    assert step_of(course, "answered").control_reference == "00000000000006"
    assert step_of(course, "answered").delivered == (MONDAY,)
    posted = step_of(course, "posted")
    assert (posted.entry, posted.account, posted.replaced) == (f"cad/{CHANGED}/1", ACCOUNT, "")
    assert posted.charges == posted.changes == {"customs_duty": 119348, "gst": 234903}
    assert (posted.cents, posted.statement_date) == (354251, date(2026, 3, 25))
    summary, notice = course.steps[-2:]
    assert (summary.kind, summary.subject, summary.number) == ("broker-summary", "999001019", 1)
    assert (notice.kind, notice.subject, notice.number, notice.day) == (
        "daily-notice",
        ACCOUNT,
        1,
        date(2026, 3, 16),
    )


def test_a_change_tells_what_it_adds_and_what_it_replaces(house):
    house.receive(MONDAY, FIRST)
    house.receive(TUESDAY, CHANGE)
    first, change = house.courses(CHANGED)
    assert (first.version, change.version) == (1, 2)
    posted = step_of(change, "posted")
    assert (posted.entry, posted.replaced) == (f"cad/{CHANGED}/2", f"cad/{CHANGED}/1")
    assert (posted.changes, posted.change_cents) == ({"gst": 4524}, 4524)
    assert step_of(first, "posted").change_cents == 354251
    assert [cad.version for cad in house.declared(CHANGED).values()] == [1, 2]


def test_a_repeat_is_a_step_and_its_first_answers_are_delivered_twice(house):
    house.receive(MONDAY, FIRST)
    house.receive(TUESDAY, FIRST)
    (course,) = house.courses(CHANGED)
    assert [(step.at, step.repeat) for step in course.steps if step.stage == "received"] == [
        (MONDAY, False),
        (TUESDAY, True),
    ]
    assert step_of(course, "acknowledged").delivered == (MONDAY, TUESDAY)
    assert step_of(course, "answered").delivered == (MONDAY, TUESDAY)


def test_a_rejected_message_is_a_course_of_its_own_with_its_findings(house):
    house.receive(MONDAY, FIRST)
    house.receive(TUESDAY, SECOND_ORIGINAL)
    accepted, rejected = house.courses(TAKEN)
    assert (accepted.verdict, rejected.verdict) == ("accepted", "rejected")
    assert "CHG-002" in {finding.code for finding in step_of(rejected, "decided").findings}
    assert "posted" not in {step.stage for step in rejected.steps}
    assert house.declared(TAKEN)[1].cargo_control_numbers == ("9EXA260000001",)


def test_what_a_rejected_version_declared_is_read_from_the_original(house):
    house.receive(MONDAY, CHANGE)
    (course,) = house.courses(CHANGED)
    assert course.verdict == "rejected"
    assert house.declared(CHANGED)[2].transaction_number == CHANGED


@pytest.mark.parametrize(("ruling", "posted"), [("approved", 1), ("refused", 0)])
def test_an_adjustment_is_told_with_its_ruling(house, ruling, posted):
    house.receive(MONDAY, FIRST)
    house.receive(datetime(2026, 4, 20, 15, tzinfo=UTC), CHANGE)
    house.rule(ruling, IN_MAY)
    _, change = house.courses(CHANGED)
    assert change.verdict == "pending"
    ruled = step_of(change, "ruled")
    assert (ruled.ruling, ruled.by, ruled.reason, ruled.at) == (ruling, "Ann", "it is right", IN_MAY)
    assert len([step for step in change.steps if step.stage == "posted"]) == posted


def test_a_paper_that_nobody_gets_by_edi_is_told_without_an_instant(house):
    with writing(house.engine) as connection:
        known = registry.read_all(connection)
        silent = known.importers[ACCOUNT].model_copy(update={"statements_to": ""})
        registry.write(connection, known.model_copy(update={"importers": {ACCOUNT: silent}}))
    house.receive(MONDAY, FIRST)
    house.close(NIGHT, MONDAY.date())
    notice = house.courses(CHANGED)[0].steps[-1]
    assert (notice.stage, notice.kind, notice.at, notice.recipient) == ("reported", "daily-notice", None, "")
