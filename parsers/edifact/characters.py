"""Which characters separate, and which one releases? The service characters, by default or by UNA.

UNA is nine characters: its tag, component separator, element separator, decimal mark, release
character, a reserved place (the repetition separator of syntax 4), segment terminator (ISO 9735, 7).

>>> read_una("UNA:+.? '").terminator
"'"
>>> read_una("UNA:+,  '").release, read_una("UNA:+,  '").decimal
('', ',')
"""

from typing import NamedTuple

UNA = "UNA"
UNA_LENGTH = 9


class Characters(NamedTuple):
    """Service characters; `release` and `repetition` are empty where there is none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"

    @property
    def separators(self) -> str:
        """Every character that must be released inside a value; the release character comes first."""
        return self.release + self.component + self.element + self.repetition + self.terminator

    def faults(self) -> list[str]:
        """Return the characters that cannot serve: letters, digits, spaces, and ones with two places."""
        needed = (self.component, self.element, self.terminator)
        used = [*needed, self.decimal, *filter(None, (self.release, self.repetition))]
        return sorted({c for c in used if c.isalnum() or used.count(c) > 1} | {c for c in needed if c == " "})


DEFAULT = Characters()
LEVEL_B = Characters(component="\x1f", element="\x1d", terminator="\x1c", release="")


def read_una(text: str) -> Characters:
    """Read the nine characters of UNA. A space as release or repetition separator means none."""
    component, element, decimal, release, reserved, terminator = list(text[len(UNA) :])
    return Characters(component, element, decimal, release.strip(" "), reserved.strip(" "), terminator)


def write_una(characters: Characters) -> str:
    """Write UNA for these service characters."""
    component, element, decimal, release, repetition, terminator = characters
    return f"{UNA}{component}{element}{decimal}{release or ' '}{repetition or ' '}{terminator}"


def for_version(characters: Characters, version: str, *, advised: bool) -> Characters:
    """Return the characters as syntax `version` understands them.

    Only syntax 4 has a repetition separator: by default `*`; before it, the place is reserved. advised:
    whether UNA named them.
    """
    if version != "4":
        return characters._replace(repetition="")
    return characters if advised else characters._replace(repetition="*")
