"""Which open scenarios does a client's message show, and what is still missing from the others?

A message shows a scenario when it says what the scenario's own message says where that matters, and when
what comes back to it is what the scenario expects. Amounts, numbers and names are the client's own. A
message may show several scenarios. Only those are open to a client that one message shows, in the suite's
own registry and on its own day; the others are played by `cadline certify run`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import parsers
from cadline.certification.evidence import Seen
from cadline.certification.generating import expectations_of, is_pattern
from cadline.certification.judging import judge
from cadline.certification.library import Library
from cadline.certification.model import (
    Check,
    ExpectAnswer,
    Expectation,
    Group,
    Message,
    Result,
    Scenario,
    Suite,
    Words,
)
from schemas.cad import Declaration
from schemas.partner_terms import GUIDES

OWN = frozenset(
    {
        "transaction_number",
        "previous_transaction_number",
        "related_transaction_number",
        "identifier",
        "name",
        "number",
        "invoice",
        "description",
        "value",
        "total",
        "quantity",
        "freight",
        "control_lines",
        "cargo_control_numbers",
        "office",
    }
)
"""Fields whose values are the client's own: of these, only whether they are there is looked at."""

ALWAYS = ("type", "function")
"""What a message says in any case as the scenario's does, unless that is the very fault."""

INDEX = re.compile(r"\[\d+\]")

Says = Mapping[str, frozenset[str]]
"""What a declaration says: the values at each path, places in lists left out."""


@dataclass(frozen=True)
class Task:
    """A scenario that is open to a client. points: what its message must say, where that matters."""

    group: Group
    scenario: Scenario
    expectations: tuple[Expectation, ...]
    points: Says
    absent: frozenset[str]

    def lacks(self, seen: Seen, cads: Sequence[Says]) -> tuple[Check, ...]:
        """Return what a message lacks to show the scenario; nothing when it shows it."""
        checks = [check for expectation in self.expectations for check in judge(expectation, seen)]
        wrong = [check for check in checks if not check.passed]
        said = cads[0] if cads else {}
        return (*self._unsaid(said), *wrong)

    def result(self, suite: str, seen: Seen) -> Result:
        """Return the result of a scenario that a message shows."""
        checks = tuple(check for expectation in self.expectations for check in judge(expectation, seen))
        return Result(
            suite=suite,
            group=self.group.id,
            scenario=self.scenario.id,
            title=self.scenario.title,
            requirements=self.scenario.requirements,
            rules=tuple(sorted(self.scenario.shown)),
            status="passed",
            checks=checks,
            exchanges=(*(sent.exchange for sent in seen.sent), *(got.exchange for got in seen.got)),
        )

    def _unsaid(self, said: Says) -> Iterator[Check]:
        for path, values in self.points.items():
            found = said.get(path, frozenset())
            if not (found if path.rpartition(".")[2] in OWN else values <= found):
                yield _point(path, ", ".join(sorted(values)), ", ".join(sorted(found)) or "none")
        for path in self.absent:
            if path in said:
                yield _point(path, "none", ", ".join(sorted(said[path])))


@dataclass
class Reception:
    """What a client has shown of a suite by a message guide, and how near it came to the rest."""

    library: Library
    suite: Suite
    profile: str
    shown: dict[str, Result] = field(default_factory=dict)
    nearest: dict[str, tuple[str, tuple[Check, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the scenarios that are open to the client."""
        self.tasks = tuple(tasks(self.library, self.suite, self.profile))

    def receive(self, seen: Seen) -> list[Result]:
        """Take in a message with what came back to it; return what it shows that was still open."""
        cads = [says(cad) for cad in self._cads(seen)]
        new = []
        for task in self.open():
            lacks = task.lacks(seen, cads)
            name = task.scenario.id
            if not lacks:
                self.shown[name] = task.result(self.suite.id, seen)
                new.append(self.shown[name])
            elif name not in self.nearest or len(lacks) < len(self.nearest[name][1]):
                self.nearest[name] = (seen.sent[0].name, lacks)
        return new

    def open(self) -> tuple[Task, ...]:
        """Return what was not shown yet."""
        return tuple(task for task in self.tasks if task.scenario.id not in self.shown)

    def is_other(self, seen: Seen) -> str:
        """Say in which version a message is written, where that is not the profile's; else nothing."""
        guide = GUIDES[self.profile]
        if seen.sent[0].syntax != guide.format:
            return seen.sent[0].syntax
        for interchange in parsers.read(seen.sent[0].payload):
            for message in interchange.messages:
                version = f"{message.version}.{message.release}"
                if guide.format == "edifact" and message.release and version != guide.version:
                    return version
        return ""

    def _cads(self, seen: Seen) -> Iterator[Declaration]:
        for interchange in parsers.read(seen.sent[0].payload):
            yield from (message.cad for message in interchange.messages if message.cad)


def tasks(library: Library, suite: Suite, profile: str) -> Iterator[Task]:
    """Yield the scenarios of a suite that are open to a client that speaks a message guide."""
    clock = suite.scenarios[0].clock
    for group in suite.groups:
        for scenario in group.scenarios:
            is_plain = not any(scenario.people.model_dump().values()) and scenario.clock == clock
            does = {step.do for step in scenario.steps}
            if (
                scenario.syntax == GUIDES[profile].format
                and is_plain
                and does <= PLAIN
                and is_pattern(scenario)
            ):
                yield _task(library, group, scenario)


PLAIN = frozenset({"send", "expect-acknowledgement", "expect-answer", "expect-nothing"})
"""What the steps of a scenario do that a client can show with one message."""


def says(cad: Declaration) -> Says:
    """Return what a declaration says, by path."""
    found: dict[str, set[str]] = {}
    for path, value in _leaves(cad.model_dump(mode="json", exclude_defaults=True), ""):
        found.setdefault(path, set()).add(str(value))
    return {path: frozenset(values) for path, values in found.items()}


def _task(library: Library, group: Group, scenario: Scenario) -> Task:
    send = scenario.sends[0]
    message = send.messages[0]
    return Task(
        group=group,
        scenario=scenario,
        expectations=tuple(map(_anywhere, expectations_of(scenario))),
        points={} if send.damage else _points(library.declarations[message.cad], message),
        absent=frozenset(INDEX.sub("", path) for path in message.without if "[" not in path),
    )


def _points(base: Mapping[str, Any], message: Message) -> Says:
    """Return what a message must say: type and function, and what the scenario changes."""
    points = {path: frozenset({str(base[path])}) for path in ALWAYS if path in base}
    for path, value in message.patch.items():
        general = INDEX.sub("", path)
        for inner, leaf in _leaves(value, general):
            points[inner] = (
                points.get(inner, frozenset()) | {str(leaf)}
                if inner not in ALWAYS
                else frozenset({str(leaf)})
            )
    return {path: values - {""} for path, values in points.items() if values - {""}}


def _anywhere(expectation: Expectation) -> Expectation:
    """Return an expectation that does not ask in which line or invoice a fault is found."""
    if not isinstance(expectation, ExpectAnswer):
        return expectation
    faults = tuple(
        fault.model_copy(update={"field": ""}) if "[" in fault.field else fault
        for fault in expectation.findings
    )
    return expectation.model_copy(update={"findings": faults})


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, path)
    elif value is not None:
        yield path, value


def _point(path: str, expected: str, found: str) -> Check:
    return Check(
        what=Words(en=f"Said at {path}", fr=f"Dit à {path}"), expected=expected, found=found, passed=False
    )


def names(results: Iterable[Result]) -> str:
    """Name the scenarios of results."""
    return ", ".join(result.scenario for result in results)
