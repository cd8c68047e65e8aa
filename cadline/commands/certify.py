"""Can a partner's software do the trade with us? Suites of scenarios: run, list, cover, report."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Any

import click

from cadline.certification.coverage import Coverage, coverage
from cadline.certification.library import SHIPPED, SUITE_FILE, Library
from cadline.certification.model import STATUSES, Result, Run, Suite
from cadline.certification.reports import failures, junit, page, table
from cadline.certification.running import Keeping, Place, Runner, in_order, places, read_run
from cadline.clock import SystemClock
from cadline.commands import certify_client, certify_keys, certify_serve
from cadline.commands.common import FINDINGS, FOLDER, GOOD, echo_json, json_option
from schemas.rules import Language
from schemas.tables import load_tables

ALL = "all"
OUT = Path("out/certification")

suites_option = click.option(
    "--suites",
    "folder",
    type=FOLDER,
    default=SHIPPED,
    help="Folder of suites [those that come with cadline].",
)
language_option = click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
out_option = click.option(
    "--out",
    type=FOLDER,
    default=OUT,
    show_default=True,
    help="Where results are kept, a folder for each suite.",
)


@click.group("certify")
def certify() -> None:
    """Certify: run suites of scenarios, each in a house of its own, and hand on what came of them.

    A scenario goes through production's own doors, stages and closes, with a ledger, a clock, a registry and
    control numbers of its own. The ledger database of the settings is never opened.

    \b
    Examples:
      cadline certify list
      cadline certify run cad
      cadline certify run all --jobs 2
      cadline certify run cad --failed
      cadline certify matrix
    """  # noqa: D301 - click reads \b as "keep these line ends"


for _verb in (*certify_client.VERBS, *certify_keys.VERBS, *certify_serve.VERBS):
    certify.add_command(_verb)


@certify.command("run")
@click.argument("suites", nargs=-1, required=True)
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="ID", help="Only this one, or all that begin so."
)
@click.option("--failed", is_flag=True, help="Only what did not pass in the last run; the rest is kept.")
@click.option("--anew", is_flag=True, help="Begin anew, even where a run was interrupted.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=min(cpu_count() or 1, 8),
    help="Processes [one a processor].",
)
@out_option
@suites_option
@language_option
@json_option
def run(  # noqa: PLR0913 - one parameter an option
    suites: tuple[str, ...],
    *,
    scenarios: tuple[str, ...],
    failed: bool,
    anew: bool,
    jobs: int,
    out: Path,
    folder: Path,
    language: Language,
    as_json: bool,
) -> None:
    """Run SUITES (names, folders, or `all`) and say what came of each scenario.

    Results lie below --out, a folder for each suite: run.json, results.csv, junit.xml, report.en.html and
    report.fr.html. A run that was interrupted goes on where it stopped. Exit code 1 unless all have passed.

    \b
    Examples:
      cadline certify run cad --out out/certification
      cadline certify run cad --scenario NEG-HDR --scenario POS-FIRST-E
      cadline certify run my/suites/imports
      cadline certify run cad --failed --json
    """  # noqa: D301 - as above
    runs = []
    for library, suite in _chosen(suites, folder):
        keeping = Keeping(out / suite.id, f"{suite.id} {suite.digest} {version('cadline')}")
        chosen = _places(suite, scenarios)
        done = _kept(keeping, suite, chosen, failed=failed, anew=anew)
        if done and not as_json:
            click.echo(
                f"{suite.id}: {len(done)} of {len(suite.scenarios)} kept, the others are run", err=True
            )
        ended = _run(library, suite, chosen, done, keeping, jobs=jobs, quiet=as_json)
        write_reports(out / suite.id, ended)
        runs.append(ended)
        if as_json:
            echo_json(summary(ended) | {"folder": str(out / suite.id)})
        else:
            click.echo("\n".join(_told(ended, out / suite.id, language)))
    click.get_current_context().exit(GOOD if all(each.passed for each in runs) else FINDINGS)


@certify.command("list")
@click.argument("suites", nargs=-1)
@click.option("--rule", metavar="ID", help="Only scenarios that show this rule.")
@suites_option
@language_option
@json_option
def list_(
    suites: tuple[str, ...], *, rule: str | None, folder: Path, language: Language, as_json: bool
) -> None:
    """List the scenarios of SUITES; all suites without one.

    \b
    Example:
      cadline certify list cad --rule HDR-013
    """  # noqa: D301 - as above
    for _, suite in _chosen(suites or (ALL,), folder):
        found = [place for place in places(suite) if rule is None or rule in place[1].shown]
        if not as_json:
            click.echo(
                f"{suite.id}  {getattr(suite.title, language)}  {suite.version}: {len(found)} scenarios"
            )
        for group, scenario in found:
            if as_json:
                echo_json(
                    {
                        "suite": suite.id,
                        "group": group.id,
                        "scenario": scenario.id,
                        "title": scenario.title.model_dump(),
                        "syntax": scenario.syntax,
                        "requirements": scenario.requirements,
                        "rules": sorted(scenario.shown),
                    }
                )
            else:
                click.echo(f"  {scenario.id:<22}{getattr(scenario.title, language)}")


@certify.command("matrix")
@suites_option
@json_option
def matrix(*, folder: Path, as_json: bool) -> None:
    """Say which requirement and which rule is shown by which scenario, and what by none.

    Exit code 1 when a reject rule or a requirement has no scenario. docs/certification.md holds the matrix.

    \b
    Example:
      cadline certify matrix --json
    """  # noqa: D301 - as above
    library = Library(folder)
    covered = coverage(library, library.suites())
    if as_json:
        echo_json(_matrix(covered))
    else:
        click.echo("\n".join(_matrix_lines(covered)))
    click.get_current_context().exit(GOOD if covered.complete else FINDINGS)


@certify.command("report")
@click.argument("suite")
@click.option(
    "--format", "form", type=click.Choice(["html", "junit", "csv", "json"]), default="html", show_default=True
)
@out_option
@language_option
def report(suite: str, *, form: str, out: Path, language: Language) -> None:
    """Print the report of the last run of SUITE once more, in another form or language.

    \b
    Example:
      cadline certify report cad --format html --language fr > rapport.html
    """  # noqa: D301 - as above
    last = read_run(out / suite)
    forms = {
        "html": lambda: page(last, language),
        "junit": lambda: junit(last).decode(),
        "csv": lambda: table(last).decode(),
        "json": lambda: last.model_dump_json(indent=1),
    }
    click.echo(forms[form]())


def write_reports(folder: Path, ended: Run) -> None:
    """Write every form of a run into its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.csv").write_bytes(table(ended))
    (folder / "junit.xml").write_bytes(junit(ended))
    (folder / "report.en.html").write_text(page(ended, "en"), encoding="utf-8")
    (folder / "report.fr.html").write_text(page(ended, "fr"), encoding="utf-8")


