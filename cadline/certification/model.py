"""What is a certification suite made of? Suites hold groups, groups hold scenarios, scenarios take steps.

    Suite
    └── Group                              one TOML file
        └── Scenario                       a house of its own: ledger, clock, registry, control numbers
            └── Step
                ├── Send                   an interchange arrives
                ├── Tick, Close, Rule      the clock goes on; a day closes; an officer rules
                └── Expect...              what must then be so

Days are Eastern, instants carry their zone, money is whole cents. Words are in English and French.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Value
from schemas.findings import Severity
from schemas.money import Cents
from schemas.papers import PaperKind, Verdict
from schemas.registry import Delegation, Importer, Partner, Syntax

# ---- steps that do something ---------------------------------------------------------------------


class Words(Value):
    """The same in both languages."""

    en: str
    fr: str


class Message(Value):
    """What one message says: a declaration of the suite, changed in places.

    cad: the name of a declaration (`declarations.toml`). patch: values by path, such as `lines[0].origin`.
    without: paths whose values are taken away. copies: how many such messages; each further one has the next
    transaction number.
    """

    cad: str
    patch: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    copies: int = Field(default=1, ge=1, le=100_000)


class Damage(Value):
    """What happens to the bytes on their way: `find` becomes `replace`, once or `times`; or they are cut.

    find, replace: text in ISO 8859-1, so that each character is one byte. repeat: how often `replace` is put
    there. keep_percent: how much of the payload arrives.
    """

    find: str = ""
    replace: str = ""
    repeat: int = Field(default=1, ge=1)
    times: int = 1
    keep_percent: int = Field(default=100, ge=0, le=100)


class Send(Value):
    """An interchange arrives. Give `messages`, or a `file` beside the suite, or `again`.

    name: by which expectations speak of it; `1`, `2`, ... by default. sender: partner id, the scenario's by
    default. at: the clock is led there first. reference: control reference, drawn by the run where empty.
    again: the name of an earlier send, whose bytes arrive once more.
    """

    do: Literal["send"]
    name: str = ""
    sender: str = ""
    recipient: str = ""
    at: datetime | None = None
    reference: str = ""
    test: bool = False
    messages: tuple[Message, ...] = ()
    file: str = ""
    again: str = ""
    damage: tuple[Damage, ...] = ()


class Tick(Value):
    """The clock is led to an instant, and what is due by then is done by whoever waits for it."""

    do: Literal["tick"]
    to: datetime


class Close(Value):
    """A day closes (its notices and summaries are made), or a statement day comes."""

    do: Literal["close"]
    kind: Literal["day", "statement"] = "day"
    day: date


class Rule(Value):
    """An officer rules on an adjustment that waits. number: printed, 14 digits and 5 of the version."""

    do: Literal["rule"]
    number: str
    ruling: Literal["approved", "refused"]


# ---- steps that expect something -----------------------------------------------------------------


class Fault(Value):
    """A finding that is expected. field: our name of the place, such as `lines[0].origin`; "" for any."""

    rule: str
    field: str = ""
    severity: Severity | None = None


class ExpectAcknowledgement(Value):
    """The CONTRL to an interchange. to: the name of the send, the last one by default.

    rejected: references of the messages that it rejects; groups: of the functional groups. codes: the syntax
    error codes (0085) that it names, all of them. findings: all rules of syntax that the interchange breaks,
    as `cadline check` says them.
    """

    do: Literal["expect-acknowledgement"]
    to: str = ""
    accepted: bool = True
    rejected: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    codes: tuple[str, ...] | None = None
    findings: tuple[str, ...] | None = None


class ExpectAnswer(Value):
    """The CUSRES to one message. message: its place in the interchange, from 1.

    findings: must all be there; `only` says that there are no others. figures: fields of the answer by path,
    such as `total_cents` or `dates.payment_due`.
    """

    do: Literal["expect-answer"]
    to: str = ""
    message: int = Field(default=1, ge=1)
    verdict: Verdict
    findings: tuple[Fault, ...] = ()
    only: bool = False
    figures: dict[str, Any] = {}


class ExpectAnswers(Value):
    """How many answers an interchange gets, by verdict."""

    do: Literal["expect-answers"]
    to: str = ""
    accepted: int = 0
    rejected: int = 0


class ExpectSame(Value):
    """What came back to a send is, byte for byte, what came back to an earlier one."""

    do: Literal["expect-same"]
    to: str = ""
    earlier: str


class ExpectNothing(Value):
    """Nothing comes back to a send. findings: all rules of syntax that it breaks, where given."""

    do: Literal["expect-nothing"]
    to: str = ""
    findings: tuple[str, ...] | None = None


class ExpectBalance(Value):
    """What an account owes, in cents; negative in its favour."""

    do: Literal["expect-balance"]
    account: str
    cents: Cents


class ExpectPaper(Value):
    """A notice, statement or summary of a day, and figures on it by path, such as `payable_cents`.

    subject: account (BN15), or business number (BN9) of a broker. sent_to: the partner that gets it by EDI.
    absent: there must be none.
    """

    do: Literal["expect-paper"]
    kind: PaperKind
    subject: str
    day: date
    sent_to: str = ""
    absent: bool = False
    figures: dict[str, Any] = {}


class ExpectBook(Value):
    """The book proves itself; entries: how many journal entries it holds, where given."""

    do: Literal["expect-book"]
    entries: int | None = None


Action = Send | Tick | Close | Rule
Expectation = (
    ExpectAcknowledgement
    | ExpectAnswer
    | ExpectAnswers
    | ExpectSame
    | ExpectNothing
    | ExpectBalance
    | ExpectPaper
    | ExpectBook
)
Step = Annotated[Action | Expectation, Field(discriminator="do")]


# ---- suites --------------------------------------------------------------------------------------


class People(Value):
    """Partners, importers and delegations that a scenario needs beside the suite's."""

    partners: tuple[Partner, ...] = ()
    importers: tuple[Importer, ...] = ()
    delegations: tuple[Delegation, ...] = ()


