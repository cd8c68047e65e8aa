"""How do papers look in a folder? One file an interchange, in a folder per recipient, and a list of them.

Names follow from recipient, control reference and kind alone, so that exporting twice changes nothing.
"""

import csv
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from sqlalchemy import Connection

from outbound.outbox import Stored, papers
from schemas.recipients import Form

LISTING = "papers.csv"
COLUMNS = ("recipient", "control_reference", "kind", "subject", "day", "syntax", "file", "digest", "key")

_SUFFIX: dict[Form, str] = {"edifact": "edi"}
"""What a form is called in a file's name, where that is not its own name."""


def file_name(paper: Stored) -> PurePosixPath:
    """Return where a paper goes, such as `BROKER1/00000000000007-statement.edi`."""
    name = f"{paper.control_reference}-{paper.kind}.{_SUFFIX.get(paper.syntax, paper.syntax)}"
    return PurePosixPath(folder_name(paper.recipient), name)


def folder_name(recipient: str) -> str:
    """Write a recipient as one folder name: the sender of a bad interchange may call itself `../etc`."""
    return quote(recipient, safe=" ").replace(".", "%2E")


def export(connection: Connection, folder: Path) -> list[Path]:
    """Write every stored paper below `folder`, and the listing; return the papers' files in listing order.

    Raises OSError when the folder cannot be written.
    """
    listed = []
    for paper in papers(connection):
        write_whole(folder / file_name(paper), paper.payload)
        listed.append(_listed(paper))
    listed.sort()
    _write_listing(folder / LISTING, listed)
    return [folder / row[COLUMNS.index("file")] for row in listed]


def _listed(paper: Stored) -> tuple[str, ...]:
    day = paper.day.isoformat() if paper.day else ""
    words = paper.model_dump(include={"recipient", "control_reference", "kind", "subject", "syntax", "key"})
    words |= {"day": day, "file": str(file_name(paper)), "digest": paper.digest}
    return tuple(words[column] for column in COLUMNS)


def _write_listing(file: Path, rows: Iterable[tuple[str, ...]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows((COLUMNS, *rows))


def write_whole(file: Path, payload: bytes) -> None:
    """Write a file whole or not at all: a reader of the folder never sees half a paper."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    half.write_bytes(payload)
    half.replace(file)
