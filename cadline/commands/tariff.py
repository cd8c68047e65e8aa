"""What does the tariff say? `cadline tariff`: import it, look a number up with its history, search it."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from cadline.commands.common import FINDINGS, as_day, eastern_today, echo_json, json_option
from cadline.commands.lawful import tariff_option
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.tariff_file import IMPORTED_HERE, tariff_in_use
from schemas.identifiers import printed_classification
from schemas.table_errors import TableError
from schemas.tariff import Tariff, TariffLine, import_tariff, load_tariff

NUMBER_DIGITS = 10


@click.group("tariff")
def tariff() -> None:
    """Import a full tariff, look up a classification number, search by words."""


@tariff.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tariff",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=IMPORTED_HERE,
    show_default=True,
    help="Where the indexed tariff goes.",
)
@json_option
def import_(file: Path, target: Path, *, as_json: bool) -> None:
    """Index FILE, a tariff as CSV (plain or gzipped), for use by every other verb.

    The columns are described in docs/assessment.md. The file is replaced in one move; nothing is replaced
    when FILE has a fault. The verbs use ./tariff.sqlite without being told, any other file by --tariff or
    CADLINE_TARIFF.
    """
    try:
        index = import_tariff(file, target)
    except TableError as error:
        raise Refused(f"nothing was imported:\n{error}") from None
    said = {
        "file": str(target),
        "version": index.version,
        "rows": index.rows,
        "classifications": index.classifications,
        "since": str(index.since),
    }
    if as_json:
        echo_json(said)
    else:
        click.echo(
            "{rows} rows of {classifications} classification numbers from {since} in {file}".format(**said)
        )


@tariff.command("show")
@click.argument("number")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), callback=as_day, help="Eastern day [today].")
@tariff_option
@json_option
def show(number: str, day: date | None, tariff: Path | None, *, as_json: bool) -> None:
    """Show what holds for a classification NUMBER on a day, and its whole history.

    Fewer than ten digits list the numbers that begin so. Exit code 1 when nothing holds on the day.
    """
    table, digits = _open(tariff), number.replace(".", "").replace(" ", "")
    if not digits.isdigit() or len(digits) > NUMBER_DIGITS:
        raise click.BadParameter(f"{number!r} is no classification number: ten digits", param_hint="NUMBER")
    if len(digits) < NUMBER_DIGITS:
        _list(list(table.search(digits, limit=500)), as_json=as_json)
        return
    day = day or eastern_today()
    line, history = table.line(digits, day), table.history(digits)
    if as_json:
        found = {"line": line_json(line) if line else None, "history": [line_json(old) for old in history]}
        echo_json({"classification": digits, "on": str(day), "tariff": table.version, **found})
    else:
        click.echo("\n".join(_shown(digits, day, line, history)))
    click.get_current_context().exit(0 if line else FINDINGS)


@tariff.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@tariff_option
@json_option
def search(words: tuple[str, ...], limit: int, tariff: Path | None, *, as_json: bool) -> None:
    """Find classification numbers by WORDS of their description, or by their first digits.

    A beginning of a word finds it: `smartph` finds smartphones. Exit code 1 when nothing is found.
    """
    _list(list(_open(tariff).search(" ".join(words), limit)), as_json=as_json)


def _open(chosen: Path | None) -> Tariff:
    settings = read_settings(os.environ, {"tariff": chosen})
    try:
        return load_tariff(tariff_in_use(settings.tariff))
    except TableError as error:
        raise Refused(f"the tariff cannot be read:\n{error}") from None


def _list(lines: list[TariffLine], *, as_json: bool) -> None:
    """Print lines by number, unit, MFN rate and description; exit with 1 when there are none."""
    for line in lines:
        if as_json:
            echo_json(line_json(line))
        else:
            printed, rate = printed_classification(line.classification), line.rates["MFN"]
            ended = f"  (until {line.until})" if line.until else ""
            click.echo(f"{printed}  {line.unit:<3}  {rate:<12}  {line.description}{ended}")
    click.get_current_context().exit(0 if lines else FINDINGS)


def _shown(number: str, day: date, line: TariffLine | None, history: tuple[TariffLine, ...]) -> Iterator[str]:
    yield f"{printed_classification(number)}  {history[-1].description if history else ''}".rstrip()
    if line is None:
        yield f"  nothing holds on {day}"
    for old in reversed(history):
        mark = "*" if old == line else " "
        yield f" {mark}{old.since} .. {old.until or ''}  unit {old.unit or '-'}  (edition {old.edition})"
        yield from (f"      {abbr:<6}{rate}" for abbr, rate in old.rates.items() if rate)


def line_json(line: TariffLine) -> dict[str, object]:
    """Return a tariff line as a JSON object. `rates`: a text for each treatment, "" where it gives none."""
    return {
        "classification": line.classification,
        "since": str(line.since),
        "until": str(line.until) if line.until else None,
        "edition": line.edition,
        "unit": line.unit,
        "rates": dict(line.rates),
        "mfn_status": line.mfn_status,
        "pref_status": line.pref_status,
        "description": line.description,
    }
