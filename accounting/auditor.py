"""Does an exported book hold together? A verifier that needs nothing but this file and Python 3.11.

    python auditor.py FOLDER

It reads what `cadline ledger export` wrote, shares no code with the program that wrote it, and checks: the
files are those of the manifest; each party's chain runs from 1 without gaps and each hash covers the entry's
text and the hash before it; each entry sums to zero; a reversal is the exact mirror of its version; the
tables say what the texts say; the balances are the sums of the postings, and together zero; what is open of
each debt and credit is what the texts gave less what they allocated, and no credit is overdrawn. The postings
are held in memory.

Exit code 0: the book holds. 1: it does not, each problem in a line. 2: wrong use.
"""

import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Place = tuple[str, int]

ALLOCATION = ("credit", "kind", "reference", "charge", "due", "cents")


def audit(folder: Path) -> list[str]:
    """Return every problem of an exported book, each in a line."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    problems = list(check_files(folder, manifest))
    problems += check_chains(folder)
    problems += check_entries(folder)
    problems += check_balances(folder, manifest)
    problems += check_debts(folder)
    problems += check_credits(folder)
    return problems


def check_files(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Say which files are not those of the manifest."""
    for name, described in manifest["files"].items():
        found = hashlib.sha256()
        with (folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
        if found.hexdigest() != described["sha256"]:
            yield f"{name}: is not the file of the manifest"


def lines_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the entries with their places and hashes."""
    with (folder / "entries.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def rows_of(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def check_chains(folder: Path) -> Iterator[str]:
    """Say where a chain has a gap, or a text is not the text that was hashed."""
    heads: dict[str, tuple[int, str]] = {}
    for line in lines_of(folder):
        sequence, previous_hash = heads.get(line["party"], (0, "0" * 64))
        if line["sequence"] != sequence + 1:
            yield f"{line['key']}: number {line['sequence']} follows number {sequence}"
        if line["previous_hash"] != previous_hash:
            yield f"{line['key']}: does not name the hash of the entry before it"
        linked = hashlib.sha256(f"{line['previous_hash']}\n{line['text']}".encode()).hexdigest()
        if linked != line["hash"]:
            yield f"{line['key']}: the text is not the text that was hashed"
        heads[line["party"]] = line["sequence"], line["hash"]


def check_entries(folder: Path) -> Iterator[str]:
    """Say which entries do not balance, mirror nothing, or differ from the tables."""
    postings = by_place(rows_of(folder, "postings.csv"), ("account", "cents"))
    items = by_place(rows_of(folder, "open_items.csv"), ("charge", "cents", "due", "statement_date"))
    allocations = by_place(rows_of(folder, "allocations.csv"), ALLOCATION)
    said: dict[str, Counter[str]] = {}
    for line in lines_of(folder):
        entry, place = json.loads(line["text"]), (line["party"], line["sequence"])
        amounts = sums(entry["postings"])
        if sum(amounts.values()):
            yield f"{line['key']}: the postings do not sum to zero"
        if entry["kind"] == "reversal" and not mirrors(
            amounts, said.get(line["key"].removesuffix("/reversal"))
        ):
            yield f"{line['key']}: is not the mirror of an earlier entry"
        if postings.pop(place, []) != [(each["account"], str(each["cents"])) for each in entry["postings"]]:
            yield f"{line['key']}: postings.csv does not say what the text says"
        if items.pop(place, []) != [
            (each["charge"], str(each["cents"]), each["due"], each["statement_date"])
            for each in entry["items"]
        ]:
            yield f"{line['key']}: open_items.csv does not say what the text says"
        if allocations.pop(place, []) != [
            tuple(str(each[column] or "") for column in ALLOCATION) for each in entry.get("allocations", ())
        ]:
            yield f"{line['key']}: allocations.csv does not say what the text says"
        said[line["key"]] = amounts
    for party, sequence in sorted({*postings, *items, *allocations}):
        yield f"{party} number {sequence}: a table has rows of an entry that is not there"


def by_place(rows: Iterator[dict[str, str]], columns: tuple[str, ...]) -> dict[Place, list[tuple[str, ...]]]:
    """Return the named columns of a table's rows, by the place of their entry."""
    found: dict[Place, list[tuple[str, ...]]] = {}
    for row in rows:
        place = row["party"], int(row["sequence"])
        found.setdefault(place, []).append(tuple(row[column] for column in columns))
    return found


def sums(postings: list[dict[str, Any]]) -> Counter[str]:
    """Return the cents that postings add to each account."""
    amounts: Counter[str] = Counter()
    for posting in postings:
        amounts[posting["account"]] += posting["cents"]
    return amounts


def mirrors(amounts: Counter[str], of: Counter[str] | None) -> bool:
    """Return whether amounts take back exactly what an entry said."""
    return of is not None and {account: -cents for account, cents in amounts.items()} == dict(of)


def check_balances(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Say which balances are not the sums of their postings, and whether all together are zero."""
    left: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for row in rows_of(folder, "postings.csv"):
        left[row["party"], row["account"]] += int(row["cents"])
    for row in rows_of(folder, "balances.csv"):
        left[row["party"], row["account"]] -= int(row["cents"])
        total[row["account"]] += int(row["cents"])
    for (party, account), cents in sorted(left.items()):
        if cents:
            yield f"{party} {account}: postings less balance are {cents} cents"
    if dict(total) != manifest["trial_balance_cents"]:
        yield "the trial balance is not that of the manifest"
    if sum(total.values()):
        yield f"all balances together are {sum(total.values())} cents, not zero"


def check_debts(folder: Path) -> Iterator[str]:
    """Say which debts are not what became due less what was allocated to them."""
    left: Counter[tuple[str, ...]] = Counter()
    for line in lines_of(folder):
        entry, party = json.loads(line["text"]), line["party"]
        reference = entry.get("reference") or entry["transaction_number"]
        for item in entry["items"]:
            left[party, reference, item["charge"], item["due"]] += item["cents"]
        for each in entry.get("allocations", ()):
            if each["charge"] is not None:
                left[party, each["reference"], each["charge"], each["due"]] -= each["cents"]
    for row in rows_of(folder, "debts.csv"):
        left[row["party"], row["reference"], row["charge"], row["due"]] -= int(row["cents"])
    for place, cents in sorted(left.items()):
        if cents:
            yield f"{' '.join(place)}: items less allocations and debt are {cents} cents"


def check_credits(folder: Path) -> Iterator[str]:
    """Say which credits are not what was given less what was allocated from them, or are overdrawn."""
    left: Counter[tuple[str, ...]] = Counter()
    for line in lines_of(folder):
        entry, party = json.loads(line["text"]), line["party"]
        if credit := entry.get("credit"):
            left[party, credit["key"], credit["kind"]] += credit["cents"]
        for each in entry.get("allocations", ()):
            left[party, each["credit"], each["kind"]] -= each["cents"]
    for place, cents in sorted(left.items()):
        if cents < 0:
            yield f"{' '.join(place)}: {-cents} cents more were used than given"
    for row in rows_of(folder, "credits.csv"):
        left[row["party"], row["key"], row["kind"]] -= int(row["cents"])
    for place, cents in sorted(left.items()):
        if cents:
            yield f"{' '.join(place)}: what was given less allocations and credit are {cents} cents"


def main(arguments: list[str]) -> int:
    """Audit the folder that is named, and say what was found."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "manifest.json").is_file():
        sys.stderr.write(f"{__doc__}\n")
        return 2
    problems = audit(Path(arguments[0]))
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write("The book does not hold.\n" if problems else "The book holds.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
