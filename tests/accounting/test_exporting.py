import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import pytest
from books import IMPORTER, POSTED, TRANSACTION, accepted, assessment, declaration, simple_entries
from sqlalchemy import Engine

from accounting import auditor, ledger
from accounting.acts import act_entry
from accounting.exporting import ImportRefused, export_book, import_book
from accounting.tables import metadata
from accounting.verify import verify
from cadline.database import engine_of
from schemas.acts import (
    Act,
    BroughtForward,
    Cleared,
    CreditDisbursed,
    CreditGranted,
    InterestCharged,
    PaymentAssigned,
    PaymentDishonoured,
    PaymentReceived,
    PenaltyRaised,
    SecurityMoved,
    Waived,
)
from schemas.assessment import Charge
from schemas.book import Allocation, Credit, Entry, EntryKind

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
        "debts.csv": 3,
        "credits.csv": 0,
    }
    assert manifest["trial_balance_cents"]["receivable.customs_duty"] == 18_000


def test_a_book_that_is_not_empty_takes_no_import(engine: Engine, exported: Path) -> None:
    with pytest.raises(ImportRefused, match="holds entries already"), engine.begin() as connection:
        import_book(connection, exported)


def test_a_book_that_was_only_looked_at_is_empty(exported: Path, tmp_path: Path) -> None:
    other = engine_of(f"sqlite:///{tmp_path / 'other.sqlite'}")
    metadata.create_all(other)
    with other.begin() as connection:
        ledger.lock(connection, [IMPORTER, "999999999RM0001"])
    with other.begin() as connection:
        assert import_book(connection, exported) == len(BOOK)
        assert verify(connection) == []
    other.dispose()


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'\\"{TRANSACTION}\\"', "7"),
        (r"{\"key\"", r"{\"of another day\":1,\"key\""),
        ('"text": "', '"texts": "'),
        ('{"party"', '"party"'),
    ],
    ids=["a field of another kind", "a field that is not known", "no text", "no JSON"],
)
def test_entries_that_cannot_be_read_are_not_imported(
    exported: Path, tmp_path: Path, old: str, new: str
) -> None:
    entries, manifest = exported / "entries.jsonl", exported / "manifest.json"
    text, before = entries.read_text(), sha256(entries.read_bytes()).hexdigest()
    assert old in text
    entries.write_text(text.replace(old, new, 1))
    after = sha256(entries.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(before, after))
    other = engine_of(f"sqlite:///{tmp_path / 'other.sqlite'}")
    metadata.create_all(other)
    with (
        pytest.raises(ImportRefused, match=r"line \d+ is no entry"),
        other.begin() as connection,
    ):
        import_book(connection, exported)
    other.dispose()


@pytest.mark.parametrize("manifest", ["[]", "{}", '"cadline-book-1"'])
def test_a_manifest_that_is_none_is_refused(engine: Engine, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ImportRefused, match="format is None"), engine.begin() as connection:
        import_book(connection, tmp_path)


def test_a_manifest_that_describes_no_entries_is_refused(exported: Path, engine: Engine) -> None:
    (exported / "manifest.json").write_text('{"format": "cadline-book-1", "files": {}}')
    with pytest.raises(ImportRefused, match=r"entries\.jsonl"), engine.begin() as connection:
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
    "debts.csv": ((",10000", ",10001"), "items less allocations and debt are -1 cents"),
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


# ---- a book with every kind of act ----------------------------------------------------------------

DUE = FIRST[0].dates.payment_due
PAID = Credit(key="payment/electronic/A/1", kind="payment", cents=9_000, day=DUE)


def act(value: Act, key: str, **more: Any) -> Entry:
    return act_entry(
        value, key=key, party=IMPORTER, stream="commercial", event_day=DUE, posted_at=POSTED, **more
    )


def paying(reference: str, cents: int, charge: Charge | None = "customs_duty") -> Allocation:
    due = DUE if charge else None
    return Allocation(
        credit=PAID.key, kind="payment", reference=reference, charge=charge, due=due, cents=cents
    )


