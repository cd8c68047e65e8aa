"""Which tariff is in use? The one chosen, else the one imported into the working folder, else the sample."""

from pathlib import Path

IMPORTED_HERE = Path("tariff.sqlite")
"""Where `cadline tariff import` puts the index unless told otherwise."""


def tariff_in_use(chosen: Path | None) -> Path | None:
    """Return the tariff's file; None for the shipped sample. chosen: by option or setting."""
    if chosen is not None:
        return chosen
    return IMPORTED_HERE if IMPORTED_HERE.is_file() else None
