"""Which surtaxes name the goods, on a day? The lists of the orders, and what the orders say beside them.

`surtax.csv` and `steel_quota.csv` list the goods; `surtax_orders.toml` holds the other rules of each order;
`surtax_chapter99.csv` lists the items of chapters 98 and 99 under which goods stay subject.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from schemas.base import Value
from schemas.money import Cents
from schemas.rates.dated import Period, dated_records, text_of
from schemas.rates.numbers import decimal_of
from schemas.rules import Evidence, Language
from schemas.table_errors import TableError

ITEMS_FILE = "surtax.csv"
ITEMS_HEADER = ("order", "instrument", "part", "tariff_item", "rate_pct", "origin_rule", "basis", "note")
QUOTA_FILE = "steel_quota.csv"
QUOTA_HEADER = ("table", "item", "class", "tariff_number")
QUOTA_ORDER = "STEEL-TRQ-2025"
ORDERS_FILE = "surtax_orders.toml"
STAYS_FILE = "surtax_chapter99.csv"
STAYS_HEADER = ("order", "part", "tariff_item", "source")

ANY_ORIGIN = "ANY"
MARKING_RULE = re.compile(r"([A-Z]{2})-MARKING")
AGREEMENT, NO_AGREEMENT = "AGREEMENT", "NO-AGREEMENT"
RELIEF_CHAPTERS = ("98", "99")

Schedule = tuple[str, str]
"""An order and its part."""

Stays = Mapping[Schedule, Mapping[str, tuple[Period, ...]]]
"""The items of chapters 98 and 99 under which the goods of a schedule stay subject, and when."""


class SurtaxOrder(Value):
    """An order's rules beside its lists, as `surtax_orders.toml` explains them."""

    id: str
    instrument: str
    name: dict[Language, str]
    source: str
    evidence: Evidence
    aliases: frozenset[str] = frozenset()
    declared: bool = False
    by_use: bool = False
    casual_out: bool = False
    in_transit_out: bool = False
    value_max_cents: Cents | None = None
    entitled_to_ust_percent_of_value: int = 100
    origins_out: dict[str, date] = {}
    yields_to: frozenset[str] = frozenset()
    alone_since: date | None = None
    percent: int = 0
    agreement: frozenset[str] = frozenset()

    def is_meant_by(self, code: str) -> bool:
        """Return whether a surtax code means this order: its id, an alias, its instrument's number."""
        return code.upper() in (self.id, self.instrument, *self.aliases)


@dataclass(frozen=True, slots=True)
class SurtaxItem:
    """Goods that a schedule of an order names: 8 or 10 digits. percent: of the value for duty.

    needs_code: the order reaches them only where its code is declared: an item of chapter 98, under which
    goods stay subject that would otherwise be classified among those of the order.
    """

    order: str
    part: str
    number: str
    percent: Decimal
    origin_rule: str
    period: Period
    note: str = ""
    needs_code: bool = False


@dataclass(frozen=True, slots=True)
class Surtaxes:
    """All orders, and the goods that they name by tariff number."""

    orders: Mapping[str, SurtaxOrder]
    _items: Mapping[str, tuple[SurtaxItem, ...]]
    _stays: Stays
    _first_days: Mapping[Schedule, date]

    def naming(self, classification: str, day: date) -> tuple[SurtaxItem, ...]:
        """Return what names a 10-digit classification on a day: by its tariff item, or by all its digits."""
        items = (*self._items.get(classification[:8], ()), *self._items.get(classification, ()))
        return tuple(item for item in items if item.period.holds_on(day)) if items else ()

    def named(self, code: str) -> tuple[SurtaxOrder, ...]:
        """Return the orders that a declared surtax code means; one instrument can hold several."""
        return tuple(order for order in self.orders.values() if order.is_meant_by(code))

    def has_listed(self, order: str, classification: str) -> tuple[SurtaxItem, ...]:
        """Return where an order has ever named a classification, in force or not."""
        items = (*self._items.get(classification[:8], ()), *self._items.get(classification, ()))
        return tuple(item for item in items if item.order == order)

    def first_day(self, item: SurtaxItem) -> date:
        """Return the first day of the schedule that an item stands in."""
        return self._first_days[item.order, item.part]

    def stays_subject(self, item: SurtaxItem, relief_item: str, day: date) -> bool:
        """Return whether goods of an item stay subject under an item of chapter 98 or 99.

        An order that lists such items lets all others go, from the first day of its list. One that
        lists none has no rule on chapter 99, and the goods stay subject.
        """
        listed = self._stays.get((item.order, item.part))
        if not listed or day < min(period.since for periods in listed.values() for period in periods):
            return True
        return any(period.holds_on(day) for period in listed.get(relief_item, ()))


