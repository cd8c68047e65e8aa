"""What do the code tables say? `cadline tables`: list them, show one, compare, import."""

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import click

from cadline.commands.common import FILE, FINDINGS, as_day, eastern_today, echo_json, json_option
from cadline.commands.lawful import tables_option
from cadline.errors import Refused
from cadline.settings import read_settings
from cadline.tables_folder import import_tables
from schemas.codes import Codes, CodeTable, load_codes
from schemas.codes.difference import Difference, differences
from schemas.table_errors import TableError


@click.group("tables")
def tables() -> None:
    """List, show, compare and import the code tables: treatments, countries, units, reasons and more.

    Shipped tables are replaced, file by file, by those of a folder: --tables or CADLINE_TABLES.
    """


@tables.command("list")
@tables_option
@json_option
def list_(folder: Path | None, *, as_json: bool) -> None:
    """List the tables: how many codes are in force today, and whether the table is known to be complete."""
    folder = _chosen(folder)
    codes, today = _open(folder), eastern_today()
    for name in codes.names():
        table = codes.table(name)
        replaced = folder is not None and (folder / f"{name}.csv").is_file()
        said = {"table": name, "codes": len(table.codes(today)), "complete": table.complete, "own": replaced}
        if as_json:
            echo_json({**said, "version": codes.version})
        else:
            marks = ["complete" if table.complete else "in part", *(["from the folder"] if replaced else [])]
            click.echo(f"{name:<20} {said['codes']:>4} codes  {', '.join(marks)}")
    if not as_json:
        click.echo(f"version {codes.version}")


@tables.command("show")
@click.argument("name")
@click.argument("code", required=False)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), callback=as_day, help="Eastern day [today].")
@tables_option
@json_option
def show(name: str, code: str | None, day: date | None, folder: Path | None, *, as_json: bool) -> None:
    """Show the codes of table NAME that are in force on a day, or the whole history of one CODE.

    Exit code 1 when the table never had the CODE.
    """
    codes = _open(_chosen(folder))
    if name not in codes.names():
        raise click.BadParameter(
            f"no table {name!r}; there are: {', '.join(codes.names())}", param_hint="NAME"
        )
    table = codes.table(name)
    rows = table.history(code) if code else _in_force(table, day or eastern_today())
    for row in rows:
        _show(row, as_json=as_json)
    click.get_current_context().exit(0 if rows else FINDINGS)


@tables.command("diff")
@click.argument("other", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@tables_option
@json_option
def diff(other: Path, folder: Path | None, *, as_json: bool) -> None:
    """Say what would change if the tables of FOLDER were used instead of those in use."""
    _tell(differences(_open(_chosen(folder)), _open(other)), as_json=as_json)


@tables.command("import")
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Read and check everything; move nothing.")
@tables_option
@json_option
def import_(files: tuple[Path, ...], folder: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Put FILEs into the folder of tables, and say what that changes.

    All files are checked together with those that are there already; where one has a fault, nothing is
    moved. Running workers use the new tables after their next start.
    """
    target = _chosen(folder)
    if target is None:
        raise click.UsageError("say which folder the tables go to: --tables FOLDER or CADLINE_TABLES")
    before, after = import_tables(files, target, dry_run=dry_run)
    _tell(differences(before, after), as_json=as_json)
    if not as_json:
        done = "would be imported" if dry_run else "imported"
        click.echo(f"{', '.join(file.name for file in files)} {done}; version {after.version}")


def _chosen(folder: Path | None) -> Path | None:
    return read_settings(os.environ, {"tables": folder}).tables


def _open(folder: Path | None) -> Codes:
    try:
        return load_codes(folder)
    except TableError as error:
        raise Refused(f"a table cannot be read:\n{error}") from None


def _in_force(table: CodeTable, day: date) -> tuple[Mapping[str, str], ...]:
    return tuple(row for code in table.codes(day) if (row := table.row(code, day)))


def _show(row: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        echo_json(dict(row))
    else:
        click.echo("  ".join(f"{column}={text}" for column, text in row.items() if text))


def _tell(found: Iterable[Difference], *, as_json: bool) -> None:
    """Print differences, one a line: + comes, - goes, ~ says something else."""
    for each in found:
        if as_json:
            echo_json({**each._asdict(), "before": _columns(each.before), "after": _columns(each.after)})
        else:
            click.echo(_told(each))


def _columns(row: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return the columns of a row as JSON can have them."""
    return None if row is None else dict(row)


def _told(each: Difference) -> str:
    place = f"{each.table} {each.code} since {each.since}"
    if each.before is not None and each.after is not None:
        was, will_be = each.before, each.after
        return f"~ {place}  " + "  ".join(
            f"{column}: {was[column]!r} -> {will_be[column]!r}" for column in was
        )
    sign, row = ("-", each.before) if each.before is not None else ("+", each.after or {})
    return f"{sign} {place}  " + "  ".join(f"{column}={text}" for column, text in row.items() if text)
