"""Is what we write what we read, for every document kind?"""

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from xml_values import HEADERS, documents

from parsers.xml import Kind, read_paper, read_xml, write_xml
from parsers.xml.xsd import schema
from schemas.papers import Header
from schemas.rules import all_rules

KINDS: tuple[Kind, ...] = get_args(Kind)


def with_known_rules(value: Any, rules: list[str]) -> Any:
    """Give findings the ids of rules that exist: only they can be put into words."""
    if isinstance(value, dict):
        changed = {name: with_known_rules(part, rules) for name, part in value.items()}
        return changed | {"code": rules[len(value["code"]) % len(rules)]} if "severity" in value else changed
    return [with_known_rules(part, rules) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back_as_the_same_values(kind: Kind) -> None:
    rules = [rule for rule in sorted(all_rules()) if rule.startswith("XML")]

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(HEADERS, st.lists(documents(kind), max_size=2, min_size=1))
    def property_(header: Header, papers: list[Any]) -> None:
        if kind in ("contrl", "answer"):
            papers = [type(p).model_validate(with_known_rules(p.model_dump(), rules)) for p in papers]
        xml = write_xml(kind, header, papers)
        assert schema(kind).validate(etree.fromstring(xml)), schema(kind).error_log
        read = read_paper(xml)
        assert (read.kind, read.header, list(read.documents)) == (kind, header, papers)
        assert write_xml(kind, read.header, read.documents) == xml

    property_()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(HEADERS, st.lists(documents("declaration"), max_size=3, min_size=1))
def test_the_reader_returns_the_declarations_that_were_written(header: Header, cads: list[Any]) -> None:
    [interchange] = read_xml(write_xml("declaration", header, cads))
    assert interchange.findings == ()
    assert [message.findings for message in interchange.messages] == [()] * len(cads)
    assert [message.cad for message in interchange.messages] == cads
    envelope = interchange.envelope
    assert envelope is not None
    assert Header.model_validate({k: getattr(envelope, k) for k in Header.model_fields}) == header
