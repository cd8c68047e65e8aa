"""How does the registry come in a folder? Three CSV files: partners, importers, delegations.

Columns are the fields of `Partner`, `Importer` and `Delegation`; an empty cell is the field's default. Every
fault of every file is found at once, and then nothing is loaded.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.base import Value
from schemas.csv_text import read_records
from schemas.identifiers import is_bn9, is_bn15
from schemas.registry import Delegation, Importer, Partner, Registry
from schemas.table_errors import TableError, TableFault

Member = TypeVar("Member", bound=Value)

PARTNERS, IMPORTERS, DELEGATIONS = "partners.csv", "importers.csv", "delegations.csv"


def read_registry(folder: Path) -> Registry:
    """Read a folder's registry; a file that is not there adds nobody.

    Raises TableError with every fault: file, line, column, what was expected.
    """
    faults: list[TableFault] = []
    partners = _read(folder / PARTNERS, Partner, faults)
    importers = _read(folder / IMPORTERS, Importer, faults)
    delegations = _read(folder / DELEGATIONS, Delegation, faults)
    faults += _faults(partners, importers, delegations)
    if faults:
        raise TableError(faults)
    return Registry(
        partners={partner.id: partner for _, partner in partners},
        importers={importer.account: importer for _, importer in importers},
        delegations=tuple(delegation for _, delegation in delegations),
    )


Placed = tuple[int, Member]
"""A member of the registry, and the line that it stands on."""


def _read(file: Path, kind: type[Member], faults: list[TableFault]) -> list[tuple[int, Member]]:
    """Read a file's members; note what is wrong with the others."""
    if not file.exists():
        return []
    members = []
    try:
        for line, record in read_records(file.read_text(encoding="utf-8-sig"), file.name, _columns(kind)):
            try:
                members.append((line, kind.model_validate({k: v for k, v in record.items() if v})))
            except ValidationError as error:
                faults += _of_record(file.name, line, record, error)
    except TableError as error:
        faults += error.faults
    except UnicodeDecodeError as error:
        faults.append(TableFault(file.name, 0, "", f"byte {error.start}", "text in UTF-8"))
    return members


def _columns(kind: type[Value]) -> list[str]:
    """Name the columns that a file must have: the fields without a default."""
    return [name for name, field in kind.model_fields.items() if field.is_required()]


def _of_record(
    file: str, line: int, record: Mapping[str, str], error: ValidationError
) -> Iterator[TableFault]:
    for fault in error.errors():
        column = str(fault["loc"][0])
        yield TableFault(
            file, line, column, record.get(column, ""), fault["msg"].removeprefix("Input should be ")
        )


def _faults(
    partners: list[Placed[Partner]], importers: list[Placed[Importer]], delegations: list[Placed[Delegation]]
) -> Iterator[TableFault]:
    """Yield what is wrong with members that are well formed: numbers that do not hold, and doubles."""
    yield from _doubles(PARTNERS, "id", [(line, partner.id) for line, partner in partners])
    yield from _doubles(IMPORTERS, "account", [(line, importer.account) for line, importer in importers])
    for line, partner in partners:
        if not is_bn15(partner.account):
            yield TableFault(
                PARTNERS, line, "account", partner.account, "a program account (BN15) that holds"
            )
    for line, importer in importers:
        if not is_bn15(importer.account):
            yield TableFault(
                IMPORTERS, line, "account", importer.account, "a program account (BN15) that holds"
            )
    for line, delegation in delegations:
        yield from _of_delegation(line, delegation)


def _of_delegation(line: int, delegation: Delegation) -> Iterator[TableFault]:
    if not is_bn15(delegation.importer):
        yield TableFault(
            DELEGATIONS, line, "importer", delegation.importer, "a program account (BN15) that holds"
        )
    if not is_bn9(delegation.broker):
        yield TableFault(DELEGATIONS, line, "broker", delegation.broker, "a business number (BN9) that holds")
    if delegation.until is not None and delegation.until < delegation.since:
        yield TableFault(DELEGATIONS, line, "until", str(delegation.until), f"{delegation.since} or later")


def _doubles(file: str, column: str, keys: list[tuple[int, str]]) -> Iterator[TableFault]:
    counts = Counter(key for _, key in keys)
    for line, key in keys:
        if counts[key] > 1:
            yield TableFault(file, line, column, key, "each value once")
