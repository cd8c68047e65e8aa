"""Why does a credit pay this debt, why is that one left open, why does a credit wait? In both languages."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from accounting.clearing import CONSULTANT, Debt, FreeCredit, Match, clears, in_collection
from accounting.strategies import SortedBy, Strategy, clearing_law
from schemas.identifiers import bn9_of
from schemas.rules import Language

BY: Mapping[SortedBy, str] = {"oldest-due": "by-oldest-due", "newest": "by-newest", "type": "by-type"}


@cache
def _words(language: Language) -> Mapping[str, str]:
    return {row["id"]: row[language] for row in clearing_law()["reason"]}


def _say(language: Language, reason: str, **values: Any) -> str:
    return _words(language)[reason].format(**values)


def why_paid(
    found: Match, debts: Iterable[Debt], day: date, strategy: Strategy, language: Language = "en"
) -> str:
    """Say why a credit pays a debt on a day: what lets it, and by what it comes before others."""
    debt, values = found.debt, _values(found.debt, strategy)
    order = [_say(language, BY[name], **values) for name in strategy.order]
    lets = _say(language, _standing(debt, day, strategy), **values)
    return "; ".join([lets, *_tie(found, debts, day, strategy, language), *order])


def why_open(debt: Debt, day: date, strategy: Strategy, language: Language = "en") -> str:
    """Say why a debt, or a part of it, is left open behind a clearing."""
    if clears(debt, day, strategy):
        return _say(language, "no-credit")
    reason = "not-due" if strategy.clears == "due" else "other-statement"
    return _say(language, reason, **_values(debt, strategy))


def why_free(
    credit: FreeCredit, debts: Iterable[Debt], day: date, strategy: Strategy, language: Language = "en"
) -> str:
    """Say why a credit, or a part of it, is left free behind a clearing. debts: what is left open."""
    if credit.day > day:
        return _say(language, "credit-later", day=credit.day)
    due = min((debt.due for debt in debts if debt.due > day), default=None)
    if strategy.clears == "due" and due is not None:
        return _say(language, "credit-waits", due=due)
    return _say(language, "credit-left")


def _standing(debt: Debt, day: date, strategy: Strategy) -> str:
    """Return the reason that lets a debt be cleared."""
    if strategy.clears == "due":
        return "overdue" if debt.due < day else "due"
    return "on-statement" if strategy.clears == "latest-statement" else "open"


def _tie(found: Match, debts: Iterable[Debt], day: date, strategy: Strategy, language: Language) -> list[str]:
    if strategy.ties == "none" or not found.credit.broker:
        return []
    if in_collection(debts, day, strategy):
        return [_say(language, "collection")]
    if found.credit.broker == CONSULTANT:
        return [_say(language, "consultant")]
    return [_say(language, "tied", broker=bn9_of(found.credit.broker))]


def _values(debt: Debt, strategy: Strategy) -> dict[str, Any]:
    return {
        "due": debt.due,
        "statement": debt.stands_on,
        "accounted": debt.accounted or debt.due,
        "type": debt.type,
        "step": strategy.debt_rank(debt.type) + 1,
        "steps": max(len(strategy.types), 1),
    }
