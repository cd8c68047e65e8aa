"""What does one of our own XML papers say? It is read back to the value that it was written from."""

from typing import Any, get_args

from lxml import etree
from lxml.etree import _Element as Element

from parsers.xml.content import document_group, header_group
from parsers.xml.layout import Kind, Layout, layout
from parsers.xml.parsing import parse
from parsers.xml.xsd import schema
from schemas.base import Value
from schemas.cad import Declaration
from schemas.envelope import Interchange
from schemas.papers import Answer, BrokerSummary, DailyNotice, Header, Statement

MODELS: dict[Kind, type[Value]] = {
    "declaration": Declaration,
    "contrl": Interchange,
    "answer": Answer,
    "daily-notice": DailyNotice,
    "statement": Statement,
    "broker-summary": BrokerSummary,
}


class PaperInterchange(Value):
    """An interchange of papers of one kind, as its header and its documents."""

    kind: Kind
    header: Header
    documents: tuple[Any, ...]


class PaperError(ValueError):
    """The bytes are no paper that this version of cadline writes."""


def read_paper(xml: bytes) -> PaperInterchange:
    """Read an interchange of papers. Raises PaperError when it breaks its schema or is of no known kind."""
    try:
        root = parse(xml)
    except etree.XMLSyntaxError as error:
        raise PaperError("not well-formed XML") from error
    form = _form_of(str(root.tag))
    if not schema(form.kind).validate(root):
        raise PaperError(f"breaks {form.kind}.xsd")
    header, *documents = root
    fields = header_group(form.kind).read(header)
    del fields["count"]
    return PaperInterchange(
        kind=form.kind,
        header=Header.model_validate(fields),
        documents=tuple(_document(form, document) for document in documents),
    )


def _form_of(tag: str) -> Layout:
    for kind in get_args(Kind):
        form = layout(kind)
        if tag == form.qualified(form.root):
            return form
    raise PaperError(f"unknown root element {tag}")


def _document(form: Layout, element: Element) -> Value:
    content = document_group(form.kind).read(element)
    content.pop("@reference", None)
    return MODELS[form.kind].model_validate(content)
