"""Do the code tables say what the sources say, and do broken files say what is wrong with them?"""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import schemas.codes.files
from schemas.codes import Codes, CodeTable, load_codes
from schemas.codes.files import EVIDENCE, TableSpec, read_specs, read_table
from schemas.csv_text import day_of
from schemas.table_errors import TableError

DAY = date(2026, 3, 17)
SPEC = TableSpec(name="modes", complete=False, columns=("name_en",))
HEADER = "code,name_en,since,until,source,evidence\n"


@pytest.fixture(scope="module")
def codes() -> Codes:
    return load_codes()


@pytest.mark.parametrize(
    ("table", "code", "day", "cell"),
    [
        ("treatments", "11", date(2020, 6, 30), ("abbr", "MT")),
        ("treatments", "11", date(2020, 7, 1), ("abbr", "MXT")),
        ("treatments", "34", date(2021, 4, 1), ("abbr", "UKT")),
        ("treatment_countries", "CEUT/GB", date(2020, 12, 31), ("evidence", "law")),
        ("countries", "UNY", DAY, ("parent", "US")),
        ("countries", "XK", DAY, ("name_fr", "Kosovo")),
        ("currencies", "EUR", DAY, ("minor_digits", "2")),
        ("units", "KGM", DAY, ("name_fr", "Kilogramme")),
        ("vfd_codes", "23", DAY, ("related", "yes")),
        ("special_authorities", "85-2955-3", DAY, ("value_max_cents", "15000")),
        ("cad_types", "C", DAY, ("channel", "portal")),
        ("offices", "0453", DAY, ("province", "ON")),
    ],
)
def test_a_row_says_what_its_source_says(
    codes: Codes, table: str, code: str, day: date, cell: tuple[str, str]
) -> None:
    row = codes.table(table).row(code, day)
    assert row is not None
    assert row[cell[0]] == cell[1]


@pytest.mark.parametrize(
    ("table", "code", "day"),
    [
        ("treatments", "12", date(2020, 7, 1)),  # the Mexico-United States tariff ended with CUSMA
        ("treatments", "34", date(2021, 3, 31)),  # the day before the UK treatment
        ("treatment_countries", "CEUT/GB", date(2021, 1, 1)),
        ("excise_codes", "E50", date(2024, 10, 21)),  # removed with the CAD
        ("currencies", "BGN", date(2026, 1, 1)),
        ("countries", "us", DAY),  # codes are opaque: no folding of case
    ],
)
def test_a_code_does_not_hold_outside_its_days(codes: Codes, table: str, code: str, day: date) -> None:
    assert codes.table(table).row(code, day) is None
    assert code not in codes.table(table).codes(day)


def test_every_us_state_is_a_place_of_origin(codes: Codes) -> None:
    states = [row for row in codes.table("countries").rows() if row["kind"] == "us-state"]
    assert len(states) == 51
    assert {row["parent"] for row in states} == {"US"}


def test_an_unknown_table_names_those_that_exist(codes: Codes) -> None:
    with pytest.raises(KeyError, match=r"no table 'ports'.*offices"):
        codes.table("ports")


def test_every_row_has_a_source_and_says_how_well_it_is_known(codes: Codes) -> None:
    for name in codes.names():
        for row in codes.table(name).rows():
            assert row["source"].strip(), (name, row)
            assert row["evidence"] in EVIDENCE, (name, row)


def test_periods_of_a_code_never_overlap(codes: Codes) -> None:
    for name in codes.names():
        table = codes.table(name)
        for code in {key for day in (date(1999, 7, 5), DAY) for key in table.codes(day)}:
            days = [(row["since"], row["until"] or "9999") for row in table.history(code)]
            assert all(earlier[1] < later[0] for earlier, later in pairwise(days)), (name, code)


def test_words_stand_in_both_languages(codes: Codes) -> None:
    wordless = {"treatment_countries", "currencies", "tariff_codes", "tariff_code_scopes"}
    for name in set(codes.names()) - wordless:
        for row in codes.table(name).rows():
            assert row["name_en"], (name, row)
            assert row["name_fr"], (name, row)


def test_every_scope_is_that_of_a_tariff_code_and_names_headings(codes: Codes) -> None:
    known = codes.table("tariff_codes")
    for row in codes.table("tariff_code_scopes").rows():
        assert known.history(row["code"]), row
        beginnings = [*row["only"].split(), *row["except"].split()]
        assert beginnings
        assert all(each.isdigit() and len(each) in {2, 4, 6, 8} for each in beginnings), row


