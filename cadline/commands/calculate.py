"""What would these goods owe? `cadline calculate`: the same assessment as a declaration gets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cadline.calculator import Calculation, goods_of, read_goods
from cadline.commands.common import FILE, FINDINGS, GOOD, echo_json, json_option
from cadline.commands.lawful import language_option, with_tables
from schemas.rules import Language
from schemas.tables import Tables

FIELDS = {
    "classification": "Ten digits, with or without points.",
    "origin": "Country of origin, or U and the state of the United States.",
    "export": "Country of export.",
    "treatment": "Tariff treatment; without one, what goods of the origin are entitled to.",
    "value": "Value in the currency, for the whole line.",
    "currency": "ISO code.",
    "date": "Day of release, and of direct shipment unless --shipped is given.",
    "shipped": "Day of direct shipment, for the exchange rate.",
    "quantity": "Quantity, for rates per unit.",
    "unit": "Unit of the quantity.",
    "tariff-code": "Tariff code of chapter 99.",
    "special-authority": "Order in council, remission.",
    "surtax-code": "Surtax order, such as US-SA-2025.",
    "excise-code": "The one excise code.",
    "excise-quantity": "Quantity for excise, where it is not the quantity.",
    "excise-unit": "Its unit.",
    "gst-code": "GST exemption code.",
    "province": "Province of destination, for casual goods.",
    "type": "Type of declaration [AB].",
    "sima": "subject, non-subject or undertaking.",
    "sima-measure": "Measure under SIMA.",
    "sima-exporter": "Exporter's identification for SIMA.",
    "sima-model": "Model for SIMA.",
    "sima-price": "SIMA invoice price of the line.",
    "sima-currency": "Its currency.",
    "sima-duty": "SIMA duty that you declare, in dollars.",
}
"""The options that describe goods, named as the columns of a file are."""


def _describing(command: Callable[..., None]) -> Callable[..., None]:
    for name, said in reversed(FIELDS.items()):
        command = click.option(f"--{name}", help=said)(command)
    return command


@click.command("calculate")
@click.argument("file", type=FILE, required=False)
@_describing
@click.option("--casual", is_flag=True, default=None, help="Goods not for commerce.")
@click.option("--explain", is_flag=True, help="Show how every figure came about.")
@language_option
@json_option
@with_tables
def calculate(
    tables: Tables,
    file: Path | None,
    language: Language,
    *,
    explain: bool,
    as_json: bool,
    **described: Any,
) -> None:
    """Work out the duties and taxes of goods described by options, or of several lines in FILE.

    FILE is CSV or JSON with fields named like the options; an option holds for every line that leaves its
    field out. Exit code 1 when a finding is an error.

        cadline calculate --classification 9403.50.00.10 --origin CN --value 100000.00 --currency CAD --date 2026-03-02
    """  # noqa: E501 - an example one can copy
    given = {name: value for name, value in described.items() if value is not None}
    goods = read_goods(file, given) if file else [goods_of({}, given)]
    calculation = Calculation(goods, tables, language)
    if as_json:
        echo_json(calculation.as_json())
    else:
        click.echo("\n".join(calculation.text(explain=explain)))
    click.get_current_context().exit(FINDINGS if calculation.rejected else GOOD)
