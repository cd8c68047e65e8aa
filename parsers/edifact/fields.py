"""How does a value of the document look on the wire? One pair of functions per kind of value.

text       as it is              date       CCYYMMDD             month      number of months
number     whole number          version    five digits          decimal    with a point
cents      dollars with a point  owed       cents, unless zero   prose      text, cut to what fits
instant    CCYYMMDDHHMM (UTC)    a code     through a table of the guide
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from schemas.money import dollars, to_cents


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: how to read it (ValueError when it cannot be) and how to write it."""

    name: str
    read: Callable[[str], object]
    write: Callable[[object], str]


CENTS_DIGITS = 20
"""How long an amount may be before rounding it is no longer exact: Python reckons with 28 digits."""


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None


def _cents(text: str) -> int:
    whole, _, decimals = text.replace(",", ".").partition(".")
    if len(decimals) == 2:  # noqa: PLR2004 - dollars and cents, as nearly everybody writes them
        return int(whole + decimals)
    amount = _number(text)
    if amount.adjusted() > CENTS_DIGITS:
        raise ValueError(f"{text!r} is more money than there is")
    cents = to_cents(amount)
    if Decimal(cents) != amount.scaleb(2):
        raise ValueError(f"{text!r} has more than two decimals")
    return cents


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    if len(text) != 8 or not text.isdigit():  # noqa: PLR2004 - CCYYMMDD
        raise ValueError(f"{text!r} is no day")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)


def _write_day(value: date) -> str:
    return date.isoformat(value).replace("-", "")


KINDS: Mapping[str, Kind] = {
    "text": Kind("text", str, str),
    "number": Kind("number", int, str),
    "version": Kind("version", int, lambda value: f"{value:05}"),
    "decimal": Kind("decimal", _number, lambda value: f"{value:f}"),
    "prose": Kind("prose", str, str),
    "owed": Kind("owed", _cents, lambda value: dollars(value) if value else ""),  # type: ignore[arg-type] # int
    "cents": Kind("cents", _cents, dollars),  # type: ignore[arg-type] # cents are int
    "date": Kind("date", _day, _write_day),  # type: ignore[arg-type] # a day is a date
    "instant": Kind("instant", _instant, lambda value: f"{value:%Y%m%d%H%M}"),
}


def coded(name: str, codes: Mapping[str, object]) -> Kind:
    """Return the kind of values that stand behind a code. Reading an unknown code raises ValueError."""
    meanings = dict(codes)
    names = {meaning: code for code, meaning in meanings.items()}

    def read(code: str) -> object:
        if code not in meanings:
            raise ValueError(f"{code!r} is not one of {', '.join(meanings)}")
        return meanings[code]

    return Kind(name, read, lambda value: names[value])
