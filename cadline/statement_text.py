"""How does a terminal show a statement of account? In lines, amounts in dollars to the right."""

from collections.abc import Iterable, Iterator

from schemas.money import Cents, dollars
from schemas.papers import Movement, OpeningItem, Statement

WIDTH = 78
AMOUNT_WIDTH = 16


def statement_lines(paper: Statement) -> Iterator[str]:
    """Yield a statement line by line: opening balance by item, periods by declaration, charges, total."""
    state = f"number {paper.number}, issued" if paper.number else "preliminary, as of"
    yield f"Statement of account, {state} {paper.issued}"
    yield f"{paper.account}  {paper.name}".rstrip()
    yield f"statement date {paper.statement_date}, to be paid by {paper.payment_due}"
    yield from _section("opening balance", map(_opening, paper.opening_items), paper.opening_cents)
    for part in paper.parts:
        title = f"{part.stream}, released {part.period_start} to {part.period_end}"
        yield from _section(title, map(_declaration, part.movements), part.cents)
    by_charge = (_row(charge.replace("_", " "), cents) for charge, cents in paper.charges.items())
    yield from _section("new in this period, by charge", by_charge, paper.new_cents)
    yield ""
    yield _row("TOTAL PAYABLE" if paper.payable_cents >= 0 else "IN YOUR FAVOUR", paper.payable_cents)


def _section(title: str, rows: Iterable[str], total: Cents) -> Iterator[str]:
    yield ""
    yield from (title, "\N{BOX DRAWINGS LIGHT HORIZONTAL}" * WIDTH, *rows)
    yield _row("sum", total)


def _opening(item: OpeningItem) -> str:
    return _row(f"{item.transaction_number} version {item.version}, due {item.due}", item.cents)


def _declaration(movement: Movement) -> str:
    late = ", late" if movement.late else ""
    words = f"{movement.transaction_number} version {movement.version}, due {movement.due}{late}"
    return _row(words, movement.cents)


def _row(words: str, cents: Cents) -> str:
    return f"  {words:<{WIDTH - AMOUNT_WIDTH - 2}}{dollars(cents):>{AMOUNT_WIDTH}}"
