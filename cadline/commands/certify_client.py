"""How does a tester prepare, replay and prove? Verbs of `cadline certify` for whoever is certified."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version as release_of
from pathlib import Path
from typing import Any

import click

from cadline.certification.certificate import OWN
from cadline.certification.desk import Payload, desk
from cadline.certification.evidence import Seen
from cadline.certification.fixtures import CLOCK, Folder, expected_of, write_fixture, write_folder
from cadline.certification.generating import PROFILES, Identifiers, Order, Sample, chosen
from cadline.certification.judging import DIFFERS, judge
from cadline.certification.library import Library
from cadline.certification.model import Result, Run, Words
from cadline.certification.replaying import Progress, replay
from cadline.certification.running import Keeping
from cadline.clock import SystemClock, instant_of
from cadline.commands.certify_options import profile_option
from cadline.commands.common import (
    FILE,
    FINDINGS,
    FOLDER,
    GOOD,
    echo_json,
    json_option,
)
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.telling import set_up_log
from schemas.identifiers import is_bn15, is_importer_account
from schemas.registry import Registry
from schemas.registry_files import read_registry
from schemas.rules import Language
from schemas.table_errors import TableError

OUT = Path("out/certification")

UNKNOWN = "nobody answers: its sender is not in the registry; give yours with --registry"

SHOWN_FAILURES = 20
"""How many messages that failed are told on the screen; the results hold all."""

DEFAULT_SCENARIO = "POS-FIRST"

language_option = click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of what is told."
)


@click.command("generate")
@profile_option
@click.option("--scenario", default="", help=f"Whose message is the pattern [{DEFAULT_SCENARIO}].")
@click.option("--fault", default="", help="A rule that each message breaks, such as HDR-002.")
@click.option("--count", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same bytes.")
@click.option("--out", type=FOLDER, help="A folder for messages and expectations [one message: the screen].")
@click.option("--sender", default="", help="Your partner id.")
@click.option("--recipient", default="", help="The agency's id [CARM].")
@click.option("--importer", default="", help="Your importer's account (BN15).")
@click.option("--broker", default="", help="Your broker's account (BN15).")
@click.option("--security", default="", help="The 5 digits that begin your transaction numbers.")
@json_option
def generate(  # noqa: PLR0913 - one parameter an option
    *,
    profile: str,
    scenario: str,
    fault: str,
    count: int,
    seed: int,
    out: Path | None,
    as_json: bool,
    **own: str,
) -> None:
    """Write valid sample messages by a message guide, or messages with one named fault.

    \b
    cadline certify generate --scenario POS-FIRST > sample.edi
    cadline certify generate --profile declaration --count 100 --seed 7 --out mine
    cadline certify generate --fault HDR-002 --sender ACME --security 54321 --out mine

    With --out, each message is a file with its expectations beside it, and the registry lies there too:
    `cadline certify replay` plays the folder. `cadline certify list` names scenarios and rules.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    if scenario and fault:
        raise click.UsageError("give --scenario or --fault: a fault has a scenario of its own")
    if out is None and count > 1:
        raise click.UsageError("more than one message needs --out FOLDER")
    set_up_log(read_settings(os.environ))
    library, identifiers = Library(), _identifiers(own)
    pattern = chosen(library.suites(), profile, scenario or DEFAULT_SCENARIO, fault)
    order = Order(library, pattern, profile, identifiers, pattern.clock)
    known = identifiers.people(library.registry, pattern)
    _insist(order, next(order.samples(1, seed)), known)
    if out is None:
        click.echo(next(order.samples(1, seed)).payload, nl=False)
        return
    _insist_on_empty(out)
    write_folder(out, f"{pattern.id}, seed {seed}", pattern.clock, known)
    suffix = "xml" if PROFILES[profile] == "xml" else "edi"
    for sample in order.samples(count, seed):
        write_fixture(out, f"{sample.name}.{suffix}", sample.payload, sample.expectations)
    if as_json:
        echo_json({"folder": str(out), "scenario": pattern.id, "messages": count, "seed": seed})
    else:
        click.echo(f"{count} messages like {pattern.id} in {out}; cadline certify replay {out}")


def _identifiers(own: dict[str, str]) -> Identifiers:
    """Check the tester's identifiers; raises BadParameter naming the option."""
    if own["importer"] and not is_importer_account(own["importer"]):
        raise click.BadParameter("an RM account (BN15) whose check digit holds", param_hint="--importer")
    if own["broker"] and not is_bn15(own["broker"]):
        raise click.BadParameter("a program account (BN15) whose check digit holds", param_hint="--broker")
    security = own["security"]
    if security and not (len(security) == 5 and security.isascii() and security.isdigit()):  # noqa: PLR2004 - five
        raise click.BadParameter("5 digits", param_hint="--security")
    return Identifiers(**own)


def _insist(order: Order, sample: Sample, known: Registry) -> None:
    """Play one sample, and refuse to write what is not answered as its scenario says."""
    with desk(known, order.library.tables, order.at) as opened:
        seen = next(opened.take([Payload(sample.name, sample.payload)]))
    checks = [check for expectation in sample.expectations for check in judge(expectation, seen)]
    if wrong := [check for check in checks if not check.passed]:
        said = "; ".join(
            f"{check.what.en}: expected {check.expected}, found {check.found}" for check in wrong
        )
        raise Refused(f"scenario {order.scenario.id} does not hold with these identifiers: {said}")


def _insist_on_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; name a new folder")


