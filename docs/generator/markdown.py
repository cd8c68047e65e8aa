"""How is a page written in Markdown? Tables and code blocks, with what Markdown would misread escaped."""

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, and an empty line after it."""
    lines = [row_line(heads), row_line(["---"] * len(heads))]
    return [*lines, *(row_line(row) for row in rows), ""]


def row_line(cells: Iterable[str]) -> str:
    """Return one row; a bar inside a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """Write text as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


def block(language: str, text: str) -> list[str]:
    """Return the lines of a code block, and an empty line after it."""
    return [f"```{language}", *text.rstrip("\n").split("\n"), "```", ""]


def page(lines: Iterable[str]) -> bytes:
    """Return a page with one line feed at its end."""
    return ("\n".join(lines).rstrip("\n") + "\n").encode()
