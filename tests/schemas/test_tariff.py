"""The tariff: reading rates, converting units, importing, looking up and searching."""

import csv
import gzip
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from schemas.table_errors import TableError
from schemas.tariff import Amount, Rate, convert, import_tariff, load_tariff, read_rate

FORMS = Path(__file__).parent / "rate_forms.csv"
SAMPLE = Path(__file__).parents[2] / "schemas" / "tariff" / "sample.csv"
REFUSED = {"See Note 1", "See Note 1 Free", "N/A"}


def _amount(row: dict[str, str], prefix: str) -> Amount | None:
    percent, dollars = row.get(f"{prefix}pct", ""), row.get(f"{prefix}amount_cad", "")
    if not percent and not dollars:
        return None
    return Amount(Decimal(percent or 0), Decimal(dollars or 0), row.get(f"{prefix}unit", ""))


def test_every_form_of_rate_is_read_or_refused_by_name():
    with FORMS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 500
    for row in rows:
        expected = None
        if row["expression"] not in REFUSED:
            base = _amount(row, "") or Amount()
            expected = Rate(base, _amount(row, "min_"), _amount(row, "max_"), _amount(row, "plus_"))
        assert read_rate(row["expression"]) == read_rate(row["canonical"]) == expected, row["expression"]


@pytest.mark.parametrize("text", ["", "?", "18", "$5", "5 ¢", "5% of", "$5%/kg", "1 ¢/parsec", "Free lunch"])
def test_what_is_no_rate_is_refused(text):
    assert read_rate(text) is None


@pytest.mark.parametrize(
    ("text", "value", "kilograms", "dollars"),
    [
        ("5% but not less than 4.74¢/kg or more than 9.48¢/kg", "10.00", "100", "4.74"),
        ("5% but not less than 4.74¢/kg or more than 9.48¢/kg", "100.00", "100", "5.00"),
        ("5% but not less than 4.74¢/kg or more than 9.48¢/kg", "1000.00", "100", "9.48"),
        ("2.35¢/kg but not less than 12.5% plus 4%", "100.00", "100", "16.50"),
        ("9.17¢/kg plus 6%", "100.00", "100", "15.17"),
    ],
)
def test_a_rate_is_worked_out(text, value, kilograms, dollars):
    rate = read_rate(text)
    assert rate is not None
    assert rate.of(Decimal(value), {"KGM": Decimal(kilograms)}) == Decimal(dollars)


@pytest.mark.parametrize(
    ("quantity", "unit", "into", "expected"),
    [
        ("2.5", "TNE", "KGM", "2500"),
        ("144", "NMB", "DZN", "12"),
        ("1", "HLT", "LTR", "100"),
        ("1", "PAR", "NMB", None),
        ("1", "KGM", "LTR", None),
        ("1", "XXX", "KGM", None),
        ("3", "XXX", "XXX", "3"),
    ],
)
def test_units_of_one_kind_convert(quantity, unit, into, expected):
    assert convert(Decimal(quantity), unit, into) == (None if expected is None else Decimal(expected))


def test_a_line_is_looked_up_by_day():
    tariff = load_tariff()
    old, new = tariff.history("6109100022")
    assert (old.until, new.since) == (date(2021, 12, 31), date(2022, 1, 1))
    assert tariff.line("6109100022", date(2021, 12, 31)) == old
    assert tariff.line("6109100022", date(2022, 1, 1)) == new
    assert tariff.line("6109100022", date(2021, 3, 31)) is None
    assert tariff.line("0000000000", date(2026, 1, 1)) is None


def test_search_by_words_beginnings_and_digits():
    tariff = load_tariff()
    assert "6109100022" in {line.classification for line in tariff.search("t-shirts")}
    assert "8517130000" in {line.classification for line in tariff.search("smartph")}
    assert {line.classification[:6] for line in tariff.search("6109.10")} == {"610910"}
    assert next(iter(tariff.search("cotton t-shirts"))).classification[:6] == "610910"
    assert list(tariff.search("xyzzy")) == []
    assert list(tariff.search('"*')) == []


def test_an_imported_tariff_reads_as_the_csv_does(tmp_path):
    packed = tmp_path / "tariff.csv.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    imported = import_tariff(packed, tmp_path / "tariff.sqlite")
    reopened, sample = load_tariff(tmp_path / "tariff.sqlite"), load_tariff()
    assert imported.history("9403500010") == reopened.history("9403500010") == sample.history("9403500010")
    assert imported.version == reopened.version != sample.version


def test_a_csv_is_indexed_once_into_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first, again = load_tariff(SAMPLE), load_tariff(SAMPLE)
    assert first.version == again.version == load_tariff().version
    assert len(list((tmp_path / "cache" / "cadline").iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1"),
        ("hs10,from\n", "line 1"),
        ("{header}\n610910,2022-01-01,,T,NMB,18%,,,\n", "line 2, column hs10"),
        ("{header}\n6109100022,2022-13-01,,T,NMB,18%,,,\n", "line 2, column from"),
        ("{header}\n6109100022,2022-01-01,,T,NMB,18%\n", "line 2"),
        ("{header}\n" + "6109100022,2022-01-01,,T,NMB,18%,,,\n" * 2, "line 3"),
    ],
)
def test_a_broken_tariff_is_refused_with_its_place_and_harms_nothing(tmp_path, text, where):
    source, target = tmp_path / "broken.csv", tmp_path / "tariff.sqlite"
    header = "hs10,from,until,edition,uom,MFN,mfn_status,pref_status,description"
    source.write_text(text.replace("{header}", header), encoding="utf-8")
    target.write_text("as it was", encoding="utf-8")
    with pytest.raises(TableError, match=where):
        import_tariff(source, target)
    assert target.read_text(encoding="utf-8") == "as it was"
    assert len(list(tmp_path.iterdir())) == 2


def test_another_sqlite_file_is_no_tariff(tmp_path):
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(TableError):
        load_tariff(path)


def test_an_index_of_another_format_is_refused(tmp_path):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE about (key TEXT, value TEXT)")
        connection.commit()
    with pytest.raises(TableError, match="import the tariff again"):
        load_tariff(path)


def test_words_for_what_stands_above_a_line_are_sourced():
    text = resources.files("schemas.tariff").joinpath("words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert all(row["source"] and row["evidence"] for row in rows)
    assert len({row["prefix"] for row in rows}) == len(rows)
