"""How does the whole book leave the house, and come into an empty one, so that anybody can check it?

    entries.jsonl    each entry's exact text with its place and hashes, by party and place in the chain
    entries.csv, postings.csv, open_items.csv, allocations.csv    the same as tables
    balances.csv, debts.csv, credits.csv    the sums of them
    manifest.json    rows and SHA-256 of each file, and the trial balance

The files are the same for the same book. `auditor.py` checks them with nothing but Python.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, select

from accounting.ledger import STREAM_ROWS, EntryConflict, post, trial_balance
from accounting.packing import unpack
from accounting.tables import allocation, balance, chain, credit, debt, journal_entry, open_item, posting
from schemas.book import Entry

FORMAT = "cadline-book-1"
ENTRIES = "entries.jsonl"
MANIFEST = "manifest.json"


def _beside(table: Table) -> Select[Any]:
    """Return a table of the entries' rows, by party and place in the chain: ids mean nothing outside."""
    place = journal_entry.c.party, journal_entry.c.sequence
    told = (column for column in table.columns if column.name != "entry_id")
    return (
        select(*place, *told)
        .join_from(table, journal_entry, table.c.entry_id == journal_entry.c.id)
        .order_by(*place, table.c.line)
    )


def _open(table: Table) -> Select[Any]:
    """Return what is open of debts or credits; a row that came to nothing may be there or not."""
    return select(table).where(table.c.cents != 0).order_by(*table.primary_key)


TABLES: Mapping[str, Select[Any]] = {
    "entries.csv": select(
        *(column for column in journal_entry.columns if column.name not in {"id", "content"})
    ).order_by(journal_entry.c.party, journal_entry.c.sequence),
    "postings.csv": _beside(posting),
    "open_items.csv": _beside(open_item),
    "allocations.csv": _beside(allocation),
    "balances.csv": select(balance).order_by(balance.c.party, balance.c.account),
    "debts.csv": _open(debt),
    "credits.csv": _open(credit),
}


class ImportRefused(Exception):  # noqa: N818 - named as the refusal it is
    """The files cannot become the book. The message says why; nothing was changed."""


def export_book(connection: Connection, folder: Path) -> dict[str, Any]:
    """Write the book into an existing folder; return the manifest. Memory does not grow with the book.

    connection: in one transaction that sees one state of the book.
    """
    files = {ENTRIES: _write_entries(connection, folder / ENTRIES)}
    for name, wanted in TABLES.items():
        files[name] = _write_table(connection, wanted, folder / name)
    manifest = {"format": FORMAT, "files": files, "trial_balance_cents": trial_balance(connection)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _write_entries(connection: Connection, path: Path) -> dict[str, Any]:
    """Write each entry's text, with what it takes to check its chain."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        ordered = select(journal_entry).order_by(journal_entry.c.party, journal_entry.c.sequence)
        rows = _count(out.write(_entry_line(row)) for row in _streamed(connection, ordered))
    return _described(path, rows)


def _entry_line(row: Any) -> str:
    line = {
        "party": row.party,
        "sequence": row.sequence,
        "key": row.key,
        "previous_hash": row.previous_hash,
        "hash": row.hash,
        "text": unpack(row.content).decode(),
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _write_table(connection: Connection, wanted: Select[Any], path: Path) -> dict[str, Any]:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([column.name for column in wanted.selected_columns])
        found = _streamed(connection, wanted)
        rows = _count(writer.writerow([_in_csv(value) for value in row]) for row in found)
    return _described(path, rows)


def _count(done: Iterable[object]) -> int:
    """Let everything be done, and return how much it was."""
    return sum(1 for _ in done)


def _streamed(connection: Connection, wanted: Select[Any]) -> Iterator[Any]:
    """Yield rows without holding them all."""
    return iter(connection.execute(wanted, execution_options={"yield_per": STREAM_ROWS}))


def _in_csv(value: object) -> object:
    """Write days and instants as ISO 8601, truth as true and false."""
    if isinstance(value, bool):
        return str(value).lower()
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else value


def _described(path: Path, rows: int) -> dict[str, Any]:
    """Return a file's rows and hash for the manifest."""
    return {"rows": rows, "sha256": _hash_of(path)}


def _hash_of(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def import_book(connection: Connection, folder: Path) -> int:
    """Post the entries of an exported book into an empty one; return how many.

    The chains come out as they were, hash by hash. Raises ImportRefused, before anything is committed, when
    the book is not empty, the files are not those of the manifest, or an entry does not read as it did.
    """
    _check_files(folder)
    if connection.scalar(select(journal_entry.c.id).limit(1)) is not None:
        raise ImportRefused("the book holds entries already; import into an empty one")
    count, heads = 0, dict[str, tuple[int, str]]()
    with (folder / ENTRIES).open(encoding="utf-8") as lines:
        numbered = enumerate(lines, start=1)
        while batch := [_told_in(line, number) for number, line in islice(numbered, STREAM_ROWS)]:
            _post(connection, [told.entry for told in batch])
            heads |= {told.entry.party: (told.sequence, told.hash) for told in batch}
            count += len(batch)
    _check_heads(connection, heads)
    return count


class _Told(NamedTuple):
    """What a line of the entries' file says: an entry, its place in its chain, and the hash there."""

    entry: Entry
    sequence: int
    hash: str


def _told_in(line: str, number: int) -> _Told:
    """Read a line of the entries' file, counted from 1."""
    try:
        told = json.loads(line)
        return _Told(Entry.model_validate_json(told["text"]), told["sequence"], told["hash"])
    except (ValueError, TypeError, LookupError) as error:
        why = ": ".join(str(error).splitlines()[:2])
        raise ImportRefused(f"{ENTRIES} line {number} is no entry of this version: {why}") from None


def _post(connection: Connection, entries: Sequence[Entry]) -> None:
    try:
        post(connection, entries)
    except EntryConflict as error:
        raise ImportRefused(f"{ENTRIES} contradicts itself: {error}") from None


def _check_files(folder: Path) -> None:
    """Refuse files that are not there, or not those that the manifest describes."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{folder / MANIFEST} cannot be read: {error}") from None
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise ImportRefused(f"the manifest's format is {found!r}; expected {FORMAT!r}")
    files = {ENTRIES: {}, **manifest.get("files", {})}
    wrong = [name for name, file in files.items() if not _is_whole(folder / name, file)]
    if wrong:
        raise ImportRefused(f"not as the manifest describes them: {', '.join(wrong)}")


def _is_whole(path: Path, described: Mapping[str, Any]) -> bool:
    return path.is_file() and _hash_of(path) == described.get("sha256")


def _check_heads(connection: Connection, heads: Mapping[str, tuple[int, str]]) -> None:
    """Refuse a book whose chains do not end as they did: some entry reads otherwise today."""
    # An account that was only looked at has a chain of no entries.
    grown = select(chain).where(chain.c.sequence > 0)
    made = {head.party: (head.sequence, head.hash) for head in connection.execute(grown)}
    apart: Sequence[str] = sorted(party for party in {*made, *heads} if made.get(party) != heads.get(party))
    if apart:
        raise ImportRefused(f"the chains of {len(apart)} parties come out otherwise, first {apart[0]}")
