"""How does the registry come in files? As CSV: partners, importers, delegations, alone or in a folder.

Columns are the fields of `Partner`, `Importer` and `Delegation`; an empty cell is the field's default, and so
is a column that is left out, where the field has one. The rights of a delegation are joined by blanks. Every
fault of every file is found at once, and then nothing is loaded.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from schemas.base import Value
from schemas.csv_text import Record, day_of, read_records
from schemas.identifiers import is_bn9, is_bn15, is_importer_account
from schemas.registry import RIGHTS, Delegation, Importer, Partner, Registry
from schemas.table_errors import TableError, TableFault
from schemas.tolerance import CHARSETS, TOLERATIONS

Member = TypeVar("Member", bound=Value)

PARTNERS, IMPORTERS, DELEGATIONS = "partners.csv", "importers.csv", "delegations.csv"

PARTNER_ID = re.compile(r"\S(?:.{0,33}\S)?")
"""What fits into UNB 0004 and 0010: an..35, no blank at either end."""

ACCOUNT_SECURITY_NUMBER = re.compile(r"\d{5}", re.ASCII)
NAME_LENGTH_MAX = 200


class Check(NamedTuple):
    """What a cell that is filled must look like, and how that is said."""

    holds: Callable[[str], object]
    expected: str


BN15 = Check(is_bn15, "a program account (BN15) whose check digit holds")
RM_ACCOUNT = Check(is_importer_account, "an RM account (BN15) whose check digit holds")
DELEGATOR = Check(
    lambda text: is_importer_account(text) or is_bn9(text),
    "an RM account (BN15), or a business number (BN9) of scope `business`, whose check digit holds",
)
RIGHTS_NAMED = Check(
    lambda text: text.split() and set(text.split()) <= set(RIGHTS),
    f"some of {', '.join(RIGHTS)}, joined by blanks",
)
BN9 = Check(is_bn9, "a business number (BN9) whose check digit holds")
NAME = Check(lambda text: len(text) <= NAME_LENGTH_MAX, f"at most {NAME_LENGTH_MAX} characters")
TOLERATED = Check(
    lambda text: set(text.split()) <= set(TOLERATIONS) and len(set(text.split()) & set(CHARSETS)) <= 1,
    f"at most one of {', '.join(CHARSETS)}; and hard-wrap or not; joined by blanks",
)
DAY = Check(day_of, "a date, YYYY-MM-DD")
IDENTIFICATION = Check(PARTNER_ID.fullmatch, "1 to 35 characters, none of the outer ones blank")

CHECKS: Mapping[type[Value], Mapping[str, Check]] = {
    Partner: {
        "id": IDENTIFICATION,
        "name": NAME,
        "account": BN15,
        "tolerates": TOLERATED,
        "account_security_number": Check(ACCOUNT_SECURITY_NUMBER.fullmatch, "5 digits"),
    },
    Importer: {"account": RM_ACCOUNT, "name": NAME, "statements_to": IDENTIFICATION},
    Delegation: {"importer": DELEGATOR, "broker": BN9, "since": DAY, "until": DAY, "rights": RIGHTS_NAMED},
}

UNIQUE: Mapping[type[Value], tuple[tuple[str, ...], ...]] = {
    Partner: (("id",), ("account_security_number",)),
    Importer: (("account",),),
    Delegation: (("importer", "broker", "since"),),
}
"""The columns that no two rows of a file may share, where they are filled."""


def read_registry(place: Path) -> Registry:
    """Read the registry of a folder, or what one file adds to it; a file that is not there adds nobody.

    Raises TableError with every fault: file, line, column, what was expected.
    """
    faults: list[TableFault] = []
    files = _files_at(place)
    partners = _read(files.get(PARTNERS), Partner, faults)
    importers = _read(files.get(IMPORTERS), Importer, faults)
    delegations = _read(files.get(DELEGATIONS), Delegation, faults)
    if faults:
        raise TableError(faults)
    return Registry(
        partners={partner.id: partner for partner in partners},
        importers={importer.account: importer for importer in importers},
        delegations=tuple(delegations),
    )


def _files_at(place: Path) -> dict[str, Path]:
    """Return the files by what they hold: a folder's by their names, a single one by its header."""
    kinds: dict[str, type[Value]] = {PARTNERS: Partner, DELEGATIONS: Delegation, IMPORTERS: Importer}
    if place.is_dir():
        return {name: place / name for name in kinds}
    with place.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline().rstrip()
    held = [name for name, kind in kinds.items() if set(_columns(kind)) <= set(header.split(","))]
    if not held:
        expected = "a header with " + "; or with ".join(",".join(_columns(kind)) for kind in kinds.values())
        raise TableError.at(file=place.name, line=1, expected=expected, found=header)
    return {held[0]: place}  # the header of partners has every column that importers need


