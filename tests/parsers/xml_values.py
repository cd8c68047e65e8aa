"""Which values can a document hold? Hypothesis strategies made from the layouts themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from parsers.xml.content import _absent
from parsers.xml.layout import Kind, Node, layout
from parsers.xml.papers import MODELS
from schemas.papers import Header

TEXT = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
XML_TEXT = st.one_of(TEXT, st.sampled_from("\t\n\r&<>\"'"))


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(XML_TEXT, min_size=least, max_size=min(most, 12))


def leaf(node: Node) -> st.SearchStrategy[Any]:
    """Return the values that a leaf's format allows."""
    form = node.format
    assert form is not None
    if form.codes is not None:
        return st.sampled_from(list(form.codes.values()))
    if form.length_max or form.notation == "text":
        return texts(0 if node.may_be_empty else 1, form.length_max or 100)
    kind, _, size = form.notation.partition("..")
    if kind == "n":
        digits, _, decimals = size.partition(",")
        if not decimals:
            return st.integers(0, 10 ** int(digits) - 1)
        return st.decimals(-(10**9), 10**9, places=int(decimals), allow_nan=False).map(Decimal)
    return {
        "0.00": st.integers(-(10**16), 10**16),
        "YYYY-MM-DD": st.dates(date(1, 1, 1)),
        "YYYY-MM-DDThh:mm:ssZ": st.datetimes(datetime(1, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    }[form.notation]


def fields(nodes: tuple[Node, ...]) -> dict[str, Node]:
    """Return the nodes of a group by field, through their wrappers."""
    found: dict[str, Node] = {}
    for node in nodes:
        name = f"{node.field}@{node.variant}" if node.variant else node.field
        found |= fields(node.children) if node.role == "wrapper" else {name: node}
    return {name: node for name, node in found.items() if not node.derived and not name.startswith("@")}


def content(nodes: tuple[Node, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Return the contents of a group: what must be there, and any choice of the rest."""
    known = fields(nodes)
    required = {name: occurrences(node) for name, node in known.items() if node.required}
    optional = {
        name: occurrences(node) for name, node in known.items() if not (node.required or node.variant)
    }
    variants = [node for node in known.values() if node.variant]
    optional |= {field: variant(variants) for field in {node.field for node in variants}}
    absent = dict(_absent(nodes))
    return st.fixed_dictionaries(required, optional=optional).map(lambda found: {**absent, **found})


def variant(nodes: list[Node]) -> st.SearchStrategy[Any]:
    """Return a value of one kind of a field that has an element for each kind."""
    return st.one_of(
        *(
            content(node.children).map(lambda found, node=node: found | {node.field: node.variant})
            for node in nodes
        )
    )


def occurrences(node: Node) -> st.SearchStrategy[Any]:
    if node.role == "map":
        inner = fields(node.children)
        return st.dictionaries(leaf(inner["key"]), leaf(inner["value"]), max_size=3)
    one = leaf(node) if node.role == "leaf" else content(node.children)
    least = 1 if node.required else 0
    return one if node.repeat_max == 1 else st.lists(one, min_size=least, max_size=2)


def documents(kind: Kind) -> st.SearchStrategy[Any]:
    """Return the documents of a kind."""
    return content(layout(kind).document.children).map(MODELS[kind].model_validate)


HEADERS = st.builds(
    Header,
    sender=texts(1, 35),
    recipient=texts(1, 35),
    control_reference=texts(1, 35),
    prepared=st.datetimes(datetime(1, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    test=st.booleans(),
)