def summary(ended: Run) -> dict[str, Any]:
    """Return a run for machines: its counts, and each scenario with why it did not pass."""
    return {
        "suite": ended.suite,
        "version": ended.version,
        "digest": ended.digest,
        "release": ended.release,
        "passed": ended.passed,
        "counts": {status: ended.count(status) for status in STATUSES},
        "results": [
            {
                "scenario": result.scenario,
                "status": result.status,
                "failures": failures(result) if result.status != "passed" else [],
                "milliseconds": result.milliseconds,
            }
            for result in ended.results
        ],
    }


def _chosen(names: Sequence[str], folder: Path) -> Iterator[tuple[Library, Suite]]:
    """Yield the suites of some names. A name may be a folder that holds a suite, beside what it shares."""
    library = Library(folder)
    for name in library.names() if ALL in names else names:
        path = Path(name)
        if (path / SUITE_FILE).is_file():
            elsewhere = Library(path.resolve().parent)
            yield elsewhere, elsewhere.suite(path.resolve().name)
        elif name in library.names():
            yield library, library.suite(name)
        else:
            raise click.UsageError(
                f"there is no suite {name}; there are {', '.join(library.names())}, or `all`"
            )


def _places(suite: Suite, wanted: Sequence[str]) -> list[Place]:
    """Return the scenarios that begin as wanted, all of them for none, with those that they need."""
    everything = places(suite)
    if not wanted:
        return everything
    chosen = {scenario.id for _, scenario in everything if scenario.id.startswith(tuple(wanted))}
    if not chosen:
        raise click.UsageError(f"no scenario of {suite.id} begins with {', '.join(wanted)}")
    for _, scenario in reversed(everything):
        if scenario.id in chosen:
            chosen |= set(scenario.needs)
    return [place for place in everything if place[1].id in chosen]


