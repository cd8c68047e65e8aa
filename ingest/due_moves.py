"""Which payment due dates were moved? The operator's table of the agency's bulletins; rows are only added."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from accounting.moves import Moves, move_faults
from ingest import tables
from ingest.audit import Act, Author, lock, note
from schemas.billing import DueMove


class MoveRefused(Exception):  # noqa: N818 - named as a sentence
    """Moves cannot be taken in. The message says everything that stands against them."""


def moves(connection: Connection) -> Moves:
    """Return the moves that are known, by stream, due date and the day from which they are known."""
    found = connection.execute(select(tables.due_move).order_by(*tables.due_move.primary_key))
    return Moves(tuple(DueMove(**row._mapping) for row in found))


def add(connection: Connection, new: Sequence[DueMove], author: Author) -> int:
    """Take moves in and note each; return how many are new. What is there already is left alone.

    Raises MoveRefused, naming all faults, and then nothing is taken in. A later move of the same date is
    told by its later `since`.
    """
    lock(connection)
    known = {_key(row): row for row in moves(connection).rows}
    faults = [f"{_told(move)}: {fault}" for move in new for fault in move_faults(move)]
    faults += [
        f"{_told(move)}: it was moved to {known[_key(move)].moved_to} as of {move.since} already: "
        "for another move of that date, say a later day"
        for move in new
        if _key(move) in known and known[_key(move)] != move
    ]
    faults += [f"{key[0]} {key[1]} since {key[2]}: stands twice" for key in _repeated(new)]
    if faults:
        raise MoveRefused("\n".join(faults))
    fresh = [move for move in new if _key(move) not in known]
    if fresh:
        connection.execute(tables.due_move.insert(), [move.model_dump() for move in fresh])
    note(
        connection,
        author,
        [Act("move due date", _told(move), move.model_dump(mode="json")) for move in fresh],
    )
    return len(fresh)


def _key(move: DueMove) -> tuple[object, ...]:
    return move.stream, move.due, move.since


def _repeated(new: Sequence[DueMove]) -> list[tuple[object, ...]]:
    keys = [_key(move) for move in new]
    return sorted({key for key in keys if keys.count(key) > 1}, key=str)


def _told(move: DueMove) -> str:
    return f"{move.stream} {move.due}"
