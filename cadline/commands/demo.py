"""What does the whole thing do? `cadline demo`: the sample days from end to end, on this machine alone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection, select

from accounting.verify import verify
from cadline.clock import FixedClock
from cadline.commands.common import FINDINGS, FOLDER, GOOD, echo_json, json_option, opened
from cadline.database import reading
from cadline.demo import Rehearsal
from cadline.overview import Overview
from cadline.sample_days import SAMPLE_DAYS
from cadline.settings import Settings
from cadline.telling import set_up_log
from cadline.wiring import House
from ingest import tables
from outbound.export import export
from outbound.pages import page
from schemas.papers import BrokerSummary, DailyNotice, Statement

READERS: dict[str, Callable[[str], DailyNotice | Statement | BrokerSummary]] = {
    "daily-notice": DailyNotice.model_validate_json,
    "statement": Statement.model_validate_json,
    "broker-summary": BrokerSummary.model_validate_json,
}


@click.command("demo")
@click.option("--out", "folder", type=FOLDER, default=Path("out/demo"), show_default=True)
@json_option
def demo(folder: Path, *, as_json: bool) -> None:
    """Run the shipped sample days from end to end and show what went in, what happened and what came out.

    Three business days of March 2026 and the two statement days behind them, by a clock of their own, on an
    SQLite file below --out. Run it again: every interchange is recognised, and nothing is posted twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        database=f"sqlite:///{folder / 'cadline.sqlite'}",
        tables=SAMPLE_DAYS / "tables",
        clock="2026-03-16T12:00:00Z",
    )
    set_up_log(settings)
    say = (lambda _line: None) if as_json else click.echo
    with opened(settings) as house:
        _rehearse(house, say)
        problems = _report(house, folder, say, as_json=as_json)
    click.get_current_context().exit(FINDINGS if problems else GOOD)


def _rehearse(house: House, say: Callable[[str], None]) -> None:
    clock = house.clock
    if not isinstance(clock, FixedClock):
        raise TypeError("the sample days need a clock that can be set")

    def set_clock(instant: datetime) -> None:
        clock.instant = instant

    shift = house.shift()
    try:
        for line in Rehearsal(house, set_clock, shift.until_idle).run():
            say(line)
    finally:
        shift.close()


def _report(house: House, folder: Path, say: Callable[[str], None], *, as_json: bool) -> int:
    with reading(house.engine) as connection:
        overview = Overview.read(connection)
        interchanges = export(connection, folder / "outbound")
        pages = _write_pages(connection, folder / "pages")
        problems = verify(connection)
    for line in overview.lines():
        say(line)
    say(f"\n  {len(interchanges)} interchanges below {folder / 'outbound'}, listed in papers.csv")
    for file in pages:
        say(f"  for people: {file}")
    say(f"\nThe book proves itself: {'NO' if problems else 'yes'}")
    say(f"  again: cadline ledger verify --database {house.settings.database}")
    for problem in problems:
        say(f"  {problem}")
    if as_json:
        echo_json(overview.as_json() | {"problems": [str(problem) for problem in problems]})
    return len(problems)


def _write_pages(connection: Connection, folder: Path) -> list[Path]:
    """Write the largest notice, statement and summary as pages, in English and French."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, read in READERS.items():
        rows = connection.scalars(select(tables.paper.c.content).where(tables.paper.c.kind == kind))
        largest = max(rows, key=lambda content: (len(content), content), default=None)
        if largest is None:
            continue
        for language in ("en", "fr"):
            file = folder / f"{kind}-{language}.html"
            file.write_text(page(read(largest), language), encoding="utf-8")
            written.append(file)
    return written
