"""How a person may type an amount of money."""

import pytest

from schemas.amounts import cents_of

BOOK_CENTS_MAX = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("12", 1_200),
        ("12.3", 1_230),
        ("-12.34", -1_234),
        ("1,234,567.89", 123_456_789),
        ("999,999,999,999,999.99", 99_999_999_999_999_999),
    ],
)
def test_dollars_are_read_as_cents(text, cents):
    assert cents_of(text) == cents
    assert abs(cents) < BOOK_CENTS_MAX


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+1",
        "1.",
        ".5",
        "1.234",
        "1,23",
        "12,34.00",
        "1e3",
        "1_000",
        "1 000",
        "12,50 $",
        "\u0661",
        "nan",
        "9999999999999999",
        "1,000,000,000,000,000",
    ],
)
def test_what_is_no_amount_is_none(text):
    assert cents_of(text) is None
