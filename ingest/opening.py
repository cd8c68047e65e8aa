"""How does history before the book come in? As opening items, each explained."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from accounting import ledger
from accounting.acts import act_entry
from accounting.bulk import among
from accounting.journal import read
from accounting.tables import journal_entry
from ingest.audit import Act, Author, note
from ingest.tables import importer
from schemas.acts import CREDIT_KINDS, BroughtForward, CreditKind
from schemas.amounts import cents_of
from schemas.assessment import BILLED, Charge
from schemas.book import DECLARED, Credit, Entry
from schemas.csv_text import day_of, read_records
from schemas.identifiers import is_importer_account
from schemas.money import Cents, dollars
from schemas.registry import Stream
from schemas.table_errors import TableError, TableFault

HEADER = ("account", "reference", "type", "amount", "due", "arose", "explanation")
REFERENCE_MAX = 60
"""Characters of a reference: its key holds the account too, and keys of interest hold it in turn."""

Place = tuple[str, str]
"""An account and a reference."""


class OpeningRefused(Exception):  # noqa: N818 - named as a sentence
    """Nothing of the file is taken in. The message says everything that stands against it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the file. type: a charge for a debt, a kind of credit otherwise. cents: above nothing.

    due: of a debt. interest_from: first day of interest here, None for the day after its due date.
    """

    line: int
    account: str
    reference: str
    type: str
    cents: Cents
    due: date | None
    arose: date
    explanation: str
    interest_from: date | None = None

    @property
    def is_debt(self) -> bool:
        """Whether the account owes it: a penalty can also be a credit, which is never due."""
        return self.due is not None

    @property
    def place(self) -> Place:
        """What the entry is named after."""
        return self.account, self.reference


@dataclass(frozen=True, slots=True)
class Opening:
    """What a file brings in. new: how many entries the book did not hold."""

    entries: tuple[Entry, ...]
    debts_cents: Cents
    credits_cents: Cents
    new: int = 0

    @property
    def net_cents(self) -> Cents:
        """The control total: debts less credits."""
        return self.debts_cents - self.credits_cents


# ---- reading the file -----------------------------------------------------------------------------


def read_items(text: str, file: str) -> list[Item]:
    """Return the items of a CSV text. Raises TableError with every fault."""
    faults: list[TableFault] = []
    items = []
    for line, cells in read_records(text, file, HEADER):
        found = [TableFault(file, line, *each) for each in _faults(cells)]
        faults += found
        if not found:
            items.append(_item(line, cells))
    faults += [TableFault(file, line, "reference", each, why) for line, each, why in _clashes(items)]
    if faults:
        raise TableError(sorted(faults, key=lambda fault: fault.line))
    return items


def _faults(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a row: column, what stands there, what was expected."""
    if not is_importer_account(cells["account"]):
        yield "account", cells["account"], "an importer's program account, such as 123456782RM0001"
    if not 0 < len(cells["reference"]) <= REFERENCE_MAX:
        yield "reference", cells["reference"], f"1 to {REFERENCE_MAX} characters that name the item"
    if cells["type"] not in (*BILLED, *CREDIT_KINDS):
        yield "type", cells["type"], f"a charge ({', '.join(BILLED)}) or a credit ({', '.join(CREDIT_KINDS)})"
    if (cents_of(cells["amount"]) or 0) <= 0:
        yield "amount", cells["amount"], "dollars above nothing, such as 1234.56"
    if day_of(cells["arose"]) is None:
        yield "arose", cells["arose"], "the day on which it came about, YYYY-MM-DD"
    if not cells["explanation"].strip():
        yield "explanation", "", "why it is owed, in words"
    yield from _due_faults(cells)


