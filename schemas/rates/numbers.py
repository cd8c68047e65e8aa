"""How is a cell of a table read? Numbers as exact decimals, never as floats; words as one of those known."""

from decimal import Decimal, InvalidOperation
from typing import Any

from schemas.table_errors import TableError


def decimal_of(text: str, file: str, line: int, column: str) -> Decimal:
    """Read a number that is not negative. Raises TableError with its place."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise TableError.at(
            file=file, line=line, column=column, expected="a number such as 9.975", found=text
        )
    return number


def one_of(text: str, words: tuple[Any, ...], file: str, line: int, column: str) -> Any:
    """Return a word that is one of those known. Raises TableError with its place."""
    if text not in words:
        raise TableError.at(file=file, line=line, column=column, expected=" or ".join(words), found=text)
    return text
