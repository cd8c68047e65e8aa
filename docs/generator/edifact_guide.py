"""What does the guide of an EDIFACT message say? Its table, and each segment's elements and fields."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from generator.markdown import block, code, page, table
from generator.samples import edifact_samples
from generator.words import WORDS, status
from parsers.edifact.characters import read_una
from parsers.edifact.guide import Component, Element, Group, Guide, Position, Use
from parsers.edifact.message import Walk, values_of
from parsers.edifact.profiles import all_guides
from parsers.edifact.tokens import split_segment
from schemas.rules import Language

INDENT = "&nbsp;&nbsp;"
UNA_CHARS = 9


def edifact_guide(name: str, language: Language) -> tuple[str, bytes]:
    """Return the title and the page of one EDIFACT profile."""
    guide = EdifactGuide(name, language)
    return guide.title, page(guide.lines())


class EdifactGuide:
    """The guide of one EDIFACT profile in one language."""

    def __init__(self, name: str, language: Language) -> None:
        file = resources.files("schemas").joinpath("profiles", f"{name}.toml")
        self.name = name
        self.language = language
        self.words = WORDS[language]
        self.guide = all_guides()[name]
        self.profile: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self.title: str = self.profile["title"][language]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the page."""
        words = self.words
        yield from (f"# {self.title}", "", words[self._origin()], "")
        yield from table(["", ""], [[words["identity"], self._identity()], [words["layout"], self._link()]])
        yield from (f"## {words['structure']}", "")
        heads = [words[name] for name in ("position", "segment", "status", "repeats")]
        yield from table(heads, self._rows(self.guide.children, 0))
        yield from (f"## {words['segments']}", "", words["places_text"], "")
        for position in self.guide.positions:
            yield from self._position(position)
        yield from self._codes()
        yield from (f"## {words['sample']}", "", words["sample_text"], "")
        for sample in edifact_samples(self.name, self.language):
            yield from _sample(sample, self.guide, self.language)

    def _origin(self) -> str:
        """Return whose layout it is: ours bears our association code."""
        return "own" if self.guide.identity.association else "standard"

    def _identity(self) -> str:
        return code(":".join(self.guide.identity).rstrip(":"))

    def _link(self) -> str:
        return f"[{self.name}.toml](../../../schemas/profiles/{self.name}.toml)"

    def _status(self, *, mandatory: bool) -> str:
        return status(self.language, mandatory=mandatory)

    def _rows(self, children: Sequence[Position | Group], depth: int) -> Iterator[list[str]]:
        """Yield the message table: a group's segments stand below it, indented."""
        for item in children:
            needed, indent = self._status(mandatory=item.mandatory), INDENT * depth
            if isinstance(item, Group):
                yield ["", f"{indent}{self.words['group']} {item.name}", needed, str(item.repeats)]
                yield from self._rows(item.children, depth + 1)
            else:
                yield [item.number, f"{indent}{item.tag}", needed, str(item.repeats)]

    def _position(self, position: Position) -> Iterator[str]:
        if not position.uses:
            return
        group = f" ({position.group.name})" if position.group else ""
        yield from (f"### {position.number} {position.tag}{group}", "")
        for use in position.uses:
            yield from self._use(use)

    def _use(self, use: Use) -> Iterator[str]:
        """Yield what one way to use a segment says, and its elements."""
        name = f" `{use.id}`:" if use.id else ""
        said = use.title.get(self.language, "")
        yield from (f"`{use.expected()}`{name} {said} ({'; '.join(self._notes(use))})", "")
        heads = [self.words[head] for head in ("place", "element", "field", "format", "status")]
        rows = [self._component(use.elements[e], e, c) for e, c, part in use.components() if part.used]
        if rows:
            yield from table(heads, rows)

    def _notes(self, use: Use) -> Iterator[str]:
        yield self._status(mandatory=use.mandatory)
        if use.each:
            most = f"{self.words['repeats'].lower()} {use.repeats}"
            yield f"{self.words['each']} `{'.'.join(use.each)}`, {most}"
        if use.within or use.under:
            yield f"{self.words['within']} `{use.within or use.under}`"

    def _component(self, element: Element, e: int, c: int) -> list[str]:
        """Return the row of a component: its place, the directory's name, what stands there, its format."""
        component = element.components[c]
        place = f"{e + 2}.{c + 1}" if element.composite else str(e + 2)
        number = f"{element.id}.{component.id}" if element.composite else component.id
        name = self.profile.get("elements", {}).get(component.id, {}).get("name", "")
        mandatory = component.mandatory or bool(component.literal)
        needed = self._status(mandatory=mandatory)
        return [place, f"{number} {name}".strip(), self._said(component), _format(component), needed]

    def _said(self, component: Component) -> str:
        """Return what stands in a component: a fixed value, a field, or an item of a list itself."""
        if component.literal:
            return f"{self.words['fixed']} {code(component.literal)}"
        return code(".".join(component.field.path) or ".") if component.field else ""

    def _codes(self) -> Iterator[str]:
        heads = [self.words["code"], self.words["value"]]
        for number, (name, codes) in enumerate(self.profile.get("codes", {}).items()):
            if number == 0:
                yield from (f"## {self.words['codes']}", "")
            yield from (f"### `#{name}`", "")
            yield from table(heads, [[code(key), str(value).lower()] for key, value in codes.items()])


def _format(component: Component) -> str:
    kind = component.field.kind.name if component.field else "text"
    if component.codes is not None:
        return f"{code(str(component.format))} {code('#' + kind)}"
    return code(str(component.format)) if kind == "text" else f"{code(str(component.format))} {kind}"


def _sample(sample: bytes, guide: Guide, language: Language) -> list[str]:
    """Return an interchange, and a table that says what each segment of its messages is."""
    una, segments = _segments(sample.decode("utf-8" if b"UNOW" in sample[:20] else "latin-1"))
    words = WORDS[language]
    text = "\n".join([una, *(f"{segment}{una[-1]}" for segment in segments)])
    rows = [[code(segment), use.title.get(language, "")] for segment, use in _uses(segments, una, guide)]
    return [*block("", text), *table([words["segment"], words["meaning"]], rows)]


def _segments(text: str) -> tuple[str, list[str]]:
    """Return the UNA of an interchange that our writer wrote, and its segments without terminators."""
    una = text[:UNA_CHARS]
    release, terminator = re.escape(una[6]), re.escape(una[8])
    segment = re.compile(rf"((?:{release}.|[^{release}{terminator}])*){terminator}", re.DOTALL)
    return una, segment.findall(text, UNA_CHARS)


def _uses(segments: list[str], una: str, guide: Guide) -> Iterator[tuple[str, Use]]:
    """Yield the segments of the messages, each with its use in the guide."""
    characters = read_una(una)
    for segment in segments:
        elements = split_segment(segment, characters)
        tag = elements[0][0][0]
        if tag == "UNH":
            walk, number = Walk(guide, lambda *_: None), 0
        elif tag not in {"UNB", "UNT", "UNZ"}:
            number += 1
            position = walk.step(number, tag)
            use = walk.choose(number, position, elements) if position else None
            if position and use:
                walk.take(number, position, use, values_of(use, elements)[0])
                yield segment, use