class Scenario(Value):
    """One thing to be shown. id: unique in its suite; syntax: what its messages are written in.

    requirements: ids of `requirements.toml`. rules: that it shows rejecting or warning. needs: ids of
    scenarios that must have passed, else it is blocked. clock: where its clock begins. sender: partner id.
    """

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Za-z0-9]+)*$")
    title: Words
    requirements: tuple[str, ...] = Field(min_length=1)
    rules: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    syntax: Syntax = "edifact"
    clock: datetime
    sender: str
    people: People = People()
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def shown(self) -> frozenset[str]:
        """Return the rules that the scenario shows: those it names, and those that it expects to be found."""
        found: set[str] = set(self.rules)
        for step in self.steps:
            if isinstance(step, ExpectAnswer):
                found |= {fault.rule for fault in step.findings}
            elif isinstance(step, ExpectAcknowledgement | ExpectNothing):
                found |= set(step.findings or ())
        return frozenset(found)

    @property
    def sends(self) -> tuple[Send, ...]:
        """Return what the tester's side sends, in order, each with its name."""
        sends = [step for step in self.steps if isinstance(step, Send)]
        return tuple(
            send if send.name else send.model_copy(update={"name": str(number)})
            for number, send in enumerate(sends, start=1)
        )


class Group(Value):
    """Scenarios that belong together: one file. file: its name in the suite's folder."""

    id: str
    title: Words
    file: str = ""
    scenarios: tuple[Scenario, ...]


class Suite(Value):
    """Everything that one certificate speaks of. digest: SHA-256 over all files that make the suite."""

    id: str
    title: Words
    version: str
    groups: tuple[Group, ...]
    digest: str = ""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return all scenarios in their order."""
        return tuple(scenario for group in self.groups for scenario in group.scenarios)


# ---- what comes of it ----------------------------------------------------------------------------

Status = Literal["passed", "failed", "blocked", "waiting"]
"""blocked: something that it needs has not passed. waiting: not run yet, or for the client."""

STATUSES: tuple[Status, ...] = ("passed", "failed", "blocked", "waiting")


class Exchange(Value):
    """One interchange that travelled.

    name: of the send, or the key of the paper. to: the send that it came back to. kind: `declaration`, or a
    paper's. text: as it travelled, in ISO 8859-1 where it is no UTF-8. digest: SHA-256 of the bytes.
    """

    direction: Literal["sent", "got"]
    name: str
    to: str = ""
    partner: str
    kind: str
    syntax: str
    at: datetime
    text: str
    digest: str


class Check(Value):
    """One expectation, set beside what was found. remedy: what to do, where it did not hold."""

    what: Words
    expected: str
    found: str
    passed: bool
    remedy: Words | None = None


class Result(Value):
    """What came of one scenario. why: why it is blocked or waiting. milliseconds: how long it took."""

    suite: str
    group: str
    scenario: str
    title: Words
    requirements: tuple[str, ...]
    rules: tuple[str, ...] = ()
    status: Status
    why: Words | None = None
    checks: tuple[Check, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    milliseconds: int = 0


class Run(Value):
    """One run of a suite. tables: versions of the tables that judged. release: of cadline."""

    suite: str
    title: Words
    version: str
    digest: str
    release: str
    tables: str = ""
    started: datetime
    results: tuple[Result, ...]

    def count(self, status: Status) -> int:
        """Return how many scenarios came to a status."""
        return sum(result.status == status for result in self.results)

    @property
    def passed(self) -> bool:
        """Return whether every scenario passed."""
        return all(result.status == "passed" for result in self.results)