def _read(file: Path | None, kind: type[Member], faults: list[TableFault]) -> list[Member]:
    """Read a file's members, by line; note what is wrong with the others."""
    if file is None or not file.exists():
        return []
    records: list[tuple[int, Record]] = []
    found: list[TableFault] = []
    try:
        records += read_records(file.read_text(encoding="utf-8-sig"), file.name, _columns(kind))
    except TableError as error:
        found += error.faults
    except UnicodeDecodeError as error:
        found.append(TableFault(file.name, 0, "", f"byte {error.start}", "text in UTF-8"))
    found += _unknown_columns(file.name, kind, records)
    members = [_member(file.name, kind, line, record, found) for line, record in records]
    found += _doubles(file.name, UNIQUE[kind], records)
    faults += sorted(found, key=lambda fault: fault.line)
    return [member for member in members if member is not None]


def _columns(kind: type[Value]) -> list[str]:
    """Name the columns that a file must have: the fields without a default."""
    return [name for name, field in kind.model_fields.items() if field.is_required()]


def _unknown_columns(file: str, kind: type[Value], records: list[tuple[int, Record]]) -> Iterator[TableFault]:
    """Yield the columns that are no field: a misspelt `until` must not make a delegation endless."""
    for column in records[0][1] if records else ():
        if column not in kind.model_fields:
            yield TableFault(file, 1, column, column, f"one of {', '.join(kind.model_fields)}")


def _member(
    file: str, kind: type[Member], line: int, record: Record, faults: list[TableFault]
) -> Member | None:
    """Build the member of a record, or note each cell that is wrong."""
    cells = {column: text for column, text in record.items() if text and column in kind.model_fields}
    wrong = list(_unlike(file, line, cells, CHECKS[kind]))
    told = {fault.column for fault in wrong}
    try:
        member = kind.model_validate(cells)
        wrong += _at_odds(file, line, member)
    except ValidationError as error:
        wrong += (fault for fault in _ill_formed(file, line, record, error) if fault.column not in told)
    faults += wrong
    return None if wrong else member


def _unlike(
    file: str, line: int, cells: Mapping[str, str], checks: Mapping[str, Check]
) -> Iterator[TableFault]:
    for column, check in checks.items():
        if column in cells and not check.holds(cells[column]):
            yield TableFault(file, line, column, cells[column], check.expected)


def _ill_formed(
    file: str, line: int, record: Mapping[str, str], error: ValidationError
) -> Iterator[TableFault]:
    for fault in error.errors():
        column = str(fault["loc"][0])
        expected = "a text" if fault["type"] == "missing" else fault["msg"].removeprefix("Input should be ")
        yield TableFault(file, line, column, record.get(column, ""), expected)


def _at_odds(file: str, line: int, member: Value) -> Iterator[TableFault]:
    """Yield where the cells of a delegation, each good by itself, contradict each other."""
    if not isinstance(member, Delegation):
        return
    if member.until is not None and member.until < member.since:
        yield TableFault(file, line, "until", str(member.until), f"{member.since} or later")
    if member.scope == "business" and not is_bn9(member.importer):
        yield TableFault(
            file, line, "importer", member.importer, "a business number (BN9): the scope is business"
        )
    if member.scope == "program" and is_bn9(member.importer):
        expected = "business: the importer is a business number (BN9), not a program account"
        yield TableFault(file, line, "scope", member.scope, expected)


def _doubles(
    file: str, keys: Iterable[tuple[str, ...]], records: list[tuple[int, Record]]
) -> Iterator[TableFault]:
    """Yield each row whose key an earlier row has, with the line of that one."""
    for columns in keys:
        lines: dict[str, int] = {}
        for line, record in records:
            key = " ".join(record.get(column, "") for column in columns)
            if key.strip() and lines.setdefault(key, line) != line:
                yield TableFault(file, line, ", ".join(columns), key, f"no repeat of line {lines[key]}")