def _due_faults(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the days of a debt; a credit has none."""
    if cells["due"] and day_of(cells["due"]) is None:
        yield "due", cells["due"], "a day, YYYY-MM-DD"
    elif not cells["due"] and cells["type"] not in CREDIT_KINDS:
        yield "due", "", "the day by which the debt is due, YYYY-MM-DD"
    elif cells["due"] and cells["type"] not in BILLED:
        yield "due", cells["due"], "nothing: a credit is not due"
    given = cells.get("interest_from", "")
    if given and day_of(given) is None:
        yield "interest_from", given, "a day, YYYY-MM-DD, or nothing for the day after the due date"


def _item(line: int, cells: Mapping[str, str]) -> Item:
    return Item(
        line=line,
        account=cells["account"],
        reference=cells["reference"],
        type=cells["type"],
        cents=cents_of(cells["amount"]) or 0,
        due=day_of(cells["due"]),
        arose=day_of(cells["arose"]) or date.min,
        explanation=cells["explanation"].strip(),
        interest_from=day_of(cells.get("interest_from", "")),
    )


def _clashes(items: Sequence[Item]) -> Iterator[tuple[int, str, str]]:
    """Yield rows that cannot stand beside earlier ones of their account and reference."""
    seen: dict[Place, list[Item]] = {}
    for item in items:
        earlier = seen.setdefault(item.place, [])
        if any(not (item.is_debt and each.is_debt) for each in earlier):
            yield item.line, item.reference, "a reference of its own: only debts of one reference go together"
        elif any((each.type, each.due) == (item.type, item.due) for each in earlier):
            yield item.line, item.reference, "each charge and due day of a reference once"
        earlier.append(item)


# ---- taking it in ---------------------------------------------------------------------------------


def take_in(
    connection: Connection, items: Sequence[Item], author: Author, total_cents: Cents | None = None
) -> Opening:
    """Post a file's items in the caller's transaction, audited; what is there already stays as it is.

    total_cents: the control total, debts less credits, that the file must come to. Raises OpeningRefused.
    """
    ledger.lock(connection, [item.account for item in items])
    faults = list(_book_faults(connection, items))
    found = _opening(connection, items, author.now)
    if total_cents is not None and total_cents != found.net_cents:
        faults.append(
            f"the file comes to {dollars(found.net_cents)} (debts {dollars(found.debts_cents)} less credits "
            f"{dollars(found.credits_cents)}), not to the control total {dollars(total_cents)}"
        )
    faults += _conflicts(connection, found.entries)
    if faults:
        raise OpeningRefused("\n".join(faults))
    new = ledger.post(connection, found.entries)
    acts = [Act("opening", entry.party, {"entry": entry.key}) for entry in new]
    note(connection, author, acts)
    return Opening(found.entries, found.debts_cents, found.credits_cents, len(new))


def _opening(connection: Connection, items: Sequence[Item], posted_at: datetime) -> Opening:
    streams = _streams(connection, sorted({item.account for item in items}))
    grouped: dict[Place, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.place, []).append(item)
    entries = [
        _entry(grouped[place], streams.get(place[0], "commercial"), posted_at) for place in sorted(grouped)
    ]
    return Opening(
        entries=tuple(entries),
        debts_cents=sum(item.cents for item in items if item.is_debt),
        credits_cents=sum(item.cents for item in items if not item.is_debt),
    )


def _entry(items: Sequence[Item], stream: Stream, posted_at: datetime) -> Entry:
    """Return the entry of the items of one reference: debts, or one credit."""
    first = items[0]
    key = f"opening/{first.account}/{first.reference}"
    owed = [(_charge(item), item.cents, item.due or item.arose) for item in items if item.is_debt]
    return act_entry(
        BroughtForward(
            explanation="; ".join(dict.fromkeys(item.explanation for item in items)),
            arose=min(item.arose for item in items),
            interest_from=max((item.interest_from for item in items if item.interest_from), default=None),
        ),
        key=key,
        party=first.account,
        stream=stream,
        event_day=min(item.arose for item in items),
        posted_at=posted_at,
        contra="suspense.opening",
        owed=owed,
        credit=None if owed else Credit(key=key, kind=_kind(first), cents=first.cents, day=first.arose),
        reference=first.reference,
    )


def _charge(item: Item) -> Charge:
    return next(charge for charge in BILLED if charge == item.type)


def _kind(item: Item) -> CreditKind:
    return next(kind for kind in CREDIT_KINDS if kind == item.type)


def _streams(connection: Connection, accounts: Sequence[str]) -> Mapping[str, Stream]:
    rows = connection.execute(
        select(importer.c.account, importer.c.stream).where(among(connection, importer.c.account, accounts))
    )
    return {row.account: row.stream for row in rows}


def _book_faults(connection: Connection, items: Sequence[Item]) -> Iterator[str]:
    """Yield the items whose reference is a declaration that the book itself holds."""
    references = sorted({item.reference for item in items})
    held = set(
        connection.scalars(
            select(journal_entry.c.transaction_number).where(
                among(connection, journal_entry.c.transaction_number, references),
                journal_entry.c.kind.in_(DECLARED),
            )
        )
    )
    for item in items:
        if item.reference in held:
            yield (
                f"line {item.line}, column reference: the book holds the declaration {item.reference} "
                "itself: it is no opening item"
            )


def _conflicts(connection: Connection, entries: Sequence[Entry]) -> list[str]:
    """Return which entries stand in the book with other content: one import never changes another."""
    standing = {entry.key: entry for entry in openings(connection, [entry.key for entry in entries])}
    return [
        f"{entry.key} is in the book with other content (explained {_said(standing[entry.key])!r}): "
        "take it back by a waiver or a payment, or give the new item another reference"
        for entry in entries
        if entry.key in standing and _content(standing[entry.key]) != _content(entry)
    ]


def _content(entry: Entry) -> tuple[object, ...]:
    items = [(item.charge, item.cents, item.due) for item in entry.items]
    return entry.party, entry.act, items, entry.credit, entry.event_day, entry.stream


def _said(entry: Entry) -> str:
    return getattr(entry.act, "explanation", "")


def openings(
    connection: Connection, keys: Sequence[str] | None = None, *, account: str | None = None
) -> Iterator[Entry]:
    """Yield the opening items in the book: of some keys, of an account, or all, by party and place."""
    wanted = select(journal_entry.c.content).where(journal_entry.c.kind == "opening")
    if keys is not None:
        wanted = wanted.where(among(connection, journal_entry.c.key, keys))
    if account is not None:
        wanted = wanted.where(journal_entry.c.party == account)
    ordered = wanted.order_by(journal_entry.c.party, journal_entry.c.sequence)
    for content in connection.scalars(ordered, execution_options={"yield_per": 1000}):
        yield read(content)
