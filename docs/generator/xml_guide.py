"""What does the guide of an XML document say? Every element with its field, format, status and meaning."""

from collections.abc import Iterator

from lxml import etree

from generator.markdown import block, code, page, table
from generator.samples import xml_samples
from generator.words import WORDS, status
from parsers.xml import Kind
from parsers.xml.layout import Layout, Node, layout
from schemas.rules import Language


def xml_guide(kind: Kind, language: Language) -> tuple[str, bytes]:
    """Return the title and the page of one XML document kind."""
    form, words = layout(kind), WORDS[language]
    title = f"{form.title[language]} (XML)"
    lines = [f"# {title}", "", words["own"], "", form.says[language], ""]
    lines += table(
        ["", ""],
        [
            [words["namespace"], code(form.namespace)],
            [words["root"], code(form.root)],
            [words["document"], code(form.document.tag)],
            [words["schema"], f"[{kind}.xsd](../../../schemas/xsd/{kind}.xsd)"],
            [words["layout"], f"[{kind}.toml](../../../schemas/profiles/xml/{kind}.toml)"],
        ],
    )
    for part, node in ((words["header"], form.header), (words["document"], form.document)):
        lines += [f"## {part}: `{node.tag}`", "", *_elements(node, language)]
    lines += [f"## {words['codes']}", "", *_codes(form, language)]
    lines += [f"## {words['sample']}", "", words["xml_sample_text"], ""]
    for sample in xml_samples(kind, language):
        lines += block("xml", annotated(sample, form, language))
    return title, page(lines)


def _elements(top: Node, language: Language) -> list[str]:
    words = WORDS[language]
    heads = [words[name] for name in ("element", "field", "format", "status", "repeats", "meaning")]
    return table(heads, _rows(top, "", language))


def _rows(parent: Node, path: str, language: Language) -> Iterator[list[str]]:
    """Yield a row for each element; a wrapper has no field of its own, only what it holds."""
    for node in parent.children:
        where = f"{path}/{node.tag}".lstrip("/")
        if node.role != "wrapper":
            meaning = (node.meaning or {}).get(language, "")
            field = node.field.removeprefix("@")
            yield [
                code(where),
                f"({WORDS[language]['derived']})" if node.derived else code(field),
                code(node.format.notation) if node.format else "",
                status(language, mandatory=node.required),
                str(node.repeat_max),
                meaning,
            ]
        yield from _rows(node, where, language)


def _codes(form: Layout, language: Language) -> list[str]:
    """Return a table for each code list that the layout uses."""
    used = {node.format.notation for node in _leaves([form.header, form.document]) if node.format}
    lines: list[str] = []
    for name, codes in form.codes.items():
        if f"code:{name}" in used:
            lines += [f"### `code:{name}`", ""]
            heads = [WORDS[language]["code"], WORDS[language]["value"]]
            lines += table(heads, ([code(key), _shown(value)] for key, value in codes.items()))
    return lines


def _shown(value: object) -> str:
    return str(value).lower()


def _leaves(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _leaves(list(node.children))


def annotated(xml: bytes, form: Layout, language: Language) -> str:
    """Return a document with a comment on every line that begins an element with a meaning."""
    lines = xml.decode().rstrip("\n").split("\n")
    root = etree.fromstring(xml)
    for element in root:
        top = form.header if etree.QName(element).localname == form.header.tag else form.document
        for line, meaning in _meanings(element, top, language):
            lines[line - 1] += f"  <!-- {meaning} -->"
    return "\n".join(lines)


def _meanings(element: etree._Element, node: Node, language: Language) -> Iterator[tuple[int, str]]:
    nodes = {child.tag: child for child in node.children}
    for child in element:
        known = nodes[etree.QName(child).localname]
        if known.meaning and child.sourceline:
            yield child.sourceline, known.meaning[language]
        yield from _meanings(child, known, language)
