import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from books import POSTED, accepted, assessment, declaration, simple_entries
from sqlalchemy import Engine

from accounting import auditor, ledger
from accounting.exporting import ImportRefused, export_book, import_book
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of

FIRST = accepted(declaration(), assessment(10_000, 500, 200_000))
SECOND = accepted(declaration(2), assessment(8_000), posted_at=POSTED + timedelta(days=9), replaced=FIRST[0])
BOOK = (
    *FIRST,
    *SECOND,
    *simple_entries(["3"], "111111118RM0001"),
    *accepted(declaration(number="4"), assessment()),
)


@pytest.fixture
def exported(engine: Engine, tmp_path: Path) -> Path:
    folder = tmp_path / "exported"
    folder.mkdir()
    with engine.begin() as connection:
        ledger.post(connection, BOOK)
        export_book(connection, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_book_comes_out_as_it_went_in(exported: Path, tmp_path: Path) -> None:
    other, again = engine_of(f"sqlite:///{tmp_path / 'other.sqlite'}"), tmp_path / "again"
    again.mkdir()
    metadata.create_all(other)
    with other.begin() as connection:
        assert import_book(connection, exported) == len(BOOK)
        assert verify(connection) == []
        export_book(connection, again)
    other.dispose()
    assert files(exported) == files(again)


def test_the_manifest_counts_rows(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    assert {name: file["rows"] for name, file in manifest["files"].items()} == {
        "entries.jsonl": 5,
        "entries.csv": 5,
        "postings.csv": 14,
        "open_items.csv": 7,
        "allocations.csv": 0,
        "balances.csv": 8,
    }
    assert manifest["trial_balance_cents"]["receivable.customs_duty"] == 18_000


def test_a_book_that_is_not_empty_takes_no_import(engine: Engine, exported: Path) -> None:
    with pytest.raises(ImportRefused, match="holds entries already"), engine.begin() as connection:
        import_book(connection, exported)


def test_files_that_were_touched_are_not_imported(exported: Path, engine: Engine) -> None:
    (exported / "postings.csv").write_text("party\n")
    with pytest.raises(ImportRefused, match=r"postings\.csv"), engine.begin() as connection:
        import_book(connection, exported)


def test_a_folder_without_a_manifest_is_not_imported(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"manifest\.json cannot be read"), engine.begin() as connection:
        import_book(connection, tmp_path)


def test_another_format_is_not_imported(exported: Path, engine: Engine) -> None:
    (exported / "manifest.json").write_text('{"format": "other"}')
    with pytest.raises(ImportRefused, match="expected 'cadline-book-1'"), engine.begin() as connection:
        import_book(connection, exported)


def test_the_auditor_needs_nothing_but_python(exported: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", auditor.__file__, str(exported)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "The book holds.\n", "")


def test_the_auditor_shows_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert auditor.main([]) == 2
    assert "python auditor.py FOLDER" in capsys.readouterr().err


# What somebody does to a file, and what the auditor then says.
FORGERIES = {
    "entries.jsonl": (('"sequence": 2', '"sequence": 7'), "number 7 follows number 1"),
    "entries.csv": ((",late", ",lat"), "entries.csv: is not the file of the manifest"),
    "postings.csv": ((",10000", ",10001"), "postings.csv does not say what the text says"),
    "open_items.csv": (("2026-03-25", "2026-04-25"), "open_items.csv does not say what the text says"),
    "balances.csv": (("receivable.gst,500", "receivable.gst,501"), "postings less balance are -1 cents"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_the_auditor_finds_a_forgery(exported: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (old, new), said = FORGERIES[name]
    forged = (exported / name).read_text().replace(old, new)
    assert forged != (exported / name).read_text()
    (exported / name).write_text(forged)
    assert auditor.main([str(exported)]) == 1
    output = capsys.readouterr().out
    assert said in output
    assert f"{name}: is not the file of the manifest" in output


def test_the_auditor_reads_the_texts_themselves(exported: Path) -> None:
    lines = [json.loads(line) for line in (exported / "entries.jsonl").read_text().splitlines()]
    lines[1]["text"] = lines[1]["text"].replace('"cents":-', '"cents":', 1)
    (exported / "entries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    problems = auditor.audit(exported)
    assert any("the text is not the text that was hashed" in problem for problem in problems)
    assert any("do not sum to zero" in problem for problem in problems)