@click.command("init")
@click.argument("folder", type=FOLDER)
@click.argument("messages", nargs=-1, required=True, type=FILE)
@click.option("--at", default="", metavar="INSTANT", help=f"When they arrive [{CLOCK:%Y-%m-%dT%H:%MZ}].")
@click.option("--registry", "people", type=FOLDER, help="Folder of partners.csv, ... [the suites' own].")
@click.option("--rejected", is_flag=True, help="Take messages too that are rejected: that is expected then.")
@json_option
def init(  # noqa: PLR0913 - one parameter an option
    folder: Path, messages: tuple[Path, ...], *, at: str, people: Path | None, rejected: bool, as_json: bool
) -> None:
    """Make a FOLDER of fixtures from MESSAGES that pass: copies, and beside each what came back.

    \b
    cadline certify init mine first.edi second.edi
    cadline certify replay mine

    Read the expectations and take out what you do not mean; docs/certification-own.md says each
    word. Messages arrive in the order of their names. A message that is rejected is refused, unless
    --rejected is given.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    set_up_log(read_settings(os.environ))
    _insist_on_empty(folder)
    names = [file.name for file in messages]
    if len(set(names)) < len(names) or len({file.stem for file in messages}) < len(names):
        raise Refused("two messages have the same name; names differ before the ending")
    if clash := [name for name in names if name.endswith(".toml")]:
        raise Refused(f"{', '.join(clash)}: .toml files are expectations, no messages")
    start = _instant(at)
    known = people_of(people)
    payloads = [
        Payload(file.name, file.read_bytes()) for file in sorted(messages, key=lambda each: each.name)
    ]
    with desk(known, Library().tables, start) as opened:
        seen = list(opened.take(payloads))
    if not rejected:
        _insist_on_passed(seen)
    write_folder(folder, folder.name, start, known)
    for payload, came in zip(payloads, seen, strict=True):
        write_fixture(folder, payload.name, payload.content, expected_of(came))
    if as_json:
        echo_json({"folder": str(folder), "messages": len(payloads)})
    else:
        click.echo(f"{len(payloads)} messages with their expectations in {folder}")


def people_of(folder: Path | None) -> Registry:
    """Read who is who from a folder, or take the suites'. Raises Refused naming every fault."""
    try:
        return read_registry(folder) if folder else Library().registry
    except TableError as error:
        raise Refused(str(error)) from None


def _instant(text: str) -> datetime:
    try:
        return instant_of(text) if text else CLOCK
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None


def _insist_on_passed(seen: list[Seen]) -> None:
    """Raise Refused naming each message that was not accepted, with the rules."""
    said = []
    for came in seen:
        acknowledgement = came.acknowledgement("")
        codes = [
            found.code for reply in came.replies("") for found in reply.findings if found.severity == "error"
        ]
        if acknowledgement is None or not acknowledgement.accepted or acknowledgement.rejected or codes:
            said.append(f"{came.sent[0].name}: {', '.join([*came.sent[0].rules, *codes]) or UNKNOWN}")
    if said:
        raise Refused("not passed (--rejected takes them all the same):\n" + "\n".join(said))


@click.command("replay")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=FOLDER, default=OUT, show_default=True, help="Where results are kept.")
@language_option
@json_option
def replay_(folder: Path, *, out: Path, language: Language, as_json: bool) -> None:
    """Replay a FOLDER of your own messages, and hold what comes back against what is expected.

    \b
    cadline certify replay mine
    cadline certify replay mine --json
    cadline certify report own > report.html

    Nothing of production is touched: ledger, clock and control numbers are the run's own. Exit code 1 when an
    expectation does not hold.
    """  # noqa: D301 - click reads \b as "keep these line ends"
    set_up_log(read_settings(os.environ))
    own = Folder.of(folder, Library())
    with progress("replay", len(own.messages()), quiet=as_json) as tell:
        run = replay(own, release_of("cadline"), SystemClock().now(), tell)
    keeping = Keeping(out / OWN, "")
    keeping.start(())
    keeping.finish(run)
    if as_json:
        failed = [_failure_json(result) for result in run.results if result.status != "passed"]
        echo_json({"messages": len(run.results), "passed": run.count("passed"), "failed": failed})
    else:
        _tell_run(run, language)
    click.get_current_context().exit(GOOD if run.passed else FINDINGS)


def _failure_json(result: Result) -> dict[str, Any]:
    checks = [check.model_dump(mode="json") for check in result.checks if not check.passed]
    return {"message": result.scenario, "checks": checks}


def _tell_run(run: Run, language: Language) -> None:
    failed = [result for result in run.results if result.status != "passed"]
    for result in failed[:SHOWN_FAILURES]:
        click.echo(f"{result.scenario}: failed")
        for check in result.checks:
            if not check.passed:
                what = in_words(check.what, language)
                click.echo(f"  {what}: expected {check.expected}, found {check.found}")
                click.echo(f"    {in_words(check.remedy or DIFFERS, language)}")
    if len(failed) > SHOWN_FAILURES:
        click.echo(f"... and {len(failed) - SHOWN_FAILURES} more")
    click.echo(f"{len(run.results)} messages: {run.count('passed')} passed, {len(failed)} failed")


@contextmanager
def progress(label: str, length: int, *, quiet: bool) -> Iterator[Progress]:
    """Show on standard error how far something is, where somebody reads it."""
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True, hidden=hidden) as bar:
        yield bar.update


def in_words(words: Words, language: Language) -> str:
    """Return words in a language."""
    return words.fr if language == "fr" else words.en


VERBS: tuple[click.Command, ...] = (generate, init, replay_)
"""What a tester uses, for the group `certify`."""
