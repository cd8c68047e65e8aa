"""What does a rate of customs duty say? `18%`, `2.84¢/kg`, `245.5% but not less than $3.53/kg plus 4%` ...

    amount of duty = clamp(base, minimum, maximum) + plus

Each part is a percentage of the value for duty, or dollars per unit. `x but not less than y plus z` is
read as max(x, y) + z (inferred from the layout of the tariff; no text on it has been seen).

>>> read_rate("9.17 ¢/kg plus 6 %")
Rate(base=Amount(..., dollars=Decimal('0.0917'), unit='KGM'), ..., plus=Amount(percent=Decimal('6'), ...))
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

RATE_UNITS: Mapping[str, str] = {
    "kg": "KGM",
    "tonne": "TNE",
    "litre": "LTR",
    "hl": "HLT",
    "litre of absolute ethyl alcohol": "LPA",
    "dozen": "DZN",
    "each": "NMB",
    "pair": "PAR",
}
"""The units that rates are written in, and their codes."""

NOT_SEEN = "?"
"""What a tariff file writes where a rate exists or may exist, but has not been seen."""

AMOUNT = re.compile(r"(\$)?(\d+(?:\.\d+)?|\.\d+) ?([%¢])? ?/? ?([a-z ]+)?")
RATE = re.compile(
    r"(?P<base>.+?)"
    r"(?: but not less than (?P<minimum>.+?))?"
    r"(?: (?:but not|or) (?:more than|exceeding) (?P<maximum>.+?))?"
    r"(?: plus (?P<plus>.+))?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A percentage of a value, or (when `unit` is set) dollars for each unit."""

    percent: Decimal = Decimal(0)
    dollars: Decimal = Decimal(0)
    unit: str = ""

    def of(self, value: Decimal, quantities: Mapping[str, Decimal]) -> Decimal:
        """Return the exact dollars on a value in dollars, or on the quantity in this amount's unit."""
        if self.unit:
            return quantities[self.unit] * self.dollars
        return value * self.percent / 100

    def formula(self, value: Decimal, quantities: Mapping[str, Decimal]) -> str:
        """Write the sum: `100.00 * 18%` or `500 * 3.53`."""
        if self.unit:
            return f"{quantities[self.unit]:f} * {self.dollars:f}"
        return f"{value:f} * {self.percent:f}%"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as written by a tariff. `Free` is a base of nought per cent."""

    base: Amount
    minimum: Amount | None = None
    maximum: Amount | None = None
    plus: Amount | None = None

    @property
    def parts(self) -> tuple[Amount, ...]:
        """Return the parts that are written."""
        return tuple(part for part in (self.base, self.minimum, self.maximum, self.plus) if part)

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units that quantities must be given in; none for a mere percentage."""
        return tuple(dict.fromkeys(part.unit for part in self.parts if part.unit))

    @property
    def needs_value(self) -> bool:
        """Return whether the value for duty counts; it does not for `Free` and for specific rates."""
        return any(part.percent for part in self.parts)

    @property
    def is_free(self) -> bool:
        """Return whether nothing is ever due."""
        return not any(part.percent or part.dollars for part in self.parts)

    def of(self, value: Decimal, quantities: Mapping[str, Decimal]) -> Decimal:
        """Return the exact dollars of duty. quantities: by unit, one for each of `units`."""
        dollars = self.base.of(value, quantities)
        if self.minimum:
            dollars = max(dollars, self.minimum.of(value, quantities))
        if self.maximum:
            dollars = min(dollars, self.maximum.of(value, quantities))
        return dollars + self.plus.of(value, quantities) if self.plus else dollars

    def formula(self, value: Decimal, quantities: Mapping[str, Decimal]) -> str:
        """Write the sum, so that it can be added up again."""
        if self.is_free:
            return "0"
        text = self.base.formula(value, quantities)
        if self.minimum:
            text = f"max({text}, {self.minimum.formula(value, quantities)})"
        if self.maximum:
            text = f"min({text}, {self.maximum.formula(value, quantities)})"
        return f"{text} + {self.plus.formula(value, quantities)}" if self.plus else text


FREE = Rate(Amount())


@lru_cache(maxsize=4096)
def read_rate(text: str) -> Rate | None:
    """Read a rate; None where the text is no rate (`?`, `See Note 1`, `N/A`, an empty cell).

    Both the spelling of the tariff (`5 %`, `; Free`, `$.82/kg`) and the short one (`5%`) are read.
    """
    words = text.strip().lstrip("; ").lower()
    if words == "free":
        return FREE
    parts = RATE.fullmatch(words)
    if parts is None:
        return None
    amounts = {name: _amount(part) for name, part in parts.groupdict().items() if part is not None}
    base = amounts.pop("base")
    if base is None or None in amounts.values():
        return None
    return Rate(base, **amounts)


def _amount(text: str) -> Amount | None:
    """Read `18%`, `$3.53/kg` or `2.84¢/kg`; None for anything else."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    dollar, number, sign, words = found.groups()
    figure = Decimal(number)
    if sign == "%":
        return None if dollar or words else Amount(percent=figure)
    unit = RATE_UNITS.get((words or "").strip(), "")
    if not unit or bool(dollar) == (sign == "¢"):
        return None
    return Amount(dollars=figure if dollar else figure / 100, unit=unit)
