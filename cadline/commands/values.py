"""How does one write days, dollars, and what goes with a day or a quarter, as an option?"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from schemas.amounts import cents_of
from schemas.csv_text import day_of
from schemas.money import Cents

QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.ASCII)


class Day(click.ParamType[date]):
    """An Eastern day, YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day."""
        if isinstance(value, date):
            return value
        found = day_of(str(value).strip())
        return found or self.fail(f"{value!r} is no day: write it as 2026-03-31", param, ctx)


class Dollars(click.ParamType[Cents]):
    """An amount of Canadian dollars, read as whole cents."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Cents:
        """Read an amount."""
        if isinstance(value, int):
            return value
        found = cents_of(str(value).strip().removeprefix("$"))
        if found is None:
            self.fail(f"{value!r} is no amount: write dollars with a point, such as 1234.56", param, ctx)
        return found


class Percent(click.ParamType[Decimal]):
    """A yearly rate in percent."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read a rate."""
        try:
            found = Decimal(str(value).strip().removesuffix("%"))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or found < 0:
            self.fail(f"{value!r} is no rate: write percent a year, such as 2.6", param, ctx)
        return found


class Pair(click.ParamType[tuple[Any, Any]]):
    """Two values joined by an equals sign."""

    name = "pair"

    def __init__(self, first: click.ParamType[Any], second: click.ParamType[Any], example: str) -> None:
        self.first, self.second, self.example = first, second, example

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, Any]:
        """Read both."""
        if isinstance(value, tuple):
            return value
        first, found, second = str(value).partition("=")
        if not found:
            self.fail(f"{value!r}: expected such as {self.example}", param, ctx)
        return self.first.convert(first, param, ctx), self.second.convert(second, param, ctx)


class Quarter(click.ParamType[str]):
    """A quarter, such as 2026Q2."""

    name = "quarter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a quarter."""
        found = QUARTER.fullmatch(str(value).strip().upper())
        if found is None:
            self.fail(f"{value!r} is no quarter: write such as 2026Q2", param, ctx)
        return f"{found[1]}Q{found[2]}"


DAY, DOLLAR, PERCENT, QUARTERLY = Day(), Dollars(), Percent(), Quarter()
PAYMENT = Pair(DAY, DOLLAR, "2026-04-15=500.00")
RATE = Pair(QUARTERLY, PERCENT, "2026Q2=2.6")


def decided(command: Callable[..., None]) -> Callable[..., None]:
    """Give a verb --by and --why, both required."""
    by = click.option("--by", "name", required=True, help="Who decides.")
    why = click.option("--why", "reason", required=True, help="Why; kept in the audit.")
    return by(why(command))
