"""Does a client's own software pass? `cadline certify serve` waits for its messages, and tells what lacks."""

import os
from dataclasses import dataclass, field
from importlib.metadata import version as release_of
from pathlib import Path
from threading import Event

import click

from cadline.certification.desk import Desk, Payload, desk
from cadline.certification.evidence import Got, Seen
from cadline.certification.library import Library
from cadline.certification.model import Run
from cadline.certification.running import Keeping
from cadline.certification.serving import Reception, names
from cadline.clock import SystemClock
from cadline.commands.certify_client import OUT, in_words, people_of
from cadline.commands.certify_options import profile_option
from cadline.commands.common import FINDINGS, FOLDER, GOOD, echo_json, json_option
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.telling import set_up_log
from schemas.rules import Language

POLL_SECONDS = 0.5
"""How often the folder is looked at."""

SHOWN_OPEN = 10
"""How many open scenarios are told after each look; --json tells all."""


@dataclass
class Table:
    """Where a client is served. inbox: its folder; back: the one where it finds what came back."""

    reception: Reception
    desk: Desk
    keeping: Keeping
    inbox: Path
    back: Path
    language: Language
    as_json: bool
    taken: set[str] = field(default_factory=set)

    def serve(self, *, once: bool) -> None:
        """Take messages in until nothing is open; or once."""
        rest = Event()
        self.tell_open()
        while self.reception.open():
            if self.look():
                self.tell_open()
            if once:
                return
            rest.wait(POLL_SECONDS)

    def look(self) -> bool:
        """Take in the files that are new, and return whether there were any."""
        files = [
            file for file in sorted(self.inbox.iterdir()) if file.is_file() and file.name not in self.taken
        ]
        new = [file for file in files if not file.name.startswith(".")]
        self.taken |= {file.name for file in new}
        for seen in self.desk.take([Payload(file.name, file.read_bytes()) for file in new]):
            for got in seen.got:
                (self.back / _name_of(seen, got)).write_bytes(got.payload)
            self.tell(seen)
        return bool(new)

    def tell(self, seen: Seen) -> None:
        """Hold a message against what is open, and say what it shows."""
        name, other = seen.sent[0].name, self.reception.is_other(seen)
        shown = [] if other else self.reception.receive(seen)
        for result in shown:
            self.keeping.note(result)
        if self.as_json:
            scenarios = [result.scenario for result in shown]
            echo_json({"message": name, "shows": scenarios, "written_in": other or self.reception.profile})
        elif other:
            click.echo(f"{name}: written in {other}, not by {self.reception.profile}")
        else:
            click.echo(f"{name}: {'shows ' + names(shown) if shown else 'shows nothing that is open'}")

    def tell_open(self) -> None:
        """Say what is still missing, and what the nearest message lacked."""
        waiting = self.reception.open()
        if self.as_json:
            echo_json({"open": [task.scenario.id for task in waiting], "shown": len(self.reception.shown)})
            return
        click.echo(f"{len(self.reception.shown)} shown, {len(waiting)} open")
        near = sorted(waiting, key=lambda task: task.scenario.id not in self.reception.nearest)
        for task in near[:SHOWN_OPEN]:
            scenario = task.scenario
            click.echo(f"  {scenario.id}  {in_words(scenario.title, self.language)}")
            name, lacks = self.reception.nearest.get(scenario.id, ("", ()))
            for check in lacks:
                what = in_words(check.what, self.language)
                click.echo(f"    nearest {name}: {what}: expected {check.expected}, found {check.found}")
        if len(waiting) > SHOWN_OPEN:
            click.echo(f"  ... and {len(waiting) - SHOWN_OPEN} more")


def _name_of(seen: Seen, got: Got) -> str:
    return f"{seen.sent[0].name}.{got.key.replace('/', '_')}.{'xml' if got.syntax == 'xml' else 'edi'}"


def _keep(keeping: Keeping, reception: Reception, played: Run | None) -> None:
    """Keep the results as a run. played: the suite's last run, which tells what no client's message shows."""
    suite = reception.suite
    if played is not None and played.digest == suite.digest:
        reception.shown = {result.scenario: result for result in played.results} | reception.shown
    order = [scenario.id for scenario in suite.scenarios if scenario.id in reception.shown]
    keeping.finish(
        Run(
            suite=suite.id,
            title=suite.title,
            version=suite.version,
            digest=suite.digest,
            release=release_of("cadline"),
            started=SystemClock().now(),
            results=tuple(reception.shown[name] for name in order),
        )
    )


@click.command("serve")
@profile_option
@click.option("--suite", "suite_name", default="cad", show_default=True, help="The suite.")
@click.option("--inbox", type=FOLDER, required=True, help="The folder where the client puts its messages.")
@click.option("--answers", type=FOLDER, help="Where what comes back is put [inbox/../answers].")
@click.option("--registry", "people", type=FOLDER, help="Folder of partners.csv, ... [the suites' own].")
@click.option("--scenario", "wanted", multiple=True, metavar="ID", help="Only those that begin so.")
@click.option("--once", is_flag=True, help="Take what lies there, tell what is missing, and stop.")
@click.option("--out", type=FOLDER, default=OUT, show_default=True, help="Where results are kept.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@json_option
def serve(  # noqa: PLR0913 - one parameter an option
    *,
    profile: str,
    suite_name: str,
    inbox: Path,
    answers: Path | None,
    people: Path | None,
    wanted: tuple[str, ...],
    once: bool,
    out: Path,
    language: Language,
    as_json: bool,
) -> None:
    """Wait for a client's own messages until they have shown every open scenario of a suite.

    \b
    cadline certify serve --profile cusdec_d13a --inbox in --answers back --registry mine/registry

    Each file in --inbox is answered into --answers, and held against the open scenarios by what it says and
    by what came back. What is still missing is told, with what the nearest message lacked. Send again, under
    new references and transaction numbers, until all is shown. What was shown is kept, and a next call goes
    on. Put a file there whole: write it elsewhere and move it. Exit code 1 while something is missing.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    set_up_log(read_settings(os.environ))
    library = Library()
    if suite_name not in library.names():
        raise Refused(f"there is no suite {suite_name}; there are {', '.join(library.names())}")
    suite = library.suite(suite_name)
    reception = Reception(library, suite, profile)
    reception.tasks = tuple(each for each in reception.tasks if each.scenario.id.startswith(wanted or ""))
    if not reception.tasks:
        raise Refused(f"no scenario of {suite.id} that is open to a client begins with {', '.join(wanted)}")
    mark = f"{suite.id} {suite.digest} {profile} {release_of('cadline')}"
    keeping = Keeping(out / f"{suite.id}-client", mark)
    reception.shown |= keeping.begun()
    keeping.start(reception.shown.values())
    back = answers or inbox.parent / "answers"
    back.mkdir(parents=True, exist_ok=True)
    inbox.mkdir(parents=True, exist_ok=True)
    with desk(people_of(people), library.tables, suite.scenarios[0].clock) as opened:
        table = Table(reception, opened, keeping, inbox, back, language, as_json)
        table.serve(once=once)
    if not wanted and not reception.open():
        _keep(keeping, reception, Keeping(out / suite.id, "").finished())
    click.get_current_context().exit(FINDINGS if reception.open() else GOOD)


VERBS: tuple[click.Command, ...] = (serve,)
"""What serves a client under test, for the group `certify`."""
