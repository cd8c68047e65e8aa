"""How do we say it in English and French? The words of our pages, dates and amounts."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from schemas.money import Cents
from schemas.rules import Language

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"

MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
}  # fmt: skip


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return every word of our pages in one language, by its key in `words.toml`."""
    text = resources.files("outbound").joinpath("words.toml").read_text(encoding="utf-8")
    return {key: spoken[language] for key, spoken in tomllib.loads(text).items()}


def money(cents: Cents, language: Language) -> str:
    """Write an amount as an accountant reads it, in brackets when it is in the reader's favour.

    >>> money(-123456, "en"), money(5, "en")
    ('(1,234.56)', '0.05')
    """
    amount = _digits(cents, language)
    return f"({amount})" if cents < 0 else amount


def dollars(cents: Cents, language: Language) -> str:
    """Write an amount that stands alone, with its sign of currency.

    >>> dollars(-123456, "en"), dollars(500, "en")
    ('($1,234.56)', '$5.00')
    """
    digits = _digits(cents, language)
    amount = f"${digits}" if language == "en" else f"{digits}{NO_BREAK_SPACE}$"
    return f"({amount})" if cents < 0 else amount


def _digits(cents: Cents, language: Language) -> str:
    whole, rest = divmod(abs(cents), 100)
    if language == "en":
        return f"{whole:,}.{rest:02d}"
    return f"{whole:,}".replace(",", NARROW_SPACE) + f",{rest:02d}"


def long_date(day: date, language: Language) -> str:
    """Write a day in words.

    >>> long_date(date(2026, 12, 1), "fr"), long_date(date(2026, 12, 1), "en")
    ('1er décembre 2026', 'December 1, 2026')
    """
    month = MONTHS[language][day.month - 1]
    if language == "en":
        return f"{month} {day.day}, {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
