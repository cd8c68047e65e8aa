"""The rates: exchange by day, sales taxes by day, files of the operator."""

import csv
import io
import re
import tomllib
from datetime import date
from decimal import Decimal
from importlib import resources
from itertools import pairwise

import pytest

from schemas.rates import load_rates
from schemas.table_errors import TableError


@pytest.mark.parametrize(
    ("currency", "day", "published"),
    [
        ("USD", date(2021, 6, 11), date(2021, 6, 11)),
        ("USD", date(2021, 6, 13), date(2021, 6, 11)),  # a Sunday
        ("USD", date(2021, 7, 1), date(2021, 6, 30)),  # Canada Day
        ("USD", date(2019, 12, 26), date(2019, 12, 24)),
        ("USD", date(2021, 7, 16), None),  # a Friday after the last day published
        ("USD", date(2017, 1, 2), None),
        ("MYR", date(2020, 1, 2), None),  # published until 2019
        ("XAU", date(2021, 6, 11), None),
    ],
)
def test_a_day_without_a_rate_has_the_last_one_before_it(currency, day, published):
    rate = load_rates().exchange.rate(currency, day)
    assert (rate.published if rate else None) == published


def test_the_weekend_after_the_last_day_published_has_its_rate(tmp_path):
    (tmp_path / "exchange.csv").write_text("date,currency,cad_per_unit,source\n2026-02-27,USD,1.3651,us\n")
    exchange = load_rates(tmp_path).exchange
    sunday = exchange.rate("USD", date(2026, 3, 1))
    assert sunday is not None
    assert (sunday.cad_per_unit, sunday.source) == (Decimal("1.3651"), "us")
    assert exchange.rate("USD", date(2026, 3, 2)) is None


def test_the_operators_rates_stand_before_ours(tmp_path):
    (tmp_path / "exchange.csv").write_text("date,currency,cad_per_unit,source\n2021-06-11,USD,9.99,us\n")
    ours, theirs = load_rates(), load_rates(tmp_path)
    changed = theirs.exchange.rate("USD", date(2021, 6, 11))
    assert changed is not None
    assert changed.cad_per_unit == Decimal("9.99")
    assert theirs.exchange.rate("USD", date(2021, 6, 10)) == ours.exchange.rate("USD", date(2021, 6, 10))
    assert theirs.version != ours.version


@pytest.mark.parametrize(
    "row",
    ["2026-02-30,USD,1.3,x", "2026-02-27,usd,1.3,x", "2026-02-27,USD,-1,x", "2026-02-27,USD,1e9,x", "2026"],
)
def test_a_broken_exchange_file_is_refused_with_its_line(tmp_path, row):
    (tmp_path / "exchange.csv").write_text(f"date,currency,cad_per_unit,source\n{row}\n")
    with pytest.raises(TableError, match=r"exchange\.csv line 2"):
        load_rates(tmp_path)


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2006, 6, 30), 7),
        (date(2006, 7, 1), 6),
        (date(2007, 12, 31), 6),
        (date(2008, 1, 1), 5),
    ],
)
def test_gst_by_day(day, percent):
    tax = load_rates().sales_taxes.gst(day)
    assert tax is not None
    assert tax.percent == percent


# ---- the shipped tables themselves ------------------------------------------------------------------

SHIPPED = resources.files("schemas.rates")
EVIDENCE = {"law", "cbsa", "standard", "trade", "inferred"}
SOURCED_BY_ORDER = {"surtax.csv", "steel_quota.csv"}
"""Lists that carry no source row by row: the order of each row, in surtax_orders.toml, has it."""

