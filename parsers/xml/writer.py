"""How is a value written as XML? By its layout, in UTF-8, always the same bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from parsers.xml.characters import escape
from parsers.xml.layout import Kind, Layout, Node, layout
from schemas.findings import Finding, describe
from schemas.papers import Answer, Header
from schemas.rules import Language

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
INDENT = "  "


def write_xml(
    kind: Kind, header: Header, documents: Sequence[Any], language: Language | None = None
) -> bytes:
    """Write one interchange of documents of a kind.

    documents: Declaration values for `declaration`, Interchange values for `contrl`, else the papers of
    that kind. language: of the words about findings; without it an answer's own, else English.
    """
    form = layout(kind)
    head = SimpleNamespace(**dict(header), count=len(documents))
    lines = [DECLARATION, f'<{form.root} xmlns="{form.namespace}">\n']
    lines += _Writer("en", "").group(form.header, head, INDENT)
    lines += _documents(form, documents, language)
    lines.append(f"</{form.root}>\n")
    return "".join(lines).encode()


def _documents(form: Layout, documents: Sequence[Any], language: Language | None) -> Iterator[str]:
    for number, document in enumerate(documents, start=1):
        said, spoken = _in_language(document, language)
        yield from _Writer(spoken, str(number)).group(form.document, said, INDENT)


def _in_language(document: object, language: Language | None) -> tuple[object, Language]:
    """Return a document with the language that its words are to have: an answer names it."""
    if not isinstance(document, Answer):
        return document, language or "en"
    said = document.model_copy(update={"language": language}) if language else document
    return said, said.language


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes one document. language: of the words that it says. reference: its number in the interchange."""

    language: Language
    reference: str

    def group(self, node: Node, value: object, indent: str) -> Iterator[str]:
        """Yield the lines of an element that holds other elements; none when it may go and holds nothing."""
        inner = [line for child in node.children for line in self.element(child, value, indent + INDENT)]
        if inner:
            yield f"{indent}<{node.tag}>\n"
            yield from inner
            yield f"{indent}</{node.tag}>\n"
        elif node.required or node.repeat_max > 1:
            yield f"{indent}<{node.tag}/>\n"

    def element(self, node: Node, owner: object, indent: str) -> Iterator[str]:
        """Yield the lines of one element of the layout, for the value that owns it."""
        if node.role == "wrapper":
            yield from self.group(node, owner, indent)
            return
        value = self.value_of(node, owner)
        if node.role == "leaf":
            yield from self.leaf(node, value, indent)
            return
        for one in self.occurrences(node, value):
            yield from self.group(node, one, indent)

    def value_of(self, node: Node, owner: object) -> Any:
        """Return the value of a field; those that the layout derives are asked for, or said in words."""
        if node.field == "@reference":
            return self.reference
        if node.derived and isinstance(owner, Finding):
            return getattr(describe(owner, self.language), node.field)
        value = getattr(owner, node.field)
        if node.variant and getattr(value, node.field, "") != node.variant:
            return None
        return value() if callable(value) else value

    def leaf(self, node: Node, value: object, indent: str) -> Iterator[str]:
        """Yield a line for each text of a leaf; what may go and is empty has none."""
        assert node.format is not None  # noqa: S101 - the layout gives every leaf one
        for one in value if node.repeat_max > 1 and isinstance(value, tuple) else (value,):
            if node.required or _has_content(one, empty_counts=node.may_be_empty):
                yield f"{indent}<{node.tag}>{escape(node.format.write(one))}</{node.tag}>\n"

    def occurrences(self, node: Node, value: Any) -> Iterable[object]:
        """Return the values that each fill one element of a group."""
        if value is None:
            return ()
        if node.role == "map":
            return _pairs(node, value)
        return value if node.repeat_max > 1 else (value,)


def _has_content(value: object, *, empty_counts: bool) -> bool:
    return value is not None and (value != "" or empty_counts)


def _pairs(node: Node, entries: Mapping[Any, Any]) -> Iterable[object]:
    """Return a map's entries: a code list gives its order, so that bytes are stable."""
    key = node.children[0].format
    order: Callable[[Any], int] | None = list(key.codes.values()).index if key and key.codes else None
    keys = sorted(entries, key=order) if order else entries
    return [SimpleNamespace(key=name, value=entries[name]) for name in keys]
