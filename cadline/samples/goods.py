"""Which goods do the samples deal in? A catalogue with classifications of the sample tariff."""

import csv
from decimal import Decimal
from importlib import resources

from schemas.base import Value
from schemas.cad import SimaSubject


class Good(Value):
    """Something that can be bought. Prices are whole units of the currency, for one unit of the goods.

    unit: the one that the tariff asks for; empty where it asks for none. surtax_code: the order by which
    the goods bear a surtax, empty without one.
    """

    key: str
    classification: str
    description: str
    origin: str
    export: str
    treatment: str
    currency: str
    unit: str
    price_min: int
    price_max: int
    quantity_min: int
    quantity_max: int
    surtax_code: str
    sima: SimaSubject | None
    sima_measure: str
    vendor: str


def read_goods() -> dict[str, Good]:
    """Read the catalogue."""
    text = resources.files("cadline.samples").joinpath("goods.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["key"]: Good.model_validate({**row, "sima": row["sima"] or None}) for row in rows}


GOODS = read_goods()

EXCHANGE_RATES: dict[str, Decimal] = {
    "USD": Decimal("1.3700"),
    "EUR": Decimal("1.5900"),
    "CNY": Decimal("0.1930"),
    "GBP": Decimal("1.8400"),
}
"""Invented Canadian dollars for one unit, about which the invented rates of each day move."""
