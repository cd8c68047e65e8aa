"""How is a TOML file of a suite read, so that whatever is wrong with it is told with its line?"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cadline.certification.errors import SuiteError, Trouble

Model = TypeVar("Model", bound=BaseModel)
Location = Sequence[int | str]

TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
TABLE = re.compile(r"\s*\[+([^\]]+)\]+")

REMEDIES = {
    "extra_forbidden": "Take the key away, or mend its name; docs/certification.md lists the keys.",
    "missing": "Add the key; docs/certification.md lists the keys.",
    "union_tag_invalid": "Give `do` one of the names that docs/certification.md lists.",
    "union_tag_not_found": "Say with `do` what the step does; docs/certification.md lists the names.",
}
OTHERWISE = "Mend the value; docs/certification.md says what each key takes."


def toml_of(file: Path) -> dict[str, Any]:
    """Read a TOML file; fractions are decimals. Raises SuiteError naming the line that is no TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = TOML_PLACE.search(str(error))
        what = TOML_PLACE.sub("", str(error)).strip()
        line = int(found[1]) if found else None
        raise SuiteError(Trouble(file, line, "", f"not TOML: {what}", "Mend that line.")) from None
    except UnicodeDecodeError:
        raise SuiteError(Trouble(file, None, "", "not UTF-8", "Save the file as UTF-8.")) from None
    except OSError as error:
        remedy = "Add the file, or mend its name."
        raise SuiteError(Trouble(file, None, "", f"cannot be read: {error.strerror}", remedy)) from None


def model_of(kind: type[Model], file: Path) -> Model:
    """Read a TOML file as a value. Raises SuiteError with everything that does not fit, each by its line."""
    content = toml_of(file)
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise SuiteError(*troubles(file, error)) from None


def line_of(file: Path, location: Location) -> int | None:
    """Return the line at which a key stands, or the nearest table that holds it; None where none does."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start, end, found = _table(lines, location)
    for path, count in _tables(location):
        headers = [n for n in range(start, end) if _header(lines[n]) == path]
        if count >= len(headers):
            break
        found = headers[count]
        start = found + 1
        end = next((n for n in range(start, end) if _closes(lines[n], path)), end)
    return _key_line(lines[start:end], location, start) or (None if found is None else found + 1)


def _table(lines: Sequence[str], location: Location) -> tuple[int, int, int | None]:
    """Return where the table that a path begins with opens and ends, and its header; else the whole file."""
    name = str(location[0]) if location else ""
    header = next((n for n, line in enumerate(lines) if line.strip() == f"[{name}]"), None)
    if header is None:
        return 0, len(lines), None
    end = next((n for n in range(header + 1, len(lines)) if _closes(lines[n], name)), len(lines))
    return header + 1, end, header


def _tables(location: Location) -> Iterator[tuple[str, int]]:
    """Yield each array of tables on the way to a key, with the place in it: `scenario.steps`, 2."""
    names: list[str] = []
    for step in location:
        if isinstance(step, int):
            yield ".".join(names), step
        else:
            names.append(step)


def _header(line: str) -> str:
    found = TABLE.fullmatch(line.partition("#")[0].rstrip())
    return found[1].strip() if found else ""


def _closes(line: str, path: str) -> bool:
    """Whether a line opens a table that does not lie in the one of `path`."""
    header = _header(line)
    return bool(header) and not header.startswith(f"{path}.")


def _key_line(lines: Sequence[str], location: Location, start: int) -> int | None:
    """Return the line (from 1) of the innermost key that stands in these lines."""
    for name in reversed([step for step in location if isinstance(step, str)]):
        for number, line in enumerate(lines, start=start + 1):
            if re.match(rf'\s*"?{re.escape(name)}"?\s*(=|\.)', line):
                return number
    return None


def troubles(file: Path, error: ValidationError, *root: str) -> Iterator[Trouble]:
    """Yield what does not fit, each by its line. root: the table that the value was read from."""
    for fault in error.errors():
        location = [*root, *(step for step in fault["loc"] if step not in ACTS)]
        found = "" if fault["type"] == "missing" else f" (found {fault['input']!r:.80})"
        yield Trouble(
            file=file,
            line=line_of(file, location),
            key=key_of(location),
            what=fault["msg"].removeprefix("Value error, ") + found,
            remedy=REMEDIES.get(fault["type"], OTHERWISE),
        )


def key_of(location: Location) -> str:
    """Write a path as people do: `scenario[3].steps[1].do`, places counted from 1."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")


ACTS = frozenset(
    {
        "send",
        "tick",
        "close",
        "rule",
        "expect-acknowledgement",
        "expect-answer",
        "expect-answers",
        "expect-same",
        "expect-nothing",
        "expect-balance",
        "expect-paper",
        "expect-book",
    }
)
"""The names that pydantic puts into the path of a step: which kind of step it took it for."""
