"""How is a number in a table read? As an exact decimal, never as a float."""

from decimal import Decimal, InvalidOperation

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
