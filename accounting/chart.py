"""Which accounts does the book have? The chart is a table: `schemas/law/accounts.toml`."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Literal

from accounting.law import law
from schemas.acts import CREDIT_KINDS
from schemas.assessment import BILLED
from schemas.base import Value

VARIABLE: Mapping[str, tuple[str, ...]] = {"<charge>": BILLED, "<kind>": CREDIT_KINDS}


class Account(Value):
    """An account of the general ledger. side: on which it normally stands. en, fr: what it holds."""

    name: str
    side: Literal["debit", "credit"]
    en: str
    fr: str


@cache
def chart_of_accounts() -> Mapping[str, Account]:
    """Return every account of the book by its name."""
    rows = law("accounts")["account"]
    accounts = (Account(**{**row, "name": name}) for row in rows for name in _names(row["name"]))
    return {account.name: account for account in accounts}


def _names(pattern: str) -> list[str]:
    """Return the names that a row of the chart stands for."""
    root, _, variable = pattern.partition(".")
    return [".".join(found) for found in product([root], VARIABLE.get(variable, (variable,)))]
