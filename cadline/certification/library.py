"""Which suites are there, and what do they share? A folder with declarations, people, tables and suites.

certification/
├── requirements.toml      what a partner's software must show
├── exempt.toml            reject rules that no message of a partner can break, each with its reason
├── declarations.toml      declarations by name, which scenarios change in places
├── registry/*.csv         who is who in every scenario
├── tables/*.csv           tables that stand in place of shipped ones: invented exchange rates
└── <suite>/               suite.toml, and a file for each group of scenarios
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from cadline.certification.errors import SuiteError, Trouble
from cadline.certification.files import Location, key_of, line_of, model_of, toml_of, troubles
from cadline.certification.model import Group, People, Scenario, Send, Step, Suite, Words
from schemas.base import Value
from schemas.cad import Declaration
from schemas.registry import Registry, Syntax
from schemas.registry_files import read_registry
from schemas.rules import all_rules

SHIPPED = Path(__file__).parent / "suites"
"""The suites that come with cadline; in the source tree, a link to `fixtures/certification`."""

SUFFIX: Mapping[Syntax, str] = {"edifact": "E", "xml": "X"}
"""What the id of a scenario ends with, where it is run in both syntaxes."""

SUITE_FILE = "suite.toml"


class Requirement(Value):
    """What a partner's software must show. source: where it is asked for."""

    id: str
    title: Words
    source: str


class Requirements(Value):
    """The file `requirements.toml`."""

    requirement: tuple[Requirement, ...]


class Exemption(Value):
    """Reject rules that no scenario can show, and why."""

    rules: tuple[str, ...]
    why: Words


class Exemptions(Value):
    """The file `exempt.toml`."""

    exempt: tuple[Exemption, ...] = ()


class SuiteText(Value):
    """The file `suite.toml`. syntaxes: in which scenarios run, where neither they nor their group say it."""

    title: Words
    version: str
    syntaxes: tuple[Syntax, ...] = ("edifact",)
    clock: datetime
    sender: str
    groups: tuple[str, ...] = Field(min_length=1)


EXPECT_SOMETHING = "Add a step that says what is to come of it, such as `expect-answer`."


class ScenarioText(Value):
    """A scenario as it is written; what it leaves out, its group or its suite says."""

    id: str = Field(pattern=r"^[A-Z0-9]+(-[A-Za-z0-9]+)*$")
    title: Words
    requirements: tuple[str, ...] = Field(min_length=1)
    rules: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    syntaxes: tuple[Syntax, ...] | None = None
    clock: datetime | None = None
    sender: str | None = None
    people: People = People()
    steps: tuple[Step, ...] = Field(min_length=1)


