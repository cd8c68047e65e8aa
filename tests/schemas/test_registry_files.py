"""Does a registry folder load whole or not at all, with every fault named?"""

from datetime import date
from pathlib import Path

import pytest

from schemas.registry import RIGHTS, Delegation
from schemas.registry_files import read_registry
from schemas.table_errors import TableError

PARTNERS = "id,name,account,role,account_security_number,syntax,language\n"
IMPORTERS = "account,name,kind,stream,statements_to,language\n"
DELEGATIONS = "importer,broker,since,until\n"


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(TableError) as caught:
        read_registry(path)
    return [(fault.file, fault.line, fault.column, fault.expected) for fault in caught.value.faults]


def test_a_whole_folder_becomes_a_registry(tmp_path: Path) -> None:
    registry = read_registry(
        folder(
            tmp_path,
            partners=PARTNERS + "NORTHSTAR,Northstar,888777661RM0001,broker,12345,xml,fr\n",
            importers=IMPORTERS + "123456782RM0001,Maple,,csa1,NORTHSTAR,\n",
            delegations=DELEGATIONS + "123456782RM0001,888777661,2026-01-01,\n",
        )
    )
    assert registry.partners["NORTHSTAR"].syntax == "xml"
    assert registry.importers["123456782RM0001"].kind == "importer"
    assert registry.may_file("888777661RM0001", "123456782RM0001", date(2026, 3, 17))
    assert registry.delegations == (
        Delegation(importer="123456782RM0001", broker="888777661", since=date(2026, 1, 1)),
    )


def test_an_empty_folder_adds_nobody(tmp_path: Path) -> None:
    assert read_registry(tmp_path).partners == {}


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (" N,x,888777661RM0001,broker,12345,,", "id", "1 to 35 characters, none of the outer ones blank"),
        ("N,x,888777662RM0001,broker,12345,,", "account", "a program account (BN15) whose check digit holds"),
        ("N,x,888777661RM0001,agent,12345,,", "role", "'broker', 'importer', 'provider' or 'consultant'"),
        ("N,x,888777661RM0001,broker,1234,,", "account_security_number", "5 digits"),
        ("N,x,888777661RM0001,broker,123456,,", "account_security_number", "5 digits"),
        ("N,x,888777661RM0001,broker,12345,edi,", "syntax", "'edifact' or 'xml'"),
        ("N,x,888777661RM0001,broker,12345,,de", "language", "'en' or 'fr'"),
        (",x,888777661RM0001,broker,12345,,", "id", "a text"),
        (f"N,{'x' * 201},888777661RM0001,broker,12345,,", "name", "at most 200 characters"),
    ],
)
def test_a_wrong_cell_of_a_partner_is_named(tmp_path: Path, row: str, column: str, expected: str) -> None:
    found = faults(folder(tmp_path, partners=f"{PARTNERS}{row}\n"))
    assert found == [("partners.csv", 2, column, expected)]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("123456782RC0001,x,,,,", "account", "an RM account (BN15) whose check digit holds"),
        ("123456782RM0001,x,both,,,", "kind", "'importer' or 'exporter'"),
        (
            "123456782RM0001,x,,weekly,,",
            "stream",
            "'commercial', 'non-rpp', 'csa1', 'csa2', 'clvs' or 'ctc'",
        ),
    ],
)
def test_a_wrong_cell_of_an_importer_is_named(tmp_path: Path, row: str, column: str, expected: str) -> None:
    found = faults(folder(tmp_path, importers=f"{IMPORTERS}{row}\n"))
    assert found == [("importers.csv", 2, column, expected)]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (
            "123456782RM0001,888777661RM0001,2026-01-01,",
            "broker",
            "a business number (BN9) whose check digit holds",
        ),
        ("123456782RM0001,888777661,2026-01-01,2025-12-31", "until", "2026-01-01 or later"),
        ("123456782RM0001,888777661,,", "since", "a text"),
        ("123456782RM0001,888777661,1767225600,", "since", "a date, YYYY-MM-DD"),
        ("123456782RM0001,888777661,2026-01-01,soon", "until", "a date, YYYY-MM-DD"),
    ],
)
def test_a_wrong_cell_of_a_delegation_is_named(tmp_path: Path, row: str, column: str, expected: str) -> None:
    found = faults(folder(tmp_path, delegations=f"{DELEGATIONS}{row}\n"))
    assert found == [("delegations.csv", 2, column, expected)]


def test_what_may_stand_once_is_named_with_its_first_line(tmp_path: Path) -> None:
    partner = "{},x,888777661RM0001,broker,{},,\n"
    texts = (partner.format(*each) for each in (("A", "12345"), ("A", "23456"), ("B", "12345"), ("C", "")))
    found = faults(folder(tmp_path, partners=PARTNERS + "".join(texts) + partner.format("D", "")))
    assert found == [
        ("partners.csv", 3, "id", "no repeat of line 2"),
        ("partners.csv", 4, "account_security_number", "no repeat of line 2"),
    ]