def test_every_treatment_of_the_country_list_is_a_treatment(codes: Codes) -> None:
    abbreviations = {row["abbr"] for row in codes.table("treatments").rows()}
    countries = codes.table("countries")
    for row in codes.table("treatment_countries").rows():
        assert row["treatment"] in abbreviations | {"NOT-MFN"}
        assert countries.history(row["country"]), row


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,air,2020-13-01,,D17,cbsa\n", "modes.csv line 2, column since: expected a date, YYYY-MM-DD"),
        ("1,air,20200101,,D17,cbsa\n", "column since: expected a date, YYYY-MM-DD, found '20200101'"),
        ("1,air,2020-01-02,2020-01-01,D17,cbsa\n", "column until: expected a date not before 2020-01-02"),
        ("1,air,2020-01-01,soon,D17,cbsa\n", "column until: expected a date, YYYY-MM-DD, or nothing"),
        (",air,2020-01-01,,D17,cbsa\n", "column code: expected a text"),
        ("1,air,2020-01-01,,,cbsa\n", "column source: expected a text"),
        ("1,air,2020-01-01,,D17,hearsay\n", "column evidence: expected one of law, cbsa, standard"),
        ("1,air,2020-01-01\n", "line 2: expected 6 cells, as the header has, found '3 cells'"),
        ('1,"air\n', "expected comma-separated values"),
        (
            "1,air,2020-01-01,,D17,cbsa\n1,air,2021-01-01,,D17,cbsa\n",
            "line 3, column since: expected a day after line 2 of code 1 ends",
        ),
    ],
)
def test_a_broken_row_is_named(rows: str, message: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(HEADER + rows, SPEC)
    assert message in str(caught.value)


@pytest.mark.parametrize(("cell", "expected"), [("150", "150"), ("", ""), ("-1", None), ("1.5", None)])
def test_a_column_of_numbers_holds_whole_numbers(cell: str, expected: str | None) -> None:
    spec = TableSpec(name="limits", complete=False, columns=("cents",), numbers=("cents",))
    text = f"code,cents,since,until,source,evidence\n1,{cell},2020-01-01,,A,cbsa\n"
    if expected is not None:
        assert read_table(text, spec)["1"][0].cells["cents"] == expected
    else:
        with pytest.raises(TableError, match="column cents: expected a whole number, or nothing"):
            read_table(text, spec)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(TableError) as caught:
        read_table(HEADER + ",air,x,,D17,cbsa\n1,air\n2,road,2020-01-01,,,cbsa\n3\n", SPEC)
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (2, "code"),
        (2, "since"),
        (3, ""),
        (4, "source"),
        (5, ""),
    ]


@pytest.mark.parametrize("header", ["", "code,since\n", HEADER.replace("name_en", "code")])
def test_a_wrong_header_says_which_columns_are_needed(header: str) -> None:
    with pytest.raises(TableError, match="a header with each of code, name_en, since"):
        read_table(header, SPEC)


def test_broken_specs_are_named() -> None:
    with pytest.raises(TableError, match=r"tables\.toml"):
        read_specs("[modes]\ncomplete = 1.5\n", "tables.toml")


def test_an_operators_file_stands_in_the_place_of_the_shipped_one(tmp_path: Path, codes: Codes) -> None:
    header = "\ufeffcode,name_en,name_fr,since,until,source,evidence\n"
    text = header + "3,airship,dirigeable,2026-01-01,,own,cbsa\n"
    (tmp_path / "modes.csv").write_text(text, encoding="utf-8")
    replaced = load_codes(tmp_path)
    assert replaced.table("modes").codes(DAY) == ("3",)
    assert replaced.table("countries").codes(DAY) == codes.table("countries").codes(DAY)
    assert replaced.version != codes.version
    assert load_codes(tmp_path).version == replaced.version


def test_an_operator_may_declare_a_table_complete(tmp_path: Path, codes: Codes) -> None:
    specs = Path(schemas.codes.files.__file__).with_name("tables.toml").read_text(encoding="utf-8")
    lines = [
        line.replace("false", "true") if "agency's list" in line else line for line in specs.splitlines()
    ]
    (tmp_path / "tables.toml").write_text("\n".join(lines), encoding="utf-8")
    assert not codes.table("offices").complete
    assert load_codes(tmp_path).table("offices").complete


def test_what_the_rules_read_remains_whatever_an_operator_leaves_out(tmp_path: Path, codes: Codes) -> None:
    (tmp_path / "tables.toml").write_text(
        '[cad_types]\ncomplete = false\nkey = ["name_en"]\ncolumns = ["own"]\n', encoding="utf-8"
    )
    header = "code,name_en,name_fr,channel,goods,own,since,until,source,evidence\n"
    (tmp_path / "cad_types.csv").write_text(header + "AB,a,b,edi,release,x,2024-10-21,,own,trade\n")
    replaced = load_codes(tmp_path)
    row = replaced.table("cad_types").row("AB", DAY)
    assert row is not None
    assert (row["channel"], row["own"]) == ("edi", "x")
    assert not replaced.table("cad_types").complete
    assert replaced.names() == codes.names()


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "modes.csv").write_bytes("code,name_en\n1,aérien\n".encode("latin-1"))
    with pytest.raises(TableError, match=r"modes\.csv: expected text in UTF-8, found 'byte 0xe9"):
        load_codes(tmp_path)


def test_a_table_can_be_built_for_a_test() -> None:
    table = CodeTable("modes", complete=True, _rows=read_table(HEADER + "1,air,2020-01-01,,D17,cbsa\n", SPEC))
    assert table.codes(DAY) == ("1",)


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-W01-1", "20260101", "2026-1-1"])
def test_only_iso_days_are_days(text: str) -> None:
    assert day_of(text) is None
