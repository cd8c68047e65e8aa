"""What does each rule refuse, and what does it take? Examples of wrong and right, from the specimens.

Rules on declarations have a specimen in `fixtures/rules`, rules of the assessment in `fixtures/assessment`,
rules of payments an example in `fixtures/payments/examples.toml`.
What breaks the syntax of EDIFACT or XML is set against the nearest sound interchange: where the two differ is
the example. Where that shows little, or no shipped file breaks the rule, `stated.json` says what to write.
"""

import json
import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import parsers
from schemas.envelope import Interchange
from schemas.findings import Finding

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULES, GALLERY, XML = FIXTURES / "rules", FIXTURES / "gallery", FIXTURES / "xml"

UNITS = {".edi": re.compile(r"(?<=')\s*"), ".xml": re.compile(r"(?<=>)\s*(?=<)|\n\s*")}
"""Where an interchange is cut for comparison: after each segment, or before each element."""

SCHEME = re.compile(r"\b(?:https?|file)://")
"""Left out: the pages name nothing from elsewhere, not even in an example."""

FURTHER_UNITS_MIN = 5
ONE_AND_TWO = ["<DocumentQuantity>1</DocumentQuantity>", "<DocumentQuantity>2</DocumentQuantity>"]

SHOWN_UNITS_MAX = 3
SHOWN_LENGTH_MAX = 160

Example = dict[str, Any]


def example_of(rule_id: str) -> Example | None:
    """Return wrong and right values by field, and the words for it where they are known; None without."""
    return (
        _of_declaration(rule_id)
        or _of_assessment(rule_id)
        or _of_payment(rule_id)
        or _stated(rule_id)
        or _of_wire(rule_id)
    )


def _of_declaration(rule_id: str) -> Example | None:
    """Return what the specimen of a rule on declarations shows, in the words that its filer gets."""
    file = RULES / f"{rule_id}.json"
    if not file.exists():
        return None
    specimen = json.loads(file.read_text(encoding="utf-8"))
    finding = next(each for each in specimen["findings"] if each["code"] == rule_id)
    return {
        "field": finding["field"],
        "severity": finding["severity"],
        "wrong": {path.removeprefix("cad."): value for path, value in specimen["patch"].items()},
        "right": {path.removeprefix("cad."): value for path, value in specimen["right"].items()},
        "message": {language: finding[language]["message"] for language in ("en", "fr")},
        "remedy": {language: finding[language]["remedy"] for language in ("en", "fr")},
    }


def _of_assessment(rule_id: str) -> Example | None:
    specimens = json.loads((FIXTURES / "assessment" / "specimens.json").read_text(encoding="utf-8"))
    specimen = specimens["rules"].get(rule_id)
    return {"wrong": specimen["wrong"], "right": specimen["right"]} if specimen else None


def _of_payment(rule_id: str) -> Example | None:
    """Return a part of a file, or the commands; line breaks and indents in it are shown as blanks."""
    examples = tomllib.loads((FIXTURES / "payments" / "examples.toml").read_text(encoding="utf-8"))
    found = examples.get(rule_id)
    if found is None:
        return None
    before = [] if "file" in found else found.get("before", [])
    texts = {side: " && ".join([*before, found[side]]) for side in ("wrong", "right")}
    return {side: {"": " ".join(text.split())} for side, text in texts.items()}


def _stated(rule_id: str) -> Example | None:
    stated = json.loads((Path(__file__).parent / "stated.json").read_text(encoding="utf-8"))
    found = stated.get(rule_id)
    return {side: {"": found[side]} for side in ("wrong", "right")} if found else None


def _of_wire(rule_id: str) -> Example | None:
    """Return where the specimen that breaks a rule, and little else, differs from the nearest sound one."""
    broken = min(_broken().get(rule_id, []), default=None)
    if broken is None:
        return None
    _findings, file = broken
    wrong, right = _differing(_units(file), _nearest(file))
    place = "segment" if file.suffix == ".edi" else "element"
    return {"wrong": {place: wrong}, "right": {place: right}}


@cache
def _broken() -> dict[str, list[tuple[int, Path]]]:
    """Return the broken interchanges by the rules that they break, with how many findings each has."""
    found: dict[str, list[tuple[int, Path]]] = {}
    for file in (*GALLERY.glob("*.edi"), *XML.glob("*/*.xml")):
        findings = list(_findings(file))
        for code in {finding.code for finding in findings}:
            found.setdefault(code, []).append((len(findings), file))
    return found


@cache
def _sound() -> tuple[Path, ...]:
    return (*sorted(GALLERY.glob("edifact-ok-*.edi")), *sorted((XML / "clean").glob("*.xml")))


def _findings(file: Path) -> Iterator[Finding]:
    interchanges: list[Interchange] = parsers.read(file.read_bytes())
    for interchange in interchanges:
        yield from interchange.every_finding()


@cache
def _units(file: Path) -> tuple[str, ...]:
    encoding = "latin-1" if file.suffix == ".edi" else "utf-8"
    text = file.read_bytes().removeprefix(BOM_UTF8).decode(encoding, errors="replace")
    printable = "".join(sign if sign.isprintable() else "\n" for sign in text)
    return tuple(unit.strip() for unit in UNITS[file.suffix].split(printable) if _is_shown(unit))


def _is_shown(unit: str) -> bool:
    return bool(unit.strip()) and not unit.startswith("<?xml")


def _nearest(file: Path) -> tuple[str, ...]:
    """Return the sound interchange of the same syntax that has most in common with a broken one."""
    same = [_units(each) for each in _sound() if each.suffix == file.suffix and each != file]
    return max(same, key=lambda units: _matcher(_units(file), units).ratio())


def _differing(wrong: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, str]:
    """Return the units that differ, as one short text for each side."""
    sides: tuple[list[str], list[str]] = [], []
    for tag, start, end, from_, to in _matcher(wrong, right).get_opcodes():
        if tag != "equal" and not _is_of_the_whole(wrong[start:end], right[from_:to]):
            sides[0].extend(wrong[start:end])
            sides[1].extend(right[from_:to])
    return _short(sides[0]), _short(sides[1])


def _is_of_the_whole(wrong: Sequence[str], right: Sequence[str]) -> bool:
    """Return whether a difference only says that the sound interchange has another declaration as well."""
    counts = [unit for unit in (*wrong, *right) if unit.startswith("<DocumentQuantity>")]
    return len(right) > len(wrong) + FURTHER_UNITS_MIN or counts == ONE_AND_TWO == [*wrong, *right]


def _matcher(wrong: tuple[str, ...], right: tuple[str, ...]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, wrong, right, autojunk=False)


def _short(units: list[str]) -> str:
    text = SCHEME.sub("", " ".join(units[:SHOWN_UNITS_MAX]))
    cut = len(units) > SHOWN_UNITS_MAX or len(text) > SHOWN_LENGTH_MAX
    return text[:SHOWN_LENGTH_MAX] + (" …" if cut else "")
