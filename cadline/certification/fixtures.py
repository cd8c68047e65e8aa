"""What does a tester's own folder hold? Messages, and beside each what is expected to come back.

    FOLDER/
    ├── folder.toml        title, and the instant at which all arrive
    ├── registry/*.csv     who is who; the suites' where it is missing
    ├── tables/*.csv       tables in place of shipped ones; the suites' where it is missing
    ├── first.edi          a message: any name, any ending but .toml
    └── first.toml         its expectations, in the words of the suites: [[expect]] do = "expect-answer" ...

Messages arrive in the order of their names, in one house: a later one may correct an earlier one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from cadline.certification.desk import Payload
from cadline.certification.errors import SuiteError, Trouble
from cadline.certification.evidence import Seen
from cadline.certification.files import model_of
from cadline.certification.library import Library
from cadline.certification.model import (
    ExpectAcknowledgement,
    ExpectAnswer,
    ExpectAnswers,
    Expectation,
    ExpectNothing,
    Fault,
)
from cadline.errors import Refused
from schemas.base import Value
from schemas.registry import Delegation, Importer, Partner, Registry
from schemas.registry_files import read_registry
from schemas.table_errors import TableError

FOLDER_FILE = "folder.toml"
EXPECTED_SUFFIX = ".toml"
CLOCK = datetime.fromisoformat("2026-03-17T14:00:00+00:00")
"""When the messages of a folder arrive that does not say it: the day of the shipped suites."""

OfOneMessage = Annotated[
    ExpectAcknowledgement | ExpectAnswer | ExpectAnswers | ExpectNothing, Field(discriminator="do")
]


class FolderText(Value):
    """The file `folder.toml`."""

    title: str = ""
    clock: datetime = CLOCK


class ExpectedText(Value):
    """The file beside a message."""

    expect: tuple[OfOneMessage, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Fixture:
    """A message, and what is expected to come back."""

    payload: Payload
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Folder:
    """A tester's folder, read. text: what its folder.toml says."""

    path: Path
    text: FolderText
    library: Library

    @classmethod
    def of(cls, path: Path, library: Library) -> "Folder":
        """Read what holds for the whole folder. Raises SuiteError for a broken folder.toml."""
        file = path / FOLDER_FILE
        return cls(path, model_of(FolderText, file) if file.exists() else FolderText(), library)

    @property
    def tables(self) -> Path:
        """The folder of tables that stand in place of shipped ones."""
        own = self.path / "tables"
        return own if own.is_dir() else self.library.tables

    def registry(self) -> Registry:
        """Return who is who. Raises Refused naming every fault."""
        own = self.path / "registry"
        try:
            return read_registry(own) if own.is_dir() else self.library.registry
        except TableError as error:
            raise Refused(str(error)) from None

    def messages(self) -> list[Path]:
        """Return the files that are messages, in their order."""
        return sorted(
            file
            for file in self.path.iterdir()
            if file.is_file() and file.suffix != EXPECTED_SUFFIX and not file.name.startswith(".")
        )

    def fixtures(self) -> tuple[Fixture, ...]:
        """Read all. Raises SuiteError with everything that is wrong with any."""
        found: list[Fixture] = []
        troubles: list[Trouble] = []
        for file in self.messages():
            try:
                expected = model_of(ExpectedText, file.with_suffix(EXPECTED_SUFFIX)).expect
            except SuiteError as error:
                troubles += error.troubles
                continue
            found.append(Fixture(Payload(file.name, file.read_bytes()), expected))
        if troubles:
            raise SuiteError(*troubles)
        return tuple(found)


def expected_of(seen: Seen) -> tuple[Expectation, ...]:
    """Return the expectations that what came back fulfils: the acknowledgement, and each answer in full."""
    acknowledgement = seen.acknowledgement("")
    if acknowledgement is None:
        return (ExpectNothing(do="expect-nothing", findings=seen.sent[0].rules),)
    first = ExpectAcknowledgement(
        do="expect-acknowledgement",
        accepted=acknowledgement.accepted,
        rejected=acknowledgement.rejected,
        codes=acknowledgement.codes or None,
    )
    return (first, *_answers(seen))


def _answers(seen: Seen) -> Iterator[ExpectAnswer]:
    for reply in seen.replies(""):
        if reply.interchange != seen.sent[0].reference or not reply.message.isdigit():
            continue
        yield ExpectAnswer(
            do="expect-answer",
            message=int(reply.message),
            verdict="accepted" if reply.verdict == "accepted" else "rejected",
            findings=tuple(
                Fault.model_validate({"rule": said.code, "field": said.field, "severity": said.severity})
                for said in reply.findings
            ),
            only=True,
            figures={name: figure for name, figure in reply.figures.items() if figure is not None},
        )


def write_folder(path: Path, title: str, clock: datetime, known: Registry) -> None:
    """Write what holds for the whole folder."""
    path.mkdir(parents=True, exist_ok=True)
    text = f"title = {_toml(title)}\nclock = {clock:%Y-%m-%dT%H:%M:%SZ}\n"
    (path / FOLDER_FILE).write_text(text, encoding="utf-8")
    _write_registry(path / "registry", known)


def write_fixture(path: Path, name: str, payload: bytes, expectations: Sequence[Expectation]) -> None:
    """Write a message and its expectations."""
    (path / name).write_bytes(payload)
    beside = (path / name).with_suffix(EXPECTED_SUFFIX)
    beside.write_text(expectations_text(expectations), encoding="utf-8")


def expectations_text(expectations: Sequence[Expectation]) -> str:
    """Write expectations as they stand beside a message."""
    parts = []
    for expectation in expectations:
        told = expectation.model_dump(mode="json", exclude_none=True)
        said = {key: value for key, value in told.items() if value not in ("", [], {}, False) or key in TOLD}
        parts.append("".join(["[[expect]]\n", *(f"{key} = {_toml(value)}\n" for key, value in said.items())]))
    return "\n".join(parts)


TOLD = frozenset({"accepted", "rejected"})
"""What is said even where it says no, or that there is none."""


def _toml(value: Any) -> str:
    """Write a value in one line of TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return '"' + "".join(ESCAPES.get(character, character) for character in str(value)) + '"'


ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _write_registry(folder: Path, known: Registry) -> None:
    folder.mkdir(exist_ok=True)
    tables: dict[str, tuple[type[Value], Sequence[Value]]] = {
        "partners": (Partner, tuple(known.partners.values())),
        "importers": (Importer, tuple(known.importers.values())),
        "delegations": (Delegation, known.delegations),
    }
    for name, (kind, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(kind.model_fields), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row.model_dump(mode="json") for row in rows)
