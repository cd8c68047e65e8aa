"""How much of what came is shown in a finding? Enough to recognise it, never a megabyte."""

FOUND_CHARS_MAX = 80


def clip(text: str) -> str:
    """Return the text, shortened with an ellipsis when it is long."""
    return text if len(text) <= FOUND_CHARS_MAX else text[: FOUND_CHARS_MAX - 1] + "…"
