"""Whose papers are due at a close? Accounts or brokers, sorted, some at a time.

A close is written portion by portion, and the memory that it takes is that of one portion, however many
accounts there are. Sorted order makes the numbers: where a close goes on after a kill, it goes on behind the
last portion that was committed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, select, union

from accounting.payments import SUSPENSE
from accounting.tables import chain, journal_entry
from ingest import tables
from ingest.closed_days import Due
from ingest.recipients import Profiles
from schemas.days import eastern_day

ACCOUNTS_AT_ONCE = 500
"""How many accounts are read, written and committed together."""

BROKERS_AT_ONCE = 1
"""A broker's month can be as long as the days of many accounts."""


@dataclass(frozen=True, slots=True)
class Portions:
    """Those whose papers are due at a close. now: UTC instant of the close."""

    connection: Connection
    due: Due
    profiles: Profiles
    now: datetime

    @property
    def at_once(self) -> int:
        """How many make a portion; one with fewer is the last."""
        return BROKERS_AT_ONCE if self._is_of_brokers else ACCOUNTS_AT_ONCE

    def behind(self, last: str) -> list[str]:
        """Return the portion behind an account (BN15) or broker (BN9), sorted; the first, behind ""."""
        found: set[str] = set()
        for wanted, name in self._sources():
            page = wanted.distinct().where(name > last).order_by(name).limit(self.at_once)
            found.update(self.connection.scalars(page))
        return sorted(found)[: self.at_once]

    def count(self) -> int:
        """Return how many they are altogether."""
        all_of_them = union(*(wanted for wanted, _ in self._sources())).subquery()
        return self.connection.scalar(select(func.count()).select_from(all_of_them)) or 0

    @property
    def _is_of_brokers(self) -> bool:
        return self.due.kind in {"broker-summary", "monthly-summary"}

    def _sources(self) -> Iterator[tuple[Select[tuple[str]], ColumnElement[str]]]:
        """Yield where they are found, each with what it is sorted by."""
        if self._is_of_brokers:
            partner = tables.partner.c
            bn9 = func.substr(partner.account, 1, 9)
            yield select(bn9).where(partner.role == "broker"), bn9
        elif self.due.kind == "statement":
            yield _not_suspense(chain.c.party)
        else:
            wanted, party = _not_suspense(journal_entry.c.party)
            yield wanted.where(journal_entry.c.posted_day == self.due.day), party
            if recipients := list(self._told_of_nothing()):
                importer = tables.importer.c
                told = importer.statements_to.in_(recipients)
                yield select(importer.account).where(told), importer.account

    def _told_of_nothing(self) -> Iterator[str]:
        """Yield the recipients to whom a day without postings is told, once the day is over."""
        if eastern_day(self.now) <= self.due.day:
            return
        for recipient in sorted(self.profiles.agreed):
            profile = self.profiles.agreed_on(recipient, self.due.day)
            if profile is not None and profile.nothing_today:
                yield recipient


def _not_suspense(party: Column[Any]) -> tuple[Select[tuple[str]], ColumnElement[str]]:
    """Return accounts; money in suspense is nobody's yet."""
    return select(party).where(party != SUSPENSE), party