def _kept(
    keeping: Keeping, suite: Suite, chosen: Sequence[Place], *, failed: bool, anew: bool
) -> dict[str, Result]:
    """Return the results that stand already: of an interrupted run, or all that passed."""
    if failed:
        last = keeping.finished()
        if last is None or last.digest != suite.digest:
            raise click.UsageError(
                f"{suite.id} has no finished run of this version of the suite; run it first"
            )
        return {result.scenario: result for result in last.results if result.status == "passed"}
    names = {scenario.id for _, scenario in chosen}
    return {} if anew else {name: each for name, each in keeping.begun().items() if name in names}


def _run(  # noqa: PLR0913 - what a run needs
    library: Library,
    suite: Suite,
    chosen: Sequence[Place],
    done: dict[str, Result],
    keeping: Keeping,
    *,
    jobs: int,
    quiet: bool,
) -> Run:
    """Run what is not done, keeping each result as it comes."""
    started = SystemClock().now()
    keeping.start(done.values())
    with _bar(suite, len(chosen) - len(done), quiet=quiet) as bar:

        def tell(result: Result) -> None:
            keeping.note(result)
            bar.update(1)

        results = Runner(library, suite, jobs, tell=tell).run(chosen, done)
    ended = Run(
        suite=suite.id,
        title=suite.title,
        version=suite.version,
        digest=suite.digest,
        release=version("cadline"),
        tables=load_tables(library.tables).version,
        started=started,
        results=in_order(suite, results),
    )
    keeping.finish(ended)
    return ended


@contextmanager
def _bar(suite: Suite, length: int, *, quiet: bool) -> Iterator[Any]:
    """Show how far a run is, on standard error; nothing where nobody reads it."""
    with click.progressbar(
        length=max(length, 0),
        label=suite.id,
        file=sys.stderr,
        show_pos=True,
        hidden=quiet or not sys.stderr.isatty(),
    ) as bar:
        yield bar


def _told(ended: Run, folder: Path, language: Language) -> Iterator[str]:
    for result in ended.results:
        if result.status != "passed":
            yield f"{result.status:<8} {result.scenario}  {getattr(result.title, language)}"
            yield from (f"         {line}" for line in failures(result, language))
    counts = ", ".join(f"{ended.count(status)} {status}" for status in STATUSES if ended.count(status))
    yield f"{ended.suite}: {len(ended.results)} scenarios: {counts}"
    yield f"  {folder / f'report.{language}.html'}"


def _matrix(covered: Coverage) -> dict[str, Any]:
    return {
        "complete": covered.complete,
        "uncovered_rules": covered.uncovered_rules,
        "uncovered_requirements": covered.uncovered_requirements,
        "idle_exemptions": covered.idle_exemptions,
        "requirements": covered.by_requirement,
        "rules": covered.by_rule,
        "exempt": {rule: each.why.model_dump() for rule, each in covered.exempt.items()},
    }


def _matrix_lines(covered: Coverage) -> Iterator[str]:
    for name, requirement in covered.requirements.items():
        scenarios, rules = covered.by_requirement.get(name, ()), covered.rules_by_requirement.get(name, ())
        yield f"{name:<20}{len(scenarios):>4} scenarios {len(rules):>4} rules  {requirement.title.en}"
    rejecting = covered.reject_rules
    shown = sum(rule.id in covered.by_rule for rule in rejecting)
    yield f"{len(rejecting)} reject rules: {shown} shown, {len(covered.exempt)} excused with their reason"
    for name in covered.uncovered_requirements:
        yield f"requirement {name} has no scenario"
    for name in covered.uncovered_rules:
        yield f"reject rule {name} has no scenario; add one to a suite, or say why not in exempt.toml"
    for name in covered.idle_exemptions:
        yield f"rule {name} is excused in exempt.toml, and need not be"
