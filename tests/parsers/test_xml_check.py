"""Do our own words and the XSD agree? Whatever the one refuses, the other refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element as Element
from xml_values import documents

from parsers.xml.check import Checker, Place
from parsers.xml.formats import format_of
from parsers.xml.layout import Kind, Layout, Node, layout
from parsers.xml.writer import write_xml
from parsers.xml.xsd import schema, xsd, xsd_file
from schemas.cad import Declaration
from schemas.papers import Header
from schemas.rules import all_rules

KINDS: tuple[Kind, ...] = get_args(Kind)
HEADER = Header(sender="A", recipient="B", control_reference="1", prepared=datetime(2026, 11, 17, tzinfo=UTC))

TEXTS = [
    "",
    " ",
    "x",
    "0",
    "-1",
    "1.5",
    "1e3",
    "٣",
    "2026-02-29",
    "2026-02-28 ",
    "0000-01-01",
    "true",
    "9" * 40,
]


def remove(element: Element, _data: st.DataObject) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def repeat(element: Element, _data: st.DataObject) -> None:
    element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))


def rename(element: Element, data: st.DataObject) -> None:
    element.tag = data.draw(st.sampled_from(["{urn:cadline:declaration:1}ID", "ID", "{urn:x}Name"]))


def move_first(element: Element, _data: st.DataObject) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.insert(0, element)


def retext(element: Element, data: st.DataObject) -> None:
    element.text = data.draw(st.sampled_from(TEXTS))


def trail(element: Element, data: st.DataObject) -> None:
    if element.getparent() is not None:
        element.tail = data.draw(st.sampled_from(TEXTS))


def attribute(element: Element, data: st.DataObject) -> None:
    element.set(data.draw(st.sampled_from(["a", "{urn:x}a"])), "1")


def nest(element: Element, _data: st.DataObject) -> None:
    element.append(etree.Element("{urn:cadline:declaration:1}ID"))


CHANGES: list[Callable[[Element, st.DataObject], None]] = [
    remove,
    repeat,
    rename,
    move_first,
    retext,
    trail,
    attribute,
    nest,
]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(documents("declaration"), st.data())
def test_the_schema_and_our_own_check_give_the_same_verdict(cad: Declaration, data: st.DataObject) -> None:
    form = layout("declaration")
    root = etree.fromstring(write_xml("declaration", HEADER, [cad]))
    document = root[1]
    elements = [element for element in document.iter() if element is not document]
    for _ in range(data.draw(st.integers(1, 3))):
        data.draw(st.sampled_from(CHANGES))(data.draw(st.sampled_from(elements)), data)
    good = schema("declaration").validate(document)
    findings = list(Checker(form, lambda line: line).check(document, form.document, Place("/x")))
    assert good == (not findings), (schema("declaration").error_log, findings)


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schemas_are_those_of_the_layouts(kind: Kind) -> None:
    assert xsd_file(kind).read_bytes() == xsd(kind), "run make docs"


def leaves(node: Node, path: str = "") -> list[str]:
    """Return the field paths of a layout, as our values have them."""
    name = f"{path}.{node.field}".strip(".") if node.field and node.role != "wrapper" else path
    if node.role == "leaf" or not node.children:
        return [name]
    return [leaf for child in node.children for leaf in leaves(child, name)]


def model_fields(model: Any, path: str = "") -> list[str]:
    """Return the field paths of a pydantic model, through the models inside it."""
    found = []
    for name, info in model.model_fields.items():
        inner = [part for part in _parts(info.annotation) if hasattr(part, "model_fields")]
        where = f"{path}.{name}".strip(".")
        found += model_fields(inner[0], where) if inner else [where]
    return found


def _parts(annotation: Any) -> list[Any]:
    arguments = get_args(annotation)
    return [part for argument in arguments for part in _parts(argument)] if arguments else [annotation]


def test_every_field_of_a_declaration_has_its_place() -> None:
    ours = {field for field in leaves(layout("declaration").document) if not field.startswith("@")}
    assert ours == set(model_fields(Declaration))


def nodes(node: Node) -> list[Node]:
    return [node, *(inner for child in node.children for inner in nodes(child))]


@pytest.mark.parametrize("kind", KINDS)
def test_no_element_name_stands_twice_in_one_place(kind: Kind) -> None:
    form: Layout = layout(kind)
    for node in nodes(form.document) + nodes(form.header):
        tags = [child.tag for child in node.children]
        assert len(tags) == len(set(tags)), node.tag


@pytest.mark.parametrize(
    ("notation", "text", "code"),
    [
        ("an..5", "123456", "XML-24"),
        ("n..3", "1234", "XML-24"),
        ("n..3", "-1", "XML-26"),
        ("n..3,2", "1.234", "XML-24"),
        ("n..3,2", "1,2", "XML-26"),
        ("n..3,2", "+1", "XML-26"),
        ("n..3,2", ".5", "XML-26"),
        ("cents", "1.005", "XML-26"),
        ("date", "2023-02-29", "XML-25"),
        ("date", "20230228", "XML-26"),
        ("instant", "2023-02-28T24:00:00Z", "XML-26"),
        ("boolean", "yes", "XML-27"),
    ],
)
def test_each_format_names_its_fault(notation: str, text: str, code: str) -> None:
    fault = format_of(notation, {}).fault(text)
    assert fault is not None
    assert fault[0] == code
    assert code in all_rules()


@pytest.mark.parametrize(
    ("notation", "text"),
    [("an..5", "12345"), ("n..3", "007"), ("n..3,2", "-1.20"), ("cents", "1.5"), ("date", "2024-02-29")],
)
def test_what_keeps_to_its_format_has_no_fault(notation: str, text: str) -> None:
    assert format_of(notation, {}).fault(text) is None