class GroupText(Value):
    """A file of scenarios."""

    title: Words
    syntaxes: tuple[Syntax, ...] | None = None
    clock: datetime | None = None
    sender: str | None = None
    scenario: tuple[ScenarioText, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Library:
    """A folder of suites. Raises SuiteError, naming file and line, for what cannot be read."""

    folder: Path = SHIPPED

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What can be asked for."""
        return model_of(Requirements, self.folder / "requirements.toml").requirement

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """The reject rules that no scenario shows."""
        return model_of(Exemptions, self.folder / "exempt.toml").exempt

    @cached_property
    def declarations(self) -> Mapping[str, Mapping[str, Any]]:
        """The declarations by name, each as a nested dict that makes a Declaration."""
        file = self.folder / "declarations.toml"
        content = toml_of(file)
        for name, declared in content.items():
            try:
                Declaration.model_validate(declared)
            except ValidationError as error:
                raise SuiteError(*troubles(file, error, name)) from None
        return content

    @cached_property
    def registry(self) -> Registry:
        """Who is who in every scenario."""
        return read_registry(self.folder / "registry")

    @property
    def tables(self) -> Path:
        """The folder of tables that stand in place of shipped ones."""
        return self.folder / "tables"

    def names(self) -> list[str]:
        """Name the suites."""
        return sorted(file.parent.name for file in self.folder.glob(f"*/{SUITE_FILE}"))

    def suites(self) -> tuple[Suite, ...]:
        """Read all suites."""
        return tuple(self.suite(name) for name in self.names())

    def suite(self, name: str) -> Suite:
        """Read one suite, checked against what it refers to."""
        folder = self.folder / name
        text = model_of(SuiteText, folder / SUITE_FILE)
        files = [folder / f"{group}.toml" for group in text.groups]
        groups = tuple(self._group(text, file) for file in files)
        shared = sorted(
            file for part in ("registry", "tables") for file in (self.folder / part).glob("*.csv")
        )
        digest = _digest([folder / SUITE_FILE, *files, self.folder / "declarations.toml", *shared])
        suite = Suite(id=name, title=text.title, version=text.version, groups=groups, digest=digest)
        _insist_on_order(suite, folder)
        return suite

    def _group(self, suite: SuiteText, file: Path) -> Group:
        text = model_of(GroupText, file)
        troubles = list(self._dangling(file, text))
        if troubles:
            raise SuiteError(*troubles)
        scenarios = [each for scenario in text.scenario for each in _expanded(suite, text, scenario)]
        return Group(id=file.stem, title=text.title, file=file.name, scenarios=tuple(scenarios))

    def _dangling(self, file: Path, text: GroupText) -> Iterator[Trouble]:
        """Yield what a file refers to and what is not there."""
        requirements, rules = {each.id for each in self.requirements}, set(all_rules())
        for place, scenario in enumerate(text.scenario):
            here: tuple[int | str, ...] = ("scenario", place)
            for location, used, known, remedy in (
                (
                    (*here, "requirements"),
                    scenario.requirements,
                    requirements,
                    "requirements.toml names them.",
                ),
                ((*here, "rules"), scenario.rules, rules, "docs/RULES.md names them."),
                *self._dangling_of_sends(here, scenario, file.parent),
            ):
                for unknown in [each for each in used if each not in known]:
                    yield Trouble(
                        file, line_of(file, location), key_of(location), f"there is no {unknown}", remedy
                    )

    def _dangling_of_sends(
        self, here: Location, scenario: ScenarioText, folder: Path
    ) -> Iterator[tuple[Location, Collection[str], Collection[str], str]]:
        """Yield where a send names declarations or a file: which, what there is, and the remedy."""
        for number, step in enumerate(scenario.steps):
            if isinstance(step, Send):
                cads = [message.cad for message in step.messages]
                files = [step.file] if step.file else []
                there = [name for name in files if (folder / name).is_file()]
                at = (*here, "steps", number)
                yield (*at, "messages"), cads, self.declarations, "declarations.toml names them."
                yield (*at, "file"), files, there, "Put the file beside the suite."


def _expanded(suite: SuiteText, group: GroupText, text: ScenarioText) -> Iterator[Scenario]:
    """Yield a scenario once for each syntax; the id of each says which, where there are several."""
    syntaxes = text.syntaxes or group.syntaxes or suite.syntaxes
    for syntax in syntaxes:
        tail = f"-{SUFFIX[syntax]}" if len(syntaxes) > 1 else ""
        yield Scenario(
            id=text.id + tail,
            title=text.title,
            requirements=text.requirements,
            rules=text.rules,
            needs=tuple(need + tail for need in text.needs),
            syntax=syntax,
            clock=text.clock or group.clock or suite.clock,
            sender=text.sender or group.sender or suite.sender,
            people=text.people,
            steps=text.steps,
        )


def _insist_on_order(suite: Suite, folder: Path) -> None:
    """Raise SuiteError where an id comes twice, or a scenario needs a later one, or expects nothing."""
    before: set[str] = set()
    for group in suite.groups:
        file = folder / group.file
        for scenario in group.scenarios:
            if scenario.id in before:
                raise SuiteError(
                    Trouble(file, None, scenario.id, "the id comes twice", "Give each scenario its own id.")
                )
            if not any(step.do.startswith("expect-") for step in scenario.steps):
                raise SuiteError(
                    Trouble(
                        file, None, scenario.id, "expects nothing, so it could not fail", EXPECT_SOMETHING
                    )
                )
            if missing := [need for need in scenario.needs if need not in before]:
                what = f"needs {', '.join(missing)}, which does not stand before it"
                raise SuiteError(Trouble(file, None, scenario.id, what, "Put it first, or mend its id."))
            before.add(scenario.id)


def _digest(files: Sequence[Path]) -> str:
    """Return the SHA-256 over the names and contents of files."""
    whole = sha256()
    for file in files:
        content = file.read_bytes()
        whole.update(f"{file.name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