def test_a_delegation_given_twice_is_named(tmp_path: Path) -> None:
    row = "123456782RM0001,888777661,2026-01-01,\n"
    found = faults(folder(tmp_path, delegations=DELEGATIONS + row + row))
    assert found == [("delegations.csv", 3, "importer, broker, since", "no repeat of line 2")]


def test_a_misspelt_column_does_not_make_a_delegation_endless(tmp_path: Path) -> None:
    text = "importer,broker,since,untill\n123456782RM0001,888777661,2026-01-01,2026-01-31\n"
    assert faults(folder(tmp_path, delegations=text)) == [
        ("delegations.csv", 1, "untill", "one of importer, broker, since, until, scope, rights, visibility")
    ]


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    found = faults(
        folder(
            tmp_path,
            partners=PARTNERS + "N,x,1,agent,1,,\nM,y\n",
            importers="name\nMaple\n",
            delegations=DELEGATIONS + "1,2,soon,\n",
        )
    )
    assert [(file, line, column) for file, line, column, _ in found] == [
        ("partners.csv", 2, "account"),
        ("partners.csv", 2, "account_security_number"),
        ("partners.csv", 2, "role"),
        ("partners.csv", 3, ""),
        ("importers.csv", 1, ""),
        ("delegations.csv", 2, "importer"),
        ("delegations.csv", 2, "broker"),
        ("delegations.csv", 2, "since"),
    ]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "partners.csv").write_bytes(PARTNERS.encode() + "N,Élan".encode("latin-1"))
    assert faults(tmp_path) == [("partners.csv", 0, "", "text in UTF-8")]


def test_one_file_is_known_by_its_header(tmp_path: Path) -> None:
    files = folder(
        tmp_path,
        anything=PARTNERS + "NORTHSTAR,Northstar,888777661RM0001,broker,12345,xml,fr\n",
        clients=IMPORTERS + "123456782RM0001,Maple,,csa1,NORTHSTAR,\n",
        grants=DELEGATIONS + "123456782RM0001,888777661,2026-01-01,\n",
    )
    partners, importers, delegations = (
        read_registry(files / f"{name}.csv") for name in ("anything", "clients", "grants")
    )
    assert (list(partners.partners), partners.importers) == (["NORTHSTAR"], {})
    assert list(importers.importers) == ["123456782RM0001"]
    assert len(delegations.delegations) == 1


def test_a_file_of_another_kind_is_told_what_a_header_looks_like(tmp_path: Path) -> None:
    ((file, line, _, expected),) = faults(folder(tmp_path, menu="dish,price\n") / "menu.csv")
    assert (file, line) == ("menu.csv", 1)
    assert "importer,broker,since" in expected


SCOPED = "importer,broker,since,scope,rights,visibility\n"


def test_scope_rights_and_visibility_are_read_and_have_defaults(tmp_path: Path) -> None:
    rows = (
        "123456782,888777661,2026-01-01,business,adjust file,declarations\n"
        "123456782RM0001,888777661,2026-01-01,,,\n"
    )
    wide, plain = read_registry(folder(tmp_path, delegations=SCOPED + rows)).delegations
    assert (wide.scope, wide.rights, wide.visibility) == (
        "business",
        ("file", "adjust", "view"),
        "declarations",
    )
    assert (plain.scope, plain.rights, plain.visibility) == ("program", RIGHTS, "balances")
    assert wide.covers("123456782RM0002")
    assert not plain.covers("123456782RM0002")


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (
            "123456782,888777661,2026-01-01,,,",
            "scope",
            "business: the importer is a business number (BN9), not a program account",
        ),
        (
            "123456782RM0001,888777661,2026-01-01,business,,",
            "importer",
            "a business number (BN9): the scope is business",
        ),
        ("123456782RM0001,888777661,2026-01-01,all,,", "scope", "'program' or 'business'"),
        (
            "123456782RM0001,888777661,2026-01-01,,pay,",
            "rights",
            "some of file, correct, adjust, view, joined by blanks",
        ),
        (
            "123456782RM0001,888777661,2026-01-01,,,some",
            "visibility",
            "'own', 'declarations' or 'balances'",
        ),
        ("123456782RM0001,888777661,2026-02-30,,,", "since", "a date, YYYY-MM-DD"),
        ("123456782RM0001,888777661,0000-01-01,,,", "since", "a date, YYYY-MM-DD"),
    ],
)
def test_a_wrong_scope_right_or_visibility_is_named(
    tmp_path: Path, row: str, column: str, expected: str
) -> None:
    assert faults(folder(tmp_path, delegations=f"{SCOPED}{row}\n")) == [
        ("delegations.csv", 2, column, expected)
    ]


def test_what_is_put_up_with_is_named_in_words_that_are_known(tmp_path: Path) -> None:
    header = "id,name,account,role,tolerates\n"
    good = folder(tmp_path, partners=header + "N,N,888777661RM0001,broker,utf-8 hard-wrap\n")
    assert read_registry(good).partners["N"].tolerates == ("utf-8", "hard-wrap")
    for wrong in ("utf-8 latin-1", "everything"):
        place = folder(tmp_path, partners=header + f"N,N,888777661RM0001,broker,{wrong}\n")
        assert [column for _, _, column, _ in faults(place)] == ["tolerates"]
