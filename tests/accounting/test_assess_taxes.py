"""GST on the value for tax; HST and provincial tax on casual goods."""

from datetime import date

import pytest
from assess_cases import codes, one


def test_gst_is_on_value_and_duty():
    line = one()
    assert (line.value_for_tax_cents, line.gst_cents, line.provincial_cents) == (1180_00, 59_00, 0)


@pytest.mark.parametrize(
    ("province", "day", "cents"),
    [
        ("ON", date(2026, 3, 2), 94_40),
        ("QC", date(2026, 3, 2), 117_71),  # 117.705
        ("BC", date(2026, 3, 2), 82_60),
        ("AB", date(2026, 3, 2), 0),
        ("NS", date(2025, 3, 31), 118_00),
        ("NS", date(2025, 4, 1), 106_20),
    ],
)
def test_casual_goods_bear_the_tax_of_their_province(province, day, cents):
    line = one(casual=True, province=province, day=day)
    assert (line.gst_cents, line.provincial_cents, codes(line)) == (59_00, cents, [])


@pytest.mark.parametrize("province", ["", "XX"])
def test_casual_goods_need_a_province(province):
    line = one(casual=True, province=province)
    assert (codes(line), line.undetermined) == (["ASM-071"], ("provincial",))


def test_an_unknown_gst_code_exempts_nothing():
    line = one(gst_code="99")
    assert (line.gst_cents, codes(line)) == (59_00, ["ASM-070"])