def every_act() -> tuple[Entry, ...]:
    """One entry of each act, behind a declaration that owes 100.00 of duty."""
    received = PaymentReceived(
        reference="1", payer=IMPORTER, method="electronic", received_at=POSTED, value_day=DUE
    )
    interest = InterestCharged(
        on=TRANSACTION,
        basis="specified",
        kind="interim",
        through=DUE,
        base_cents=10_000,
        to_date_cents=50,
        days=1,
        spans=(),
    )
    penalty = PenaltyRaised(code="C336", on="statement/2026-03-25", day=DUE, served=DUE, source="test")
    waived = Waived(entry="penalty/C336/1", reason="first", person="Ann")
    undone = Cleared(strategy="2024", undone="returned")
    back = PAID.model_copy(update={"cents": -2_000})
    late, cash = {"reference": "penalty/C336/1", "contra": "revenue.penalty"}, "cash.received"
    return (
        act(received, PAID.key, credit=PAID, contra=cash),
        act(Cleared(strategy="2024"), "clearing/1", allocations=[paying(TRANSACTION, 6_000)]),
        act(undone, "clearing/2", allocations=[paying(TRANSACTION, -1_000)]),
        act(PaymentDishonoured(payment=PAID.key, reason="NSF"), "dishonour/1", credit=back, contra=cash),
        act(PaymentAssigned(payment="x", account=IMPORTER), "assignment/1", credit=PAID, contra=cash),
        act(
            CreditGranted(origin="K32/1"),
            "credit/1",
            credit=PAID.model_copy(update={"key": "credit/1", "kind": "drawback"}),
            contra="expense.refund",
        ),
        act(
            CreditDisbursed(reference="7"),
            "disbursement/1",
            allocations=[paying("disbursement/1", 500, None)],
            contra="cash.disbursed",
        ),
        act(
            interest,
            "interest/1",
            owed=[("interest", 50, DUE)],
            reference=TRANSACTION,
            contra="revenue.interest",
        ),
        act(penalty, "penalty/C336/1", owed=[("penalty", 20_000, DUE)], **late),
        act(waived, "waiver/1", owed=[("penalty", -20_000, DUE)], **late),
        act(
            BroughtForward(explanation="old", arose=DUE),
            "opening/1",
            owed=[("gst", 700, DUE)],
            reference="old/1",
            contra="suspense.opening",
        ),
        act(SecurityMoved(instrument="DEP-1"), "security/1", moved_cents=5_000, contra="security.deposit"),
    )


@pytest.fixture
def acted(engine: Engine, tmp_path: Path) -> Path:
    folder = tmp_path / "acted"
    folder.mkdir()
    with engine.begin() as connection:
        ledger.post(connection, [*FIRST, *every_act()])
        assert verify(connection) == []
        export_book(connection, folder)
    return folder


def test_every_kind_of_entry_comes_out_as_it_went_in(acted: Path, tmp_path: Path) -> None:
    lines = (acted / "entries.jsonl").read_text().splitlines()
    kinds = {json.loads(json.loads(line)["text"])["kind"] for line in lines}
    assert kinds | {"reversal"} == set(get_args(EntryKind))
    assert auditor.audit(acted) == []
    other, again = engine_of(f"sqlite:///{tmp_path / 'other.sqlite'}"), tmp_path / "again"
    again.mkdir()
    metadata.create_all(other)
    with other.begin() as connection:
        assert import_book(connection, acted) == 1 + len(every_act())
        assert verify(connection) == []
        export_book(connection, again)
    other.dispose()
    assert files(acted) == files(again)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "debts.csv",
            "old/1,gst",
            "old/2,gst",
            "old/1 gst 2026-03-31: items less allocations and debt are 700",
        ),
        (
            "credits.csv",
            ",9000",
            ",8999",
            "credit/1 drawback: what was given less allocations and credit are 1",
        ),
        ("allocations.csv", ",500", ",400", "allocations.csv does not say what the text says"),
    ],
)
def test_the_auditor_checks_debts_and_credits_by_their_keys(
    acted: Path, name: str, old: str, new: str, said: str
) -> None:
    forged = (acted / name).read_text().replace(old, new)
    assert forged != (acted / name).read_text()
    (acted / name).write_text(forged)
    assert any(said in problem for problem in auditor.audit(acted))


def test_the_auditor_finds_a_credit_that_is_overdrawn(acted: Path) -> None:
    lines = [json.loads(line) for line in (acted / "entries.jsonl").read_text().splitlines()]
    for line in lines:
        line["text"] = line["text"].replace('"cents":6000}', '"cents":60000}')
    (acted / "entries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert any("more were used than given" in problem for problem in auditor.audit(acted))
