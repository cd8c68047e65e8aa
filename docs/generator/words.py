"""Which words do the guides use around the data of the layouts? Those of `words.toml`, in each language."""

import tomllib
from pathlib import Path
from typing import Any

from schemas.rules import Language

WORDS: dict[Language, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def status(language: Language, *, mandatory: bool) -> str:
    """Return how one says that something must or may be there."""
    word: str = WORDS[language]["mandatory" if mandatory else "optional"]
    return word