TABLES = sorted(file.name for file in SHIPPED.iterdir() if file.name.endswith(".csv"))


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(SHIPPED.joinpath(name).read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_where_it_is_written_and_how_well_it_is_known(name):
    if name in SOURCED_BY_ORDER:
        known = tomllib.loads(SHIPPED.joinpath("surtax_orders.toml").read_text(encoding="utf-8"))
        assert {row["order"] for row in rows_of(name) if "order" in row} <= set(known)
        return
    for row in rows_of(name):
        assert row["source"].strip(), row
        assert row["evidence"] in EVIDENCE, row


@pytest.mark.parametrize("name", ["surtax_orders.toml", "relief.toml"])
def test_every_rule_of_an_order_or_a_relief_has_a_source(name):
    read = tomllib.loads(SHIPPED.joinpath(name).read_text(encoding="utf-8"), parse_float=Decimal)
    groups = [read] if name == "surtax_orders.toml" else read.values()
    tables = [table for group in groups for table in group.values()]
    for table in tables:
        assert table["source"]
        assert table["evidence"] in EVIDENCE


@pytest.mark.parametrize(
    ("name", "key", "since", "until"),
    [
        ("sales_taxes.csv", ("region",), "since", "until"),
        ("chapter99.csv", ("code",), "since", "until"),
        ("surtax.csv", ("order", "part", "tariff_item"), "from", "until"),
        ("surtax_chapter99.csv", ("order", "part", "tariff_item"), "from", "until"),
        ("steel_quota.csv", ("table", "tariff_number"), "from", "until"),
        ("interest.csv", (), "since", "until"),
    ],
)
def test_no_two_rows_hold_on_the_same_day(name, key, since, until):
    spans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for row in rows_of(name):
        spans.setdefault(tuple(row[column] for column in key), []).append(
            (row[since], row[until] or "9999-12-31")
        )
    for same in spans.values():
        for (_, earlier_until), (later_since, _) in pairwise(sorted(same)):
            assert earlier_until < later_since


def test_a_table_without_a_gap_for_sales_taxes():
    taxes = load_rates().sales_taxes
    for region in ("CA", "ON", "QC", "BC", "AB", "MB", "NB", "NL", "NS", "NT", "NU", "PE", "SK", "YT"):
        for year in range(2018, 2027):
            assert taxes.of(region, date(year, 7, 1)) is not None


def test_units_are_sourced():
    text = resources.files("schemas.tariff").joinpath("units.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        assert row["source"]
        assert row["evidence"] in EVIDENCE
        assert re.fullmatch(r"[A-Z]{3}", row["code"])


def test_the_interest_of_a_quarter():
    interest = load_rates().interest
    known = interest.on(date(2018, 9, 30))
    assert known is not None
    assert (known.prescribed_percent, known.specified_percent) == (Decimal("1.1583"), Decimal("7.1583"))
    assert interest.on(date(2018, 10, 1)) is None


SALES_TAX = "region,tax,rate_pct,since,until,source,evidence\nON,HST,{},{},,s,law\n"
EXCISE = (
    "code,charge,rate,base,threshold_cad,since,until,source,evidence\nA,{},{},duty-paid,,2024-01-01,,s,law\n"
)


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("surtax.csv", "order,tariff_item\n", "line 1"),
        ("sales_taxes.csv", SALES_TAX.format("x", "2010-07-01"), "line 2, column rate_pct"),
        ("sales_taxes.csv", SALES_TAX.format("13", "2010-7-1"), "line 2, column since"),
        ("surtax_orders.toml", "[X]\ninstrument = 1\n", "surtax_orders.toml"),
        ("relief.toml", "authority = 1\n", "relief.toml"),
        ("excise.csv", EXCISE.format("duty", "5%"), "line 2, column charge"),
        ("excise.csv", EXCISE.format("excise_tax", "five"), "line 2, column rate"),
    ],
)
def test_a_broken_table_of_the_operator_is_refused_with_its_place(tmp_path, file, text, where):
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=where):
        load_rates(tmp_path)


def test_the_operators_surtax_list_stands_in_place_of_ours(tmp_path):
    header = "order,instrument,part,tariff_item,rate_pct,from,until,origin_rule,basis,note"
    row = "NEW-2026,SOR/2026-999,Schedule,61091000,40,2026-01-01,,VN-MARKING,VFD,"
    (tmp_path / "surtax.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    surtaxes = load_rates(tmp_path).surtaxes
    (item,) = surtaxes.naming("6109100022", date(2026, 3, 2))
    assert (item.order, item.percent) == ("NEW-2026", Decimal(40))
    assert "NEW-2026" in surtaxes.orders