def read_surtaxes(folder: Path | None = None) -> Surtaxes:
    """Read the lists and the rules of the orders. Raises TableError with file, line and column."""
    orders = _read_orders(text_of(ORDERS_FILE, folder))
    listed = [*_read_items(folder), *_read_quota(folder, orders)]
    stays = _read_stays(folder, listed)
    items = [*listed, *_in_chapter_98(stays, listed)]
    orders |= {item.order: _unknown_order(item.order) for item in items if item.order not in orders}
    by_number: dict[str, tuple[SurtaxItem, ...]] = {}
    first_days: dict[Schedule, date] = {}
    for item in items:
        by_number[item.number] = (*by_number.get(item.number, ()), item)
        schedule = item.order, item.part
        first_days[schedule] = min(first_days.get(schedule, date.max), item.period.since)
    return Surtaxes(orders, by_number, stays, first_days)


def _read_orders(text: str) -> dict[str, SurtaxOrder]:
    try:
        return {order: SurtaxOrder(id=order, **table) for order, table in tomllib.loads(text).items()}
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise TableError.at(file=ORDERS_FILE, expected="one table per order", found=str(error)) from None


def _unknown_order(order: str) -> SurtaxOrder:
    """Stand in for an order of the operator's list about which `surtax_orders.toml` says nothing."""
    name: dict[Language, str] = {"en": order, "fr": order}
    source = f"{ITEMS_FILE} of the operator"
    return SurtaxOrder(id=order, instrument=order, name=name, source=source, evidence="trade")


def _read_items(folder: Path | None) -> Iterator[SurtaxItem]:
    text = text_of(ITEMS_FILE, folder)
    for line, cells, period in dated_records(text, ITEMS_FILE, ITEMS_HEADER, since="from"):
        percent = decimal_of(cells["rate_pct"], ITEMS_FILE, line, "rate_pct")
        yield SurtaxItem(
            order=cells["order"],
            part=cells["part"],
            number=cells["tariff_item"],
            percent=percent,
            origin_rule=cells["origin_rule"],
            period=period,
            note=cells["note"],
        )


def _read_quota(folder: Path | None, orders: Mapping[str, SurtaxOrder]) -> Iterator[SurtaxItem]:
    text, percent = text_of(QUOTA_FILE, folder), Decimal(orders[QUOTA_ORDER].percent)
    for _, cells, period in dated_records(text, QUOTA_FILE, QUOTA_HEADER, since="from"):
        note = f"{cells['class']} (item {cells['item']})"
        table = cells["table"]
        yield SurtaxItem(QUOTA_ORDER, table, cells["tariff_number"], percent, table, period, note)


def _read_stays(folder: Path | None, items: Sequence[SurtaxItem]) -> Stays:
    """Gather by schedule the items of chapters 98 and 99; some orders have them among their own items."""
    stays: dict[Schedule, dict[str, tuple[Period, ...]]] = {}
    records = dated_records(text_of(STAYS_FILE, folder), STAYS_FILE, STAYS_HEADER, since="from")
    listed = [(cells["order"], cells["part"], cells["tariff_item"], period) for _, cells, period in records]
    own = [(i.order, i.part, i.number, i.period) for i in items if i.number.startswith(RELIEF_CHAPTERS)]
    for order, part, number, period in (*listed, *own):
        periods = stays.setdefault((order, part), {})
        periods[number] = (*periods.get(number, ()), period)
    return stays


def _in_chapter_98(stays: Stays, items: Sequence[SurtaxItem]) -> Iterator[SurtaxItem]:
    """Yield the items of chapter 98 under which the goods of a schedule stay subject, with its rate."""
    pattern = {(item.order, item.part): item for item in items}
    named = {(item.order, item.number) for item in items}
    listed = [(schedule, number) for schedule in stays.keys() & pattern.keys() for number in stays[schedule]]
    for schedule, number in sorted(listed):
        if number.startswith("98") and (schedule[0], number) not in named:
            for period in stays[schedule][number]:
                yield replace(pattern[schedule], number=number, period=period, needs_code=True)
