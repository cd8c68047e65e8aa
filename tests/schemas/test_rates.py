"""The rates: exchange by day, sales taxes by day, files of the operator."""

from datetime import date
from decimal import Decimal

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
