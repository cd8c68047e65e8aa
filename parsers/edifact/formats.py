"""Does a value keep the format of its data element? `an..35` up to 35, `n3` exactly 3 (ISO 9735, 10)."""

import re
from typing import Literal, NamedTuple

Kind = Literal["a", "n", "an"]
"""Alphabetic, numeric, alphanumeric."""

FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
NOT_ALPHABETIC = re.compile(r"[0-9]")


class Format(NamedTuple):
    """The representation of a simple data element: kind, least and most characters."""

    kind: Kind
    least: int
    most: int

    def __str__(self) -> str:
        """Write it as the directories do."""
        return f"{self.kind}{'' if self.least == self.most else '..'}{self.most}"


def read_format(text: str) -> Format:
    """Read `an..35`. Raises ValueError for anything else."""
    shape = FORMAT.fullmatch(text)
    if shape is None:
        raise ValueError(f"{text!r} is no format: expected something like an..35 or n3")
    most = int(shape[3])
    kind: Kind = shape[1]  # type: ignore[assignment] # the pattern admits only kinds
    return Format(kind, 0 if shape[2] else most, most)


def measured(value: str, kind: Kind) -> int:
    """Return the length that counts: a number's minus sign and decimal mark do not."""
    if kind != "n":
        return len(value)
    return len(value) - value.startswith("-") - ("." in value or "," in value)


def format_fault(value: str, form: Format) -> str | None:
    """Return the 0085 code of the first fault of a value that is not empty, or None."""
    if form.kind == "n" and not NUMBER.fullmatch(value):
        return "37" if not re.fullmatch(r"[-+.,\d]+", value, re.ASCII) else "12"
    if form.kind == "a" and NOT_ALPHABETIC.search(value):
        return "37"
    length = measured(value, form.kind)
    if length > form.most:
        return "39"
    return "40" if length < form.least else None


def has_superfluous(value: str, form: Format) -> bool:
    """Return whether a value has leading zeros (numbers) or trailing spaces, which are superfluous.

    A number of fixed length needs its zeros.
    """
    if form.kind == "n" and form.least:
        return False
    if form.kind == "n":
        digits = value.removeprefix("-")
        return len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    return value.endswith(" ")
