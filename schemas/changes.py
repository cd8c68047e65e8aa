"""What does a version of a declaration change against the one before? Field by field.

Invoices and lines are compared by their numbers, whatever order they come in.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from schemas.base import Value
from schemas.cad import Declaration, Invoice, Line

Part = Literal["header", "invoice", "line"]

Fields = Mapping[str, str]
"""The filled fields of a part as text, by path."""

PARTS = ("invoices", "lines")


class Change(Value):
    """A field that differs. number: of the invoice or line, empty for the header.

    field: its path in the part, such as `origin` or `vendor.name`. before, after: as text; None where the
    field was not filled, or the whole invoice or line was not there.
    """

    part: Part
    number: str = ""
    field: str
    before: str | None
    after: str | None


def changes(before: Declaration, after: Declaration) -> tuple[Change, ...]:
    """Return what differs, header first, then invoices, then lines; the version's own number is left out."""
    left_out = {*PARTS, "version"}
    return (
        *_differences(
            "header",
            "",
            _fields(before.model_dump(exclude=left_out)),
            _fields(after.model_dump(exclude=left_out)),
        ),
        *_between("invoice", _numbered(before.invoices), _numbered(after.invoices)),
        *_between("line", _numbered(before.lines), _numbered(after.lines)),
    )


def _between(part: Part, before: Mapping[str, Fields], after: Mapping[str, Fields]) -> Iterator[Change]:
    """Yield the differences of invoices or lines: those that were there first, then those that are new."""
    for number in {**before, **after}:
        yield from _differences(part, number, before.get(number, {}), after.get(number, {}))


def _differences(part: Part, number: str, before: Fields, after: Fields) -> Iterator[Change]:
    for path in {**before, **after}:
        if before.get(path) != after.get(path):
            yield Change(part=part, number=number, field=path, before=before.get(path), after=after.get(path))


def _numbered(members: Sequence[Invoice] | Sequence[Line]) -> dict[str, Fields]:
    """Return invoices or lines by number; a number that is there twice is told apart by its place."""
    seen: Counter[str] = Counter()
    found: dict[str, Fields] = {}
    for member in members:
        number = str(member.number)
        seen[number] += 1
        name = number if seen[number] == 1 else f"{number} ({seen[number]})"
        found[name] = _fields(member.model_dump(exclude={"number"}))
    return found


def _fields(value: Any, path: str = "") -> dict[str, str]:
    """Return every filled field below a value as text, by path; a place in a list is counted from 1."""
    if isinstance(value, dict):
        below = ((f"{path}.{name}" if path else name, inner) for name, inner in value.items())
    elif isinstance(value, list | tuple):
        below = ((f"{path}[{place}]", inner) for place, inner in enumerate(value, start=1))
    else:
        return {} if value in (None, "") else {path: str(value)}
    return {name: text for inner_path, inner in below for name, text in _fields(inner, inner_path).items()}
