"""What may stand in an XML element, and how does it become a value? The formats of our layouts.

A format is a text length, or a pattern that the XSD and our own check share word for word.

>>> format_of("n..5", {}).fault("12x")
('XML-26', 'n..5')
>>> format_of("cents", {}).write(-5)
'-0.05'
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from schemas.money import dollars, to_cents

Code = str | bool
Fault = tuple[str, str]
"""A rule id and what was expected."""

EMPTY, TOO_LONG, MALFORMED, NO_DATE, UNKNOWN_CODE = "XML-28", "XML-24", "XML-26", "XML-25", "XML-27"

SPACE = " \t\r\n"
"""What XML takes for white space."""

DATE_SHAPE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
INSTANT_SHAPE = DATE_SHAPE + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z?"
CENTS_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its notation, its place in the XSD, and how text becomes a value and returns.

    base: XSD type. shape: a looser pattern; text that keeps it but breaks `pattern` is too long.
    length_max: in characters, 0 for no limit. codes: values by code, for code lists. read: None when the
    text is taken as it is (pydantic makes a number of it). calendar: tells whether a day exists.
    """

    notation: str
    base: str
    write: Callable[[Any], str]
    read: Callable[[str], Any] | None = None
    length_max: int = 0
    shape: re.Pattern[str] | None = None
    pattern: re.Pattern[str] | None = None
    codes: Mapping[str, Code] | None = None
    calendar: Callable[[str], object] | None = None

    def bare(self, text: str) -> str:
        """Return a text as the XSD type takes it: white space around days and instants does not count."""
        return text.strip(SPACE) if self.calendar else text

    def fault(self, text: str) -> Fault | None:
        """Return what is wrong with a bare text that is not empty, or None."""
        if self.length_max and len(text) > self.length_max:
            return TOO_LONG, self.notation
        if self.codes is not None and text not in self.codes:
            return UNKNOWN_CODE, " ".join(self.codes)
        if self.pattern is None or self.pattern.fullmatch(text):
            return self._calendar_fault(text)
        return (TOO_LONG if self.shape and self.shape.fullmatch(text) else MALFORMED), self.notation

    def _calendar_fault(self, text: str) -> Fault | None:
        if self.calendar is None:
            return None
        try:
            self.calendar(text)
        except ValueError:
            return NO_DATE, self.notation
        return None


def format_of(notation: str, codes: Mapping[str, Mapping[str, Code]]) -> Format:
    """Return the format of a notation such as `an..35`, `n..12,6`, `cents` or `code:charge`.

    codes: the layout's code lists by name. Raises KeyError for a notation or a list that does not exist.
    """
    if notation.startswith("code:"):
        return _code(notation, codes[notation.removeprefix("code:")])
    kind, _, size = notation.partition("..")
    if size:
        return SIZED[kind](notation, *(int(number) for number in size.split(",")))
    return FIXED[notation]


def _text(notation: str, length_max: int) -> Format:
    return Format(notation, "xs:string", str, length_max=length_max)


def _number(notation: str, digits: int, decimals: int = 0) -> Format:
    if not decimals:
        return Format(
            notation,
            "xs:string",
            str,
            shape=re.compile("[0-9]+"),
            pattern=re.compile(f"[0-9]{{1,{digits}}}"),
        )
    return Format(
        notation,
        "xs:string",
        _plain,
        shape=re.compile(r"-?[0-9]+(\.[0-9]+)?"),
        pattern=re.compile(rf"-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{decimals}}})?"),
    )


def _code(notation: str, values: Mapping[str, Code]) -> Format:
    codes = {value: code for code, value in values.items()}
    return Format(notation, "xs:string", codes.__getitem__, read=values.__getitem__, codes=values)


def _plain(number: Decimal) -> str:
    """Write a decimal without an exponent."""
    return f"{number:f}"


def _cents(text: str) -> int:
    return to_cents(Decimal(text))


def _instant(instant: datetime) -> str:
    """Write an instant in UTC with Z; one that knows no zone is written as it is, without."""
    if instant.tzinfo is None:
        return instant.isoformat()
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


SIZED: dict[str, Callable[..., Format]] = {"an": _text, "n": _number}
FIXED: dict[str, Format] = {
    "text": Format("text", "xs:string", str),
    "cents": Format(
        "0.00",
        "xs:string",
        dollars,
        read=_cents,
        shape=re.compile(r"-?[0-9]+(\.[0-9]{1,2})?"),
        pattern=re.compile(rf"-?[0-9]{{1,{CENTS_DIGITS}}}(\.[0-9]{{1,2}})?"),
    ),
    "date": Format(
        "YYYY-MM-DD",
        "xs:date",
        date.isoformat,
        read=str.strip,
        pattern=re.compile(DATE_SHAPE),
        calendar=date.fromisoformat,
    ),
    "instant": Format(
        "YYYY-MM-DDThh:mm:ssZ",
        "xs:dateTime",
        _instant,
        read=str.strip,
        pattern=re.compile(INSTANT_SHAPE),
        calendar=datetime.fromisoformat,
    ),
    "boolean": _code("code:boolean", {"true": True, "false": False}),
}
